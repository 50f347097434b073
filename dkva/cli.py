"""Command line: `dkva segment FEATURES… -k K`, `dkva data check ROOT`, `dkva check`, `dkva report`."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva import __version__
from dkva.cli_check import check
from dkva.cli_data import data
from dkva.cli_report import report
from dkva.terminal import complain, console, printable

if TYPE_CHECKING:
    import numpy as np

    from dkva.metrics import Scores

__all__ = ["main"]

_KERNELS = ("gauss_ntk", "gauss_ntk_sphere", "gaussian", "nngp", "ntk", "ntk_sphere", "sntk")

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


@dataclass(frozen=True)
class _Input:
    """One video of a run: its name, its features, and its labels where scores are asked for."""

    name: str
    path: Path
    labels_path: Path | None = None


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
@click.option(
    "--kernel",
    type=click.Choice(_KERNELS),
    default="gauss_ntk",
    show_default=True,
    help="Similarity of frames.",
)
@click.option(
    "--smoothing",
    type=float,
    default=2.5,
    show_default=True,
    help="Window over time, in uniform segments (a·frames/k); 0 for none.",
)
@click.option(
    "--epochs", type=click.IntRange(0), default=100, show_default=True, help="Passes over each video."
)
@click.option("--estimator", type=click.Choice(["video", "batch"]), default="video", show_default=True)
@click.option("--init", type=click.Choice(["uniform", "kmeans"]), default="uniform", show_default=True)
@click.option("--length-scale", default="median_squared", show_default=True, help="Or: median, or a number.")
@click.option("--learning-rate", type=float, default=0.05, show_default=True)
@click.option("--weight-decay", type=float, default=1e-3, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--transposed", is_flag=True, help="Feature files hold one column a frame.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("dkva-out"), show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["json", "csv", "both"]), default="both", show_default=True
)
@click.option("--plot", is_flag=True, help="Draw a time line of each video.")
@click.option("--force", is_flag=True, help="Segment again what is done already.")
@click.option("--no-cache", is_flag=True, help="Keep no parsed copy of text features on disk.")
def _segment(
    features, n_segments, labels, mapping, ignore, lengths, out, form, plot, force, **options
) -> int:
    """Segment one video, or a folder of them, each by itself.

    FEATURES are files (.txt, .csv, .tsv, each also .gz; .npy; .npz), one row a frame, or folders of them.
    Writes one JSON a video and one segments.csv to the output folder; a second run with the same settings
    goes on where the first stopped.
    """
    run = _Run(n_segments, lengths, mapping, ignore, out, form, plot, force, **options)
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
        force: bool,
        *,
        transposed: bool,
        no_cache: bool,
        **method,
    ):
        if n_segments < 1:
            raise click.ClickException(f"-k is {n_segments}: ask for at least 1 segment")
        with contextlib.suppress(ValueError):
            method["length_scale"] = float(method["length_scale"])
        self.settings = {"n_segments": n_segments, "random_state": method.pop("seed"), **method}
        self.lengths, self.mapping_path, self.ignore = lengths, mapping, list(ignore)
        self.out, self.form, self.plot, self.force = out, form, plot, force
        self.transposed, self.cache = transposed, not no_cache
        self.mapping: dict[str, int] | None = None
        self.problems: list[str] = []
        self.docs: dict[str, dict] = {}
        self.scores: dict[str, Scores] = {}
        self.unseen = set(ignore)  # labels to ignore that no video has had yet
        self.computed = self.kept = 0
        self.written = time.monotonic()

    def over(self, features: tuple[Path, ...], labels: Path | None) -> int:
        """Segment every video named by `features`; 2 where anything went wrong, else 0."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from dkva.datasets.errors import DataError

        self._check_settings()
        self._check_out()
        inputs = list(self._inputs(features, labels))
        refused = len(self.problems)
        earlier = self._earlier()
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
                for video in inputs:
                    bar.update(task, description=printable(video.name))
                    try:
                        self._one(video, earlier)
                    except DataError as error:
                        self.problems.append(str(error))
                    except ValueError as error:
                        self.problems.append(f"{video.path}: {error}")
                    except OSError as error:  # a full disk stays full for the videos to come
                        place = error.filename or self.out
                        self.problems.append(
                            f"{place}: cannot be written ({error.strerror}); free it and run again"
                        )
                        break
                    bar.advance(task)
                    if time.monotonic() - self.written > _CSV_SECONDS:
                        self._write_csv(earlier)
        finally:
            self._write_csv(earlier)
        self._report(len(inputs) - len(self.docs) + refused)
        return 2 if self.problems else 0

    def _check_settings(self) -> None:
        from dkva.segmentation import VideoSegmenter

        try:
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

    def _inputs(self, features: tuple[Path, ...], labels: Path | None) -> Iterator[_Input]:
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
                yield _Input(name, path)
            elif labels.is_file() and len(found) == 1:
                yield _Input(name, path, labels)
            elif labels.is_file():
                raise click.ClickException(f"{labels}: is one file for {len(found)} videos; give a folder")
            elif (truth := find_labels(labels, name)) is not None:
                yield _Input(name, path, truth)
            else:
                self.problems.append(f"{labels}: has no labels for {name!r}; add them or leave --labels out")

    def _is_own(self, root: Path, path: Path) -> bool:
        """Whether this is a result of an earlier run whose output lies in the folder of features."""
        out = self.out.resolve()
        inside = root.resolve() in out.parents and out in path.resolve().parents
        return inside or path.resolve() == out / "segments.csv"

    def _earlier(self) -> dict[str, dict]:
        from dkva.documents import read_csv

        return read_csv(self.out / "segments.csv") if self.form != "json" else {}

    def _one(self, video: _Input, earlier: dict[str, dict]) -> None:
        from dkva.datasets import DataError, fit_lengths, read_features, read_labels
        from dkva.documents import document, labels_in, read_json, run_key, source_of, write_json
        from dkva.segmentation import VideoSegmenter

        frames = read_features(video.path, cache=self.cache, transposed=self.transposed)
        truth = None
        if video.labels_path is not None:
            truth = read_labels(video.labels_path, self.mapping)
            frames, truth = fit_lengths(frames, truth, self.lengths, video.labels_path)
        n_segments = self.settings["n_segments"]
        if n_segments > len(frames):
            remedy = f"ask for at most {len(frames)} with -k"
            raise DataError(video.path, f"has {len(frames)} frames for {n_segments} segments", remedy)
        source = source_of(video.path)
        segmenter = VideoSegmenter(**self.settings)
        reading = {"transposed": self.transposed}  # a length policy shows in the number of frames
        key = run_key(video.name, [segmenter.get_params(), reading], source, len(frames))
        json_path = self.out / f"{video.name}.json"
        old = read_json(json_path) if self.form != "csv" else earlier.get(video.name)
        if old is not None and old["key"] == key and not self.force:
            doc = old
            self.kept += 1
        else:
            # The file's own name alone: labels do not change with the folder the run was started on.
            segmenter.fit(frames, name=video.name.rsplit("/", 1)[-1])
            doc = document(video.name, segmenter, source=source, reading=reading, key=key)
            (self.out / f"{video.name}.png").unlink(missing_ok=True)  # it would show the earlier labels
            self.computed += 1
        predicted = labels_in(doc)
        if truth is not None:
            try:
                doc = doc | {"scores": self._score(video, truth, predicted)}
            except ValueError as error:  # the segmentation stands all the same
                self.problems.append(f"{video.labels_path}: {error}")
        if self.form != "csv" and doc != old:
            write_json(json_path, doc)
        self.docs[video.name] = doc
        if self.plot:
            self._draw(video, truth, predicted)

    def _score(self, video: _Input, truth: np.ndarray, predicted: np.ndarray) -> dict:
        from dkva.documents import scores_for_json
        from dkva.metrics import evaluate

        self.unseen -= set(truth)
        n_segments = self.settings["n_segments"]
        scores = evaluate(truth, predicted, n_clusters=n_segments, ignore=self.ignore or None)
        self.scores[video.name] = scores
        return scores_for_json(scores) | {"ignored": self.ignore, "lengths": self.lengths}

    def _draw(self, video: _Input, truth: np.ndarray | None, predicted: np.ndarray) -> None:
        from dkva.atomic import write_atomically
        from dkva.timeline import timeline

        rows = {"truth": truth} if truth is not None else {}
        scores = self.scores.get(video.name)
        title = video.name if scores is None else f"{video.name}: MoF {100 * scores.mof:.1f} %"
        figure = timeline(
            rows | {"dkva": predicted}, matching=scores.matching if scores else None, title=title
        )
        write_atomically(
            self.out / f"{video.name}.png", lambda file: figure.savefig(file, format="png", dpi=150)
        )

    def _write_csv(self, earlier: dict[str, dict]) -> None:
        """All segments of this run, and of earlier runs for other videos."""
        from dkva.documents import read_csv, write_csv

        if self.form == "json":
            return
        self.written = time.monotonic()
        docs = earlier | read_csv(self.out / "segments.csv") | self.docs  # another run may write there too
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
    from dkva.metrics import bootstrap_interval

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
