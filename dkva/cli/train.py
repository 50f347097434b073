"""Command line: `dkva train --method ID DATA… -k K`: a model of the videos of an activity, in one file."""

from __future__ import annotations

import contextlib
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dkva.approximation.settings import MAX_SEED
from dkva.base.provenance import device, versions
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.method_options import MethodCommand
from dkva.cli.segmenting.find import find_videos
from dkva.cli.segmenting.model import activities_in_words, in_words
from dkva.cli.segmenting.work import how_read
from dkva.cli.shared_options import (
    READING,
    feature_reading,
    label_options,
    label_reading,
    mapping_option,
    no_cache_option,
    reading_options,
)
from dkva.cli.terminal import complain, console, gathered, printable, remark, watched
from dkva.cli.training.output import State, check_same, earlier, state_beside
from dkva.cli.training.splits import SplitVideos, lacking_classes, sampling_remark, split_videos
from dkva.cli.training.videos import TrainingSet, chosen_videos, read_all
from dkva.experiments.learners import Learner, training_digest
from dkva.experiments.method_settings import checked, learner
from dkva.experiments.models import write_model
from dkva.experiments.registry import LEARNER, Listed, find, lacking
from dkva.workers.crew import described

__all__ = ["train"]


@click.command(
    "train",
    cls=MethodCommand,
    kind=LEARNER,
    epilog="Examples:  dkva train --method asot features/ -k 6 --activity coffee --out coffee.npz   |   "
    "dkva segment features/coffee --model coffee.npz   |   dkva train --method asot --help   |   "
    "dkva train --method asformer gtea/ --split 1",
)
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATA...")
@click.option(
    "-k",
    "--segments",
    "n_segments",
    type=click.IntRange(1),
    help="Different actions to look for, in all videos together; of methods that look for actions alone.",
)
@click.option(
    "--activity",
    metavar="NAME",
    help="Train on the videos of this activity alone: their folder has its name, or their own name has it "
    "between _ or -, such as P03_cam01_P03_coffee.",
)
@click.option(
    "--mixed",
    is_flag=True,
    help="Train on videos of several activities as if they were of one. A method that is trained on several "
    "(see below) tells them apart without it.",
)
@click.option(
    "--method",
    metavar="ID",
    help="What to train; `dkva methods` says which methods are trained. Each has settings of its own, which "
    "come next; --method ID --help shows them.",
)
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True, help="Of the draws.")
@reading_options
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help="Folder (or file) of true labels, for methods that learn from them, and no others.",
)
@click.option(
    "--split",
    metavar="N|FILE",
    help="Train on the videos to train on of this split alone. DATA is then the folder of a data set with "
    "features/ (a column a frame, as they are released), groundTruth/, mapping.txt and splits/, where "
    "train.splitN.bundle names videos, one a line, or FILE does. For methods that learn from true labels.",
)
@mapping_option
@label_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("model.npz"),
    show_default=True,
    help="The file of the model; its folder is made if it does not exist.",
)
@click.option("--force", is_flag=True, help="Replace a model that was made otherwise, and train anew.")
@no_cache_option
def train(
    data,
    n_segments,
    activity,
    mixed,
    method,
    seed,
    labels,
    split,
    mapping,
    lengths,
    force_lengths,
    tier,
    fps,
    stride,
    out,
    force,
    no_cache,
    **given,
) -> int:
    """Train a method on the videos of an activity, or of several, in one file for other commands.

    DATA are feature files or folders of them, as of `dkva segment`. The model, with all that is needed to
    use it, is for `dkva segment --model`, `dkva embed`, `dkva retrieve`, `dkva transfer` and `dkva
    align`, as far as it can. A run that is stopped keeps its state beside it (NAME.part.npz), and the
    same command goes on from there. A model that is there already, of the same videos and settings, is
    left.
    """
    from dkva.datasets.annotations.forms import plural

    read = {name: given.pop(name) for name in READING}
    listing, settings = _checked(method, given)
    _check_together(listing, activity, mixed, labels, split)
    old = earlier(out)
    reading = feature_reading(**read, no_cache=no_cache)
    truth = label_reading(lengths, force_lengths, tier, fps, stride)
    splits: SplitVideos | None = None
    if split is None:
        found = find_videos(data, labels, mapping, reading, truth)
    else:
        splits = split_videos(data, split, labels, mapping, reading, truth)
        found, reading = splits.found, splits.reading
        remark(splits.in_words())
    if found.problems:
        return _refused(found.problems)
    videos = chosen_videos(
        found.videos, activity, mixed=mixed, several=listing.mixes, some=listing.supervised
    )
    learns = _learner(listing, settings, n_segments)  # imports the method, which takes seconds
    training = read_all(watched(videos, "videos"), n_segments or 1, supervised=listing.supervised)
    notes = [*found.notes, *gathered(training.notes)]
    if splits is not None:
        notes += sampling_remark(splits.data_set, settings)
    if listing.supervised and not training.problems:
        notes += lacking_classes(training.members, found.videos)
    for note in notes:
        remark(note)
    if training.problems:
        return _refused(training.problems)
    if not no_cache:
        keep_compiled_programs()
    facts = _facts(learns, listing, training, n_segments, seed)
    facts |= _of_activities(each for _, each in videos) | {"reading": how_read(reading)}
    facts |= {} if splits is None else {"split": splits.name}
    if old is not None and not force:
        check_same(out, old, facts)
        click.echo(printable(f"{out}: is this very model already, {in_words(old)}; --force trains it anew"))
        return 0
    state = state_beside(out, facts["key"], force=force)
    of = f"{plural(facts['videos'], 'video')}{activities_in_words(facts)}"
    remark(f"training {method}: {of}, {facts['frames']} frames of {facts['features']} features")
    _train(learns, training, facts, listing.origin, out, state)
    return 0


def _refused(problems: Sequence[str]) -> int:
    for problem in problems:
        complain(problem)
    return 2


def _checked(method: str, given: Mapping[str, Any]) -> tuple[Listed, dict[str, object]]:
    """The method and all its settings, or click.ClickException on one line, before a file is read."""
    try:
        listing = find(method)
        absent = lacking(listing)
        if absent:
            raise ImportError(absent)
        return listing, checked(listing, given)
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error


def _check_together(
    listing: Listed, activity: str | None, mixed: bool, labels: Path | None, split: str | None
) -> None:
    """Raise click.ClickException where options do not go together, or with the method."""
    if activity is not None and mixed:
        raise click.ClickException("--mixed: takes all activities and --activity one; leave one of them out")
    for option, value in (("--labels", labels), ("--split", split)):
        if value is not None and not listing.supervised:
            raise click.ClickException(f"{option}: {listing.id} learns without true labels; leave it out")
    if labels is None and split is None and listing.supervised:
        raise click.ClickException(
            f"{listing.id} learns from true labels: give them by --labels, or a data set's split by --split"
        )


def _learner(listing: Listed, settings: Mapping[str, object], n_segments: int | None) -> Learner:
    """The learner, or click.ClickException: also if a number of actions is missing, or is of no use."""
    try:
        learns = learner(listing, settings)
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    if learns.uses_segments and n_segments is None:
        raise click.ClickException(
            f"{learns.id} looks for actions: say by -k how many different ones the videos have in all"
        )
    if n_segments is not None and not learns.uses_segments:
        raise click.ClickException(f"-k: {learns.id} looks for no actions; leave it out")
    return learns


def _facts(
    learns: Learner, listing: Listed, training: TrainingSet, n_segments: int | None, seed: int
) -> dict[str, Any]:
    """What a model's file says of it, as far as it is known before the training."""
    used = seed if learns.uses_seed else None
    digest = training_digest(training.members)
    (width,) = training.widths
    return {
        "learner": learns.id,
        "origin": listing.origin,
        "settings": dict(learns.settings),
        "n_segments": n_segments,
        "seed": used,
        "videos": len(training.members),
        "names": [each.name for each in training.members],
        "frames": sum(training.lengths.values()),
        "features": width,
        "training": digest,
        "key": learns.key(digest, n_segments, used),
    }


def _of_activities(activities: Iterable[str | None]) -> dict[str, Any]:
    """What the facts say of the videos' activities: the one, none, or several that are told apart."""
    first, *others = sorted(set(activities), key=str)
    return {"activity": None, "activities": [first, *others]} if others else {"activity": first}


def _train(
    learns: Learner, training: TrainingSet, facts: dict[str, Any], origin: str, out: Path, state: State
) -> None:
    """Train, and write the model. Raises click.ClickException where the learner or the disk refuses."""
    start = time.perf_counter()
    try:
        with _waiting() as tell, _warnings_as_remarks():
            model = learns.trained(
                training.members, facts["n_segments"], facts["seed"], replace(state, tell=tell)
            )
        made_by = {
            "seconds": round(time.perf_counter() - start, 1),
            "device": device() if "jax" in sys.modules else None,
            "versions": versions(origin),
        }
        write_model(out, model.arrays(), facts | made_by)
        state.clear()
    except OSError as error:
        place = error.filename or out
        raise click.ClickException(
            f"{place}: cannot be written ({error.strerror}); free it, and run the same command to go on"
        ) from error
    except (ValueError, ImportError) as error:
        raise click.ClickException(f"{learns.id}: {error}") from error
    except Exception as error:  # a learner may fail in any way
        raise click.ClickException(f"{learns.id}: {described(error)}") from error
    if not hasattr(model, "segment"):
        able = {"embed": "dkva embed, dkva retrieve, dkva transfer", "align": "dkva align"}
        others = ", ".join(commands for ability, commands in able.items() if hasattr(model, ability))
        also = f"; {others} can" if others else ""
        remark(f"models of {learns.id} embed frames: dkva segment cannot use this one{also}")
    click.echo(printable(f"{out}: {in_words(facts)}, in {made_by['seconds']:g} s"))


@contextlib.contextmanager
def _warnings_as_remarks() -> Iterator[None]:
    """What a learner warns of is said at once, on a line; other warnings go their usual way."""
    usual = warnings.showwarning

    def show(message, category, *place, **others):
        if issubclass(category, UserWarning):
            remark(" ".join(str(message).split()))
        else:
            usual(message, category, *place, **others)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield


@contextlib.contextmanager
def _waiting() -> Iterator[Callable[[], object]]:
    """The time that passes, on a terminal; what is given is called when the state was kept."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    drawn = console(stderr=True)
    columns = (TextColumn("training"), SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=drawn, transient=True, disable=not drawn.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def tell() -> None:
            passed = int(bar.tasks[0].elapsed or 0)
            bar.update(task, description=f"may be stopped: goes on from its state after {passed} s")

        yield tell
