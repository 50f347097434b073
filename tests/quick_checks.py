"""Types and shapes are checked by jaxtyping's hook in every call of dkva; here at half of its cost.

jaxtyping binds the arguments of each call to its signature, and checks them before the call and again with
what comes out: a fifth of the time of tests that compile programs. Its type checker does all of it at once,
unless a shape is told by an argument's value.
"""

import functools
import inspect
import types
import typing
from contextlib import nullcontext

import jaxtyping
from beartype.roar import BeartypeCallHintViolation

__all__ = ["check_quickly"]

_whole = jaxtyping.jaxtyped

# Within it, a letter of a shape stands for one size.
_call = jaxtyping.jaxtyped("context")

# What is done, and checked, after the call.
_LATER = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR

# Hints of each function by its code, as functions within others are made again and again.
_known: dict = {}


def check_quickly():
    """Let jaxtyping's import hook decorate functions so."""
    jaxtyping.jaxtyped = _decorated


def _decorated(fn=None, *, typechecker):
    if fn is None:
        return functools.partial(_decorated, typechecker=typechecker)
    if not inspect.isfunction(fn) or fn.__code__.co_flags & _LATER:
        return _whole(fn, typechecker=typechecker)
    checked = None

    @functools.wraps(fn)
    def wrapped(*args, **kwargs):
        nonlocal checked
        if checked is None:  # at its first call: most are imported and not called
            checked = _checked(fn, typechecker)
        return checked(*args, **kwargs)

    return wrapped


def _checked(fn, typechecker):
    hints = _hints_of(fn)
    if hints is None:
        return _whole(fn, typechecker=typechecker)
    if not hints:
        return fn
    same = types.FunctionType(fn.__code__, fn.__globals__, fn.__name__, fn.__defaults__, fn.__closure__)
    functools.update_wrapper(same, fn)
    del same.__wrapped__
    same.__kwdefaults__ = fn.__kwdefaults__
    same.__annotations__ = dict(hints)
    checked = typechecker(same)
    sizes = _call if any(map(_arrays_in, hints.values())) else nullcontext()

    @functools.wraps(fn)
    def quickly_checked(*args, **kwargs):
        if jaxtyping.config.jaxtyping_disable:
            return fn(*args, **kwargs)
        try:
            with sizes:
                return checked(*args, **kwargs)
        except BeartypeCallHintViolation as error:  # as jaxtyping has it
            raise jaxtyping.TypeCheckError(str(error)) from error

    return quickly_checked


def _hints_of(fn):
    """What is to be checked, by argument; None of what jaxtyping is to check as ever."""
    if getattr(fn, "__no_type_check__", False):
        return None
    place = fn.__code__.co_filename, fn.__code__
    if place not in _known:
        hints = {name: _hint(given, fn.__globals__) for name, given in fn.__annotations__.items()}
        shapes = [getattr(each, "dim_str", "{}") for hint in hints.values() for each in _arrays_in(hint)]
        told = {name: hint for name, hint in hints.items() if hint is not typing.Any}
        _known[place] = None if any("{" in shape for shape in shapes) else told
    return _known[place]


def _hint(annotation, names):
    """An annotation as it is evaluated; Any if it cannot be, as jaxtyping has it."""

    def of(value):
        del value

    of.__annotations__ = {"value": annotation}
    try:
        return typing.get_type_hints(of, names, include_extras=True)["value"]
    except Exception:  # noqa: BLE001 -- a name that only type checkers know, or any other
        return typing.Any


def _arrays_in(hint):
    """The arrays that an annotation names, and what else is jaxtyping's."""
    if isinstance(hint, (list, tuple)):
        return [each for part in hint for each in _arrays_in(part)]
    if "jaxtyping" in f"{getattr(hint, '__module__', '')} {type(hint).__module__}":
        return [hint]
    return _arrays_in(typing.get_args(hint))
