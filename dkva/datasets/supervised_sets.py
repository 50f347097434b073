"""50 Salads, GTEA and Breakfast with splits, as MS-TCN's authors released them, and own data laid out alike.

A folder holds features/NAME.npy [features, frames], groundTruth/NAME.txt (a class a frame), mapping.txt, and
splits/ (`dkva.datasets.splits`). Labels that are a few more or fewer than frames are fitted as the released
programs do: those at the end are cut, and frames at the end have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from dkva.datasets.annotations.forms import FrameLabels
from dkva.datasets.annotations.recognise import read_annotation
from dkva.datasets.benchmarks import BENCHMARKS
from dkva.datasets.errors import BrokenDataError, DataError
from dkva.datasets.features import load_features
from dkva.datasets.folder import FeatureFolder, VideoFile
from dkva.datasets.lengths import is_small
from dkva.datasets.splits import check_apart, has_bundles, named, split_of

__all__ = [
    "LENGTHS",
    "SUPERVISED_SETS",
    "SupervisedSet",
    "by_name",
    "holds_columns",
    "open_split",
    "released_videos",
    "set_of",
]

#: What the released programs do if there are not as many labels as frames; see `LENGTH_POLICIES`.
LENGTHS = "trim"


@dataclass(frozen=True)
class SupervisedSet:
    """One of the three data sets, or one of your own.

    Attributes:
        name: its name here.
        title: its name in papers.
        folders: names its folder may have; case, blanks, "_" and "-" do not matter.
        videos: how many were published; None of data of your own, as the next three.
        classes: of its mapping, background included.
        features: of a frame.
        splits: pairs of bundles; published scores are means over them.
        sample_rate: every how many-th frame published methods are trained on.
        background: true labels whose segments are not scored.
    """

    name: str
    title: str
    folders: tuple[str, ...]
    videos: int | None = None
    classes: int | None = None
    features: int | None = None
    splits: int | None = None
    sample_rate: int = 1
    background: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Whose release to get."""
        return "release of Farha & Gall, CVPR 2019 (MS-TCN), with splits/"

    def owns(self, folder: Path) -> bool:
        """Whether a folder's name, or that of the folder it links to, is one of this data set's."""
        names = {_plain(folder.absolute().name), _plain(folder.resolve().name)}
        return bool(names & {_plain(name) for name in self.folders})

    def find(self, root: str | Path) -> Path | None:
        """This data set's folder: `root` itself if it has splits, or one in it; None without one.

        A folder of its name without splits counts only if no benchmark's folder is called so.

        Raises:
            DataError: `root` is the folder of another data set, or holds two for this one.
        """
        root = Path(root)
        if has_bundles(root):
            other = next((each for each in SUPERVISED_SETS.values() if each.owns(root)), self)
            if other.name != self.name:
                raise DataError(root, f"is the folder of {other.title}", f"give that of {self.title}")
            return root
        inside = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
        found = [path for path in (root, *inside) if self.owns(path) and self._is_released(path)]
        if len(found) > 1:
            shown = " and ".join(path.name for path in found)
            raise DataError(root, f"holds {shown} for {self.title}", "leave one of them there")
        return found[0] if found else None

    def _is_released(self, folder: Path) -> bool:
        taken = any(benchmark.owns(folder) for benchmark in BENCHMARKS.values())
        return has_bundles(folder) or (not taken and (folder / "features").is_dir())


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


#: The three data sets by name.
SUPERVISED_SETS: Mapping[str, SupervisedSet] = MappingProxyType(
    {
        data_set.name: data_set
        for data_set in (
            SupervisedSet("50salads", "50 Salads", ("50salads",), 50, 19, 2048, 5, sample_rate=2),
            SupervisedSet("gtea", "GTEA", ("gtea",), 28, 11, 2048, 4, background=("background",)),
            SupervisedSet("breakfast", "Breakfast", ("breakfast",), 1712, 48, 2048, 4),
        )
    }
)


def set_of(root: str | Path) -> SupervisedSet:
    """The data set that a folder is by its name; one of your own if it is none of the three."""
    root = Path(root)
    own = SupervisedSet(root.absolute().name, root.absolute().name, (root.absolute().name,))
    return next((data_set for data_set in SUPERVISED_SETS.values() if data_set.owns(root)), own)


def released_videos(
    root: str | Path, *, transposed: bool | None = None, cache: bool = True, strict: bool = True
) -> FeatureFolder:
    """All videos of such a folder, whatever its splits.

    Args:
        root: the folder that holds features/ and groundTruth/.
        transposed: whether feature files hold a column a frame; None sees by the first video's labels.
        cache: keep parsed text; see `read_features`.
        strict: see `FeatureFolder`.

    Raises:
        DataError: as `FeatureFolder`.
    """

    def opened(turned: bool) -> FeatureFolder:
        return FeatureFolder(root, lengths=LENGTHS, transposed=turned, cache=cache, strict=strict)

    folder = opened(True if transposed is None else transposed)
    return opened(False) if transposed is None and not holds_columns(folder[0]) else folder


def holds_columns(video: VideoFile) -> bool:
    """Whether a feature file holds one column a frame, by the number of its labels.

    Args:
        video: with its label file; without one, or if that does not say, it does.
    """
    if video.labels_path is None:
        return True
    try:
        rows, columns = load_features(video.path, replace(video.reading, transposed=False)).frames.shape
        found = read_annotation(video.labels_path, video.label_reading, video.name)
    except DataError:
        return True
    if not isinstance(found, FrameLabels):
        return True
    m = len(found.labels)
    return is_small(m - columns, columns) or not is_small(m - rows, rows)


def open_split(
    root: str | Path, split: int | str | Path, *, transposed: bool | None = None
) -> tuple[list[VideoFile], list[VideoFile]]:
    """The videos to train on and those to test on, in the order of the bundles; read when asked for.

    Args:
        root: the folder of the data set, which holds features/, groundTruth/, mapping.txt and splits/.
        split: its number, such as 1, or the bundle of the videos to train on.
        transposed: whether feature files hold a column a frame; None sees by the first video's labels.

    Returns:
        Videos whose `load` gives features [T, d] and labels [T]; it raises DataError if labels and frames
        differ by more than a few, or a label is not in the mapping. Without a bundle of videos to test on
        there are none.

    Raises:
        DataError: no such folder or split; a bundle that is empty or names a video without features; or a
            video in both bundles.
        BrokenDataError: a mapping that cannot be used, videos without labels, or with two feature files.
    """
    root = Path(root)
    if not root.is_dir():
        raise DataError(root, "is no folder", "give the folder of the data set")
    chosen = split_of(root, split)
    check_apart(chosen)
    folder = released_videos(root, transposed=transposed, strict=False)
    videos = by_name(folder)
    train, test = ([] if bundle is None else named(bundle, videos) for bundle in chosen[1:])
    broken = [*folder.problems, *(error for video in (*train, *test) for error in video.broken)]
    if broken:
        raise BrokenDataError(broken, "repair them, or take these videos out of the bundles")
    return train, test


def by_name(videos: FeatureFolder) -> dict[str, VideoFile]:
    """Videos by their names without folders, by which bundles call them; of two alike the first."""
    found: dict[str, VideoFile] = {}
    for video in videos:
        found.setdefault(video.name.rpartition("/")[2], video)
    return found
