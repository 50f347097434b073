"""Command line: `dkva compare DATA`: methods on labelled sequences of one's own, like for like."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.shared_options import (
    check_writable,
    missing_option,
    no_cache_option,
    scheduler_option,
    transposed_option,
)
from dkva.cli.terminal import complain, console, printable, remark
from dkva.experiments.registry import SEGMENTER, Listed, find, lacking
from dkva.workers.crew import check_scheduler

if TYPE_CHECKING:
    from dkva.experiments.comparing import Comparison
    from dkva.experiments.experiment import Task

__all__ = ["DEFAULT_METHODS", "compare"]

#: Methods that run without further packages, the quick ones first.
DEFAULT_METHODS = (
    "uniform",
    "kms",
    "smoothed_kmeans",
    "kmeans",
    "ward",
    "tw_finch",
    "tw_finch_standardised",
    "spectral",
    "kernel_change_points",
    "dkva",
)

_NAMES = {"mof": "MoF", "iou": "IoU", "f1": "F1", "mean": "mean of the three"}


@click.command(
    "compare",
    epilog="Examples:  dkva compare my_sequences   |   "
    "dkva compare data/ --methods kms,tw_finch,smoothed_kmeans --ignore background --seeds 5",
)
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA")
@click.option(
    "--methods",
    "given_methods",
    multiple=True,
    metavar="ID[,ID]",
    help=f"Only these; `dkva methods` lists all. By default {', '.join(DEFAULT_METHODS)}.",
)
@click.option(
    "-k",
    "--segments",
    "n_segments",
    type=click.IntRange(1),
    help="The same number of segments for every sequence; by default each one's true number of actions.",
)
@click.option("--ignore", multiple=True, help="True label to leave out of the scores; may be repeated.")
@transposed_option
@missing_option
@click.option(
    "--seeds", type=click.IntRange(1), default=3, show_default=True, help="Runs of methods that draw."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dkva-compare"),
    show_default=True,
    help="Folder for scores.csv, comparison.json and comparison.png; it is made if it does not exist.",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@scheduler_option
@click.option("--force", is_flag=True, help="Compute anew what has been computed before.")
@no_cache_option
def compare(
    data,
    given_methods,
    n_segments,
    ignore,
    transposed,
    missing,
    seeds,
    out,
    workers,
    scheduler,
    force,
    no_cache,
) -> int:
    """Compare methods on labelled sequences of your own, and say which to take and how sure that is.

    DATA holds .npz files, each with features X (one row a frame) and labels y; or folders with features/ and
    groundTruth/. Sequences belong to domains: what stands before "__" in the name of an .npz file, else the
    name of its folder. A score is the mean over domains, so that every domain counts the same; intervals are
    of 95 %, over the sequences within domains.

    All methods run at their default settings on the same frames. What is computed is kept in the output
    folder, and a second run goes on where the first stopped.
    """
    chosen, problems = _chosen(given_methods, scheduler)
    check_writable(out)
    reading = {"cache": not no_cache, "missing": missing, "transposed": transposed}
    opened = _open(data, n_segments, ignore, seeds, reading)
    problems += opened.problems
    for problem in problems:
        complain(problem)
    if not opened.tasks or not chosen:
        return 2
    if not no_cache:
        keep_compiled_programs()
    rows, failures = _rows(chosen, opened.tasks, out, workers=workers, scheduler=scheduler, force=force)
    for failure in failures:
        complain(failure)
    if rows:
        how = {
            "segments": "true number of actions" if n_segments is None else n_segments,
            "ignore": list(ignore),
            "missing": missing,
            "seeds": seeds,
            "left_out": problems + failures,
        }
        _report(rows, out, how)
    return 2 if problems or failures else 0


def _chosen(given: tuple[str, ...], scheduler: str) -> tuple[list[Listed], list[str]]:
    """The methods asked for that can run here, and what the others lack.

    Raises:
        click.ClickException: an unknown method or scheduler, on one line, before a file is read.
    """
    names = [name.strip() for each in given for name in each.split(",") if name.strip()] or DEFAULT_METHODS
    try:
        check_scheduler(scheduler)
        found = [find(name) for name in dict.fromkeys(names)]
        for each in found:
            if each.kind != SEGMENTER:
                raise ValueError(f"{each.id} is trained on a collection of videos: leave it out of --methods")
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    problems = {each.id: problem for each in found if (problem := lacking(each))}
    return [each for each in found if each.id not in problems], list(problems.values())


class _Opened(NamedTuple):
    """The sequences that can be used, as tasks, and what is wrong with the others."""

    tasks: list[Task]
    problems: list[str]


def _open(
    data: Path, n_segments: int | None, ignore: tuple[str, ...], seeds: int, how: Mapping[str, Any]
) -> _Opened:
    """Read every file."""
    from dkva.datasets.errors import DataError
    from dkva.datasets.sequences import find_sequences
    from dkva.experiments.comparing import task_of

    found = _Opened([], [])
    try:
        sequences = find_sequences(data, **how)
    except DataError as error:
        return _Opened([], [str(error)])
    unseen = set(ignore)
    for sequence in sequences:
        try:
            opened = sequence.open(ignore)
        except DataError as error:
            found.problems.append(str(error))
            continue
        unseen -= set(map(str, opened.ignore))
        k = n_segments or opened.actions
        if k > opened.frames:
            problem = f"{sequence.path}: has fewer frames than segments ({opened.frames} for {k})"
            found.problems.append(f"{problem}; ask for fewer (-k)")
        else:
            found.tasks.append(task_of(sequence, opened, range(seeds), n_segments))
    if not found.problems:  # else it may be a label of those
        for label in sorted(unseen):
            remark(f"--ignore {label}: no sequence has this label")
    return found


def _rows(chosen: Sequence[Listed], tasks: Sequence[Task], out: Path, **how) -> tuple[list[dict], list[str]]:
    """Rows of the methods that could do all sequences, and what is wrong with the others."""
    from dkva.base.errors import ExperimentError
    from dkva.experiments.experiment import Method, RowCache, run
    from dkva.experiments.registry import load

    try:
        cache = RowCache(out / "rows.sqlite")
    except ExperimentError as error:
        raise click.ClickException(str(error)) from error
    rows: list[dict] = []
    failures = []
    labels = Counter(each.label for each in chosen)
    for each in chosen:
        remark(f"{each.id}: {each.label}, {_counted(len(tasks), 'sequence')}")
        label = each.label if labels[each.label] == 1 else f"{each.label} ({each.id})"
        try:
            method = Method(label, load(each.target), each.defaults, id=each.id)
            rows += run([method], tasks, cache, **how).rows
        except (ExperimentError, ImportError) as error:
            failures.append(f"{each.id} is left out: {' '.join(str(error).split())}")
    return rows, failures


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _report(rows: list[dict], out: Path, how: dict) -> None:
    """Print the table and the advice; write scores, comparison and picture."""
    from dkva.experiments.comparing import advice, compare

    found = compare(rows)
    said = advice(found)
    document = _document(found, said, rows, how)
    _remark_replaced(out / "comparison.json", document)
    _show(found)
    click.echo(printable(said))
    try:
        _write(found, rows, document, out)
    except OSError as error:
        place, remedy = error.filename or out, "free it and run again: what was computed is kept"
        raise click.ClickException(f"{place}: cannot be written ({error.strerror}); {remedy}") from error
    click.echo(printable(f"{out}: scores.csv, comparison.json, comparison.png"))


def _write(found: Comparison, rows: list[dict], document: dict, out: Path) -> None:
    from dkva.base.files import write_atomically
    from dkva.export.comparison import Bar, comparison_figure

    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if cell != cell else cell for name, cell in row.items()} for row in rows)
    body = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    write_atomically(out / "scores.csv", lambda file: file.write(text.getvalue().encode()))
    write_atomically(out / "comparison.json", lambda file: file.write(body.encode()))
    bars = {
        line.method: Bar(
            *line.scores["mean"][:3], {each: line.domains[each]["mean"] for each in found.domains}
        )
        for line in found.lines
    }
    title = f"{_counted(found.sequences, 'sequence')} of {_counted(len(found.domains), 'domain')}"
    figure = comparison_figure(bars, title, "mean of MoF, IoU and F1")
    write_atomically(out / "comparison.png", lambda file: figure.savefig(file, format="png", dpi=150))


def _show(found: Comparison) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    best = found.best.method
    intervals = not math.isnan(found.best.scores["mean"].low)
    caption = "in %, with 95 % intervals" if intervals else "in %"
    table = Table(box=SIMPLE_HEAD, caption=caption, caption_justify="left")
    table.add_column("method", no_wrap=True)
    heads = [*_NAMES.values(), f"{best} − it", *(found.domains if len(found.domains) > 1 else ())]
    for head in heads:
        table.add_column(escape(printable(head)), justify="right", no_wrap=True)
    for line in found.lines:
        scores = [_cell(line.scores[measure]) for measure in _NAMES]
        lead = "" if line.method == best else _cell(line.lead["mean"], "+")
        each = [f"{100 * line.domains[domain]['mean']:.1f}" for domain in found.domains]
        table.add_row(escape(printable(line.method)), *scores, lead, *(each if len(each) > 1 else ()))
    console().print(table)


def _cell(found, sign: str = "") -> str:
    mean, low, high = (f"{100 * value:{sign}.1f}" for value in found[:3])
    return mean if found.low != found.low else f"{mean} \\[{low}, {high}]"


def _remark_replaced(path: Path, new: dict) -> None:
    """Say what an earlier comparison in the same folder had that this one has not."""
    try:
        old = json.loads(path.read_text())
        methods = {each["method"] for each in old["methods"]} - {each["method"] for each in new["methods"]}
        names = set(old["names"]) - set(new["names"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    if methods or names:
        had = [*sorted(methods), *([_counted(len(names), "sequence")] if names else [])]
        remark(
            f"{path}: the earlier comparison, which also had {', '.join(had)}, is replaced; what it computed "
            "is kept, so that the same command gives it again"
        )


def _document(found: Comparison, said: str, rows: Sequence[Mapping], how: dict) -> dict:
    """The comparison, plain enough for JSON; NaN is null."""
    from dkva.base.provenance import versions

    return {
        "sequences": found.sequences,
        "domains": list(found.domains),
        "advice": said,
        "methods": [
            {
                "method": line.method,
                "scores": {name: _plain(each) for name, each in line.scores.items()},
                "best_minus_this": {name: _plain(each) for name, each in line.lead.items()},
                "p": line.p,
                "highest_in_resamples": line.highest,
                "domains": {name: dict(means) for name, means in line.domains.items()},
            }
            for line in found.lines
        ],
        "names": list(dict.fromkeys(row["video"] for row in rows)),
        **how,
        "versions": versions(),
    }


def _plain(found) -> Mapping[str, float | None]:
    return {
        name: None if value != value else value
        for name, value in zip(("mean", "low", "high"), found[:3], strict=True)
    }
