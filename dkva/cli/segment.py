"""Command line: `dkva segment FEATURES… -k K`, `dkva data check ROOT`, `dkva check`, `dkva report`."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from dkva import __version__
from dkva.approximation.settings import MAX_SEED
from dkva.cli.check import check
from dkva.cli.data import data
from dkva.cli.report import report
from dkva.cli.settings import setting_options
from dkva.cli.terminal import complain, console, printable
from dkva.cli.video import Cut, Reading, VideoInput, cut
from dkva.workers.crew import PROCESSES, SCHEDULER_HELP, check_scheduler

if TYPE_CHECKING:
    import numpy as np

    from dkva.metrics.segmentation import Scores

__all__ = ["main"]

# The CSV is written anew after this many seconds, so that a killed run loses no more.
_CSV_SECONDS = 2.0


def main(arguments: list[str] | None = None) -> None:
    """Run `dkva`; a wrong call or input ends with exit status 2 and one line an error on stderr."""
    try:
        status = _dkva.main(arguments, prog_name="dkva", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else error.format_message())
        status = 2
    except click.UsageError as error:
        hint = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        complain(f"{error.format_message().rstrip('.')}{hint}")
        status = 2
    except click.ClickException as error:
        complain(error.format_message())
        status = 2
    except (click.Abort, KeyboardInterrupt):
        complain("stopped; what was done is kept, run the same command to go on")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)  # threads of a compilation cut short would crash the interpreter's own way out
    sys.exit(status or 0)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example:  dkva segment features/ -k 6 --labels groundTruth/ --plot",
)
@click.version_option(__version__, message="dkva %(version)s")
def _dkva() -> None:
    """Cut videos into their actions without labels, training or a network."""


_dkva.add_command(check)
_dkva.add_command(data)
_dkva.add_command(report)


@_dkva.command(
    "segment",
    epilog="Examples:  dkva segment video.npy -k 8 --plot   |   "
    "dkva segment data/features -k 4 --labels data/groundTruth --out cuts --format csv",
)
@click.argument("features", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FEATURES...")
@click.option(
    "-k",
    "--segments",
    "n_segments",
    type=int,
    required=True,
    help="Segments to look for (synthetic frames, M).",
)
@click.option(
    "--labels", type=click.Path(path_type=Path), help="Folder (or file) of true labels, for scores."
)
@click.option("--mapping", type=click.Path(path_type=Path), help="Allowed labels; found beside --labels.")
@click.option("--ignore", multiple=True, help="True label to leave out of the scores; may be repeated.")
@click.option(
    "--lengths",
    type=click.Choice(["error", "trim", "pad", "authors"]),
    default="error",
    show_default=True,
    help="More or fewer labels than frames: refuse, cut the longer, repeat the last of the shorter, or fit "
    "the labels to the frames as the paper's program does.",
)
@setting_options
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True)
@click.option("--transposed", is_flag=True, help="Feature files hold one column a frame.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("dkva-out"), show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["json", "csv", "both"]), default="both", show_default=True
)
@click.option("--plot", is_flag=True, help="Draw a time line of each video.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that segment."
)
@click.option(
    "--scheduler",
    default=PROCESSES,
    show_default=True,
    metavar="WHERE",
    help=f"{SCHEDULER_HELP[0].upper()}{SCHEDULER_HELP[1:]}, whose workers then count.",
)
@click.option("--force", is_flag=True, help="Segment again what is done already.")
@click.option("--no-cache", is_flag=True, help="Keep no parsed copy of text features on disk.")
def _segment(
    features,
    n_segments,
    labels,
    mapping,
    ignore,
    lengths,
    out,
    form,
    plot,
    workers,
    scheduler,
    force,
    **options,
) -> int:
    """Segment one video, or a folder of them, each by itself.

    FEATURES are files (.txt, .csv, .tsv, each also .gz; .npy; .npz), one row a frame, or folders of them.
    Writes one JSON a video and one segments.csv to the output folder; a second run with the same settings
    goes on where the first stopped.
    """
    run = _Run(n_segments, lengths, mapping, ignore, out, form, plot, workers, scheduler, force, **options)
    return run.over(features, labels)


class _Run:
    """One call of `dkva segment`."""

    def __init__(
        self,
        n_segments: int,
        lengths: str,
        mapping: Path | None,
        ignore: tuple[str, ...],
        out: Path,
        form: str,
        plot: bool,
        workers: int,
        scheduler: str,
        force: bool,
        *,
        transposed: bool,
        no_cache: bool,
        **method,
    ):
        if n_segments < 1:
            raise click.ClickException(f"-k is {n_segments}: ask for at least 1 segment")
        self.settings = {"n_segments": n_segments, "random_state": method.pop("seed"), **method}
        self.lengths, self.mapping_path, self.ignore = lengths, mapping, list(ignore)
        self.out, self.form, self.plot, self.force = out, form, plot, force
        self.workers, self.scheduler = workers, scheduler
        self.transposed, self.cache = transposed, not no_cache
        self.mapping: dict[str, int] | None = None
        self.problems: list[str] = []
        self.refused = 0  # of these, the ones known before the first video
        self.noted: dict[str, list[str]] = {}  # those of a video
        self.earlier: dict[str, dict] = {}  # what the table held
        self.old: dict[str, dict] = {}  # what there was of the videos of this run
        self.docs: dict[str, dict] = {}
        self.scores: dict[str, Scores] = {}
        self.unseen = set(ignore)  # labels to ignore that no video has had yet
        self.computed = self.kept = 0
        self.written = time.monotonic()

    def over(self, features: tuple[Path, ...], labels: Path | None) -> int:
        """Segment every video named by `features`; 2 where anything went wrong, else 0."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from dkva.base.errors import SchedulerError

        self._check_settings()
        self._check_out()
        inputs = list(self._inputs(features, labels))
        self.refused = len(self.problems)
        self.earlier = self._earlier()
        self.old = {video.name: old for video in inputs if (old := self._old(video.name)) is not None}
        if not self.force:
            inputs = [replace(video, done=self.old.get(video.name, {}).get("key")) for video in inputs]
        columns = (
            TextColumn("segmenting"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
        )
        drawn = console(stderr=True)
        try:
            with Progress(*columns, console=drawn, transient=True, disable=not drawn.is_terminal) as bar:
                task = bar.add_task("", total=len(inputs))

                def started(index: int) -> None:
                    bar.update(task, description=printable(inputs[index].name))

                for video, result in self._results(inputs, started):
                    self._keep(video, result)
                    bar.advance(task)
                    if time.monotonic() - self.written > _CSV_SECONDS:
                        self._write_csv()
        except SchedulerError as error:
            self.problems.append(str(error))
        except OSError as error:  # a full disk stays full for the videos to come
            place = error.filename or self.out
            self.problems.append(f"{place}: cannot be written ({error.strerror}); free it and run again")
        finally:
            self._write_csv()
        self._sort(inputs)
        self._report(len(inputs) - len(self.docs) + self.refused)
        return 2 if self.problems else 0

    def _check_settings(self) -> None:
        from dkva.approximation.segmenter import VideoSegmenter

        try:
            check_scheduler(self.scheduler)
            VideoSegmenter(**self.settings).check_settings(self.settings["n_segments"])
        except ValueError as error:
            raise click.ClickException(str(error)) from error

    def _check_out(self) -> None:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.out).close()
        except OSError as error:
            raise click.ClickException(
                f"{self.out}: cannot be written ({error.strerror}); give another folder with --out"
            ) from error

    def _inputs(self, features: tuple[Path, ...], labels: Path | None) -> Iterator[VideoInput]:
        """The videos that can be named; problems with the others are noted."""
        from dkva.datasets import DataError, find_features, find_labels, find_mapping, read_mapping
        from dkva.datasets.features import stem_of

        found: dict[str, Path] = {}
        for given in features:
            try:
                if given.is_dir():
                    root = given / "features" if (given / "features").is_dir() else given
                    named = [
                        (name, path) for name, path in find_features(root) if not self._is_own(root, path)
                    ]
                elif given.exists():
                    named = [(stem_of(given) or given.stem, given)]
                else:
                    raise DataError(given, "not found", "check the path")
                for name, path in named:
                    if name in found and found[name].resolve() != path.resolve():
                        self.problems.append(
                            f"{path}: has the name of {found[name]}; remove one or segment them in two runs"
                        )
                        continue
                    found[name] = path
            except DataError as error:
                self.problems.append(str(error))
        if labels is not None and not labels.exists():
            raise click.ClickException(f"{labels}: not found; check --labels")
        try:
            mapping = self.mapping_path
            if mapping is None and labels is not None:
                mapping = find_mapping(labels)
            self.mapping = None if mapping is None else read_mapping(mapping)
        except DataError as error:
            raise click.ClickException(str(error)) from error
        for name, path in found.items():
            if labels is None:
                yield VideoInput(name, path)
            elif labels.is_file() and len(found) == 1:
                yield VideoInput(name, path, labels)
            elif labels.is_file():
                raise click.ClickException(f"{labels}: is one file for {len(found)} videos; give a folder")
            elif (truth := find_labels(labels, name)) is not None:
                yield VideoInput(name, path, truth)
            else:
                self.problems.append(f"{labels}: has no labels for {name!r}; add them or leave --labels out")

    def _is_own(self, root: Path, path: Path) -> bool:
        """Whether this is a result of an earlier run whose output lies in the folder of features."""
        out = self.out.resolve()
        inside = root.resolve() in out.parents and out in path.resolve().parents
        return inside or path.resolve() == out / "segments.csv"

    def _earlier(self) -> dict[str, dict]:
        from dkva.export.documents import read_csv

        return read_csv(self.out / "segments.csv") if self.form != "json" else {}

    def _results(self, inputs: list[VideoInput], started: Callable[[int], object]):
        """(video, what came of it) as it comes."""
        from dkva.workers.carry_out import carry_out
        from dkva.workers.crew import Failed

        reading = Reading(self.transposed, self.lengths, self.cache, self.mapping)
        work = partial(cut, settings=self.settings, reading=reading)
        coming = carry_out(work, inputs, scheduler=self.scheduler, workers=self.workers, started=started)
        with contextlib.closing(coming) as results:
            for index, answer in results:
                video = inputs[index]
                if isinstance(answer, Failed):
                    answer = Cut(problem=f"{video.path}: {answer.problem}")
                yield video, answer

    def _old(self, name: str) -> dict | None:
        """What an earlier run left of a video."""
        from dkva.export.documents import read_json

        return self.earlier.get(name) if self.form == "csv" else read_json(self.out / f"{name}.json")

    def _keep(self, video: VideoInput, result: Cut) -> None:
        """Write what came of one video, with scores and picture."""
        from dkva.export.documents import labels_in, write_json

        if result.broken is not None:
            raise result.broken
        if result.problem is not None:
            self._note(video, result.problem)
            return
        old = self.old.get(video.name)
        if result.doc is not None:
            doc = result.doc
            (self.out / f"{video.name}.png").unlink(missing_ok=True)  # it would show the earlier labels
            self.computed += 1
        else:
            doc = cast(dict, old)
            self.kept += 1
        predicted = labels_in(doc)
        if result.truth is not None:
            try:
                doc = doc | {"scores": self._score(video, result.truth, predicted)}
            except ValueError as error:  # the segmentation stands all the same
                self._note(video, f"{video.labels_path}: {error}")
        if self.form != "csv" and doc != old:
            write_json(self.out / f"{video.name}.json", doc)
        self.docs[video.name] = doc
        if self.plot:
            self._draw(video, result.truth, predicted)

    def _note(self, video: VideoInput, problem: str) -> None:
        self.noted.setdefault(video.name, []).append(problem)

    def _sort(self, inputs: list[VideoInput]) -> None:
        """Bring what came in any order into the order of the videos."""
        names = [video.name for video in inputs]
        self.docs = {name: self.docs[name] for name in names if name in self.docs}
        self.scores = {name: self.scores[name] for name in names if name in self.scores}
        noted = [problem for name in names for problem in self.noted.get(name, [])]
        self.problems[self.refused : self.refused] = noted

    def _score(self, video: VideoInput, truth: np.ndarray, predicted: np.ndarray) -> dict:
        from dkva.export.documents import scores_for_json
        from dkva.metrics.segmentation import evaluate

        self.unseen -= set(truth)
        n_segments = self.settings["n_segments"]
        scores = evaluate(truth, predicted, n_clusters=n_segments, ignore=self.ignore or None)
        self.scores[video.name] = scores
        return scores_for_json(scores) | {"ignored": self.ignore, "lengths": self.lengths}

    def _draw(self, video: VideoInput, truth: np.ndarray | None, predicted: np.ndarray) -> None:
        from dkva.base.files import write_atomically
        from dkva.export.timeline import timeline

        rows = {"truth": truth} if truth is not None else {}
        scores = self.scores.get(video.name)
        title = video.name if scores is None else f"{video.name}: MoF {100 * scores.mof:.1f} %"
        figure = timeline(
            rows | {"dkva": predicted}, matching=scores.matching if scores else None, title=title
        )
        write_atomically(
            self.out / f"{video.name}.png", lambda file: figure.savefig(file, format="png", dpi=150)
        )

    def _write_csv(self) -> None:
        """All segments of this run, and of earlier runs for other videos."""
        from dkva.export.documents import read_csv, write_csv

        if self.form == "json":
            return
        self.written = time.monotonic()
        docs = (
            self.earlier | read_csv(self.out / "segments.csv") | self.docs
        )  # another run may write there too
        try:
            write_csv(self.out / "segments.csv", (docs[name] for name in sorted(docs)))
        except OSError as error:
            self.problems.append(
                f"{self.out / 'segments.csv'}: cannot be written ({error.strerror}); free it"
            )

    def _report(self, failed: int) -> None:
        if self.scores:
            console().print(_score_table(self.scores))
        elif self.docs:
            console().print(_segment_table(self.docs))
        parts = [f"segmented {self.computed}"]
        if self.kept:
            parts.append(f"kept {self.kept} done before with the same settings (--force segments again)")
        if failed:
            parts.append(f"failed {failed}")
        click.echo(printable(f"{'; '.join(parts)}; results in {self.out}"))
        for problem in self.problems:
            complain(problem)
        if self.scores and self.unseen:
            click.echo(f"note: no video has the label to ignore: {', '.join(sorted(self.unseen))}", err=True)


_CAPTION = (
    "boundaries: share of true boundaries found to the very frame; precision: of found ones that are true"
)


def _score_table(scores: dict[str, Scores]):
    import numpy as np
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    columns = {
        "MoF": "mof",
        "IoU": "iou",
        "F1": "f1",
        "boundaries": "boundary_accuracy",
        "precision": "boundary_precision",
        "F1@10": "f1_10",
        "F1@25": "f1_25",
        "F1@50": "f1_50",
        "edit": "edit",
    }
    table = Table(box=SIMPLE_HEAD, title="Scores in %", title_justify="left", caption=_CAPTION)
    table.add_column("video", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    values = np.array([[getattr(s, field) for field in columns.values()] for s in scores.values()]) * 100
    for video, row in zip(scores, values, strict=True):
        table.add_row(escape(printable(video)), *map(_percent, row))
    if len(scores) > 1:
        present = [column[np.isfinite(column)] for column in values.T]
        means = (_percent(column.mean()) if len(column) else "–" for column in present)
        table.add_section()
        table.add_row(f"mean of {len(scores)}", *means)
        table.add_row("95 % interval", *(_interval(column) for column in present))
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


def _segment_table(docs: dict[str, dict]):
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column("video", no_wrap=True)
    for name in ("frames", "features", "segments", "labels used"):
        table.add_column(name, justify="right")
    for video, doc in docs.items():
        runs = doc["segments"]
        table.add_row(
            escape(printable(video)),
            str(doc["frames"]),
            str(len(runs)),
            str(len({run["label"] for run in runs})),
        )
    return table
