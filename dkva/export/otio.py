"""Time lines of OpenTimelineIO (.otio) for video editors: a document in, JSON out; a clip a segment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from dkva.base.segment_names import Cue, cues, one_line, seconds, segment_name

__all__ = ["otio"]

_MS = 1000

# Frames count as evenly spaced if every boundary is within this share of a frame of where it would then be
# (our choice): more than the rounding of times, less than a frame that is missing.
_OFF = 0.1

# The name under which a clip has its only medium.
_MEDIUM = "DEFAULT_MEDIA"


def otio(doc: Mapping, media: Sequence[str] = ()) -> str:
    """The segments of a document as clips of a time line, one after the other on one track.

    A clip's range counts the recording's own frames from its first on if they are evenly spaced, and
    milliseconds (a rate of 1000) if they are not, or if nothing says how many there are a second.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.
        media: relative URLs at which the recording may lie, of which editors are told the first; without one
            they ask for it.

    Raises:
        ValueError: the document has no times.
    """
    rate, spans = _spans(doc)
    whole = _range(spans[0].start, spans[-1].end, rate)
    reference = {
        "OTIO_SCHEMA": "ExternalReference.1" if media else "MissingReference.1",
        "metadata": {},
        "name": "",
        "available_range": whole,
        "available_image_bounds": None,
        **({"target_url": media[0]} if media else {}),
    }
    clips = [
        _item("Clip.2", span.text, _range(span.start, span.end, rate))
        | {"media_references": {_MEDIUM: reference}, "active_media_reference_key": _MEDIUM}
        for span in spans
    ]
    track = _item("Track.1", "actions", None) | {"children": clips, "kind": "Video"}
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": {},
        "name": one_line(doc["video"]),
        "global_start_time": None,
        "tracks": _item("Stack.1", "tracks", None) | {"children": [track]},
    }
    return json.dumps(timeline, indent=1) + "\n"


def _spans(doc: Mapping) -> tuple[float, list[Cue]]:
    """Steps a second, and the segments in them."""
    times = seconds(doc)
    rate = doc.get("frames_per_second")
    runs = doc["segments"]
    if rate:
        first, begins = runs[0]["start"], times[0][0]
        bounds = [(run["start"], at[0]) for run, at in zip(runs, times, strict=True)]
        bounds.append((runs[-1]["end"], times[-1][1]))
        if all(abs((time - begins) * rate - (frame - first)) <= _OFF for frame, time in bounds):
            return float(rate), [Cue(run["start"], run["end"], segment_name(run)) for run in runs]
    return float(_MS), list(cues(doc, _MS))


def _item(schema: str, name: str, span: dict | None) -> dict:
    return {
        "OTIO_SCHEMA": schema,
        "metadata": {},
        "name": name,
        "source_range": span,
        "effects": [],
        "markers": [],
        "enabled": True,
    }


def _range(start: int, end: int, rate: float) -> dict:
    first, length = (
        {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": float(value)}
        for value in (start, end - start)
    )
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": first, "duration": length}
