"""Collections of supervised segmentation, one a split: its training videos, and its test videos.

The truth is the class of each frame, in words; a frame without one has "".
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dkva.base.video import Video
from dkva.datasets import DataError
from dkva.datasets.supervised_sets import SUPERVISED_SETS, open_split
from dkva.experiments.code_version import code_version
from dkva.experiments.collections import Collection
from dkva.experiments.experiment import Task
from dkva.experiments.learners import Member
from dkva.supervised import asformer_settings, ms_tcn_settings
from reproduce.collections import basic_motions, breakfast_like
from synthetic import breakfast_labels
from synthetic.breakfast_like import Settings, features_of

__all__ = [
    "ACTIVITIES",
    "KEYPOINTS",
    "LONGEST",
    "RECORDINGS",
    "SAMPLE_RATE",
    "SMALL",
    "SPLITS",
    "SPLIT_SETS",
    "VIDEOS",
    "SplitSet",
    "collections_of",
    "drawn",
    "like_splits",
    "needs",
    "recordings",
    "released_splits",
    "settings_of",
    "share_seen",
]

#: Breakfast-like: splits by subjects; the activities whose videos are short; and videos of each of these in
#: each split, which are drawn once and for all.
SPLITS, ACTIVITIES, VIDEOS = 4, ("cereals", "coffee", "milk", "tea"), 8

#: The most frames of a video of it: so few that every eighth are at most 128, and networks are compiled once.
LONGEST = 1024

#: Joined recordings of BasicMotions to train on, and as many of other pieces to test on.
RECORDINGS = 10

#: Every how many-th frame of these two is there. Breakfast has 15 a second, BasicMotions 10 readings.
SAMPLE_RATE = 8


@dataclass(frozen=True)
class SplitSet:
    """Videos with splits.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call it.
        parts: whether RTK is trained without each of its parts, too.
        seeds: of the models, unless others are asked for.
        small: whether its models are small ones, which are trained for a minute.
        released: whether it is one of the released data sets.
        lengths: up to which the overlaps of segments are compared, in frames of its features.
        within: frames of them by which a boundary may be off to be right.
        drawn: whether the picture of keypoints is of a video of it.
    """

    key: str
    title: str
    parts: bool = False
    seeds: int = 1
    small: bool = False
    released: bool = False
    lengths: tuple[int, ...] = (30, 100, 300, 1000, 3000)
    within: int = 5
    drawn: bool = False


#: File of arrays in results/, of what the picture of keypoints shows.
KEYPOINTS = "keypoint_figures.npz"

# Up to 20 seconds of Breakfast, and nearly all segments.
_SHORT = (8, 16, 32, 64, 128)

#: The sets by key; the first is that of a smoke run.
SPLIT_SETS = {
    each.key: each
    for each in (
        SplitSet(
            "breakfast_like",
            f"Breakfast-like by subjects (synthetic features, every {SAMPLE_RATE}th frame)",
            parts=True,
            small=True,
            lengths=_SHORT,
            within=1,  # of every eighth frame
            drawn=True,
        ),
        SplitSet(
            "basic_motions",
            f"joined recordings of BasicMotions (every {SAMPLE_RATE}th reading)",
            seeds=3,
            small=True,
            lengths=_SHORT,
            within=1,  # of every eighth frame
        ),
        *(
            SplitSet(each.name, each.title, parts=each.name == "gtea", released=True)
            for each in SUPERVISED_SETS.values()
        ),
    )
}


def share_seen(share: float) -> float:
    """RTK's α of the small sets: a share of a video's own frames as one of those that are there."""
    return min(1.0, SAMPLE_RATE * share)


# A CPU trains such a network in about half a minute. All methods have the same passes and dropout, as these
# alone move the scores.
_SIZES: Mapping[str, object] = {"maps": 16, "layers": 6, "learning_rate": 2e-3, "dropout": 0.25}

#: Settings of each method on the small sets, by its id, as far as they are not its defaults. Sizes and epochs
#: were chosen for time. Learning rate, dropout, RTK's weights of its maps' losses (published: 100), its
#: threshold of action points (published: .4) and lengths of boundaries were chosen by F1@50 on training
#: videos of a fourth of the subjects of Breakfast-like's first split that were held back.
SMALL: Mapping[str, Mapping[str, object]] = {
    "ms_tcn": {**_SIZES, "stages": 3, "epochs": 30},
    "asformer": {**_SIZES, "decoders": 1, "channel_dropout": 0.1, "epochs": 30},
    "rtk": {
        **_SIZES,
        "decoders": 1,
        "decoder_layers": 6,
        "channel_dropout": 0.1,
        "epochs": 18,
        "matching_epochs": 4,
        "joint_epochs": 8,
        "matching_videos": 4,
        "action_weight": 3.0,
        "boundary_weight": 3.0,
        "action_threshold": 0.05,
        "boundary_region": 12.0,
        "boundary_neighbourhood": 3.0,
        "candidates": share_seen(0.1),
        "graph_width": 16,
        "refiner_width": 32,
    },
}


def settings_of(given: SplitSet, method: str) -> dict[str, object]:
    """Settings of a method on a set, as far as they are not its defaults; RTK takes over ASFormer's.

    Args:
        given: the set.
        method: its id.
    """
    if given.small:
        return dict(SMALL[method])
    published = ms_tcn_settings.PUBLISHED if method == "ms_tcn" else asformer_settings.PUBLISHED
    return dict(published[given.title])


def collections_of(given: SplitSet, root: Path | None, seeds: Sequence[int]) -> list[Collection]:
    """A collection for each split, with its number in the column `split`.

    Args:
        given: one of `SPLIT_SETS`.
        root: folder of the real data; None if there is none.
        seeds: of the learners.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    if given.released:
        return released_splits(given.key, root, seeds)
    return like_splits(seeds) if given.key == "breakfast_like" else recordings(seeds)


def like_splits(
    seeds: Sequence[int],
    videos: int = VIDEOS,
    labels: breakfast_labels.LabelSet | None = None,
    settings: Settings | None = None,
) -> list[Collection]:
    """Breakfast-like by subjects, as on Breakfast: nobody is both trained on and tested on.

    The subjects, in the order of their names, are cut into as many groups as there are splits. With the real
    labels these are P16 to P54, as those of P03 to P15 are not at hand, so that the splits are not
    Breakfast's.

    Args:
        seeds: of the learners.
        videos: of each activity in each group.
        labels: None means the real ones if they are found, else the grammar's.
        settings: of the features; None means the default.
    """
    labels, settings = labels or breakfast_labels.load_label_set(), settings or Settings()
    groups = drawn(labels.videos, videos)
    members = [tuple(_made(video, settings) for video in group) for group in groups]
    title = breakfast_like.title(labels.source)
    return [
        Collection(
            f"breakfast_like, split {number}",
            tuple(member for other in members if other is not mine for member in other),
            mine,
            len(_actions([video for group in groups for video in group])),
            tuple(seeds),
            {"dataset": title, "split": number},
        )
        for number, mine in enumerate(members, 1)
    ]


def drawn(
    videos: Sequence[breakfast_labels.Video], each: int, groups: int = SPLITS
) -> list[list[breakfast_labels.Video]]:
    """Videos of each group of subjects, `each` of each of `ACTIVITIES`, drawn once and for all.

    They have `LONGEST` frames at most, and no action that videos of a group lack: networks of all splits then
    have the same classes, unless one is not drawn, and are compiled once.

    Args:
        videos: all that there are.
        each: how many of an activity; all if there are fewer.
        groups: how many, of about as many subjects each.
    """
    subjects = np.array(sorted({video.subject for video in videos}))
    fitting = [video for video in videos if video.activity in ACTIVITIES and len(video) <= LONGEST]
    parts = [
        [video for video in fitting if video.subject in people] for people in np.array_split(subjects, groups)
    ]
    shared = set.intersection(*(_actions(part) for part in parts))
    out = []
    for number, part in enumerate(parts):
        rng = np.random.default_rng(number)
        mine: list[breakfast_labels.Video] = []
        for activity in ACTIVITIES:
            those = [video for video in part if video.activity == activity and _actions([video]) <= shared]
            mine += [those[index] for index in sorted(rng.permutation(len(those))[:each].tolist())]
        out.append(mine)
    return out


def _actions(videos: Sequence[breakfast_labels.Video]) -> set[str]:
    return {segment.action for video in videos for segment in video.segments}


def _made(video: breakfast_labels.Video, settings: Settings) -> Member:
    code = code_version(load_made)
    return Member(
        f"{video.activity}/{video.name}",
        functools.partial(load_made, video, settings),
        f"{breakfast_like.digest(video, settings)}/{code}",
    )


def load_made(video: breakfast_labels.Video, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 64] and actions [n] of every `SAMPLE_RATE`-th frame of a video of Breakfast-like."""
    return features_of(video, settings)[::SAMPLE_RATE], video.labels[::SAMPLE_RATE]


def recordings(seeds: Sequence[int], many: int = RECORDINGS) -> list[Collection]:
    """Joined recordings of real motion, one split: test recordings are of people's other tries.

    Args:
        seeds: of the learners.
        many: how many to train on, and to test on.
    """
    code = code_version(load_recording)
    train, test = (
        tuple(
            Member(task.video, functools.partial(load_recording, task), f"{task.checksum}/{code}")
            for task in basic_motions.tasks(split, range(many))
        )
        for split in ("train", "test")
    )
    columns: dict[str, str | int | float] = {"dataset": "BasicMotions (joined)", "split": 1}
    return [Collection("basic_motions, joined", train, test, basic_motions.K, tuple(seeds), columns)]


def load_recording(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 12] and activities [n] of every `SAMPLE_RATE`-th reading of a joined recording."""
    readings, truth = task.load()
    return readings[::SAMPLE_RATE], truth[::SAMPLE_RATE]


def needs(name: str) -> str:
    """What to get of a released data set, for lines that need it.

    Args:
        name: one of `SUPERVISED_SETS`.
    """
    data_set = SUPERVISED_SETS[name]
    return f"{data_set.title}: {data_set.source}; folder {data_set.folders[0]}"


def released_splits(name: str, root: Path | None, seeds: Sequence[int] = (0,)) -> list[Collection]:
    """A collection for each published split of a released data set.

    Every file is read, so that rows are kept under what is in them.

    Args:
        name: one of `SUPERVISED_SETS`.
        root: folder of the real data; None if there is none.
        seeds: of the learners.

    Raises:
        DataError: the data set or one of its splits is not there, or files of it cannot be used.
    """
    data_set = SUPERVISED_SETS[name]
    if root is None:
        raise DataError(data_set.folders[0], "is not given", "name the folder that holds it")
    folder = data_set.find(root)
    if folder is None:
        raise DataError(root / data_set.folders[0], "not found", f"get {needs(name)}")
    known: dict[str, Member] = {}

    def members(videos: Sequence[Video]) -> tuple[Member, ...]:
        for video in videos:
            if video.name not in known:
                known[video.name] = _member(video)
        return tuple(known[video.name] for video in videos)

    out = []
    for number in range(1, (data_set.splits or 1) + 1):
        train, test = (members(videos) for videos in open_split(folder, number))
        columns: dict[str, str | int | float] = {"dataset": data_set.title, "split": number}
        out.append(
            Collection(f"{name}, split {number}", train, test, data_set.classes or 1, tuple(seeds), columns)
        )
    return out


def _member(video: Video) -> Member:
    digest = hashlib.blake2b(digest_size=16)
    features, truth = video.labelled()
    for array in (features, np.asarray(truth, str)):
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return Member(video.name, video.load, digest.hexdigest())
