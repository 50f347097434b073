"""A list of segments becomes labels of frames: where it counts from, and whether ends belong to it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from dkva.datasets.annotations.forms import Segment, SegmentList, Truth, listed, plural
from dkva.datasets.errors import DataError
from dkva.datasets.lengths import fit_labels, is_small, rate_of
from dkva.datasets.reading import NO_LABEL, LabelReading, Note

__all__ = ["frames_of", "reach"]

_TOUCH = "let the segments touch, from the first frame to the last: name what lies between them, too"
# Segments in seconds that overlap by no more than this many frames are taken to touch.
_SLIP = 1.0


def frames_of(
    path: Path, found: SegmentList, n_frames: int, reading: LabelReading, n_features: int | None = None
) -> Truth:
    """Labels [n_frames] of a list of segments, `NO_LABEL` in none of them.

    Raises:
        DataError: times without frames a second, a list that can be understood in two ways, segments that
            overlap, end before they start, or lie beyond the frames.
    """
    if not found.segments:
        raise DataError(path, f"is {found.form} without segments", "give the annotation of this video")
    for segment in found.segments:
        if segment.end < segment.start:
            problem = f"ends at {segment.end:g}, before its start at {segment.start:g}"
            raise DataError(path, problem, "give start and end in order of time", segment.line)
    if found.unit == "whole":
        found = replace(found, unit=_unit_of_whole(path, found, n_frames, reading.fps))
    of = found.said.get("of")
    what = found.form if of is None else f"{found.form} ({listed([of] if isinstance(of, str) else list(of))})"  # type: ignore[call-overload]
    what += f" of {found.said['video']!r}" if "video" in found.said else ""
    said: dict[str, object] = {"form": found.form, "unit": found.unit}
    if found.unit == "frames":
        spans, how = _whole_spans(path, found, n_frames)
        said |= how
        text = f"the labels are {what} in frames, counted from {how['first']}, ends {how['ends']}"
    else:
        fps = reading.fps or found.fps
        if fps is None:
            raise DataError(
                path,
                f"is {found.form} with times in seconds",
                "say how many frames a second the video has (--fps; --stride if rows are rarer)",
                found.segments[0].line,
            )
        spans = _timed_spans(path, found, fps, reading.times)
        said |= {"fps": fps}
        whose = "" if reading.fps else ", the rate that the file gives"
        if reading.fps and found.fps and reading.fps != found.fps:
            whose = f" of features, and the file says {found.fps:g}: check --fps and --stride"
        if reading.times is not None:
            whose = " on average, each at its own time"
        text = f"the labels are {what} in seconds, {fps:g} frames a second{whose}"
        last = max((end for _, end, _ in spans), default=0)
        if 2 * last < n_frames:
            text += f"; they end at frame {last} of {n_frames}: check --fps and --stride"
    notes = [Note("labels_read_as", text, said | found.said), *found.notes]
    short = sorted({segment.label for start, end, segment in spans if start == end})
    if short:
        text = f"segments shorter than a frame were left out ({listed(short)})"
        notes.append(Note("short_segments_left_out", text, short))
    labels = _painted(path, found, spans, n_frames, reading)
    if len(labels) > n_frames and reading.lengths == "error":
        over = len(labels) - n_frames
        text = f"the last segment ends {plural(over, 'frame')} after the features and was cut"
        value = {"policy": "error", "labels": len(labels), "frames": n_frames, "forced": False}
        if not is_small(over, n_frames):
            text, value["forced"] = f"{text} (--force-lengths)", True
        labels = labels[:n_frames]
        notes.append(Note("labels_fitted", text, value))
    fitted = fit_labels(
        labels, n_frames, reading.lengths, path=path, force=reading.force, n_features=n_features
    )
    return Truth(fitted.labels, (*notes, *fitted.notes))


def reach(path: Path, found: SegmentList, reading: LabelReading) -> int:
    """Frames that a list of segments reaches to, if nothing else says how many there are.

    Whole numbers that may be frames or milliseconds are frames, unless frames a second are given.

    Raises:
        DataError: times without frames a second, or a list that does not show how it counts.
    """
    if not found.segments:
        raise DataError(path, f"is {found.form} without segments", "give the annotation of this video")
    last = max(segment.end for segment in found.segments)
    unit = found.unit if found.unit != "whole" else "frames" if reading.fps is None else "ms"
    if unit == "frames":
        spans, _ = _whole_spans(path, replace(found, unit=unit), int(last))
        return max(end for _, end, _ in spans)
    fps = reading.fps or found.fps
    if fps is None:
        remedy = "say how many frames a second the video has (--fps; --stride if rows are rarer)"
        raise DataError(path, f"is {found.form} with times in seconds", remedy, found.segments[0].line)
    return max(1, math.ceil(_place(last, unit, fps, reading.times) - 0.5))


def _unit_of_whole(path: Path, found: SegmentList, n_frames: int, fps: float | None) -> str:
    """Whole numbers without a unit in an export of times: frames if they lie within them, or milliseconds."""
    last = max(segment.end for segment in found.segments)
    if last <= n_frames + 1 or is_small(int(last) - n_frames, n_frames):
        return "frames"
    if fps is None:
        line = max(found.segments, key=lambda segment: segment.end).line
        problem = f"ends at {last:g}, and there are {plural(n_frames, 'frame')}: are these milliseconds?"
        remedy = "say how many frames a second the video has (--fps; --stride if rows are rarer)"
        raise DataError(path, problem, remedy, line)
    return "ms"


def _sorted(found: SegmentList) -> list[Segment]:
    return sorted(found.segments, key=lambda segment: (segment.start, segment.end))


def _whole_spans(
    path: Path, found: SegmentList, n_frames: int
) -> tuple[list[tuple[int, int, Segment]], dict[str, object]]:
    """Half-open spans of frames from 0, and how they were counted."""
    order = _sorted(found)
    for segment in order:
        for value in (segment.start, segment.end):
            if not float(value).is_integer():
                raise DataError(path, f"{value:g} is no whole frame", "give frames or times", segment.line)
    inclusive = _inclusive(path, found, order, n_frames)
    first = _first(path, order, n_frames, inclusive)
    spans = [(int(s.start) - first, int(s.end) - first + inclusive, s) for s in order]
    return spans, {"first": first, "ends": "inclusive" if inclusive else "exclusive"}


def _inclusive(path: Path, found: SegmentList, order: Sequence[Segment], n_frames: int) -> bool:
    """Whether ends belong to their segments: if segments start one after the one before them ends."""
    if found.ends in ("inclusive", "exclusive"):
        return found.ends == "inclusive"
    points = [s for s in order if s.start == s.end]
    shared = [(a, b) for a, b in itertools.pairwise(order) if b.start == a.end]
    after = [(a, b) for a, b in itertools.pairwise(order) if b.start == a.end + 1]
    overlap = next(((a, b) for a, b in itertools.pairwise(order) if b.start < a.end), None)
    if overlap is not None:
        raise _overlapping(path, found, *overlap)
    if shared and (after or points):
        rarer = min((shared, after or shared), key=len)[0]
        other = (points or [after[0][1]])[0]
        problem = (
            f"starts at {rarer[1].start:g} after an end at {rarer[0].end:g}, unlike line {other.line}: "
            "do ends belong to their segments?"
        )
        raise DataError(path, problem, "count all segments in one way", rarer[1].line)
    if shared:
        return False
    if after or points:
        return True
    first, last = order[0].start, order[-1].end
    if (first == 0 and last == n_frames - 1) or (first == 1 and last == n_frames):
        return True
    if first == 0 and last == n_frames:
        return False
    if found.ends == "usually inclusive":
        return True
    raise DataError(path, "does not show whether ends belong to their segments", _TOUCH, order[0].line)


def _first(path: Path, order: Sequence[Segment], n_frames: int, inclusive: bool) -> int:
    """What the first frame is called: 0 or 1."""
    first, last = order[0].start, order[-1].end
    if first == 0:
        return 0
    if inclusive:
        if first == 1 or last == n_frames:
            return 1
        if last == n_frames - 1:
            return 0
    elif last == n_frames + 1:
        return 1
    elif first > 1:
        return 0
    problem = f"starts at {first:g}: does it count frames from 0 or from 1?"
    raise DataError(path, problem, "let the list begin with the first frame, labelled or not", order[0].line)


def _place(value: float, unit: str, fps: float, times: Float64[np.ndarray, " n_times"] | None) -> float:
    """Where a time lies, in frames: frame i, and nothing else, lies from i to i + 1."""
    if times is None:
        return round(value * (fps / 1000 if unit == "ms" else fps), 6)
    seconds = value / 1000 if unit == "ms" else value
    beyond = max(0.0, seconds - float(times[-1])) * fps
    return round(float(np.interp(seconds, times, np.arange(len(times)))) + beyond, 6)


def _timed_spans(
    path: Path, found: SegmentList, fps: float, times: Float64[np.ndarray, " n_times"] | None
) -> list[tuple[int, int, Segment]]:
    """Half-open spans of the frames whose middles lie in the segments; small overlaps are split."""
    spans: list[tuple[int, int, Segment]] = []
    reached: tuple[float, Segment] | None = None
    for segment in _sorted(found):
        start, end = (_place(value, found.unit, fps, times) for value in (segment.start, segment.end))
        if reached is not None and start < reached[0] - _SLIP:
            raise _overlapping(path, found, reached[1], segment)
        low, high = (math.ceil(value - 0.5) for value in (start, end))
        if spans:
            low = max(low, spans[-1][1])
        spans.append((low, max(low, high), segment))
        if reached is None or end > reached[0]:
            reached = end, segment
    return spans


def _overlapping(path: Path, found: SegmentList, before: Segment, after: Segment) -> DataError:
    problem = (
        f"{after.label[:40]!r} from {after.start:g} overlaps {before.label[:40]!r} to {before.end:g}"
        + (f" on line {before.line}" if before.line is not None else "")
    )
    if len(found.lanes) > 1:
        return DataError(
            path,
            f"{problem}, and there are {listed(found.lanes)}",
            f"choose one: --tier {found.lanes[0]!r}",
            after.line,
        )
    return DataError(path, problem, "give each frame one label", after.line)


def _painted(
    path: Path,
    found: SegmentList,
    spans: Sequence[tuple[int, int, Segment]],
    n_frames: int,
    reading: LabelReading,
) -> np.ndarray:
    """Labels of as many frames as the list reaches to, and at least of all there are."""
    for (_, end, before), (start, _, after) in itertools.pairwise(spans):
        if start < end:
            raise _overlapping(path, found, before, after)
    last, segment = spans[-1][1], spans[-1][2]
    free = reading.force or reading.lengths in ("resample", "authors")
    if not free and last > n_frames and not is_small(last - n_frames, n_frames):
        raise _beyond(path, found, segment, last, n_frames, reading.fps)
    gapless = spans[0][0] == 0 and all(a[1] == b[0] for a, b in itertools.pairwise(spans))
    # Seconds need no such check: their rate is given.
    told = found.unit != "frames" or not gapless or len(spans) == 1 or last >= n_frames
    rate = None if told else rate_of(last, n_frames)
    if not free and rate is not None and not is_small(n_frames - last, n_frames):
        raise _beyond(path, found, segment, last, n_frames, reading.fps)
    if last == 0:
        raise DataError(path, "holds no segment as long as a frame", "check --fps", segment.line)
    length = last if reading.lengths == "resample" else max(last, n_frames)
    labels = np.full(length, NO_LABEL, dtype=f"<U{max(1, *(len(s.label) for *_, s in spans))}")
    for start, end, each in spans:
        labels[start:end] = each.label
    return labels


def _beyond(
    path: Path, found: SegmentList, segment: Segment, last: int, n_frames: int, fps: float | None
) -> DataError:
    rate = rate_of(last, n_frames)
    asked = f"another frame rate, {rate}?" if rate else "another frame rate?"
    problem = f"ends at frame {last} of {n_frames}: {asked}"
    remedy = "resample with --lengths resample, or give the list of these features"
    if last < n_frames:
        remedy = "resample with --lengths resample, or say that the rest has no label with --force-lengths"
    if found.unit == "frames" and fps is not None:
        remedy = f"if these are seconds, name the columns start_time and end_time; if not, {remedy}"
    if found.unit != "frames":
        remedy = "check --fps, the frames a second of the video, and --stride, the frames from row to row"
    return DataError(path, problem, remedy, segment.line)
