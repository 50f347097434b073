"""Several videos cut into one set of actions: a label means the same in all of them, and has one name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import click

from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.segmenting.way import Way
from dkva.cli.segmenting.work import Planned, Read, Worked, cut_alone, key_of, noted, read_video, told

if TYPE_CHECKING:
    import numpy as np

    from dkva.metrics.segmentation import Scores

__all__ = ["Shared", "shared", "work_together"]

_ANEW = "cut anew with all others, as the set of videos, or a setting, is another one than before"


def work_together(
    units: Sequence[Planned], way: Way, started: Callable[[int], object] = lambda index: None
) -> Iterator[tuple[int, Worked]]:
    """(index, what came of it) of each video, all cut together in this process unless all are done already.

    Videos that cannot be read are left out. A single video is cut as by itself.

    Args:
        units: the videos.
        way: how.
        started: is told the index of each video when it is read.

    Raises:
        click.ClickException: videos of different numbers of features, or what the method refuses.
    """
    reads: dict[int, Read] = {}
    for index in sorted(range(len(units)), key=lambda index: units[index].video.name):
        started(index)
        found = told(units[index].video, partial(read_video, units[index].video))
        if isinstance(found, Worked):
            yield index, found
        else:
            reads[index] = found
    if len(reads) < 2:
        for index, read in reads.items():
            unit = units[index]
            yield index, told(unit.video, partial(cut_alone, unit, way.alone(), read))
        return
    _check_widths([(units[index], read) for index, read in reads.items()])
    way = way.at(_rate(reads.values()))
    digest = _digest(reads.values())
    of_all = {"videos": len(reads), "digest": digest}
    known = {
        index: replace(
            read.worked,
            key=key_of(units[index].video, way, read, digest),
            together=of_all,
            shortest=way.shortest,
        )
        for index, read in reads.items()
    }
    if all(units[index].done == worked.key for index, worked in known.items()):
        yield from known.items()
        return
    if any(units[index].video.reading.cache for index in known):
        keep_compiled_programs()
    said: list[str] = []
    try:
        with noted(said):
            cuts = way.cut_together([read.features for read in reads.values()])
    except (ValueError, ImportError) as error:
        raise click.ClickException(f"--together: {error}") from error
    for (index, worked), cut in zip(known.items(), cuts, strict=True):
        notes = [*worked.notes, *said, *([_ANEW] if units[index].done is not None else [])]
        said = []
        yield index, replace(worked, segmentation=reads[index].in_frames(cut), notes=tuple(notes))


def _check_widths(videos: Sequence[tuple[Planned, Read]]) -> None:
    from dkva.datasets.annotations.forms import plural

    (first, read), *others = videos
    width = read.features.shape[1]
    for other, found in others:
        if found.features.shape[1] != width:
            raise click.ClickException(
                f"--together: {first.video.path} has {plural(width, 'feature')} and {other.video.path} has "
                f"{found.features.shape[1]}; give videos of as many, or choose with --columns"
            )


def _rate(reads: Iterable[Read]) -> float | None:
    """Rows of features a second over all videos; None if one has no times."""
    rates = [(len(read.features), read.rate) for read in reads]
    seconds = sum(n / rate for n, rate in rates if rate)
    return sum(n for n, _ in rates) / seconds if all(rate for _, rate in rates) else None


def _digest(reads: Iterable[Read]) -> str:
    contents = [read.source["blake2b"] for read in reads]
    return hashlib.blake2b(json.dumps(contents).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Shared:
    """What videos that are cut together have in common.

    Attributes:
        matching: true label of each label that has one, of one matching for all videos; None without truth.
        scores: by this matching, of each video that has true labels.
        order: labels, after matching, in the order of their looks.
    """

    matching: Mapping | None = None
    scores: Mapping[str, Scores] = field(default_factory=dict)
    order: tuple = ()


def shared(
    labels: Mapping[str, np.ndarray],
    truths: Mapping[str, np.ndarray],
    n_segments: int,
    ignore: Sequence[str] = (),
) -> Shared:
    """One matching of labels to true labels for all videos, and the scores by it.

    Args:
        labels: of each video [n_i].
        truths: true labels of those videos that have some [n_i], "" for frames without one.
        n_segments: that were asked for.
        ignore: true labels that are left out.
    """
    import numpy as np

    from dkva.datasets.reading import NO_LABEL
    from dkva.metrics.activities import evaluate_together

    known = {label for truth in truths.values() for label in truth.tolist()}
    left_out = [*ignore, NO_LABEL] if NO_LABEL in known else [*ignore]
    scored = [name for name, truth in truths.items() if not np.isin(truth, left_out).all()]
    numbers = tuple(range(n_segments))
    if not scored:
        return Shared(order=numbers)
    scores = evaluate_together(
        [truths[name] for name in scored],
        [labels[name] for name in scored],
        n_clusters=n_segments,
        ignore=left_out or None,
    )
    matching = scores[0].matching
    names = sorted(known - {NO_LABEL})
    order = (*names, *(number for number in numbers if number not in matching))
    return Shared(matching, dict(zip(scored, scores, strict=True)), order)
