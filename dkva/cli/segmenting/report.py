"""The last step of `dkva segment`: a table on the terminal, what was done, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dkva.cli.terminal import complain, console, printable, remark

if TYPE_CHECKING:
    import numpy as np

    from dkva.cli.segmenting.collect import Results
    from dkva.metrics.segmentation import Scores

__all__ = ["report"]


def report(results: Results, *, failed: int, problems: Sequence[str]) -> None:
    """Print scores, or segments where there are none, then one line of counts, and one a problem on stderr.

    Args:
        results: what the run gave.
        failed: number of videos that were not cut.
        problems: what went wrong, one line each.
    """
    if results.shared.scores:
        of_all = {name: each for name, each in results.shared.scores.items() if name in results.scores}
        console().print(_score_table(results, of_all, "Scores in %, one matching for all videos"))
        console().print(_score_table(results, results.scores, "Scores in %, each video matched by itself"))
    elif results.scores:
        console().print(_score_table(results, results.scores, "Scores in %"))
    elif results.class_rows:
        console().print(_class_table(results))
    elif results.docs:
        console().print(_segment_table(results.docs))
    parts = [f"segmented {results.computed}"]
    if results.kept:
        parts.append(f"kept {results.kept} done before with the same settings (--force segments again)")
    if failed:
        parts.append(f"failed {failed}")
    if results.docs:
        parts.append(f"results in {results.output.folder}")
    click.echo(printable("; ".join(parts)))
    for problem in problems:
        complain(problem)
    for note in results.notes:
        remark(note)
    if (results.scores or results.class_rows) and results.unseen:
        unseen = ", ".join(sorted(results.unseen))
        remark(f"no video has the label to ignore: {unseen}")


_CLASS_SCORES = {
    "accuracy": "accuracy",
    "edit": "edit",
    "f1_10": "F1@10",
    "f1_25": "F1@25",
    "f1_50": "F1@50",
    "miou": "MIoU",
}

_CAPTION = (
    "boundaries: share of true boundaries found within {within}; precision: share of found ones that are true"
)


def _within(results: Results) -> str:
    """The tolerance of boundaries in words."""
    from dkva.metrics.boundaries import TOLERANCE

    frames = {each.tolerance for each in results.boundaries.values()}
    said = f"{min(frames)} frame{'s' * (min(frames) != 1)}" if len(frames) == 1 else ""
    if results.output.tolerance is not None:
        return said
    share = f"{100 * TOLERANCE:g} % of the video"
    return f"{said} ({share})" if said else share


def _score_table(results: Results, of: Mapping[str, Scores], title: str):
    import numpy as np
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    columns = {
        "MoF": "mof",
        "IoU": "iou",
        "F1": "f1",
        "boundaries": "found",
        "precision": "true",
        "F1@10": "f1_10",
        "F1@25": "f1_25",
        "F1@50": "f1_50",
        "edit": "edit",
    }
    scores = {}
    for video, each in of.items():
        near = results.boundaries[video]
        scores[video] = asdict(each) | {"found": near.recall, "true": near.precision}
    caption = _CAPTION.format(within=_within(results))
    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", caption=caption)
    table.add_column("video", no_wrap=True)
    numbers = {video: str(doc["settings"]["n_segments"]) for video, doc in results.docs.items()}
    several = len({*numbers.values()}) > 1 or any("suggestion" in doc for doc in results.docs.values())
    for name in ["k", *columns] if several else columns:
        table.add_column(name, justify="right", no_wrap=True)
    values = np.array([[each[field] for field in columns.values()] for each in scores.values()]) * 100
    for video, row in zip(scores, values, strict=True):
        table.add_row(escape(printable(video)), *([numbers[video]] if several else []), *map(_percent, row))
    if len(scores) > 1:
        present = [column[np.isfinite(column)] for column in values.T]
        means = (_percent(column.mean()) if len(column) else "–" for column in present)
        table.add_section()
        blank = [""] if several else []
        table.add_row(f"mean of {len(scores)}", *blank, *means)
        table.add_row("95 % interval", *blank, *(_interval(column) for column in present))
    return table


def _interval(values: np.ndarray) -> str:
    """Percentile bootstrap over videos, low to high; nothing where fewer than two have the score."""
    from dkva.metrics.bootstrap import bootstrap_interval

    if len(values) < 2:
        return "–"
    low, high = bootstrap_interval(values)
    return f"{low:.0f}–{high:.0f}"


def _percent(value: float) -> str:
    return "–" if value != value else f"{value:.1f}"


def _class_table(results: Results):
    """Scores of classes by video, and of all together."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    from dkva.metrics.pooled_intervals import with_intervals
    from dkva.metrics.protocols import PROTOCOLS

    pooled = PROTOCOLS["ms-tcn"].pooled
    title = 'Scores in %, of classes as they are (protocol "ms-tcn")'
    caption = _CAPTION.format(within=_within(results))
    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", caption=caption)
    table.add_column("video", no_wrap=True)
    for name in (*_CLASS_SCORES.values(), "boundaries", "precision"):
        table.add_column(name, justify="right", no_wrap=True)
    for video, row in results.class_rows.items():
        scores, near = pooled([row]), results.boundaries[video]
        values = (*(scores[name] for name in _CLASS_SCORES), near.recall, near.precision)
        table.add_row(escape(printable(video)), *(_percent(100 * value) for value in values))
    rows = list(results.class_rows.values())
    if len(rows) > 1:
        found = with_intervals(pooled, [rows])
        of_all = [found[name] for name in _CLASS_SCORES]
        table.add_section()
        table.add_row(f"all {len(rows)}", *(_percent(100 * each.score) for each in of_all))
        table.add_row("95 % interval", *(f"{100 * each.low:.0f}–{100 * each.high:.0f}" for each in of_all))
    return table


def _segment_table(docs: dict[str, dict]):
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column("video", no_wrap=True)
    for name in ("frames", "features", "k", "segments", "labels used"):
        table.add_column(name, justify="right")
    for video, doc in docs.items():
        runs = doc["segments"]
        table.add_row(
            escape(printable(video)),
            str(doc["frames"]),
            str(doc.get("features", "–")),  # the table of an earlier run does not hold it
            str(doc["settings"]["n_segments"]),
            str(len(runs)),
            str(len({run["label"] for run in runs})),
        )
    return table
