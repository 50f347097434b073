"""Data sets that alignment is measured on: Pouring, PennAction, H2O and IKEA ASM, as they were released."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, overload

from dkva.base.checks import check_choice
from dkva.datasets.alignment.h2o import has_h2o, read_h2o
from dkva.datasets.alignment.lists import has_lists, read_lists
from dkva.datasets.alignment.penn_action import has_penn_action, read_penn_action
from dkva.datasets.alignment.records import has_records, read_records
from dkva.datasets.alignment.videos import Activity, AlignmentVideo, Counts
from dkva.datasets.errors import BrokenDataError, DataError

__all__ = ["ALIGNMENT_SETS", "AlignmentFolder", "AlignmentSet", "Layout"]

#: Folder in which CASA's authors keep the files of all data sets.
RECORDS = "npyrecords"


class Layout(NamedTuple):
    """One way in which a data set was released.

    Attributes:
        what: the files that a folder of it holds, in words.
        there: `there(folder, activities)`: whether it is such a folder.
        read: `read(folder, activities, problems)`: its videos; what is wrong is added to the problems.
    """

    what: str
    there: Callable[[Path, Sequence[Activity]], bool]
    read: Callable[[Path, Sequence[Activity], list[DataError]], list[AlignmentVideo]]


@dataclass(frozen=True)
class AlignmentSet:
    """One of the four data sets.

    Attributes:
        name: its name here.
        title: its name in papers.
        source: whose release to get.
        folders: names its folder may have; case, blanks, "_" and "-" do not matter.
        activities: what is published of each, in the order of the release.
        layouts: by whose release: "carl", "casa", or "own" for that of its own authors.
        stride: every how many-th frame published figures of Kendall's tau and of retrieval are computed on.
    """

    name: str
    title: str
    source: str
    folders: tuple[str, ...]
    activities: tuple[Activity, ...]
    layouts: Mapping[str, Layout]
    stride: int

    def owns(self, folder: Path) -> bool:
        """Whether a folder is called as this data set's is."""
        return _plain(folder.absolute().name) in {_plain(name) for name in self.folders}

    def find(self, root: str | Path) -> dict[str, Path]:
        """Folder of each layout that is there: in `root`, `root` itself, or CASA's npyrecords/ in either."""
        root = Path(root)
        inside = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
        places = [*(path for path in inside if self.owns(path)), root]
        places += [place / RECORDS for place in places]
        found = {}
        for name, layout in self.layouts.items():
            place = next((place for place in places if layout.there(place, self.activities)), None)
            if place is not None:
                found[name] = place
        return found

    def open(self, root: str | Path, *, layout: str | None = None, strict: bool = True) -> AlignmentFolder:
        """Its videos, those to train on first in each activity; features are read when they are asked for.

        Args:
            root: the folder of this data set, or one that holds it.
            layout: whose release to read if there are several; None means the first of `layouts` that is
                there.
            strict: False raises nothing for single files and videos, which are left out and noted in
                `problems`.

        Raises:
            DataError: nothing of this data set is there.
            BrokenDataError: if strict, every file and video that cannot be used, at once.
            ValueError: an unknown layout.
        """
        if layout is not None:
            check_choice(f"layout of {self.title}", layout, self.layouts)
        if not Path(root).is_dir():
            raise DataError(root, "is no folder", "give the folder of the data sets")
        found = self.find(root)
        wanted = layout or next((name for name in self.layouts if name in found), None)
        if wanted not in found:
            kinds = [self.layouts[wanted]] if wanted else self.layouts.values()
            shown = " or ".join(each.what for each in kinds)
            raise DataError(root, f"holds no {self.title} ({shown})", f"get {self.source}")
        return AlignmentFolder(self, wanted, found[wanted], strict)


class AlignmentFolder(Sequence[AlignmentVideo]):
    """A data set on disk, a sequence of `AlignmentVideo`; see `AlignmentSet.open`.

    Attributes:
        data_set: its description.
        layout: whose release it is.
        root: its folder.
        problems: what is wrong with its files and was left out.
    """

    def __init__(self, data_set: AlignmentSet, layout: str, root: Path, strict: bool):
        self.data_set, self.layout, self.root = data_set, layout, root
        problems: list[DataError] = []
        self._videos = data_set.layouts[layout].read(root, data_set.activities, problems)
        self.problems = tuple(problems)
        if strict and problems:
            raise BrokenDataError(problems, "repair them, or open it with strict=False")

    def of(self, activity: str, split: str) -> list[AlignmentVideo]:
        """The videos of an activity in a split, "train" or "test", in the order of the release."""
        return [video for video in self if (video.activity, video.split) == (activity, split)]

    @overload
    def __getitem__(self, index: int) -> AlignmentVideo: ...
    @overload
    def __getitem__(self, index: slice) -> list[AlignmentVideo]: ...
    def __getitem__(self, index):
        return self._videos[index]

    def __len__(self) -> int:
        return len(self._videos)

    def __iter__(self) -> Iterator[AlignmentVideo]:
        return iter(self._videos)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_LISTS = Layout("train.pkl and val.pkl of CARL's release", has_lists, read_lists)
_RECORDS = Layout("ACTIVITY_train.npy and ACTIVITY_val.npy of CASA's release", has_records, read_records)
_WITH_BACKGROUND = _RECORDS._replace(read=partial(read_records, background=True))


def _penn(name: str, phases: int, carl: tuple[int, int], casa: tuple[int, int], *also: str) -> Activity:
    """PennAction's own release has the videos that CARL's has."""
    counts = {"carl": Counts(*carl), "casa": Counts(*casa), "own": Counts(*carl)}
    return Activity(name, phases, MappingProxyType(counts), also)


# The order is that of the release: its lists number the actions.
_PENN_ACTION = (
    _penn("baseball_pitch", 4, (103, 63), (103, 63)),
    _penn("baseball_swing", 3, (113, 57), (113, 57)),
    _penn("bench_press", 2, (69, 71), (113, 57)),
    _penn("bowl", 3, (134, 85), (134, 84), "bowling"),
    _penn("clean_and_jerk", 6, (40, 42), (40, 42)),
    _penn("golf_swing", 3, (87, 77), (87, 77)),
    _penn("jumping_jacks", 4, (56, 56), (56, 56)),
    _penn("pushup", 2, (102, 106), (102, 105), "pushups"),
    _penn("pullup", 2, (98, 101), (98, 100), "pullups"),
    _penn("situp", 2, (50, 50), (50, 50)),
    _penn("squat", 4, (111, 115), (114, 115), "squats"),
    _penn("tennis_forehand", 3, (79, 74), (79, 74)),
    _penn("tennis_serve", 4, (98, 69), (115, 68)),
)

#: The four data sets, with the numbers that CARL's and CASA's programs list.
ALIGNMENT_SETS: Mapping[str, AlignmentSet] = MappingProxyType(
    {
        data_set.name: data_set
        for data_set in (
            AlignmentSet(
                name="pouring",
                title="Pouring",
                source="the release of CARL (Chen et al., CVPR 2022), and compute features",
                folders=("pouring",),
                # Its third list, test.pkl, has 32 videos that no published figure is of.
                activities=(Activity("pouring", 5, MappingProxyType({"carl": Counts(70, 14)})),),
                layouts=MappingProxyType({"carl": _LISTS}),
                stride=5,
            ),
            AlignmentSet(
                name="penn_action",
                title="PennAction",
                source="the release of CARL (Chen et al., CVPR 2022) or CASA (Kwon et al., CVPR 2022)",
                folders=("penn_action",),
                activities=_PENN_ACTION,
                layouts=MappingProxyType(
                    {
                        "carl": _LISTS,
                        "casa": _RECORDS,
                        "own": Layout("labels/*.mat of its own release", has_penn_action, read_penn_action),
                    }
                ),
                stride=2,
            ),
            AlignmentSet(
                name="h2o",
                title="H2O (pouring milk)",
                source="the release of CASA (Kwon et al., CVPR 2022), or H2O's own with CASA's labels",
                folders=("h2o", "h2o_casa"),
                activities=(
                    Activity(
                        "pouring_milk",
                        10,
                        MappingProxyType({"casa": Counts(27, 11), "own": Counts(27, 11)}),
                    ),
                ),
                layouts=MappingProxyType(
                    {
                        "casa": _RECORDS,
                        "own": Layout("subject1/h1/1/cam4/ and others of its own release", has_h2o, read_h2o),
                    }
                ),
                stride=2,
            ),
            AlignmentSet(
                name="ikea_asm",
                title="IKEA ASM (Kallax shelf drawer)",
                source="the release of CASA (Kwon et al., CVPR 2022)",
                folders=("ikea_asm", "ikea"),
                activities=(Activity("kallax_shelf_drawer", 17, MappingProxyType({"casa": Counts(61, 29)})),),
                layouts=MappingProxyType({"casa": _WITH_BACKGROUND}),
                stride=2,
            ),
        )
    }
)
