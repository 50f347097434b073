"""A page to look at a cut, name its actions and correct it: a document in, one file of HTML out.

The page is complete in itself, asks no network for anything, and says so to the browser by its content
security policy; only the recording is a file of its own, beside the page or opened by its reader.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from dkva.export.documents import labels_in
from dkva.export.elan import eaf
from dkva.export.level_pictures import inherited
from dkva.export.timeline import LOOKS, styles

__all__ = ["Still", "page"]

_ASSETS = resources.files("dkva.export") / "segment_page"

# Where the annotations of an empty ELAN file go: times, then the tier.
_SLOTS, _TIER = "    <TIME_ORDER>\n", "    </TIME_ORDER>\n"
_ANNOTATIONS = 'TIER_ID="actions">\n'

# Microseconds of which times may all be multiples, coarsest first; Matroska counts in milliseconds.
_QUANTA = (1000, 1)

# A piece may be this far from the rounded times, in units of the quantum: up to a half it rounds to the same,
# and the error of its float64 is far below the rest.
_SLACK = 0.4999

# Frames that are first looked at for a piece; then twice as many, and so on.
_FIRST_WINDOW = 16


class Still(NamedTuple):
    """A frame of a recording that stands for a segment.

    Attributes:
        frame: which of the recording's own frames.
        jpeg: the picture as a JPEG file.
    """

    frame: int
    jpeg: bytes


def page(
    doc: Mapping,
    *,
    media: Sequence[str] = (),
    stills: Mapping[tuple[int, int], Still] = {},
    times: Float[np.ndarray, " n_times"] | None = None,
) -> str:
    """One self-contained page of HTML for a document.

    It has the recording's player, a time line, the segments with stills, names that a person types, cuts from
    coarse to fine if the document has `levels`, corrections, and files of what was corrected.

    Args:
        doc: a document, whose segments have labels and frames.
        media: relative URLs at which the page looks for the recording, in this order.
        stills: pictures of segments, of the cut or of a level, by their (start, end) in own frames.
        times: when each own frame is first shown, in seconds as players count, and the end of the last
            [F + 1]; None means evenly by the document's `frames_per_second`.

    Raises:
        ValueError: there are no times, or not one for each frame and the end.
    """
    if times is None:
        if not doc.get("frames_per_second"):
            raise ValueError(f"{doc['video']}: has no times, which the page needs: give --fps")
        times = np.arange(doc["frames"] + 1) / doc["frames_per_second"]
    if len(times) != doc["frames"] + 1:
        raise ValueError(
            f"{doc['video']}: has {len(times)} times for {doc['frames']} frames: give one for each frame and "
            "one for the end"
        )
    data = {
        "document": doc,
        "media": list(media),
        "stills": [
            [start, end, still.frame, base64.b64encode(still.jpeg).decode("ascii")]
            for (start, end), still in stills.items()
        ],
        "times": _pieces(times),
        "cuts": _cuts(doc),
        "palette": list(styles(range(LOOKS)).values()),
        "eaf": _eaf_around(doc, media),
        "store": _store(doc),
    }
    script = "".join(map(_asset, ("model.js", "timeline.js", "view.js")))
    style = _asset("page.css")
    parts = {
        "POLICY": _policy(script, style),
        "TITLE": html.escape(str(doc["video"])),
        "STYLE": style,
        "DATA": json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c"),
        "SCRIPT": script,
    }
    before, *rest = _asset("page.html").split("@@")
    for i in range(0, len(rest), 2):  # names of parts, and what stands after them
        before += parts[rest[i]] + rest[i + 1]
    return before


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Nothing but what is in the page, and the recording, which is a file or beside the page."""

    def of(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; script-src {of(script)}; style-src {of(style)}; img-src data:; "
        "media-src 'self' file: blob:; base-uri 'none'; form-action 'none'"
    )


def _store(doc: Mapping) -> str:
    """What the browser keeps corrections under: another cut of the same recording has its own."""
    if doc.get("key"):
        return f"dkva {doc['key']}"
    known = json.dumps([doc["video"], doc["segments"]], sort_keys=True)
    return f"dkva {hashlib.blake2b(known.encode(), digest_size=12).hexdigest()}"


def _eaf_around(doc: Mapping, media: Sequence[str]) -> dict[str, str]:
    """An annotation document of ELAN without its times and annotations, in the three parts around them."""
    empty = eaf({"video": doc["video"], "segments": []}, media)
    head, _, rest = empty.partition(_SLOTS)
    tier, _, tail = rest.partition(_ANNOTATIONS)
    return {"head": head + _SLOTS, "tier": tier + _ANNOTATIONS, "tail": tail}


def _cuts(doc: Mapping) -> list[dict[str, Any]]:
    """The cuts from coarse to fine: of a level its place among the document's, of the cut itself None.

    An action that goes on from one cut to the next has one number in both, which is its look.
    """
    levels = doc.get("levels") or []
    found: list[tuple[int | None, Sequence[Mapping]]] = [
        (place, level["segments"])
        for place, level in enumerate(levels)
        if _bare(level["segments"]) != _bare(doc["segments"])
    ]
    found.append((None, doc["segments"]))
    found.sort(key=lambda cut: (len({run["label"] for run in cut[1]}), len(cut[1])))
    cuts: list[dict[str, Any]] = []
    before: np.ndarray | None = None
    looks: dict[int, int] = {}
    used = 0
    for place, runs in found:
        labels = labels_in({"frames": doc["frames"], "segments": runs})
        if before is None:
            looks = {label: number for number, label in enumerate(dict.fromkeys(labels.tolist()))}
        else:
            looks = inherited(before, labels, looks, used)
        used = max(used, 1 + max(looks.values()))
        before = labels
        number = None if place is None else levels[place]["n_segments"]
        cuts.append({"level": place, "n_segments": number, "looks": list(looks.items())})
    return cuts


def _bare(runs: Sequence[Mapping]) -> list[tuple[int, int, int]]:
    return [(run["start"], run["end"], run["label"]) for run in runs]


def _pieces(times: np.ndarray) -> dict[str, Any]:
    """Times as pieces of constant step, which give those of the document to the last of its digits.

    Frame f of a piece (first, time, step) is at round(time + step · (f - first)) quanta of microseconds.
    """
    micros = np.rint(np.asarray([round(time, 6) for time in times.tolist()]) * 1e6)
    quantum = next(each for each in _QUANTA if not np.any(micros % each))
    rounded, exact = micros / quantum, times * (1e6 / quantum)
    pieces: list[list[float]] = []
    first = 0
    while first < len(times):
        length, time, step = _piece(rounded[first:], float(exact[first]))
        pieces.append([first, time, step])
        first += length
    return {"quantum": quantum, "pieces": pieces, "frames": len(times) - 1}


def _piece(rounded: np.ndarray, time: float) -> tuple[int, float, float]:
    """How many of the times are on one line from `time` on, that number as it is kept, and the step."""
    time = round(time, 3) if abs(time - rounded[0]) < _SLACK else float(rounded[0])
    window = _FIRST_WINDOW
    while True:
        known: Int[np.ndarray, " n"] = np.arange(1, min(window, len(rounded)))
        if not len(known):
            return 1, time, 0.0
        ahead = rounded[known] - time
        least = np.maximum.accumulate((ahead - _SLACK) / known)
        most = np.minimum.accumulate((ahead + _SLACK) / known)
        fits = int(np.argmax(least > most)) if np.any(least > most) else len(known)
        if fits == len(known) < len(rounded) - 1:
            window *= 2
            continue
        return (1 + fits, time, float(least[fits - 1] + most[fits - 1]) / 2) if fits else (1, time, 0.0)
