"""Segmentations as documents: one JSON a video, one CSV a run.

A document carries the number of its format. One without is of the first, and of a time when dkva's own method
was the only one. In the second a segment's margin says how clear it is by the features; in the first it was
the kernel's, which is near 1 for two segments whatever they are.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from dkva.base.errors import DamagedError, NewerFormatError
from dkva.base.files import write_text
from dkva.base.provenance import version, versions
from dkva.base.segment_names import wrong_times
from dkva.base.segmentation import Segmentation
from dkva.base.segments import segments
from dkva.export.levels import LEVELS_CSV, digest_of_levels, read_levels, write_levels

__all__ = [
    "FORMAT",
    "document",
    "is_foreign",
    "labels_in",
    "named",
    "read_csv",
    "read_json",
    "run_key",
    "scores_for_json",
    "source_of",
    "timed",
    "write_csv",
    "write_json",
]

#: Number of the format that is written, and of the newest that is read.
FORMAT = 2

_CSV_COLUMNS = (
    "video", "start", "end", "start_time", "end_time", "label", "name", "margin", "frames", "n_segments",
    "method",
)  # fmt: skip

# Only of documents whose segments have it.
_CONFIDENCE = "confidence"

# Beside the CSV: what another run needs to know and no reader of the table does.
_STATE = ".segments.state"

# What the state has of a document beside its key, if the document has it.
_KEPT = ("features", "suggestion", "together", "model", "classes")

# What a document of the first format may lack.
_FIRST: dict = {"format": 1, "method": "dkva"}


def source_of(path: Path) -> dict[str, str | int]:
    """Name, size and digest of a feature file; no folder, which may say more than its owner wants."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    return {"file": path.name, "bytes": path.stat().st_size, "blake2b": digest}


def run_key(video: str, settings: list, source: dict, n_frames: int) -> str:
    """Hash of all that decides a video's labels, the version of dkva included."""
    decisive = [version("dkva"), video, settings, source["blake2b"], n_frames]
    return hashlib.blake2b(json.dumps(decisive, sort_keys=True).encode(), digest_size=12).hexdigest()


def document(
    video: str,
    segmentation: Segmentation,
    *,
    source: dict,
    reading: Mapping[str, object],
    key: str,
    rate: float | None = None,
    **more: object,
) -> dict:
    """The document of one segmented video, ready for JSON.

    Args:
        video: its name.
        segmentation: of it. A segment's margin is the mean of its frames', null where they have none, and so
            is its confidence. If labels have names, segments have them as `name`, and the document has all as
            `classes`.
        source: see `source_of`.
        reading: how the features were read.
        key: see `run_key`.
        rate: frames (rows of features) a second, for times; None leaves them out.
        more: further fields of some methods' documents, such as `levels`; those that are empty are left out.
    """
    clear = segmentation.margins
    runs: list[dict] = [
        {
            "start": start,
            "end": end,
            "label": label,
            "margin": None if clear is None else _number(np.mean(clear[start:end])),
        }
        for start, end, label in segments(segmentation.labels)
    ]
    names, sure = segmentation.names, segmentation.confidence
    if sure is not None:
        runs = [run | {_CONFIDENCE: _number(np.mean(sure[run["start"] : run["end"]]))} for run in runs]
    if names is not None:
        runs = [run | {"name": names[run["label"]]} for run in runs]
    doc = {
        "format": FORMAT,
        "video": video,
        "method": segmentation.method,
        "frames": len(segmentation.labels),
        "features": segmentation.n_features,
        "segments": runs,
        **({} if names is None else {"classes": list(names)}),
        **{name: value for name, value in more.items() if value},
        "settings": dict(segmentation.settings),
        "reading": dict(reading),
        "source": source,
        "key": key,
        "versions": versions(segmentation.origin),
    }
    return timed(doc, rate)


def timed(doc: dict, rate: float | None, times: np.ndarray | None = None) -> dict:
    """The document with the times of its segments in seconds, or unchanged if neither is known.

    Args:
        doc: a document.
        rate: frames (rows of features) a second; None beside times if they do not tell it.
        times: of each frame, and of the end of the last one [n + 1]; None for equal distances from 0 on.
    """
    if times is None:
        if rate is None:
            return doc
        times = np.arange(1 + doc["segments"][-1]["end"]) / rate
    known = [round(time, 6) for time in times.tolist()]

    def with_times(part: dict) -> dict:
        at = [{"start_time": known[run["start"]], "end_time": known[run["end"]]} for run in part["segments"]]
        return part | {"segments": [run | of for run, of in zip(part["segments"], at, strict=True)]}

    levels = {"levels": [with_times(level) for level in doc["levels"]]} if "levels" in doc else {}
    return with_times(doc) | levels | ({} if rate is None else {"frames_per_second": rate})


def named(doc: dict, matching: Mapping | None) -> dict:
    """The document whose segments have the names of the true labels that theirs are matched to.

    Args:
        doc: a document.
        matching: true label of each label that has one, as `Scores.matching`; None takes all names away.
    """
    plain = [{key: value for key, value in run.items() if key != "name"} for run in doc["segments"]]
    if matching is not None:
        plain = [run | {"name": matching.get(run["label"])} for run in plain]
    return doc | {"segments": plain}


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
    write_text(path, json.dumps(doc, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


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


def is_foreign(path: Path) -> bool:
    """Whether a file by the name of a document is there that dkva cannot have written."""
    try:
        data = path.read_bytes()
        doc = json.loads(data) if data else {"segments": []}
    except OSError:
        return False
    except ValueError:
        return True
    return not isinstance(doc, dict) or "segments" not in doc


def _refuse_newer(path: Path, number) -> None:
    if isinstance(number, int) and number > FORMAT:
        raise NewerFormatError(
            f"{path}: is of format {number}, and this dkva knows formats up to {FORMAT}; update dkva, or "
            "give another folder for the results"
        )


def write_csv(path: Path, docs: Iterable[dict]) -> None:
    """Write one row a segment, beside it keys and levels, each file whole or not at all. Raises OSError."""
    docs = list(docs)
    levels = path.with_name(LEVELS_CSV)
    if any(doc.get("levels") for doc in docs):
        write_levels(levels, docs)
    elif any("levels" in known for known in _state(path).values()):
        levels.unlink(missing_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = _columns(docs)
    writer.writerow(columns)
    keys = {}
    for doc in docs:
        rows = [_cells(doc, run, columns) for run in doc["segments"]]
        writer.writerows(rows)
        if doc["format"] == FORMAT:
            keys[doc["video"]] = {
                "key": doc["key"],
                "rows": _digest(rows),
                **({"levels": digest_of_levels(doc["levels"])} if doc.get("levels") else {}),
                **{name: doc[name] for name in _KEPT if name in doc},
            }
    state = json.dumps({"format": FORMAT, "videos": keys}, indent=1) + "\n"
    write_text(path.with_name(_STATE), state)
    write_text(path, text.getvalue())


def _columns(docs: Iterable[dict]) -> tuple[str, ...]:
    """Columns of the table."""
    sure = any(_CONFIDENCE in run for doc in docs for run in doc["segments"])
    return (*_CSV_COLUMNS, _CONFIDENCE) if sure else _CSV_COLUMNS


def _cells(doc: dict, run: dict, columns: Sequence[str]) -> list[str]:
    """One row of the table; margins of the first format are others, and are left out."""
    run = run if doc["format"] == FORMAT else run | {"margin": None}
    values = (
        doc["video"],
        *(run.get(name) for name in _CSV_COLUMNS[1:8]),
        doc["frames"],
        doc["settings"]["n_segments"],
        doc["method"],
        *(run.get(name) for name in columns[len(_CSV_COLUMNS) :]),
    )
    return ["" if value is None else str(value) for value in values]


def _digest(rows: Sequence[Sequence[str]]) -> str:
    """Digest of a video's rows; an empty cell of a column that the video alone would not have is none."""
    known = len(_CSV_COLUMNS)
    rows = [[*row[:known], *filter(None, row[known:])] for row in rows]
    return hashlib.blake2b(json.dumps(list(map(list, rows))).encode(), digest_size=12).hexdigest()


def read_csv(path: Path) -> dict[str, dict]:
    """Documents of an earlier run by video, as far as its CSV holds them; none if there is no CSV.

    The key of a video whose rows, or levels, are not those that were written is empty.

    Raises:
        NewerFormatError: a table of a newer format.
        DamagedError: a file that cannot be read, is another table, or whose segments do not cover a video
            in order of time.
    """
    docs: dict[str, dict] = {}
    rows: dict[str, list[list[str]]] = {}
    columns = (*_CSV_COLUMNS, _CONFIDENCE)
    line = 1
    problem = None
    try:
        with path.open(newline="", encoding="utf-8") as file:
            state = _state(path)
            table = csv.DictReader(file)
            for row in table:
                line += 1
                _refuse_newer(path, _whole(row.get("format")))
                _add_row(docs, row)
                rows.setdefault(row["video"], []).append([row.get(name) or "" for name in columns])
            if table.fieldnames and not {"video", "start", "end", "label"} <= set(table.fieldnames):
                raise KeyError("columns")
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        if isinstance(error, NewerFormatError):
            raise
        problem = f"line {line} is no segment as dkva writes them"
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    if problem is None:
        _add_state(docs, rows, state, path.with_name(LEVELS_CSV))
    broken = [name for name, doc in docs.items() if not _is_whole(doc)]
    if problem is None and broken:
        wrong = wrong_times(docs[broken[0]]["segments"])
        problem = f"{broken[0]}: {wrong}" if wrong else f"the segments of {broken[0]} do not cover its frames"
    if problem is not None:
        raise DamagedError(
            f"{path}: {problem}; mend it, move it away, or give another folder for the results"
        )
    return docs


def _add_state(docs: dict[str, dict], rows: Mapping[str, list], state: dict[str, dict], levels: Path) -> None:
    """Complete documents by what stands beside the table, if it is of their rows. Raises DamagedError."""
    known_levels = read_levels(levels) if any("levels" in known for known in state.values()) else {}
    for name, known in state.items():
        if name not in docs or known.get("rows") != _digest(rows[name]):
            continue
        docs[name] |= {"format": FORMAT} | {each: known[each] for each in _KEPT if known.get(each)}
        found = known_levels.get(name, [])
        if "levels" not in known:
            docs[name]["key"] = known["key"]
        elif known["levels"] == digest_of_levels(found):
            docs[name] |= {"key": known["key"], "levels": found}


def _state(path: Path) -> dict[str, dict]:
    """What stands beside a table of its videos; nothing if there is none, or it is damaged."""
    try:
        found = json.loads(path.with_name(_STATE).read_bytes())
        number, videos = found["format"], found["videos"]
        whole = all(isinstance(each["key"], str) for each in videos.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    _refuse_newer(path, number)
    return videos if whole else {}


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
        "key": row.get("key") or "",
        "segments": [],
    }
    run: dict = {name: int(row[name]) for name in ("start", "end", "label")}
    run["margin"] = float(row["margin"]) if row["margin"] else None
    run |= {name: float(row[name]) for name in ("start_time", "end_time") if row.get(name)}
    run |= {"name": row["name"]} if row.get("name") else {}
    run |= {_CONFIDENCE: float(row[_CONFIDENCE])} if row.get(_CONFIDENCE) else {}
    docs.setdefault(row["video"], empty)["segments"].append(run)


def _is_whole(doc) -> bool:
    """Whether this is a document whose segments cover its frames, each once and in order of time."""
    try:
        runs = doc["segments"]
        edges = [0, *(run["end"] for run in runs)]
        covered = edges[:-1] == [run["start"] for run in runs] and edges[-1] == doc["frames"]
        labelled = all(isinstance(run["label"], int) for run in runs)
        known = type(doc["format"]) is int and isinstance(doc["method"], str) and isinstance(doc["key"], str)
        return known and labelled and covered and wrong_times(runs) is None
    except (KeyError, TypeError):
        return False
