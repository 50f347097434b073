"""Segments as cells say them become a list in one unit, of one tier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dkva.datasets.annotations.forms import Segment, SegmentList
from dkva.datasets.annotations.lanes import Laned, of_lane
from dkva.datasets.annotations.times import Time
from dkva.datasets.errors import DataError
from dkva.datasets.reading import Note

__all__ = ["FORM", "as_list"]

#: What a file without a form of its own is.
FORM = "a list of segments"


def as_list(
    path: Path,
    found: Sequence[Laned],
    *,
    form: str = FORM,
    unit: str | None = None,
    ends: str | None = None,
    lasts: bool = False,
    tier: str | None = None,
    fps: float | None = None,
    said: dict[str, object] | None = None,
    notes: tuple[Note, ...] = (),
    whole: str = "frames",
    one: bool = False,
) -> SegmentList:
    """Segments with the unit that their numbers show, of the tier that is asked for.

    Args:
        path: the file, for errors.
        found: starts, ends or durations, labels and tiers.
        form: what the file is.
        unit: "frames", "seconds" or "ms" if the file says so; None if numbers alone do.
        ends: as in `SegmentList`.
        lasts: ends are durations.
        tier: the tier to take.
        fps: the file's frames a second.
        said: as in `SegmentList`.
        notes: as in `SegmentList`.
        whole: what whole numbers without a unit are, "frames" or "whole" if they may be milliseconds.
        one: of several tiers one must be chosen, even if they do not overlap.

    Raises:
        DataError: segments without a label, numbers of several units, or no such tier.
    """
    for each in found:
        if not each.label or each.label.lower() == "nan":
            raise DataError(path, "is a segment without a label", "label it, or remove it", each.line)
    kinds = {time.kind for each in found for time in (each.start, each.end)}
    mixed = ("ms" in kinds and len(kinds) > 1) or (unit == "frames" and kinds & {"seconds", "ms"})
    if mixed:
        raise DataError(path, "mixes units of time", "give all times in one", found[0].line)
    if unit is None and "ms" in kinds:
        unit = "ms"
    elif unit is None and kinds & {"decimal", "seconds"}:
        unit = "seconds"
    elif unit == "seconds" and kinds == {"ms"}:
        unit = "ms"
    kept, lanes, told = of_lane(path, found, tier, one=one)
    known = [each for each in kept if each.length is not None and unit in (None, "frames")]
    if ends is None and known and len(known) == len(kept):
        if all(each.length.value == each.end.value - each.start.value for each in known):  # type: ignore[union-attr]
            ends = "exclusive"
        elif all(each.length.value == each.end.value - each.start.value + 1 for each in known):  # type: ignore[union-attr]
            ends = "inclusive"

    def number(time: Time) -> float:
        # A clock's times are seconds whatever the column is called.
        return time.value * 1000 if unit == "ms" and time.kind == "seconds" else time.value

    segments = tuple(
        Segment(
            number(each.start), number(each.end) + (number(each.start) if lasts else 0), each.label, each.line
        )
        for each in kept
    )
    more = dict(said or {}) | told
    return SegmentList(segments, unit or whole, form, ends, fps, more, notes, lanes)
