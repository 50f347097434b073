"""`dkva train --split`: the videos to train on of a data set that was released with splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from dkva.cli.segmenting.find import Found, find_videos

if TYPE_CHECKING:
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import FeatureReading, LabelReading
    from dkva.datasets.supervised_sets import SupervisedSet
    from dkva.experiments.learners import Member

__all__ = ["SplitVideos", "lacking_classes", "sampling_remark", "split_videos"]


@dataclass(frozen=True)
class SplitVideos:
    """The videos of a split.

    Attributes:
        name: of the split.
        found: those to train on.
        reading: how their features are read.
        test: how many there are to test on, None if no bundle says so.
        data_set: which it is.
    """

    name: str
    found: Found
    reading: FeatureReading
    test: int | None
    data_set: SupervisedSet

    def in_words(self) -> str:
        """Such as "split 1: 21 videos to train on, 7 to test on"."""
        from dkva.datasets.annotations.forms import plural

        tested = "" if self.test is None else f", {self.test} to test on"
        return f"split {self.name}: {plural(len(self.found.videos), 'video')} to train on{tested}"


def split_videos(
    data: Sequence[Path],
    split: str,
    labels: Path | None,
    mapping: Path | None,
    reading: FeatureReading,
    label_reading: LabelReading,
) -> SplitVideos:
    """The videos to train on; nothing but names, the mapping and the first video's files is read.

    Features hold a column a frame, as they were released, unless the first video's labels or an option of
    the command say otherwise, and labels are fitted as the released programs do, unless an option does.

    Args:
        data: the folder of the data set, or of its features.
        split: its name, such as "1", or the bundle of the videos to train on.
        labels: folder of label files; None means groundTruth/ of the data set.
        mapping: as for `find_videos`.
        reading: how features are read by the options of the command.
        label_reading: likewise for labels.

    Raises:
        click.ClickException: data that is no such folder, a split that is not there, or a bundle that cannot
            be used.
    """
    from dkva.datasets import DataError
    from dkva.datasets.splits import check_apart, named, read_bundle, split_of
    from dkva.datasets.supervised_sets import LENGTHS, holds_columns, set_of

    try:
        place = _one_folder(data)
        root = _root_of(place)
        chosen = split_of(root, split)
        check_apart(chosen)
        files = named(chosen.train, _by_stem(place))
        test = None if chosen.test is None else len(read_bundle(chosen.test))
    except DataError as error:
        raise click.ClickException(str(error)) from error
    truth = root / "groundTruth" if labels is None else labels
    if not truth.exists():
        raise click.ClickException(f"{truth}: not found; give the folder of true labels by --labels")
    if not _is_given("lengths"):
        label_reading = replace(label_reading, lengths=LENGTHS)
    found = find_videos(tuple(files), truth, mapping, reading, label_reading)
    turned = reading.transposed
    if not _is_given("transposed"):
        turned = not found.videos or holds_columns(found.videos[0])
        if not turned:
            found.notes.append(f"{found.videos[0].path}: holds a row a frame, by its labels")
    reading = replace(reading, transposed=turned)
    found.videos = [replace(video, reading=reading) for video in found.videos]
    return SplitVideos(chosen.name, found, reading, test, set_of(root))


def _one_folder(data: Sequence[Path]) -> Path:
    if len(data) > 1:
        raise click.ClickException(f"--split: is of one data set, and {len(data)} are given; give one folder")
    (place,) = data
    if not place.is_dir():
        problem = "is no folder" if place.exists() else "not found"
        raise click.ClickException(f"{place}: {problem}; give the folder of the data set")
    return place


def _root_of(place: Path) -> Path:
    """The folder that holds splits/: that of the data set, if its features/ alone is given."""
    from dkva.datasets.splits import has_bundles

    above = place.absolute().parent
    return above if not has_bundles(place) and has_bundles(above) else place


def _by_stem(place: Path) -> dict[str, Path]:
    """Feature files by the names that bundles have; of two alike the first."""
    from dkva.datasets import find_features

    found: dict[str, Path] = {}
    for name, path in find_features(place / "features" if (place / "features").is_dir() else place):
        found.setdefault(name.rpartition("/")[2], path)
    return found


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is ParameterSource.COMMANDLINE


def lacking_classes(members: Sequence[Member], videos: Sequence[VideoFile]) -> list[str]:
    """A line on the classes of the mapping that no video has, if there are some.

    Args:
        members: that were read, with their labels.
        videos: that were found, which know the mapping.
    """
    from dkva.datasets.annotations.forms import listed, of_classes

    known = set().union(*(video.label_reading.mapping or () for video in videos))
    there: set[str] = set()
    for member in members:
        there |= set(member.truth().tolist())
    absent = sorted(known - there)
    if not absent:
        return []
    is_in = f"{of_classes(len(absent))} of the mapping {'is' if len(absent) == 1 else 'are'}"
    return [f"{is_in} in no training video: {listed(absent)}"]


def sampling_remark(data_set: SupervisedSet, settings: dict[str, Any]) -> list[str]:
    """A line if a method takes frames at another rate than published ones do of this data set."""
    rate = settings.get("sample_rate")
    if rate is None or data_set.sample_rate in (1, rate):
        return []
    return [
        f"published methods take one frame of {data_set.sample_rate} of {data_set.title}: "
        f"--sample-rate {data_set.sample_rate}"
    ]
