"""Command line: `dkva data check ROOT`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dkva.cli.terminal import complain, console, printable, watched

if TYPE_CHECKING:
    from rich.table import Table

    from dkva.datasets.alignment_checking import ActivityFound, AlignmentReport
    from dkva.datasets.checking import Report
    from dkva.datasets.supervised_checking import SupervisedReport

__all__ = ["data"]

_NAMES = ("50salads", "mpii_cooking", "breakfast", "hollywood_extended", "desktop_assembly", "yti")
_TO_ALIGN = ("pouring", "penn_action", "h2o", "ikea_asm")
_WITH_SPLITS = ("50salads", "gtea", "breakfast")

_KNOWN = (_NAMES, _TO_ALIGN, _WITH_SPLITS)


class _Reports(NamedTuple):
    """What was found of each kind of data set."""

    six: list[Report]
    to_align: list[AlignmentReport]
    with_splits: list[SupervisedReport]


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
    help=f"Only these, which must then be there: {', '.join(_NAMES)}; to align: {', '.join(_TO_ALIGN)}; with "
    f"splits: {', '.join(_WITH_SPLITS)}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document in place of the table.")
@click.option("--no-cache", is_flag=True, help="Keep no parsed copy of text features on disk.")
def _check(root: Path, datasets: tuple[str, ...], as_json: bool, no_cache: bool) -> int:
    """Say what of the data sets is in ROOT, and what is wrong with it.

    These are six benchmarks, four data sets to align, and three with splits into videos to train and to test
    on. ROOT holds their folders, or is one of them, or a folder of your own that is laid out as those with
    splits are. Every file is read: text takes its time once and is then found in the cache. Counts that
    differ from the paper's Table 1, or from a release's own list, are shown and are no error.
    """
    from dkva.base.checks import check_choice
    from dkva.datasets.errors import DataError

    names = [name.strip() for given in datasets for name in given.split(",")] or None
    try:
        for name in names or ():
            check_choice("data set", name, dict.fromkeys((*_NAMES, *_TO_ALIGN, *_WITH_SPLITS)))
        found = _reports(root, names, not no_cache)
    except (DataError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    reports: list[Report | AlignmentReport | SupervisedReport]
    reports = [*found.six, *found.to_align, *found.with_splits]
    if as_json:
        click.echo(json.dumps([each.as_dict() for each in reports], indent=2))
    else:
        _show(found.six)
        _show_to_align(found.to_align)
        _show_with_splits(found.with_splits)
    problems = [str(each) for report in reports for each in report.problems]
    absent = [(each.benchmark.title, each.benchmark.folders) for each in found.six if each.root is None]
    others: list[AlignmentReport | SupervisedReport] = [*found.to_align, *found.with_splits]
    absent += [(each.data_set.title, each.data_set.folders) for each in others if each.root is None]
    if names:
        problems += [
            f"{root}: holds no {title}; name its folder {' or '.join(folders)}" for title, folders in absent
        ]
    elif len(absent) == len(reports):
        called: dict[str, str] = {}
        for _, (folder, *_) in absent:
            called.setdefault(folder.casefold(), folder)
        shown = ", ".join(called.values())
        problems.append(f"{root}: holds none of the data sets; name their folders {shown}")
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


def _reports(root: Path, names: list[str] | None, cache: bool) -> _Reports:
    """Reports of each kind of data set, those that are asked for, or of all, or of the one that ROOT is."""
    from dkva.datasets.alignment_checking import AlignmentReport, check_alignment, sets_in
    from dkva.datasets.alignment_sets import ALIGNMENT_SETS
    from dkva.datasets.checking import check
    from dkva.datasets.splits import has_bundles
    from dkva.datasets.supervised_checking import check_supervised
    from dkva.datasets.supervised_sets import SUPERVISED_SETS

    if names is not None:
        six, others, split = ([name for name in names if name in known] for known in _KNOWN)
        return _either(
            _Reports(
                check(root, six, cache=cache, watch=watched) if six else [],
                check_alignment(root, others, watch=watched) if others else [],
                check_supervised(root, split, cache=cache, watch=watched) if split else [],
            )
        )
    if has_bundles(root):
        return _Reports([], [], check_supervised(root, cache=cache, watch=watched))
    itself = [name for name, each in SUPERVISED_SETS.items() if each.owns(root) and each.find(root) == root]
    if itself:  # what it lacks is said
        return _Reports([], [], check_supervised(root, itself, cache=cache, watch=watched))
    there = sets_in(root)
    itself = [name for name in there if root in ALIGNMENT_SETS[name].find(root).values()]
    if itself:
        return _Reports([], check_alignment(root, itself, watch=watched), [])
    reports = check(root, cache=cache, watch=watched)
    if len(reports) == 1:  # the folder of one of the six
        return _Reports(reports, [], [])
    missing = [AlignmentReport(ALIGNMENT_SETS[name]) for name in _TO_ALIGN if name not in there]
    to_align = [*check_alignment(root, there, watch=watched), *missing]
    return _Reports(reports, to_align, check_supervised(root, cache=cache, watch=watched))


def _either(found: _Reports) -> _Reports:
    """Without what is missing of a data set that is there in another release, which has its name, too."""
    with_splits = {each.data_set.name for each in found.with_splits if each.root}
    six = [each for each in found.six if each.root or each.benchmark.name not in with_splits]
    asked = {each.benchmark.name for each in six}
    others = [each for each in found.with_splits if each.root or each.data_set.name not in asked]
    return found._replace(six=six, with_splits=others)


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


def _show_with_splits(reports: list[SupervisedReport]) -> None:
    found = [report for report in reports if report.root is not None]
    if found:
        console().print(_table_with_splits(found))
    for report in reports:
        data_set = report.data_set
        title = f"{data_set.title}, with splits"
        if report.root is None:
            click.echo(f"{title}: not found; folder {data_set.folders[0]}, {data_set.source}")
        else:
            click.echo(printable(f"{title}: {report.root}"))
        for note in report.notes:
            click.echo(printable(f"{title}: {note}"))


def _table_with_splits(reports: list[SupervisedReport]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    caption = "≠: what is published of this release is in brackets; train, test: videos of the split"
    table = Table(box=SIMPLE_HEAD, caption=caption, caption_justify="left")
    table.add_column("data set, with splits", no_wrap=True)
    for name in ("videos", "classes", "mean frames", "features", "splits", "split", "train", "test"):
        table.add_column(name, justify="right", no_wrap=True)
    for report in reports:
        frames = report.found["frames"]
        cells = [_cell_with_splits(report, name) for name in ("videos", "classes", "features", "splits")]
        cells.insert(2, "–" if frames is None else f"{frames:.0f}")
        rows = [[split.name, str(split.train), str(split.test)] for split in report.splits]
        for index, row in enumerate(rows or [["–"] * 3]):
            about = [printable(report.data_set.title), *cells] if index == 0 else [""] * (len(cells) + 1)
            table.add_row(*about, *row)
    return table


def _cell_with_splits(report: SupervisedReport, name: str) -> str:
    found = report.found[name]
    shown = "–" if found is None else f"{found:.0f}"
    return f"{shown} ≠ ({report.differs[name]})" if name in report.differs else shown
