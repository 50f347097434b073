from pathlib import Path

import pytest

from dkva.datasets import DataError
from dkva.datasets.annotations.lanes import Laned
from dkva.datasets.annotations.times import time_of
from dkva.datasets.annotations.units import as_list

pytestmark = pytest.mark.fast


def made(start, end, label="a", length=None, **how):
    each = Laned(time_of(start), time_of(end), label, 7, "", None if length is None else time_of(length))
    return as_list(Path("t"), [each], **how)


@pytest.mark.parametrize(
    ("start", "end", "told", "unit", "span"),
    [
        ("0", "75", None, "frames", (0, 75)),
        ("0", "2.5", None, "seconds", (0, 2.5)),
        ("0:01", "0:02", None, "seconds", (1, 2)),
        ("0", "75", "seconds", "seconds", (0, 75)),
        ("0.0", "75.0", "frames", "frames", (0, 75)),
        ("0ms", "75ms", None, "ms", (0, 75)),
        ("0ms", "75ms", "seconds", "ms", (0, 75)),
        ("0:01", "0:02", "ms", "ms", (1000, 2000)),
    ],
)
def test_units(start, end, told, unit, span):
    found = made(start, end, unit=told)
    assert found.unit == unit
    assert (found.segments[0].start, found.segments[0].end) == span


def test_durations():
    assert made("10", "5", lasts=True).segments[0].end == 15
    assert made("10", "15", length="5").ends == "exclusive"
    assert made("10", "15", length="6").ends == "inclusive"
    assert made("10", "15", length="9").ends is None


def test_refusals():
    with pytest.raises(DataError, match="line 7: is a segment without a label"):
        made("0", "1", "")
    with pytest.raises(DataError, match="line 7: mixes units of time"):
        made("0ms", "1")
    with pytest.raises(DataError, match="line 7: mixes units of time"):
        made("0:01", "0:02", unit="frames")
    with pytest.raises(DataError, match="has no tiers or subjects"):
        made("0", "1", tier="x")
