"""What behaviour researchers compute next: how often and how long each label, and what follows what."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dkva.base.files import is_foreign_table, write_text
from dkva.export.timeline import label_text

__all__ = ["SUMMARIES", "is_foreign_summary", "summary", "transitions", "write_summary"]

_SUMMARY = (
    "scope", "name", "label", "count", "frames", "mean_frames", "seconds", "mean_seconds", "share",
    "method",
)  # fmt: skip
_TRANSITIONS = ("scope", "name", "from", "to", "count", "share", "method")

#: Names of the tables, and their columns.
SUMMARIES = {"summary.csv": _SUMMARY, "transitions.csv": _TRANSITIONS}

# Before the last column was added.
_FORMER = {name: columns[:-1] for name, columns in SUMMARIES.items()}

#: Name of the scope of all videos.
EVERYTHING = "all"


def summary(docs: Iterable[Mapping], counted: Container[str] | None = None) -> list[dict]:
    """Rows of each video, folder and all videos: count, total and mean duration, and share of each label.

    Labels have their names if the truth gave them some; beside names a number without one is "label 3", as a
    name may be a number. Numbers mean nothing beyond their own video, unless videos were cut together or by
    one trained model: otherwise folders and all videos have rows of named labels alone, and one row "(any)"
    of all segments whatever their label. Seconds are empty if frames a second are not known. Where
    videos were cut by several methods, the cell of the method names all of them.

    Args:
        docs: as `dkva.export.documents` makes and reads them.
        counted: videos that folders and all videos are added up over; None means all that there are.
    """
    rows = []
    for scope, name, group in _groups(docs, counted):
        joint = _joint(group)
        runs = [(run, doc) for doc in group for run in doc["segments"]]
        made = [_row(scope, name, "(any)", runs, runs)]
        text = _texts(group)
        by_label = defaultdict(list)
        for run, doc in runs:
            if scope == "video" or run.get("name") or joint:
                by_label[_label(run)].append((run, doc))
        made += [_row(scope, name, text(each), by_label[each], runs) for each in sorted(by_label, key=_order)]
        rows += [row | {"method": _methods(group)} for row in made]
    return rows


def transitions(docs: Iterable[Mapping], counted: Container[str] | None = None) -> list[dict]:
    """Rows of how often a label follows another one, with the share among all that follow the first.

    Args:
        docs: as of `summary`, which says what is counted together.
        counted: likewise.
    """
    rows = []
    for scope, name, group in _groups(docs, counted):
        joint = _joint(group)
        counts: Counter = Counter()
        for doc in group:
            runs = [run for run in doc["segments"] if scope == "video" or run.get("name") or joint]
            for before, after in itertools.pairwise(runs):
                if before["end"] == after["start"] and _label(before) != _label(after):
                    counts[_label(before), _label(after)] += 1
        text = _texts(group)
        left: Counter = Counter()
        for (before, _), count in counts.items():
            left[before] += count
        for before, after in sorted(counts, key=lambda pair: (_order(pair[0]), _order(pair[1]))):
            count = counts[before, after]
            share = round(count / left[before], 6)
            values = (scope, name, text(before), text(after), count, share, _methods(group))
            rows.append(dict(zip(_TRANSITIONS, values, strict=True)))
    return rows


def write_summary(folder: Path, docs: Sequence[Mapping], counted: Container[str] | None = None) -> None:
    """Write `summary.csv` and `transitions.csv`, each whole or not at all. Raises OSError.

    Args:
        folder: where.
        docs: as of `summary`.
        counted: likewise.
    """
    made = (summary(docs, counted), transitions(docs, counted))
    for (name, columns), rows in zip(SUMMARIES.items(), made, strict=True):
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_text(folder / name, text.getvalue())


def is_foreign_summary(path: Path) -> bool:
    """Whether a file by the name of a summary is there that is none."""
    return is_foreign_table(path, [columns[path.name] for columns in (SUMMARIES, _FORMER)])


def _groups(
    docs: Iterable[Mapping], counted: Container[str] | None
) -> Iterator[tuple[str, str, list[Mapping]]]:
    """(scope, name, documents): each video, each folder that names have before a slash, all that count."""
    ordered = sorted(docs, key=lambda doc: doc["video"])
    folders = defaultdict(list)
    for doc in ordered:
        yield "video", doc["video"], [doc]
    ordered = [doc for doc in ordered if counted is None or doc["video"] in counted]
    for doc in ordered:
        if "/" in doc["video"]:
            folders[doc["video"].rpartition("/")[0]].append(doc)
    for name, group in folders.items():
        yield "folder", name, group
    if len(ordered) > 1:
        yield EVERYTHING, EVERYTHING, ordered


def _joint(docs: Iterable[Mapping]) -> bool:
    """Whether a number means the same in all documents: of videos cut together, or all by one model."""
    sets = {(doc.get("together") or doc.get("model") or {}).get("digest") for doc in docs}
    return len(sets) == 1 and None not in sets


def _methods(docs: Iterable[Mapping]) -> str:
    return " ".join(sorted({doc["method"] for doc in docs}))


def _label(run: Mapping) -> str | int:
    """The name, or the number if there is none."""
    return run.get("name") or run["label"]


def _texts(docs: Iterable[Mapping]) -> Callable[[str | int], str]:
    """How labels of these documents are written."""
    return label_text if any(run.get("name") for doc in docs for run in doc["segments"]) else str


def _order(label: str | int) -> tuple:
    """Names that are numbers in the order of these, then other names, then numbers without a name."""
    if isinstance(label, int):
        return (2, label, "")
    return (0, int(label), "") if label.isdecimal() else (1, 0, label)


def _row(scope: str, name: str, label: str, runs: Sequence[tuple], among: Sequence[tuple]) -> dict:
    frames = sum(run["end"] - run["start"] for run, _ in runs)
    known = all("end_time" in run for run, _ in runs)
    seconds = sum(run["end_time"] - run["start_time"] for run, _ in runs) if known else None
    whole = sum(run["end"] - run["start"] for run, _ in among)
    values = (
        scope,
        name,
        label,
        len(runs),
        frames,
        round(frames / len(runs), 3),
        None if seconds is None else round(seconds, 6),
        None if seconds is None else round(seconds / len(runs), 6),
        round(frames / whole, 6),
    )
    return dict(zip(_SUMMARY[:-1], values, strict=True))
