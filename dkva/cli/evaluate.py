"""Command line: `dkva evaluate TRUTH PREDICTED`: scores of anybody's predictions under every protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.shared_options import label_options, label_reading
from dkva.cli.terminal import complain, gathered, remark

if TYPE_CHECKING:
    from dkva.cli.evaluating.find import LabelSet
    from dkva.cli.evaluating.read import Pair
    from dkva.cli.evaluating.score import How, Scored
    from dkva.datasets.reading import LabelReading

__all__ = ["evaluate"]

# Of `dkva.metrics.protocols` and `dkva.metrics.ms_tcn_protocol`, which are not imported for --help.
_PROTOCOLS = ("ms-tcn", "tw-finch", "asot")
_SCOPES = ("video", "activity", "all")
_LAST_ENDS = ("n", "n-1")


@click.command(
    "evaluate",
    epilog="Examples:  dkva evaluate groundTruth/ predicted/   |   dkva evaluate truth.txt predicted.npy   "
    "|   dkva evaluate groundTruth/ dkva-out/ --protocol ms-tcn --each   |   "
    "dkva evaluate groundTruth/ predicted/ --ignore SIL --json",
)
@click.argument("truth", type=click.Path(path_type=Path), metavar="TRUTH")
@click.argument("predicted", type=click.Path(path_type=Path), metavar="PREDICTED")
@click.option(
    "--protocol",
    "protocols",
    type=click.Choice(_PROTOCOLS),
    multiple=True,
    help="Only this one; may be repeated. ms-tcn is of labels that are classes; the others match clusters.",
)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(_SCOPES),
    multiple=True,
    help="What is matched, and pooled, together; may be repeated. By default what is published of each "
    "protocol, and all that say something.",
)
@click.option(
    "--background",
    multiple=True,
    metavar="NAME",
    show_default="background",
    help="Class whose segments ms-tcn skips, though its frames count; may be repeated. '' for none.",
)
@click.option("--ignore", multiple=True, metavar="NAME", help="True label to leave out; may be repeated.")
@click.option(
    "--last-end",
    type=click.Choice(_LAST_ENDS),
    default="n",
    show_default=True,
    help="Where ms-tcn ends the last segment; n-1 as the programs of MS-TCN++ and ASFormer.",
)
@click.option(
    "-k",
    "--segments",
    "n_segments",
    type=click.IntRange(1),
    help="Clusters that were asked for, by which tw-finch divides its IoU; by default what dkva's documents "
    "say, or as many as there are.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="Allowed true labels and their numbers, which predictions may then be; for the truth alone one "
    "beside TRUTH is found.",
)
@label_options
@click.option("--each", is_flag=True, help="Also each video by itself.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document in place of the tables.")
def evaluate(
    truth,
    predicted,
    protocols,
    scopes,
    background,
    ignore,
    last_end,
    n_segments,
    mapping,
    lengths,
    force_lengths,
    tier,
    fps,
    stride,
    each,
    as_json,
) -> int:
    """Score predictions that somebody has, under the protocols that publications use.

    TRUTH and PREDICTED are files or folders of labels, paired by the names of their videos: one label a
    frame (text, .npy, .npz, a table), lists of segments, exports of BORIS and ELAN, files that the programs
    of MS-TCN and ASFormer write, or results of dkva segment and dkva transfer. Frames are those of the
    prediction.

    Intervals are of 95 %, by bootstrap over the videos.
    """
    from dkva.base.errors import ResultsError
    from dkva.cli.evaluating.find import open_labels
    from dkva.cli.evaluating.output import as_document, show
    from dkva.cli.evaluating.score import CLASSES, How
    from dkva.datasets import DataError

    reading = label_reading(lengths, force_lengths, tier, fps, stride)
    try:
        true, found = open_labels(truth), open_labels(predicted, predicted=True)
        reading = _with_mapping(reading, truth, mapping)
    except (DataError, ResultsError) as error:
        raise click.ClickException(str(error)) from error
    skipped = tuple(filter(None, background)) if background else How.background
    how = How(tuple(ignore), skipped, last_end, n_segments)
    numbers = reading.mapping if mapping is not None else None
    classes = not protocols or CLASSES in protocols
    pairs, problems = _read(true, found, truth, reading, numbers, how, classes=classes)
    notes = [*true.notes, *found.notes, *gathered({pair.name: pair.notes for pair in pairs})]
    notes += _notes(pairs, true, found, how)
    scored: list[Scored] = []
    if pairs:
        scored, more = _scored(pairs, protocols, scopes, how)
        notes += more
    if as_json:
        document = as_document(scored, pairs, how, each=each, problems=problems, notes=notes)
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        show(scored, pairs, how, each=each)
    for problem in problems:
        complain(problem)
    for note in notes if not as_json else ():
        remark(note)
    return 2 if problems else 0


def _with_mapping(reading: LabelReading, truth: Path, mapping: Path | None) -> LabelReading:
    """The reading with the mapping that was given, or that lies beside the true labels. Raises DataError."""
    from dkva.datasets import find_mapping, read_mapping

    path = mapping or find_mapping(truth)
    return reading if path is None else replace(reading, mapping=read_mapping(path), mapping_path=path)


def _read(
    true: LabelSet,
    found: LabelSet,
    truth: Path,
    reading: LabelReading,
    numbers: Mapping[str, int] | None,
    how: How,
    *,
    classes: bool,
) -> tuple[list[Pair], list[str]]:
    """Both labels of each video that can be scored, and what is wrong with the others, one line each."""
    from dkva.cli.evaluating.read import read_pair
    from dkva.datasets import DataError, tried

    pairs: list[Pair] = []
    problems: list[str] = []
    if true.only is not None and len(found.names) > 1:
        raise click.ClickException(f"{truth}: is one file for {len(found.names)} videos; give a folder")
    for name in found.names:
        try:
            source, prediction = true.find(name), found.find(name)
            if source is None or prediction is None:
                raise DataError(truth, f"has no labels for {name!r}", f"{tried(name)}; add them")
            pair = read_pair(name, source, prediction, reading, numbers)
            _check_counts(pair, how, classes=classes)
        except DataError as error:
            problems.append(str(error))
        except OSError as error:
            problems.append(f"{error.filename or name}: cannot be read ({error.strerror}); free it")
        else:
            pairs.append(pair)
    return pairs, problems


def _check_counts(pair: Pair, how: How, *, classes: bool) -> None:
    """Raise DataError if no frame of a video can be scored, or if all its segments are skipped."""
    from dkva.cli.evaluating.score import kept
    from dkva.datasets import DataError

    counts = kept(pair, how.ignore)
    if not counts.any():
        raise DataError(pair.path, "no frame is left to score", "leave the video out, or ignore fewer labels")
    if classes and set(pair.truth[counts].tolist()) <= set(how.background):
        raise DataError(pair.path, "is background only, of which segments say nothing", "leave the video out")


def _notes(pairs: Sequence[Pair], true: LabelSet, found: LabelSet, how: How) -> list[str]:
    """What there is to know of the videos together, one line each."""
    from dkva.datasets.annotations.forms import listed, plural

    notes = []
    alone = {name.rsplit("/", 1)[-1] for name in found.names}
    left = [name for name in true.names if name.rsplit("/", 1)[-1] not in alone] if true.only is None else []
    if left:
        notes.append(f"{plural(len(left), 'video')} of the truth without a prediction: {listed(left)}")
    known = {label for pair in pairs for label in pair.truth.tolist()}
    unseen = sorted(set(how.ignore) - known) if pairs else []
    return notes + [f"--ignore {label}: no video has this label" for label in unseen]


def _scored(
    pairs: Sequence[Pair], protocols: Sequence[str], scopes: Sequence[str], how: How
) -> tuple[list[Scored], list[str]]:
    """All that can be scored, and what there is to know of it, or click.ClickException on one line."""
    from dkva.cli.evaluating.score import CLASSES, scopes_of, score, shared_labels
    from dkva.datasets.annotations.forms import listed

    notes = []
    asked = list(dict.fromkeys(protocols)) or list(_PROTOCOLS)
    common = shared_labels(pairs)
    if CLASSES in asked and not common:
        shown = [
            listed(sorted({label for pair in pairs for label in of(pair).tolist() if label}), most=3)
            for of in (lambda pair: pair.predicted, lambda pair: pair.truth)
        ]
        clusters = f"no predicted label ({shown[0]}) is a true one ({shown[1]}): these are clusters"
        if protocols:
            raise click.ClickException(
                f"--protocol {CLASSES}: {clusters}: use --protocol tw-finch or asot, or give --mapping if "
                "they are numbers of classes"
            )
        notes.append(f"{CLASSES} is left out: {clusters} (--mapping if they are numbers of classes)")
        asked.remove(CLASSES)
    elif CLASSES in asked and all(label.isdecimal() for label in common):
        notes.append(f"{CLASSES}: predicted and true labels are numbers, and are taken for the same classes")
    activities = _activities(pairs)
    if "activity" in scopes and None in activities:
        name = pairs[activities.index(None)].name
        raise click.ClickException(
            f"--scope activity: {name} has no activity in its name or folder; lay files in folders of their "
            f"activities, such as coffee/{name}"
        )
    if "tw-finch" in asked and how.n_segments is not None:
        _check_asked(pairs, how.n_segments)
    found = []
    for protocol in asked:
        for scope in list(dict.fromkeys(scopes)) or scopes_of(protocol, activities):
            try:
                found.append(score(pairs, protocol, scope, activities, how))
            except ValueError as error:
                raise click.ClickException(f"{protocol}, {scope}: {error}") from error
    return found, notes


def _check_asked(pairs: Sequence[Pair], n_segments: int) -> None:
    """Raise click.ClickException if a video has more clusters than -k says were asked for."""
    for pair in pairs:
        found = len(set(pair.predicted.tolist()))
        if found > n_segments:
            raise click.ClickException(
                f"-k {n_segments}: {pair.name} has {found} different labels predicted; give at least {found}"
            )


def _activities(pairs: Sequence[Pair]) -> list[str | None]:
    """The activity of each video, by its name or its folder; None if there is none."""
    from dkva.cli.training.videos import known_activities
    from dkva.datasets.activities import activity_in

    known = known_activities(None)
    return [
        activity_in(pair.name, known) or (pair.name.split("/")[0] if "/" in pair.name else None)
        for pair in pairs
    ]
