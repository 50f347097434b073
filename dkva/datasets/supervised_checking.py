"""What of the data sets with splits is on disk, what is wrong with it, and how it compares with releases."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from dkva.base.checks import check_choice
from dkva.datasets.annotations.forms import listed, of_classes, plural
from dkva.datasets.errors import DataError
from dkva.datasets.findings import Finding, examine
from dkva.datasets.folder import FeatureFolder, VideoFile
from dkva.datasets.reading import NO_LABEL
from dkva.datasets.splits import Split, check_apart, find_splits, has_bundles, named, read_bundle
from dkva.datasets.supervised_sets import (
    SUPERVISED_SETS,
    SupervisedSet,
    by_name,
    released_videos,
    set_of,
)

__all__ = ["SplitFound", "SupervisedReport", "check_supervised"]


@dataclass(frozen=True)
class SplitFound:
    """A split as it was found.

    Attributes:
        name: such as "1".
        train: videos to train on.
        test: videos to test on.
        untrained: classes of the mapping that no video to train on has.
    """

    name: str
    train: int
    test: int
    untrained: tuple[str, ...] = ()


@dataclass(frozen=True)
class SupervisedReport:
    """One data set as it was found.

    Attributes:
        data_set: its description.
        root: its folder, or None.
        splits: those whose bundles can be used.
        findings: one a video.
        classes: of the mapping, or different labels without one.
        unlisted: videos that no bundle names, by name.
        problems: all of them, those beside the videos first.
    """

    data_set: SupervisedSet
    root: Path | None = None
    splits: tuple[SplitFound, ...] = ()
    findings: tuple[Finding, ...] = ()
    classes: int = 0
    unlisted: tuple[str, ...] = ()
    problems: tuple[DataError, ...] = ()

    @property
    def found(self) -> dict[str, float | None]:
        """Videos, classes, features and splits; the mean of frames, of the videos that can be read."""
        widths = {each.features for each in self.findings if each.features is not None}
        frames = [each.frames for each in self.findings if each.frames is not None]
        return {
            "videos": len(self.findings),
            "classes": self.classes,
            "features": widths.pop() if len(widths) == 1 else None,
            "splits": len(self.splits),
            "frames": fmean(frames) if frames else None,
        }

    @property
    def published(self) -> dict[str, int]:
        """What is published of the release; nothing of data of your own."""
        known = {name: getattr(self.data_set, name) for name in ("videos", "classes", "features", "splits")}
        return {name: value for name, value in known.items() if value is not None}

    @property
    def differs(self) -> dict[str, int]:
        """Which of `published` these files do not bear out, and what is published."""
        if self.root is None:
            return {}
        return {name: value for name, value in self.published.items() if self.found[name] != value}

    @property
    def notes(self) -> list[str]:
        """What is no error and may surprise."""
        notes = []
        for split in self.splits:
            if split.untrained:
                count = len(split.untrained)
                shown = listed(split.untrained, most=3)
                notes.append(
                    f"split {split.name}: {of_classes(count)} of the mapping "
                    f"{'is' if count == 1 else 'are'} in no training video: {shown}"
                )
        usable = [f for f in self.findings if not f.problems]
        gaps = [f.labels - f.frames for f in usable if f.labels and f.frames and f.labels != f.frames]
        if gaps:
            has = f"{plural(len(gaps), 'video')} {'has' if len(gaps) == 1 else 'have'}"
            notes.append(
                f"{has} up to {max(map(abs, gaps))} labels more or fewer than frames; labels at the end are "
                "cut, and frames at the end are left without one"
            )
        if self.unlisted:
            notes.append(f"in no bundle: {listed(self.unlisted, most=3)}")
        if self.root is not None and self.data_set.sample_rate > 1:
            notes.append(f"published methods take one frame of {self.data_set.sample_rate} of it")
        return notes

    def as_dict(self) -> dict:
        """For JSON."""
        return {
            "name": self.data_set.name,
            "title": self.data_set.title,
            "folder": None if self.root is None else str(self.root),
            "layout": "splits",
            "source": self.data_set.source,
            "found": None if self.root is None else self.found,
            "splits": {
                split.name: {"train": split.train, "test": split.test, "untrained": list(split.untrained)}
                for split in self.splits
            },
            "published": self.published,
            "differs": self.differs,
            "notes": self.notes,
            "problems": [
                {"file": str(e.path), "line": e.line, "problem": e.problem, "remedy": e.remedy}
                for e in self.problems
            ],
        }


def check_supervised(
    root: str | Path,
    names: Iterable[str] | None = None,
    *,
    cache: bool = True,
    watch: Callable[[Sequence[VideoFile], str], Iterable[VideoFile]] | None = None,
) -> list[SupervisedReport]:
    """Look for data sets with splits below a folder and read every file of those that are there.

    Args:
        root: a folder that holds data set folders, or that of one; it may be one of your own.
        names: which of `SUPERVISED_SETS`; None for all, or for the one that `root` is.
        cache: keep parsed text; see `read_features`.
        watch: given a data set's videos and its title, hands them on one by one, to show how far it is.

    Returns:
        A report for each, with `root` None if it is not there.

    Raises:
        DataError: `root` is no folder.
        ValueError: an unknown name.
    """
    root, given = Path(root), None if names is None else list(dict.fromkeys(names))
    for name in given or ():
        check_choice("data set", name, SUPERVISED_SETS)
    if not root.is_dir():
        raise DataError(root, "is no folder", "give the folder of the data sets")
    if given is None and has_bundles(root):
        return [_report(set_of(root), root, cache, watch)]
    reports = []
    for data_set in (SUPERVISED_SETS[name] for name in (SUPERVISED_SETS if given is None else given)):
        try:
            place = data_set.find(root)
        except DataError as error:
            reports.append(SupervisedReport(data_set, root, problems=(error,)))
            continue
        reports.append(
            SupervisedReport(data_set) if place is None else _report(data_set, place, cache, watch)
        )
    return reports


def _report(
    data_set: SupervisedSet,
    root: Path,
    cache: bool,
    watch: Callable[[Sequence[VideoFile], str], Iterable[VideoFile]] | None,
) -> SupervisedReport:
    try:
        folder = released_videos(root, cache=cache, strict=False)
    except DataError as error:
        return SupervisedReport(data_set, root, problems=(error,))
    problems = list(folder.problems)
    if folder.mapping is None and not problems:
        remedy = 'give one of lines "number class", an action each'
        problems.append(DataError(root / "mapping.txt", "not found", remedy))
    try:
        bundles = find_splits(root)
    except DataError as error:
        problems.append(error)
        bundles = {}
    findings = examine(folder if watch is None else watch(folder, data_set.title))
    labels = {finding.video.name: _labels(finding) for finding in findings}
    known = set(folder.mapping or set().union(*labels.values()))
    splits = [_split(split, folder, known, labels, problems) for split in bundles.values()]
    problems += [_here(error) for finding in findings for error in finding.problems]
    return SupervisedReport(
        data_set,
        root,
        tuple(split for split in splits if split is not None),
        tuple(findings),
        len(known),
        _unlisted(folder, bundles) if bundles else (),
        tuple(problems),
    )


def _split(
    split: Split,
    folder: FeatureFolder,
    known: set[str],
    labels: Mapping[str, set[str]],
    problems: list[DataError],
) -> SplitFound | None:
    """A split, or None if its bundles cannot be used, which is added to the problems."""
    videos = by_name(folder)
    counts, trained = [], set()
    try:
        for bundle in filter(None, split[1:]):
            chosen = named(bundle, videos)
            counts.append(len(chosen))
            if bundle == split.train:
                trained = set().union(*(labels[video.name] for video in chosen))
        check_apart(split)
    except DataError as error:
        problems.append(error)
        return None
    return SplitFound(split.name, counts[0], counts[1], tuple(sorted(known - trained)))


def _labels(finding: Finding) -> set[str]:
    """Different labels of a video; none if its files cannot be used."""
    if finding.problems or finding.frames is None:
        return set()
    truth = finding.video.truth_with_notes(finding.frames, finding.features)
    return set() if truth is None else set(truth.labels.tolist()) - {NO_LABEL}


def _unlisted(folder: FeatureFolder, bundles: Mapping[str, Split]) -> tuple[str, ...]:
    used: set[str] = set()
    for bundle in filter(None, itertools.chain.from_iterable(split[1:] for split in bundles.values())):
        try:
            used |= read_bundle(bundle).keys()
        except DataError:
            return ()  # the bundle is among the problems
    return tuple(sorted(set(by_name(folder)) - used))


def _here(error: DataError) -> DataError:
    """A problem whose remedy is an option of other commands, with one that can be followed here."""
    if not any(option in error.remedy for option in ("--lengths", "--force-lengths", "--transposed")):
        return error
    return DataError(error.path, error.problem, "download or export both again", error.line)
