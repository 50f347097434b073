import click
import pytest

from dkva.cli.segment_types import NUMBER_OR_AUTO, RANGE, SECONDS
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


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2", 2), ("2s", 2), ("500ms", 0.5), ("1.5min", 90), ("1h", 3600), (" .5 s ", 0.5), ("2.", 2)],
)
def test_a_length_of_time(text, seconds):
    assert SECONDS.convert(text, None, None) == pytest.approx(seconds)
    assert SECONDS.convert(SECONDS.convert(text, None, None), None, None) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "0", "0ms", "-1", "2 weeks", "1,5s", "inf", "nan", "9" * 400])
def test_what_is_no_length_of_time(text):
    with pytest.raises(click.BadParameter, match="is no length of time: give seconds such as 2s, or 500ms"):
        SECONDS.convert(text, None, None)
