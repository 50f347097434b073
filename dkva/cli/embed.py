"""Command line: `dkva embed --model FILE FEATURES…`: the frames of videos as a trained model embeds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from dkva.cli.aligning.ways import model_of
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.embedding.output import Output
from dkva.cli.embedding.work import embedded_videos
from dkva.cli.segmenting.find import find_videos
from dkva.cli.segmenting.model import ModelWay, described_model, open_model, reading_of
from dkva.cli.segmenting.waiting import Waiting
from dkva.cli.segmenting.work import Planned
from dkva.cli.shared_options import (
    check_writable,
    feature_reading,
    no_cache_option,
    reading_options,
    scheduler_option,
)
from dkva.cli.terminal import complain, counting, gathered, printable, remark
from dkva.datasets.reading import LabelReading
from dkva.workers.crew import check_scheduler

__all__ = ["embed"]


@click.command(
    "embed",
    epilog="Examples:  dkva train --method vaot features/ --activity coffee --out coffee.npz   |   "
    "dkva embed --model coffee.npz features/coffee --out embedded",
)
@click.argument("features", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FEATURES...")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    required=True,
    help="What dkva train has written of a method that embeds; dkva methods says which do.",
)
@reading_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dkva-embed"),
    show_default=True,
    help="Folder for the results; it is made if it does not exist.",
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that embed.")
@scheduler_option
@click.option("--force", is_flag=True, help="Embed again what is done already.")
@no_cache_option
def embed(features, model, out, workers, scheduler, force, no_cache, **read) -> int:
    """Embed the frames of videos by a trained model: frames that show the same come near each other.

    FEATURES are files or folders as of `dkva segment`, and are read as those of the training were.

    Writes to the output folder, for each video, NAME.npy (the embedded frames, one row of numbers a frame)
    and NAME.json (what made them). A second run with the same model goes on where the first stopped.
    """
    way = open_model(model)
    read = reading_of(way, click.get_current_context())
    try:
        check_scheduler(scheduler)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    found = find_videos(features, None, None, feature_reading(**read, no_cache=no_cache), LabelReading())
    if not found.videos:
        for problem in found.problems:
            complain(problem)
        return 2
    check_writable(out)
    output = Output(out)
    done = output.earlier(video.name for video in found.videos)
    if not no_cache:
        keep_compiled_programs()
    model_of(way, "embed")
    for note in found.notes:
        remark(note)
    units = [Planned(video, None if force else done.get(video.name)) for video in found.videos]
    run = _Run()
    stopped = _embed(units, way.with_code(), output, run, scheduler, workers)
    run.report(way, out, len(units))
    problems = [*found.problems, *(run.failed[name] for name in sorted(run.failed)), *stopped]
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


@dataclass
class _Run:
    """What came of a run.

    Attributes:
        failed: why a video was not embedded, one line each.
        notes: of each of the others, one line each.
        computed: videos that were embedded now.
        kept: videos whose results an earlier run left.
    """

    failed: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    computed: int = 0
    kept: int = 0

    def report(self, way: ModelWay, out: Path, total: int) -> None:
        """Say what was done of so many videos."""
        if self.computed:
            remark(described_model(way))
        for note in gathered(dict(sorted(self.notes.items()))):
            remark(note)
        parts = [f"embedded {self.computed}"]
        if self.kept:
            parts.append(f"kept {self.kept} done before with the same settings (--force embeds again)")
        failed = total - self.computed - self.kept
        if failed:
            parts.append(f"failed {failed}")
        click.echo(printable(f"{'; '.join(parts)}; results in {out}"))


def _embed(
    units: list[Planned], way: ModelWay, output: Output, run: _Run, scheduler: str, workers: int
) -> list[str]:
    """Embed every video, and write each as it comes; what stopped the run before its end, if anything."""
    from dkva.base.errors import SchedulerError

    waiting = Waiting(way)
    try:
        with waiting, counting("embedding") as bar:
            task = bar.add_task("", total=len(units))

            def started(index: int) -> None:
                name = units[index].video.name
                bar.update(task, description=printable(name))
                waiting.of(name)

            for video, came in embedded_videos(units, way, started, scheduler=scheduler, workers=workers):
                bar.advance(task)
                if isinstance(came, str):
                    run.failed[video.name] = came
                    continue
                run.notes[video.name] = came.notes
                if came.frames is None:
                    run.kept += 1
                else:
                    output.write(video.name, came, came.frames, way)
                    run.computed += 1
    except SchedulerError as error:
        return [str(error)]
    except OSError as error:  # a full disk stays full for the videos to come
        place = error.filename or output.folder
        return [f"{place}: cannot be written ({error.strerror}); free it and run again"]
    return []
