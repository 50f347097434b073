"""Stored tables in Markdown: the summary of a result in, its table beside the paper's numbers out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reproduce.base.show import LABELS, counted, with_interval
from reproduce.ledger.paper import TABLES
from reproduce.pages.markdown import folded, markdown_table

__all__ = ["block", "paper_scores", "paper_sizes", "pivot"]

#: What columns are called.
_HEADS = {"dataset": "data set", "factor": "setting"}

#: Tables with more lines than this are folded.
_LONG = 30


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _over(numbers: Mapping[tuple[str, ...], list[int]], facts: Mapping) -> str:
    """What the means are over; nothing where a column says it for each line.

    Args:
        numbers: for each line the number of videos that have each of its measures.
        facts: the stored summary.
    """
    most = {max(mine) for mine in numbers.values()}
    if len(most) > 1:
        return ""
    if most == {1}:
        return "means over the seeds of one video"
    shown = f"means over {counted(max(most), facts['unit'])}"
    few = {
        name
        for mine in numbers.values()
        for name, n in zip(facts["measures"], mine, strict=True)
        if {n} != most
    }
    if few:
        shown += f" ({', '.join(map(_label, sorted(few)))}: over those that have it)"
    return shown


def _label(measure: str) -> str:
    return LABELS.get(measure, measure.replace("_", " "))


def _plain(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}"


def _score(record: Mapping, line: Mapping, facts: Mapping) -> str:
    """Mean and interval; the paper's number and the verdict below where the paper has a number."""
    shares = facts.get("percent", True) is not False and record["measure"] not in facts.get("counts", ())
    if shares:
        shown = with_interval(record)
    elif record["mean"] is None:
        shown = "–"
    else:
        shown = _plain(record["mean"])
        if record["low"] is not None and record["low"] != record["high"]:
            shown += f" [{_plain(record['low'])}, {_plain(record['high'])}]"
    if line["paper"] is None:
        return shown
    whose = "program" if facts["paper"] == "program" else "paper"
    verdict = "" if line["verdict"] == "one video" else f", {line['verdict']}"
    return f"{shown} ({whose}: {line['paper']:.1f}, {line['difference']:+.1f}{verdict})"


def block(table: Mapping, facts: Mapping) -> str:
    """A result: its command and files, then a line for each of its lines with all measures.

    Args:
        table: the result as in `reproduce.check.report`.
        facts: its stored summary and provenance.
    """
    records, by = facts["table"], facts["by"]
    varied = [name for name in by if len({str(record[name]) for record in records}) > 1] or by[-1:]
    lines: dict[tuple[str, ...], list[str]] = {}
    numbers: dict[tuple[str, ...], list[int]] = {}
    for record, line in zip(records, table["rows"], strict=True):
        key = tuple(_cell(record[name]) for name in varied)
        lines.setdefault(key, []).append(_score(record, line, facts))
        numbers.setdefault(key, []).append(record["videos"])
    columns = [
        *(_HEADS.get(name, name.replace("_", " ")) for name in varied),
        *map(_label, facts["measures"]),
    ]
    over = _over(numbers, facts)
    if not over:
        columns.append(f"{facts['unit']}s")
        for key, cells in lines.items():
            cells.append(str(max(numbers[key])))
    body = markdown_table(columns, [[*key, *cells] for key, cells in lines.items()])
    name = table["id"]
    what = ", ".join(filter(None, (over or "means over videos", table["unit"].removeprefix(", "))))
    head = f"**{table['title']}**: {what}. `{table['command']}`: [rows]({name}.csv), "
    head += f"[settings and provenance]({name}.json)."
    if facts.get("chosen"):
        chosen = ", ".join(
            f"{key.replace('_', ' ')} {_cell(value)}" for key, value in facts["chosen"].items()
        )
        head += f" Chosen: {chosen}."
    return f"{head}\n\n" + (folded(f"{len(lines)} lines", body) if len(lines) > _LONG else body)


def pivot(
    records: Sequence[Mapping],
    named: Callable[[Mapping], tuple[str, ...]],
    heads: Sequence[str],
    measure: str,
) -> str:
    """One measure of a study, a column for each data set.

    Args:
        records: summaries with the column dataset.
        named: what a record's line is called, a cell for each of `heads`.
        heads: names of these cells' columns.
        measure: the measure shown.
    """
    mine = [record for record in records if record["measure"] == measure]
    datasets = list(dict.fromkeys(str(record["dataset"]) for record in mine))
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    for record in mine:
        lines.setdefault(named(record), {})[str(record["dataset"])] = with_interval(record)
    rows = [[*name, *(cells.get(each, "–") for each in datasets)] for name, cells in lines.items()]
    return markdown_table([*heads, *datasets], rows)


def paper_scores(name: str) -> str:
    """The paper's scores of a table on its benchmarks: MoF / IoU / F1, a line a method."""
    numbers = TABLES[name]
    datasets = list(dict.fromkeys(key[0] for key in numbers))
    methods = dict.fromkeys(key[1] for key in numbers)
    rows = []
    for method in methods:
        cells = []
        for dataset in datasets:
            scores = (numbers.get((dataset, method, measure)) for measure in ("mof", "iou", "f1"))
            cells.append(" / ".join("–" if score is None else f"{score:.1f}" for score in scores))
        rows.append([method, *cells])
    return markdown_table(["the paper's MoF / IoU / F1 in %", *datasets], rows)


def paper_sizes() -> str:
    """The paper's Table 1."""
    numbers = TABLES["table1"]
    columns = list(dict.fromkeys(key[1] for key in numbers))
    datasets = dict.fromkeys(key[0] for key in numbers)
    rows = [[dataset, *(f"{numbers[dataset, column]:g}" for column in columns)] for dataset in datasets]
    return markdown_table(["the paper's data sets", *columns], rows)
