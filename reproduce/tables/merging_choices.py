"""How scores move with each choice that a description leaves open: rows in, paired changes and cells out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dkva.metrics.domains import domain_mean, mean_of_domains
from reproduce.base.effects import per_video
from reproduce.base.show import LABELS, percent

__all__ = ["DEFAULT", "change_cells", "choice_changes"]

#: Factor and value of the rows of a method at its defaults.
DEFAULT = "default"

_MEASURES = ("mof", "iou", "f1")


def choice_changes(rows: Sequence[Mapping]) -> list[dict]:
    """A record a data set, method, value of a factor and measure, in the order of the rows.

    Records have the columns `dataset`, `method`, `factor`, `value` and `measure`, `mean` (of domain means),
    and, but for the defaults' own, `change`, `low`, `high`: of the value to the default, paired by sequence.
    `low` and `high` are None where no domain has two sequences.
    """
    domains = {(row["dataset"], row["video"]): row["domain"] for row in rows}
    groups: dict[tuple[str, ...], list[Mapping]] = {}
    for row in rows:
        names = tuple(str(row[name]) for name in ("dataset", "method", "factor", "value"))
        groups.setdefault(names, []).append(row)
    found = []
    for (dataset, method, factor, value), mine in groups.items():
        for measure in _MEASURES:
            scores = per_video(mine, measure)
            named = [domains[dataset, video] for video in scores]
            record: dict[str, object] = {
                "dataset": dataset, "method": method, "factor": factor, "value": value, "measure": measure,
                "mean": round(mean_of_domains(list(scores.values()), named), 6),
            }  # fmt: skip
            if factor != DEFAULT:
                default = per_video(groups[dataset, method, DEFAULT, DEFAULT], measure)
                change = domain_mean([score - default[video] for video, score in scores.items()], named)
                numbers = zip(("change", "low", "high"), change[:3], strict=True)
                record |= {name: None if x != x else round(x, 6) for name, x in numbers}
            found.append(record)
    return found


def change_cells(records: Sequence[Mapping]) -> tuple[list[str], list[list[str]]]:
    """Columns and lines: the scores at the defaults in %, then their changes in percentage points."""
    columns = ["method", "setting", "value"]
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    for record in records:
        column = f"{record['dataset']}: {LABELS[record['measure']]}"
        columns = list(dict.fromkeys([*columns, column]))
        line = tuple(record[name] for name in ("method", "factor", "value"))
        lines.setdefault(line, {})[column] = _cell(record)
    cells = [
        [method, factor.replace("_", " "), "" if factor == DEFAULT else value]
        + [scores.get(column, "–") for column in columns[3:]]
        for (method, factor, value), scores in lines.items()
    ]
    return columns, cells


def _cell(record: Mapping) -> str:
    if "change" not in record:
        return percent(record["mean"])
    change = percent(record["change"], sign=True)
    if record["low"] is None:
        return change
    return f"{change} [{percent(record['low'], sign=True)}, {percent(record['high'], sign=True)}]"
