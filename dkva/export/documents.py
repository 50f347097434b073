"""Segmentations as documents: one JSON a video, one CSV a run."""

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

from dkva.approximation.segmenter import VideoSegmenter, margins
from dkva.base.files import write_atomically
from dkva.base.provenance import versions
from dkva.base.segments import segments

__all__ = [
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

_CSV_COLUMNS = ("video", "start", "end", "label", "margin", "frames", "n_segments", "key")


def source_of(path: Path) -> dict[str, str | int]:
    """Name, size and digest of a feature file; no folder, which may say more than its owner wants."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    return {"file": path.name, "bytes": path.stat().st_size, "blake2b": digest}


def run_key(video: str, settings: list, source: dict, n_frames: int) -> str:
    """Hash of all that decides a video's labels, the version of dkva included."""
    decisive = [metadata.version("dkva"), video, settings, source["blake2b"], n_frames]
    return hashlib.blake2b(json.dumps(decisive, sort_keys=True).encode(), digest_size=12).hexdigest()


def document(video: str, segmenter: VideoSegmenter, *, source: dict, reading: dict, key: str) -> dict:
    """The document of one segmented video, ready for JSON.

    Args:
        video: its name.
        segmenter: fitted to it. A segment's margin is the mean of its frames', null with one synthetic
            frame.
        source: see `source_of`.
        reading: how the features and labels were read.
        key: see `run_key`.
    """
    clear = margins(segmenter.similarity_)
    runs = [
        {"start": start, "end": end, "label": label, "margin": _number(np.mean(clear[start:end]))}
        for start, end, label in segments(segmenter.labels_)
    ]
    return {
        "video": video,
        "frames": len(segmenter.labels_),
        "features": segmenter.n_features_in_,
        "segments": runs,
        "settings": segmenter.get_params(),
        "reading": reading,
        "source": source,
        "key": key,
        "versions": versions(),
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
    """A document, or None where there is none that can be read."""
    try:
        doc = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return doc if _is_whole(doc) else None


def write_csv(path: Path, docs: Iterable[dict]) -> None:
    """Write one row a segment, whole or not at all. Raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for doc in docs:
        for run in doc["segments"]:
            margin = "" if run["margin"] is None else run["margin"]
            place = (doc["video"], run["start"], run["end"], run["label"], margin)
            writer.writerow((*place, doc["frames"], doc["settings"]["n_segments"], doc["key"]))
    write_atomically(path, lambda file: file.write(text.getvalue().encode(errors="backslashreplace")))


def read_csv(path: Path) -> dict[str, dict]:
    """Documents of an earlier run by video, as far as its CSV holds them; none where it cannot be read."""
    docs: dict[str, dict] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                empty: dict = {
                    "video": row["video"],
                    "frames": int(row["frames"]),
                    "settings": {"n_segments": int(row["n_segments"])},
                    "key": row["key"],
                    "segments": [],
                }
                doc = docs.setdefault(row["video"], empty)
                run = {name: int(row[name]) for name in ("start", "end", "label")}
                doc["segments"].append(run | {"margin": float(row["margin"]) if row["margin"] else None})
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return {}
    return {name: doc for name, doc in docs.items() if _is_whole(doc)}


def _is_whole(doc) -> bool:
    """Whether this is a document whose segments cover its frames, each once and in order."""
    try:
        edges = [0, *(run["end"] for run in doc["segments"])]
        starts = [run["start"] for run in doc["segments"]]
        labelled = all(isinstance(run["label"], int) for run in doc["segments"])
        return (
            labelled and starts == edges[:-1] and edges[-1] == doc["frames"] and isinstance(doc["key"], str)
        )
    except (KeyError, TypeError):
        return False
