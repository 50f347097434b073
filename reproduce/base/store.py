"""Results as files: rows in CSV, their summary and what they came from in JSON beside them.

A row carries a checksum over its other columns, and the summary follows from the rows: `reproduce.check`
computes both again.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dkva.base.files import write_atomically
from reproduce.base.effects import effect, per_video
from reproduce.base.paths import RESULTS

if TYPE_CHECKING:  # reading results is cheap without it
    from dkva.experiments.experiment import Outcome

__all__ = [
    "Table",
    "best",
    "checksum",
    "chosen",
    "publish",
    "read_facts",
    "read_rows",
    "summarise",
    "write_arrays",
]

_CHECKSUM = "checksum"
_NAMES = ("video", "method", "dataset", "factor", "value", "estimator", "activity", "kernel", "domain")
_TEXT = frozenset((*_NAMES, "other", "training", "encoder", "shortest"))


@dataclass(frozen=True)
class Table:
    """What a result is.

    Attributes:
        name: of its files in results/, without suffix.
        title: one line above the table.
        command: what makes it again.
        by: columns that tell its lines apart.
        measures: columns that are averaged, first over the rows of a video, then over videos.
        unit: column that names the video.
        paper: the paper's table, a key of `reproduce.ledger.paper.TABLES`; None if there is none.
        percent: whether measures are shares, shown in %; else they are shown as they are.
        counts: measures that are no shares where the others are.
        choose: a measure: the line with the highest mean is the setting to use (the first on a tie).
    """

    name: str
    title: str
    command: str
    by: tuple[str, ...] = ("method",)
    measures: tuple[str, ...] = ("mof", "iou", "f1")
    unit: str = "video"
    paper: str | None = None
    percent: bool = True
    choose: str | None = None
    counts: tuple[str, ...] = ()


def publish(table: Table, outcome: Outcome, settings: Mapping, folder: Path = RESULTS) -> bool:
    """Write rows, summary and provenance; False, and nothing written, where they are there already.

    Args:
        table: what the result is.
        outcome: rows and provenance of a run.
        settings: further settings that the rows depend on.
        folder: where to.
    """
    path = folder / f"{table.name}.csv"
    text = _csv(outcome.rows)
    rows = _parse(text, path)
    summary = summarise(rows, table.by, table.measures, table.unit)
    facts = {
        "title": table.title,
        "command": table.command,
        "paper": table.paper,
        "by": list(table.by),
        "measures": list(table.measures),
        "unit": table.unit,
        "percent": table.percent,
        "settings": dict(settings),
        "rows": len(rows),
        "table": summary,
    }
    if table.counts:
        facts["counts"] = list(table.counts)
    if table.choose:
        facts["choose"] = table.choose
        facts["chosen"] = best(summary, table.choose)
    facts |= outcome.provenance
    new = json.loads(json.dumps(facts))
    try:
        old = read_facts(table.name, folder)
        same = path.read_text() == text and _without_runs(old) == _without_runs(new)
    except (OSError, ValueError):
        same = False
    if same:
        return False
    write_atomically(path, lambda file: file.write(text.encode()))
    body = json.dumps(new, indent=1, ensure_ascii=False) + "\n"
    write_atomically(path.with_suffix(".json"), lambda file: file.write(body.encode()))
    return True


def _without_runs(facts):
    """Facts without when and where rows were computed."""
    if isinstance(facts, dict):
        return {name: _without_runs(value) for name, value in facts.items() if name != "runs"}
    return [_without_runs(value) for value in facts] if isinstance(facts, list) else facts


def _csv(rows: Sequence[Mapping]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, _CHECKSUM])
    for row in rows:
        cells = {name: _cell(row.get(name)) for name in columns}
        writer.writerow([*cells.values(), checksum(cells)])
    return out.getvalue()


def _cell(value) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def checksum(cells: Mapping[str, str]) -> str:
    """Of a row's cells as they stand in the file, its own left out."""
    return _digest(f"{name}={cell}" for name, cell in cells.items() if name != _CHECKSUM)


def _digest(cells: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(cells).encode()).hexdigest()[:12]


def read_rows(name: str, folder: Path = RESULTS, *, check: bool = True) -> list[dict]:
    """Rows of a result, numbers as floats (NaN where the cell is empty), names as text.

    Raises:
        FileNotFoundError: there is none.
        ValueError: a row whose checksum is wrong, with its line; not with `check` false.
    """
    path = folder / f"{name}.csv"
    return _parse(path.read_text(), path, check)


def _parse(text: str, path: Path, check: bool = True) -> list[dict]:
    names, rows = _parsed(text, path.name, check)
    return [dict(zip(names, row, strict=True)) for row in rows]


@functools.lru_cache(maxsize=128)  # tables, claims and pages read the same files
def _parsed(text: str, file: str, check: bool) -> tuple[list[str], list[tuple]]:
    """Names of the columns, and the rows' values in their order."""
    # Tens of thousands of rows are read at once: csv.DictReader and a call for each cell would take seconds.
    lines = (cells for cells in csv.reader(io.StringIO(text)) if cells)
    head = next(lines, [])
    kept = head.index(_CHECKSUM) if _CHECKSUM in head else len(head)
    names = [name for name in head if name != _CHECKSUM]
    prefixes = [f"{name}=" for name in names]
    whole = []
    for line, cells in enumerate(lines, 2):
        told = cells.pop(kept) if kept < len(cells) else None
        if check and (len(cells) != len(names) or _digest(map(add, prefixes, cells)) != told):
            raise ValueError(f"{file}, line {line}: the checksum is not that of the row; make it again")
        whole.append(cells)
    cut = itertools.zip_longest(names, *whole, fillvalue="")
    columns = [
        cells if name in _TEXT else [float(cell) if cell else math.nan for cell in cells]
        for name, *cells in itertools.islice(cut, len(names))
    ]
    return names, list(zip(*columns, strict=True))


def read_facts(name: str, folder: Path = RESULTS) -> dict:
    """Summary and provenance of a result; raises FileNotFoundError where there is none."""
    return json.loads((folder / f"{name}.json").read_text())


def summarise(
    rows: Iterable[Mapping], by: Sequence[str], measures: Sequence[str], unit: str = "video"
) -> list[dict]:
    """Mean and 95 % interval over videos of each measure, a record a line and measure.

    Returns:
        Records with the columns `by`, `measure`, `mean`, `low`, `high` (None with fewer than two videos; all
        None where no video has the measure) and `videos`.
    """
    groups: dict[tuple, list[Mapping]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in by), []).append(row)
    records = []
    for group, mine in groups.items():
        for measure in measures:
            values = list(per_video(mine, measure, unit).values())
            numbers = effect(values) if values else (math.nan, math.nan, math.nan, 0)
            mean, low, high = (None if math.isnan(x) else round(x, 6) for x in numbers[:3])
            record = dict(zip(by, group, strict=True)) | {"measure": measure}
            records.append(record | {"mean": mean, "low": low, "high": high, "videos": numbers[3]})
    return records


def best(summary: Sequence[Mapping], measure: str) -> dict:
    """The line of a summary with the highest mean of a measure, the first on a tie."""
    lines = [record for record in summary if record["measure"] == measure]
    top = max(lines, key=lambda record: record["mean"])
    return {k: v for k, v in top.items() if k not in {"measure", "mean", "low", "high", "videos"}}


def chosen(table: Table, folder: Path = RESULTS) -> dict:
    """The setting that a published choice found; exits with one message where it has not been made."""
    try:
        return read_facts(table.name, folder)["chosen"]
    except FileNotFoundError as error:
        raise SystemExit(
            f"error: {error.filename}: not found; make the choice with {table.command}"
        ) from error


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> bool:
    """Write arrays to an .npz file; False, and nothing written, where they are there already."""
    if path.is_file():
        with np.load(path, allow_pickle=False) as old:
            if set(old.files) == set(arrays) and all(np.array_equal(old[k], v) for k, v in arrays.items()):
                return False
    write_atomically(path, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))
    return True
