from pathlib import Path

import pytest

from dkva.datasets import DataError
from dkva.datasets.annotations.lanes import Laned, of_lane
from dkva.datasets.annotations.times import Time

pytestmark = pytest.mark.fast


def chosen(lanes, tier, **how):
    found = [Laned(Time(i, "whole"), Time(i + 1, "whole"), "a", i + 1, lane) for i, lane in enumerate(lanes)]
    kept, names, said = of_lane(Path("t"), found, tier, **how)
    return [each.line for each in kept], names, said


def test_choices():
    assert chosen(["x", "y", "x"], "x") == ([1, 3], ("x",), {"of": "x"})
    assert chosen(["x", "x"], None) == ([1, 2], ("x",), {"of": "x"})
    assert chosen(["x", "y"], None) == ([1, 2], ("x", "y"), {"of": ["x", "y"]})
    assert chosen(["", ""], None, one=True) == ([1, 2], ("",), {})


@pytest.mark.parametrize(
    ("lanes", "tier", "one", "part"),
    [
        (["x", "y"], None, True, "has several tiers: x, y; choose one: --tier 'x'"),
        (["", "y"], None, True, "has several tiers: one without a name, y; choose one: --tier 'y'"),
        (["x", "y"], "z", False, "has no tier or subject 'z'; choose one of x, y by --tier"),
        ([""], "z", False, "has no tiers or subjects to choose from; leave --tier out"),
    ],
)
def test_refusals(lanes, tier, one, part):
    with pytest.raises(DataError) as caught:
        chosen(lanes, tier, one=one)
    assert str(caught.value) == f"t: {part}"
