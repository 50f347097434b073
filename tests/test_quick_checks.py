"""What functions of dkva take and give is checked in tests, whether or not they name arrays."""

import inspect

import jaxtyping
import numpy as np
import pytest
import quick_checks
from beartype import beartype

from dkva.base.uniform import uniform_edges
from dkva.workers.carry_out import group_size

pytestmark = pytest.mark.fast

Frames = jaxtyping.Float[np.ndarray, " n"]
Counted = jaxtyping.Float[np.ndarray, " {count}"]


@jaxtyping.jaxtyped(typechecker=beartype)
def halved(number: "int", *, of: "list[int] | None" = None) -> "int":
    return number / 2 if of is None else of[0]


@jaxtyping.jaxtyped(typechecker=beartype)
def joined(one: Frames, other: Frames) -> object:
    return one, other


@jaxtyping.jaxtyped(typechecker=beartype)
def longer(frames: Frames, by: int = 0) -> Frames:
    return np.concatenate([frames, joined(np.ones(by), np.ones(by))[0]])


@jaxtyping.jaxtyped(typechecker=beartype)
def first(frames: Frames, count: int) -> Counted:
    return frames[:count]


@jaxtyping.jaxtyped(typechecker=beartype)
def summed(tree: jaxtyping.PyTree[Frames]) -> object:
    return tree


WRONG = [
    lambda: group_size("many", 2),
    lambda: uniform_edges("many", 2),
    lambda: halved(1),  # gives no int
    lambda: halved(1, of=["a"]),
    lambda: joined(np.ones(2), np.ones(3)),
    lambda: joined(np.ones(2), np.ones(2, int)),
    lambda: longer(np.ones(2), by=1),  # gives another length than it takes
    lambda: first(np.ones(2), 3),
    lambda: summed([np.ones(2), np.ones(3)]),
]


@pytest.mark.parametrize("call", WRONG)
def test_what_is_of_another_type_or_shape_is_refused(call):
    with pytest.raises(jaxtyping.TypeCheckError, match=r"(?i)type-check error|violates type hint"):
        call()


def test_jaxtyping_itself_checks_what_values_tell_and_what_is_no_array(monkeypatch):
    whole = []
    monkeypatch.setattr(quick_checks, "_whole", lambda fn, typechecker: whole.append(fn.__name__) or fn)
    for each in (halved, group_size, joined, longer, first, summed):
        quick_checks._checked(inspect.unwrap(each), beartype)
    assert whole == ["first", "summed"]


def test_a_function_is_prepared_at_its_first_call_alone(monkeypatch):
    made = []
    monkeypatch.setattr(quick_checks, "_checked", lambda fn, typechecker: made.append(fn) or fn)
    two = quick_checks._decorated(lambda: 2, typechecker=beartype)
    assert not made
    assert [two(), two()] == [2, 2]
    assert len(made) == 1


def test_what_is_right_passes():
    assert halved(1, of=[3]) == 3
    assert group_size(16, 2) == 2
    assert len(joined(np.ones(2), np.ones(2))) == 2
    assert len(joined(np.ones(3), np.ones(3))) == 2  # another call, another length
    assert len(longer(np.ones(2))) == 2
    assert len(first(np.ones(2), 1)) == 1


def test_without_checks_everything_passes(unchecked):
    assert halved(1) == 0.5
    assert len(joined(np.ones(2), np.ones(3))) == 2
