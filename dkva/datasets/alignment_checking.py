"""What of the data sets of alignment is on disk, what is wrong with it, and how it compares with papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from dkva.base.checks import check_choice
from dkva.datasets.alignment.videos import Activity, AlignmentVideo
from dkva.datasets.alignment_sets import ALIGNMENT_SETS, AlignmentFolder, AlignmentSet
from dkva.datasets.errors import DataError

__all__ = ["ActivityFound", "AlignmentReport", "check_alignment", "sets_in"]


@dataclass(frozen=True)
class ActivityFound:
    """An activity as it was found.

    Attributes:
        activity: what is published of it.
        train: videos to train on.
        test: videos to measure on.
        phases: different phases.
        frames: mean frames of a video, None without any.
        longest: most frames of a video, None without any.
        features: columns of the features, None if there are none or they differ.
        joints: joints in them, or 0.
        unphased: frames without a phase.
    """

    activity: Activity
    train: int
    test: int
    phases: int
    frames: float | None
    longest: int | None
    features: int | None
    joints: int
    unphased: int


@dataclass(frozen=True)
class AlignmentReport:
    """One data set in one layout as it was found.

    Attributes:
        data_set: its description.
        layout: whose release it is; "" if it was not found.
        root: its folder, or None.
        activities: as they were found.
        problems: what is wrong.
    """

    data_set: AlignmentSet
    layout: str = ""
    root: Path | None = None
    activities: tuple[ActivityFound, ...] = ()
    problems: tuple[DataError, ...] = ()

    @property
    def differs(self) -> dict[str, dict[str, int]]:
        """By activity, which of "train", "test" and "phases" are not as published, and what is published."""
        out = {}
        for found in self.activities:
            published = _published(found.activity, self.layout)
            wrong = {name: value for name, value in published.items() if getattr(found, name) != value}
            if wrong:
                out[found.activity.name] = wrong
        return out

    @property
    def notes(self) -> list[str]:
        """What is no error and may surprise."""
        notes = []
        unphased = sum(found.unphased for found in self.activities)
        if unphased:
            notes.append(f"{unphased} frames are of no phase and are left out of the metrics")
        if self.layout == "casa" and any(found.features and not found.joints for found in self.activities):
            notes.append(
                "poses are parameters of a body model, taken as they are: joints come from that model alone"
            )
        return notes

    def as_dict(self) -> dict:
        """For JSON."""
        return {
            "name": self.data_set.name,
            "title": self.data_set.title,
            "folder": None if self.root is None else str(self.root),
            "layout": self.layout or None,
            "source": self.data_set.source,
            "found": {
                found.activity.name: {
                    "train": found.train,
                    "test": found.test,
                    "phases": found.phases,
                    "frames": found.frames,
                    "longest": found.longest,
                    "features": found.features,
                    "joints": found.joints,
                }
                for found in self.activities
            },
            "published": {
                found.activity.name: _published(found.activity, self.layout) for found in self.activities
            },
            "differs": self.differs,
            "notes": self.notes,
            "problems": [
                {"file": str(e.path), "line": e.line, "problem": e.problem, "remedy": e.remedy}
                for e in self.problems
            ],
        }


def check_alignment(
    root: str | Path,
    names: Iterable[str],
    *,
    watch: Callable[[Sequence[AlignmentVideo], str], Iterable[AlignmentVideo]] | None = None,
) -> list[AlignmentReport]:
    """Look for data sets of alignment below a folder and read every file of those that are there.

    Args:
        root: a folder that holds data set folders, or that of one.
        names: which of `ALIGNMENT_SETS`.
        watch: given a data set's videos and its title, hands them on one by one, to show how far it is.

    Returns:
        A report for each layout of each that is there, and one with `root` None for each that is not.

    Raises:
        DataError: `root` is no folder.
        ValueError: an unknown name.
    """
    root, chosen = Path(root), list(dict.fromkeys(names))
    for name in chosen:
        check_choice("data set", name, ALIGNMENT_SETS)
    if not root.is_dir():
        raise DataError(root, "is no folder", "give the folder of the data sets")
    reports = []
    for data_set in (ALIGNMENT_SETS[name] for name in chosen):
        layouts = data_set.find(root)
        reports += [_report(data_set.open(root, layout=each, strict=False), watch) for each in layouts]
        if not layouts:
            reports.append(AlignmentReport(data_set))
    return reports


def sets_in(root: Path) -> list[str]:
    """Names of the data sets that a folder holds or is, as far as names of folders and files tell."""
    return [
        name
        for name, data_set in ALIGNMENT_SETS.items()
        if any(
            layout != "carl" or data_set.owns(place)  # its lists are called alike for Pouring and PennAction
            for layout, place in data_set.find(root).items()
        )
    ]


def _published(activity: Activity, layout: str) -> dict[str, int]:
    counts = activity.counts[layout]
    return {"train": counts.train, "test": counts.test, "phases": activity.phases}


def _report(
    folder: AlignmentFolder,
    watch: Callable[[Sequence[AlignmentVideo], str], Iterable[AlignmentVideo]] | None,
) -> AlignmentReport:
    problems, lacking = list(folder.problems), [video.lacks for video in folder if video.lacks is not None]
    if lacking:
        problems.append(_together(lacking))
    read: dict[str, list[tuple[int | None, np.ndarray | None]]] = {}
    for video in folder if watch is None else watch(folder, folder.data_set.title):
        read.setdefault(str(video.activity), []).append(_read(video, problems))
    activities = []
    for activity in folder.data_set.activities:
        videos = [video for video in folder if video.activity == activity.name]
        of = read.get(activity.name, [])
        widths = {width for width, _ in of if width is not None}
        if len(widths) > 1:
            shown = " and ".join(map(str, sorted(widths)))
            problem = f"has videos of {activity.name} with {shown} features a frame"
            problems.append(DataError(folder.root, problem, "compute them all in one way"))
        activities.append(_found(activity, videos, widths, [each for _, each in of if each is not None]))
    return AlignmentReport(folder.data_set, folder.layout, folder.root, tuple(activities), tuple(problems))


def _read(video: AlignmentVideo, problems: list[DataError]) -> tuple[int | None, np.ndarray | None]:
    """Columns of the features and phases, as far as they can be read; errors are added to the problems."""
    phases = None
    try:
        phases = video.phases()
        if video.lacks is None:
            return video.load()[0].shape[1], phases
    except DataError as error:
        problems.append(error)
    return None, phases


def _found(
    activity: Activity, videos: Sequence[AlignmentVideo], widths: set[int], phases: Sequence[np.ndarray]
) -> ActivityFound:
    splits, joints = Counter(video.split for video in videos), {video.joints for video in videos}
    lengths = [len(each) for each in phases]
    labels = np.unique(np.concatenate(phases)) if phases else np.zeros(0)
    return ActivityFound(
        activity,
        train=splits["train"],
        test=splits["test"],
        phases=int((labels >= 0).sum()),
        frames=fmean(lengths) if lengths else None,
        longest=max(lengths, default=None),
        features=min(widths) if len(widths) == 1 else None,
        joints=min(joints) if len(joints) == 1 else 0,
        unphased=int(sum((each < 0).sum() for each in phases)),
    )


def _together(lacking: Sequence[DataError]) -> DataError:
    """One error for what many videos lack."""
    first, *others = lacking
    if not others:
        return first
    return DataError(first.path, f"{first.problem}, nor those of {len(others)} more videos", first.remedy)
