"""Projects of BORIS: a document in, JSON of format 7.0 out; each segment starts and stops a state."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from dkva.base.segment_names import Cue, cues, one_line

__all__ = ["boris"]

_MS = 1000

# The project wants a date, and so does what is exported of it; a fixed one, so that the same cut gives the
# same file (our choice).
_DATE = "1970-01-01T00:00:00"

# Keys of behaviours, in the order of first appearance; those after these are without one.
_KEYS = string.ascii_lowercase + string.digits

# What BORIS takes for a frame that it does not know.
_NO_FRAME = "NA"


def boris(doc: Mapping, media: Sequence[str] = ()) -> str:
    """The segments of a document as a project of BORIS with one observation, and a behaviour for each name.

    A state is what starts and stops at the bounds of its segments, to the millisecond. The sign | , which
    BORIS does not take in names, becomes ¦.

    Args:
        doc: a document whose segments have `start_time` and `end_time`.
        media: relative URLs at which the recording may lie, of which BORIS is told the first; without one the
            observation is "live", which needs no recording.

    Raises:
        ValueError: the document has no times.
    """
    spans = [cue._replace(text=cue.text.replace("|", "¦")) for cue in cues(doc, _MS)]
    name = one_line(doc["video"])
    project = {
        "time_format": "hh:mm:ss",
        "project_date": _DATE,
        "project_name": name,
        "project_description": "",
        "project_format_version": "7.0",
        "subjects_conf": {},
        "behaviors_conf": _behaviours(spans),
        "observations": {name: _observation(doc, spans, media)},
        "behavioral_categories": [],
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    # BORIS reads files in the encoding of the system, so all beyond ASCII is escaped.
    return json.dumps(project, indent=1) + "\n"


def _behaviours(spans: Sequence[Cue]) -> dict:
    from dkva.export.timeline import styles

    looks = styles(list(dict.fromkeys(span.text for span in spans)))
    return {
        str(number): {
            "type": "State event",
            "key": _KEYS[number : number + 1],
            "code": name,
            "description": "",
            "color": colour,
            "category": "",
            "modifiers": {},
            "excluded": "",
            "coding map": "",
        }
        for number, (name, (colour, _)) in enumerate(looks.items())
    }


def _observation(doc: Mapping, spans: Sequence[Cue], media: Sequence[str]) -> dict:
    own = "recording" in doc  # only then the frames are those that BORIS sees
    bounds: list[tuple[int, str, int]] = []
    for span, run in zip(spans, doc["segments"], strict=True):
        bounds += [(span.start, span.text, run["start"]), (span.end, span.text, run["end"])]
    observation: dict = {
        "file": {},
        "type": "LIVE",
        "date": _DATE,
        "description": "",
        "time offset": 0.0,
        "observation time interval": [0, 0],
        "independent_variables": {},
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "close_behaviors_between_videos": False,
    }
    if not media:
        return observation | {"events": [[time / _MS, "", name, "", ""] for time, name, _ in bounds]}
    file = unquote(media[0])
    # A millisecond more: of events at the length itself BORIS may leave out the last, by rounding.
    length = (spans[-1].end + 1) / _MS
    return observation | {
        "type": "MEDIA",
        "file": {str(player): [file] if player == 1 else [] for player in range(1, 9)},
        "media_info": {
            "length": {file: length},
            "fps": {file: doc.get("frames_per_second") or doc["frames"] * _MS / spans[-1].end},
            "hasVideo": {file: True},
            "hasAudio": {file: False},
            "offset": {"1": 0.0},
        },
        "events": [
            [time / _MS, "", name, "", "", frame if own else _NO_FRAME] for time, name, frame in bounds
        ],
    }
