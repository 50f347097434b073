"""The alignment of two videos as a document and as a table of matched frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from dkva.base.files import is_foreign_table, write_text
from dkva.base.segments import segments
from dkva.export.marked import is_foreign_marked, read_marked

__all__ = [
    "FORMAT",
    "MATCHES",
    "Matches",
    "alignment_document",
    "is_foreign_alignment",
    "is_foreign_matches",
    "matched",
    "read_alignment",
    "side",
    "write_matches",
]

#: Number of the format that is written, and of the newest that is read.
FORMAT = 1

#: How the name of a table of matched frames ends.
MATCHES = ".matches.csv"

# The field that an alignment has and no other document.
_MARK = "matches"

_COLUMNS = ("frame_a", "frame_b", "share", "time_a", "time_b")


class Matches(NamedTuple):
    """Which frames of two videos match.

    Attributes:
        partner: for each frame of A the frame of B that has most of its mass, -1 if it is unmatched [n].
        share: of each frame of A's mass, what its partner has, or what is unmatched [n].
        unmatched_b: whether a frame of B is unmatched [m].
    """

    partner: Int[np.ndarray, " n"]
    share: Float[np.ndarray, " n"]
    unmatched_b: Bool[np.ndarray, " m"]


def matched(
    assignment: Float[np.ndarray, "n m"],
    unmatched_a: Float[np.ndarray, " n"],
    unmatched_b: Float[np.ndarray, " m"],
) -> Matches:
    """The frames that match. A frame is unmatched if more of its mass is left over than any frame has of it.

    Args:
        assignment: mass of each frame of A and frame of B, in any unit; of equal ones the first counts.
        unmatched_a: mass that is left over of each frame of A.
        unmatched_b: likewise of B.
    """
    partner = assignment.argmax(axis=1)
    most = assignment.max(axis=1)
    alone = _alone(most, unmatched_a)
    total = assignment.sum(axis=1) + unmatched_a
    # A frame without any mass is unmatched, and all of it.
    share = np.divide(np.where(alone, unmatched_a, most), total, out=np.ones_like(total), where=total > 0)
    return Matches(np.where(alone, -1, partner), share, _alone(assignment.max(axis=0), unmatched_b))


def _alone(most: np.ndarray, left: np.ndarray) -> np.ndarray:
    return (left > most) | (most <= 0)


def side(
    name: str, *, frames: int, features: int, source: Mapping, reading: Mapping, labels: np.ndarray | None
) -> dict:
    """What a document says of one of the videos.

    Args:
        name: of the video.
        frames: their number n.
        features: of each frame.
        source: of the features; see `dkva.export.documents.source_of`.
        reading: how they were read.
        labels: of the model [n], if it segments.
    """
    runs = {} if labels is None else {"segments": [run._asdict() for run in segments(labels)]}
    return {
        "video": name,
        "frames": frames,
        "features": features,
        **runs,
        "reading": reading,
        "source": source,
    }


def alignment_document(
    a: Mapping, b: Mapping, matches: Matches, *, every: int, rate: float | None, **more: object
) -> dict:
    """The document of two aligned videos, ready for JSON.

    Args:
        a: the first; see `side`.
        b: the other.
        matches: of their frames 0, every, 2·every and so on.
        every: see above.
        rate: frames (rows of features) a second, for times; None leaves them out.
        more: what made it, such as `method`, `model`, `settings`, `key` and `versions`.
    """
    rows = []
    for i, (j, share) in enumerate(zip(matches.partner.tolist(), matches.share.tolist(), strict=True)):
        frames = {"a": every * i, "b": every * j if j >= 0 else None}
        row = {f"frame_{which}": frame for which, frame in frames.items()} | {"share": round(share, 6)}
        if rate is not None:
            row |= {
                f"time_{which}": None if frame is None else round(frame / rate, 6)
                for which, frame in frames.items()
            }
        rows.append(row)
    return {
        "format": FORMAT,
        "a": dict(a),
        "b": dict(b),
        "every": every,
        **({} if rate is None else {"frames_per_second": rate}),
        **more,
        "matches": rows,
        "unmatched_b": (every * np.flatnonzero(matches.unmatched_b)).tolist(),
    }


def write_matches(path: Path, doc: Mapping) -> None:
    """Write one row a frame of A, `frame_b` empty if it is unmatched; whole or not at all. Raises OSError."""
    columns = _COLUMNS if "frames_per_second" in doc else _COLUMNS[:3]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if row[name] is None else row[name] for name in columns] for row in doc["matches"])
    write_text(path, text.getvalue())


def read_alignment(path: Path) -> dict | None:
    """A document, or None if there is none that can be read. Raises NewerFormatError."""
    return read_marked(path, _MARK, FORMAT)


def is_foreign_alignment(path: Path) -> bool:
    """Whether a file by the name of a document is there that is no alignment."""
    return is_foreign_marked(path, _MARK)


def is_foreign_matches(path: Path) -> bool:
    """Whether a file by the name of a table of matches is there that is none."""
    return is_foreign_table(path, (_COLUMNS, _COLUMNS[:3]))
