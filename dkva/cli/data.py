"""Command line: `dkva data check ROOT`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.terminal import complain, console, printable, watched

if TYPE_CHECKING:
    from rich.table import Table

    from dkva.datasets.checking import Report

__all__ = ["data"]

_NAMES = ("50salads", "mpii_cooking", "breakfast", "hollywood_extended", "desktop_assembly", "yti")


@click.group("data", epilog="Example:  dkva data check DATA")
def data() -> None:
    """Look after the benchmarks' files."""


@data.command(
    "check",
    epilog="Examples:  dkva data check DATA   |   dkva data check DATA --datasets breakfast,yti --json",
)
@click.argument("root", type=click.Path(path_type=Path))
@click.option(
    "--datasets",
    multiple=True,
    metavar="NAME[,NAME]",
    help=f"Only these, which must then be there: {', '.join(_NAMES)}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document in place of the table.")
@click.option("--no-cache", is_flag=True, help="Keep no parsed copy of text features on disk.")
def _check(root: Path, datasets: tuple[str, ...], as_json: bool, no_cache: bool) -> int:
    """Say what of the six benchmarks is in ROOT, what is missing, broken, or not as in the paper's Table 1.

    ROOT holds the data sets' folders, or is one of them. Every file is read: text takes its time once and is
    then found in the cache. Counts that differ from the paper are shown and are no error.
    """
    from dkva.datasets.checking import check
    from dkva.datasets.errors import DataError

    names = [name.strip() for given in datasets for name in given.split(",")] or None
    try:
        reports = check(root, names, cache=not no_cache, watch=watched)
    except (DataError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps([report.as_dict() for report in reports], indent=2))
    else:
        _show(reports)
    problems = [str(problem) for report in reports for problem in report.problems]
    absent = [report.benchmark for report in reports if report.root is None]
    if names:
        problems += [f"{root}: holds no {b.title}; name its folder {' or '.join(b.folders)}" for b in absent]
    elif len(absent) == len(reports):
        folders = ", ".join(b.folders[0] for b in absent)
        problems.append(f"{root}: holds none of the data sets; name their folders {folders}")
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


def _show(reports: list[Report]) -> None:
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
