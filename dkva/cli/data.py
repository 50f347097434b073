"""Command line: `dkva data check ROOT`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.terminal import complain, console, printable, watched

if TYPE_CHECKING:
    from rich.table import Table

    from dkva.datasets.alignment_checking import ActivityFound, AlignmentReport
    from dkva.datasets.checking import Report

__all__ = ["data"]

_NAMES = ("50salads", "mpii_cooking", "breakfast", "hollywood_extended", "desktop_assembly", "yti")
_TO_ALIGN = ("pouring", "penn_action", "h2o", "ikea_asm")


@click.group("data", epilog="Example:  dkva data check DATA")
def data() -> None:
    """Look after the benchmarks' files."""


@data.command(
    "check",
    epilog="Examples:  dkva data check DATA   |   dkva data check DATA --datasets breakfast,h2o --json",
)
@click.argument("root", type=click.Path(path_type=Path))
@click.option(
    "--datasets",
    "--benchmark",
    "datasets",
    multiple=True,
    metavar="NAME[,NAME]",
    help=f"Only these, which must then be there: {', '.join(_NAMES)}; to align: {', '.join(_TO_ALIGN)}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document in place of the table.")
@click.option("--no-cache", is_flag=True, help="Keep no parsed copy of text features on disk.")
def _check(root: Path, datasets: tuple[str, ...], as_json: bool, no_cache: bool) -> int:
    """Say what of six benchmarks, and of four data sets to align, is in ROOT, and what is wrong with it.

    ROOT holds the data sets' folders, or is one of them. Every file is read: text takes its time once and is
    then found in the cache. Counts that differ from the paper's Table 1, or from a release's own list, are
    shown and are no error.
    """
    from dkva.base.checks import check_choice
    from dkva.datasets.errors import DataError

    names = [name.strip() for given in datasets for name in given.split(",")] or None
    try:
        for name in names or ():
            check_choice("data set", name, (*_NAMES, *_TO_ALIGN))
        reports, to_align = _reports(root, names, not no_cache)
    except (DataError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        documents = [*(each.as_dict() for each in reports), *(each.as_dict() for each in to_align)]
        click.echo(json.dumps(documents, indent=2))
    else:
        _show(reports)
        _show_to_align(to_align)
    problems = [str(each) for report in reports for each in report.problems]
    problems += [str(each) for report in to_align for each in report.problems]
    absent = [(each.benchmark.title, each.benchmark.folders) for each in reports if each.root is None]
    absent += [(each.data_set.title, each.data_set.folders) for each in to_align if each.root is None]
    if names:
        problems += [
            f"{root}: holds no {title}; name its folder {' or '.join(folders)}" for title, folders in absent
        ]
    elif len(absent) == len(reports) + len(to_align):
        shown = ", ".join(folders[0] for _, folders in absent)
        problems.append(f"{root}: holds none of the data sets; name their folders {shown}")
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


def _reports(root: Path, names: list[str] | None, cache: bool) -> tuple[list[Report], list[AlignmentReport]]:
    """Reports of the six benchmarks, and of the data sets to align."""
    from dkva.datasets.alignment_checking import AlignmentReport, check_alignment, sets_in
    from dkva.datasets.alignment_sets import ALIGNMENT_SETS
    from dkva.datasets.checking import check

    if names is not None:
        six = [name for name in names if name in _NAMES]
        others = [name for name in names if name in _TO_ALIGN]
        reports = check(root, six, cache=cache, watch=watched) if six else []
        return reports, check_alignment(root, others, watch=watched) if others else []
    there = sets_in(root)
    itself = [name for name in there if root in ALIGNMENT_SETS[name].find(root).values()]
    if itself:
        return [], check_alignment(root, itself, watch=watched)
    reports = check(root, cache=cache, watch=watched)
    if len(reports) == 1:  # the folder of one of the six
        return reports, []
    missing = [AlignmentReport(ALIGNMENT_SETS[name]) for name in _TO_ALIGN if name not in there]
    return reports, [*check_alignment(root, there, watch=watched), *missing]


def _show(reports: list[Report]) -> None:
    if reports:
        console().print(_table(reports))
    for report in reports:
        benchmark = report.benchmark
        if report.root is None:
            click.echo(f"{benchmark.title}: not found; folder {benchmark.folders[0]}, {benchmark.source}")
        for note in report.notes:
            click.echo(printable(f"{benchmark.title}: {note}"))


def _table(reports: list[Report]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    caption = "≠: the paper's Table 1 has what is in brackets; actions: different labels a video, on average"
    table = Table(box=SIMPLE_HEAD, caption=caption, caption_justify="left")
    table.add_column("data set", no_wrap=True)
    for name in ("videos", "mean frames", "actions", "features", "problems"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("folder", no_wrap=True)
    for report in reports:
        if report.root is None:
            table.add_row(report.benchmark.title, *["–"] * 5, "not found")
            continue
        cells = [_cell(report, column) for column in ("videos", "frames", "segments", "features")]
        folder = escape(printable(str(report.root)))
        table.add_row(report.benchmark.title, *cells, str(len(report.problems)), folder)
    return table


def _cell(report: Report, column: str) -> str:
    found, expected = report.found[column], getattr(report.benchmark.table1, column)
    shown = "–" if found is None else f"{found:.1f}" if column == "segments" else f"{found:.0f}"
    return f"{shown} ≠ ({expected})" if column in report.differs else shown


def _show_to_align(reports: list[AlignmentReport]) -> None:
    found = [report for report in reports if report.root is not None]
    if found:
        console().print(_table_to_align(found))
    for report in reports:
        data_set = report.data_set
        if report.root is None:
            click.echo(f"{data_set.title}: not found; folder {data_set.folders[0]}, {data_set.source}")
        else:
            what = data_set.layouts[report.layout].what
            click.echo(printable(f"{data_set.title}: {report.root}, {what}"))
        for note in report.notes:
            click.echo(printable(f"{data_set.title}: {note}"))


def _table_to_align(reports: list[AlignmentReport]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    caption = "≠: what is published of this release is in brackets"
    table = Table(box=SIMPLE_HEAD, caption=caption, caption_justify="left")
    table.add_column("data set")
    table.add_column("activity", no_wrap=True)
    for name in ("train", "test", "phases", "mean frames", "features"):
        table.add_column(name, justify="right", no_wrap=True)
    for report in reports:
        for index, found in enumerate(report.activities):
            wrong = report.differs.get(found.activity.name, {})
            cells = [_cell_to_align(found, column, wrong) for column in ("train", "test", "phases")]
            frames = "–" if found.frames is None else f"{found.frames:.0f}"
            features = "–" if found.features is None else str(found.features)
            title = "" if index else f"{report.data_set.title}, {report.layout}"
            table.add_row(title, found.activity.name, *cells, frames, features)
    return table


def _cell_to_align(found: ActivityFound, column: str, wrong: dict[str, int]) -> str:
    shown = str(getattr(found, column))
    return f"{shown} ≠ ({wrong[column]})" if column in wrong else shown
