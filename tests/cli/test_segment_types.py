import click
import pytest

from dkva.cli.segment_types import NUMBER_OR_AUTO, RANGE
from dkva.cli.segmenting.levels import Levels

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("text", "low", "high"), [("2-12", 2, 12), ("8", 2, 8), ("4-4", 4, 4), ("1-3", 1, 3), (" 3-5 ", 3, 5)]
)
def test_a_range_of_levels(text, low, high):
    assert RANGE.convert(text, None, None) == Levels(low, high)


@pytest.mark.parametrize("text", ["", "1", "0-3", "5-2", "2-", "-8", "2:8", "2.5", "many"])
def test_what_is_no_range(text):
    with pytest.raises(click.BadParameter, match="is no range: give FROM-TO such as 2-12, or 12 for 2-12"):
        RANGE.convert(text, None, None)


@pytest.mark.parametrize(("text", "value"), [("auto", "auto"), ("3", 3), ("-2", -2)])
def test_a_number_or_auto(text, value):
    assert NUMBER_OR_AUTO.convert(text, None, None) == value


def test_what_is_neither():
    with pytest.raises(click.BadParameter, match=r"'2\.5' is not a whole number, nor auto"):
        NUMBER_OR_AUTO.convert("2.5", None, None)
