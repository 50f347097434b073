"""Settings of the methods of the registry: names, defaults and types as the code has them, and checks."""

from __future__ import annotations

import inspect
import numbers
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace

import numpy as np

from dkva.base.checks import check_choice
from dkva.experiments.learners import Learner
from dkva.experiments.registry import SEGMENTER, Listed, load

__all__ = ["REQUIRED", "Setting", "checked", "learner", "settings_of", "unknown_setting"]

#: Default of a setting that has none.
REQUIRED = MISSING

# What settings of a function are tried on: more frames and features than most settings ask for.
_FRAMES = np.random.default_rng(0).normal(size=(64, 16)).cumsum(axis=0)

# Of every segmenter or learner, and no settings of its own.
_SHARED = ("features", "videos", "n_segments", "seed", "name", "checkpoint")


@dataclass(frozen=True)
class Setting:
    """One setting of a method.

    Attributes:
        name: the keyword.
        default: its value where none is given; `REQUIRED` where it must be given.
        type: of its values: int, float, bool or str.
        choices: values that are text; where `type` is a number these are taken beside it.
        optional: whether None is taken.
        about: what it is, on one line; "" where the code does not say.
    """

    name: str
    default: object
    type: type
    choices: tuple[str, ...] = ()
    optional: bool = False
    about: str = ""

    def check(self, value: object) -> None:
        """Raise ValueError where the value is of another type."""
        if value is None and self.optional:
            return
        if isinstance(value, str) and (self.choices or self.type is str):
            if self.choices and self.type is str:
                check_choice(self.name, value, self.choices)
            return
        taken, words = _TYPES[self.type]
        if not isinstance(value, taken) or (isinstance(value, bool) and self.type is not bool):
            raise ValueError(f"{self.name} is {value!r}: give {words}")


_TYPES: Mapping[type, tuple[type, str]] = {
    int: (numbers.Integral, "a whole number"),
    float: (numbers.Real, "a number"),
    bool: (bool, "true or false"),
    str: (str, "text"),
}


def settings_of(method: Listed) -> tuple[Setting, ...]:
    """The method's own settings, in the order of the code; only the code that names them is imported."""
    found = [each for target in method.settings for each in _fields_of(load(target))]
    if not method.settings:
        found = _parameters_of(load(method.target))
    return tuple(replace(each, default=method.defaults.get(each.name, each.default)) for each in found)


def _fields_of(settings: type) -> list[Setting]:
    """Settings that are the fields of a dataclass; a field's metadata may hold its rule."""
    about = {
        name: text for cls in reversed(settings.__mro__) for name, text in _texts_in(cls.__doc__).items()
    }
    found = []
    for each in fields(settings):
        rule = each.metadata.get("rule")
        if rule is None:
            kind, optional = _type_of(each.type, each.default)
            found.append(
                Setting(each.name, each.default, kind, optional=optional, about=about.get(each.name, ""))
            )
        else:
            given = (rule.number or str, rule.names, rule.optional)
            found.append(Setting(each.name, each.default, *given, about=about.get(each.name, "")))
    return found


def _parameters_of(function: Callable) -> list[Setting]:
    """Settings that are the keyword parameters of a function."""
    about = _texts_in(function.__doc__)
    found = []
    for each in inspect.signature(function).parameters.values():
        if each.name in _SHARED or each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
            continue
        default = REQUIRED if each.default is each.empty else each.default
        kind, optional = _type_of(each.annotation, default)
        found.append(Setting(each.name, default, kind, optional=optional, about=about.get(each.name, "")))
    return found


def _type_of(annotation: object, default: object) -> tuple[type, bool]:
    """Type of a setting and whether it may be None, by its annotation, else its default; text if neither."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    words = [word.strip() for word in text.split("|")]
    known = {each.__name__: each for each in _TYPES}
    of_default = type(default) if type(default) in _TYPES else str
    kind = next((known[word] for word in words if word in known), of_default)
    return kind, default is None or "None" in words


def _texts_in(doc: str | None) -> dict[str, str]:
    """What a docstring in Google's form says of each argument or attribute, on one line each."""
    texts: dict[str, str] = {}
    inside, name = False, ""
    for line in inspect.cleandoc(doc or "").splitlines():
        if line and not line.startswith(" "):
            inside = line in ("Args:", "Attributes:")
        elif inside and (begun := re.match(r" {4}(\w+)(?: \([^)]*\))?: (.*)", line)):
            name, texts[begun[1]] = begun[1], begun[2]
        elif inside and name and line.startswith(" " * 8):
            texts[name] += f" {line.strip()}"
    return texts


def unknown_setting(method: Listed, name: str) -> str:
    """The message for a setting that the method does not have."""
    own = ", ".join(each.name for each in settings_of(method))
    return f"{method.id} has no setting {name!r}; " + (f"its settings are {own}" if own else "it has none")


def checked(method: Listed, given: Mapping[str, object]) -> dict[str, object]:
    """All settings of a method, those given and the defaults of the others, checked before a video is read.

    Settings of a dataclass are checked by the dataclass, those of a function by the function itself, on
    frames that are made up for it.

    Raises:
        ValueError: an unknown setting (the method's are listed), one that is missing, or a bad value.
        ImportError: the method needs a package that is not installed.
    """
    known = settings_of(method)
    names = [each.name for each in known]
    for name in given:
        if name not in names:
            raise ValueError(unknown_setting(method, name))
    values = {each.name: given.get(each.name, each.default) for each in known}
    for each in known:
        if values[each.name] is REQUIRED:
            raise ValueError(f"{method.id} needs a value of {each.name}: it has no default")
        each.check(values[each.name])
    for target in method.settings:
        made = load(target)
        made(**{each.name: values[each.name] for each in fields(made)})
    if not method.settings and given and method.kind == SEGMENTER:
        _tried(load(method.target), values, {each.name: each.default for each in known})
    return values


def _tried(segment: Callable, values: Mapping[str, object], defaults: Mapping[str, object]) -> None:
    """Let a function refuse settings with a ValueError, by cutting made-up frames into two segments."""
    try:
        _cut(segment, values)
    except ValueError as error:
        # What refuses its defaults as well has something against the frames, which are not the user's.
        if REQUIRED in defaults.values() or not isinstance(_failure(segment, defaults), ValueError):
            raise error
    except Exception:  # noqa: BLE001 -- of such frames any method may fail; what it makes of videos is seen then
        return


def _failure(segment: Callable, settings: Mapping[str, object]) -> Exception | None:
    try:
        _cut(segment, settings)
    except Exception as error:  # noqa: BLE001 -- as above
        return error
    return None


def _cut(segment: Callable, settings: Mapping[str, object]) -> None:
    taken = inspect.signature(segment).parameters
    shared = {name: value for name, value in {"seed": 0, "name": ""}.items() if name in taken}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        segment(_FRAMES, 2, **shared, **settings)


def learner(method: Listed, given: Mapping[str, object]) -> Learner:
    """A learner of the registry with these settings, the others at their defaults.

    Raises:
        ValueError: the method is no learner, or a setting is unknown, missing or bad.
        ImportError: the method needs a package that is not installed.
    """
    if method.kind == SEGMENTER:
        raise ValueError(
            f"{method.id} works on one video at a time and is not trained: use it as a segmenter"
        )
    return Learner(
        method.id,
        load(method.target),
        load(method.restore),
        label=method.label,
        settings=checked(method, given),
        supervised=method.supervised,
    )
