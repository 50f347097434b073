"""Segmentations as documents: one JSON a video, one CSV a run.

A document carries the number of its format. One without is of the first, and of a time when dkva's own method
was the only one.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import math
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import numpy as np

from dkva.base.errors import DamagedError, NewerFormatError
from dkva.base.files import write_atomically
from dkva.base.provenance import versions
from dkva.base.segmentation import Segmentation
from dkva.base.segments import segments

__all__ = [
    "FORMAT",
    "document",
    "labels_in",
    "read_csv",
    "read_json",
    "run_key",
    "scores_for_json",
    "source_of",
    "write_csv",
    "write_json",
]

#: Number of the format that is written, and of the newest that is read.
FORMAT = 1

_CSV_COLUMNS = (
    "video", "start", "end", "label", "margin", "frames", "n_segments", "key", "method", "format",
)  # fmt: skip

# What a document of the first format may lack.
_FIRST: dict = {"format": 1, "method": "dkva"}


def source_of(path: Path) -> dict[str, str | int]:
    """Name, size and digest of a feature file; no folder, which may say more than its owner wants."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    return {"file": path.name, "bytes": path.stat().st_size, "blake2b": digest}


def run_key(video: str, settings: list, source: dict, n_frames: int) -> str:
    """Hash of all that decides a video's labels, the version of dkva included."""
    decisive = [metadata.version("dkva"), video, settings, source["blake2b"], n_frames]
    return hashlib.blake2b(json.dumps(decisive, sort_keys=True).encode(), digest_size=12).hexdigest()


def document(video: str, segmentation: Segmentation, *, source: dict, reading: dict, key: str) -> dict:
    """The document of one segmented video, ready for JSON.

    Args:
        video: its name.
        segmentation: of it. A segment's margin is the mean of its frames', null where they have none.
        source: see `source_of`.
        reading: how the features and labels were read.
        key: see `run_key`.
    """
    clear = segmentation.margins
    runs = [
        {
            "start": start,
            "end": end,
            "label": label,
            "margin": None if clear is None else _number(np.mean(clear[start:end])),
        }
        for start, end, label in segments(segmentation.labels)
    ]
    return {
        "format": FORMAT,
        "video": video,
        "method": segmentation.method,
        "frames": len(segmentation.labels),
        "features": segmentation.n_features,
        "segments": runs,
        "settings": dict(segmentation.settings),
        "reading": reading,
        "source": source,
        "key": key,
        "versions": versions() | {segmentation.origin: metadata.version(segmentation.origin)},
    }


def _number(value) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None


def scores_for_json(scores) -> dict:
    """`dkva.Scores` as plain data: NaN becomes null, the matching's clusters become strings."""
    plain = dataclasses.asdict(scores)
    return {
        name: {str(k): v for k, v in value.items()}
        if isinstance(value, dict)
        else _number(value)
        if isinstance(value, float)
        else value
        for name, value in plain.items()
    }


def labels_in(doc: dict) -> np.ndarray:
    """Label of each frame [n] of a document."""
    labels = np.empty(doc["frames"], np.int64)
    for run in doc["segments"]:
        labels[run["start"] : run["end"]] = run["label"]
    return labels


def write_json(path: Path, doc: dict) -> None:
    """Write a document, whole or not at all. Raises OSError."""
    text = json.dumps(doc, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(path, lambda file: file.write(text.encode(errors="backslashreplace")))


def read_json(path: Path) -> dict | None:
    """A document, or None where there is none that can be read.

    Raises:
        NewerFormatError: a document of a newer format.
    """
    try:
        doc = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(doc, dict):
        return None
    doc = _FIRST | doc
    _refuse_newer(path, doc["format"])
    return doc if _is_whole(doc) else None


def _refuse_newer(path: Path, number) -> None:
    if isinstance(number, int) and number > FORMAT:
        raise NewerFormatError(
            f"{path}: is of format {number}, and this dkva knows formats up to {FORMAT}; update dkva, or "
            "give another folder for the results"
        )


def write_csv(path: Path, docs: Iterable[dict]) -> None:
    """Write one row a segment, whole or not at all. Raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for doc in docs:
        for run in doc["segments"]:
            margin = "" if run["margin"] is None else run["margin"]
            place = (doc["video"], run["start"], run["end"], run["label"], margin)
            facts = (doc["frames"], doc["settings"]["n_segments"], doc["key"], doc["method"], doc["format"])
            writer.writerow((*place, *facts))
    write_atomically(path, lambda file: file.write(text.getvalue().encode(errors="backslashreplace")))


def read_csv(path: Path) -> dict[str, dict]:
    """Documents of an earlier run by video, as far as its CSV holds them; none if there is no CSV.

    Raises:
        NewerFormatError: rows of a newer format.
        DamagedError: a file that cannot be read, is another table, or whose segments do not cover a video.
    """
    docs: dict[str, dict] = {}
    line = 1
    problem = None
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                line += 1
                _refuse_newer(path, _whole(row.get("format")))
                _add_row(docs, row)
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        if isinstance(error, NewerFormatError):
            raise
        problem = f"line {line} is no segment as dkva writes them"
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    broken = [name for name, doc in docs.items() if not _is_whole(doc)]
    if problem is None and broken:
        problem = f"the segments of {broken[0]} do not cover its frames"
    if problem is not None:
        raise DamagedError(
            f"{path}: {problem}; mend it, move it away, or give another folder for the results"
        )
    return docs


def _whole(text: str | None) -> int:
    """The number of a cell that may be missing or empty, as in the first format."""
    return int(text or _FIRST["format"])


def _add_row(docs: dict[str, dict], row: dict) -> None:
    """Add one segment to the document of its video."""
    empty: dict = {
        "format": _whole(row.get("format")),
        "video": row["video"],
        "method": row.get("method") or _FIRST["method"],
        "frames": int(row["frames"]),
        "settings": {"n_segments": int(row["n_segments"])},
        "key": row["key"],
        "segments": [],
    }
    run = {name: int(row[name]) for name in ("start", "end", "label")}
    margin = float(row["margin"]) if row["margin"] else None
    docs.setdefault(row["video"], empty)["segments"].append(run | {"margin": margin})


def _is_whole(doc) -> bool:
    """Whether this is a document whose segments cover its frames, each once and in order."""
    try:
        edges = [0, *(run["end"] for run in doc["segments"])]
        starts = [run["start"] for run in doc["segments"]]
        labelled = all(isinstance(run["label"], int) for run in doc["segments"])
        known = type(doc["format"]) is int and isinstance(doc["method"], str) and isinstance(doc["key"], str)
        return known and labelled and starts == edges[:-1] and edges[-1] == doc["frames"]
    except (KeyError, TypeError):
        return False
