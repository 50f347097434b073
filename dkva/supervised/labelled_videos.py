"""Videos with true labels, as training takes them: read, checked, and one a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from dkva.base.buckets import bucket
from dkva.base.checks import check_features, check_whole
from dkva.base.video import Video
from dkva.nn.training_videos import standardised

__all__ = ["FRAME_ROWS", "NONE", "LabelledBatch", "LabelledSet", "VideoBatches", "load_labelled"]

#: Videos are padded to 128 frames, 256, 512 and so on, so that they share compiled programs.
FRAME_ROWS = 128, 2

#: Target of a frame without a label.
NONE = -1


@dataclass(frozen=True)
class LabelledSet:
    """A training set.

    Attributes:
        features: of each video in float32 [n, d].
        targets: of each video, the place of each frame's label in `classes`, `NONE` without a label [n].
        classes: labels that occur, sorted: text, or whole numbers.
    """

    features: list[np.ndarray]
    targets: list[np.ndarray]
    classes: tuple[str, ...] | tuple[int, ...]

    @property
    def width(self) -> int:
        """Features of a frame, d."""
        return self.features[0].shape[1]


def load_labelled(videos: Sequence[Video], *, sample_rate: int = 1, standardise: bool = False) -> LabelledSet:
    """A training set of videos with true labels, of any activities.

    Args:
        videos: whose frames have labels, "" (text) or a number below 0 being none.
        sample_rate: every so many frames one is taken, the first one first.
        standardise: whether each video's features are `dkva.nn.training_videos.standardised`.

    Raises:
        ValueError: no video, one without labels or with another number of them than frames, no label at all,
            features that are no finite numbers or of unequal widths, labels that are neither text nor whole
            numbers or both, or fewer than two classes.
    """
    check_whole("sample_rate", sample_rate, least=1)
    if not videos:
        raise ValueError("the training set is empty: give at least one video")
    features: list[np.ndarray] = []
    labels: list[np.ndarray] = []
    for video in videos:
        frames, truth = _read(video)
        if features and frames.shape[1] != features[0].shape[1]:
            raise ValueError(
                f"{video.name} has {frames.shape[1]} features a frame, and {videos[0].name} has "
                f"{features[0].shape[1]}: give videos whose features were made the same way"
            )
        if labels and truth.dtype.kind != labels[0].dtype.kind:
            raise ValueError(
                f"labels of {video.name} are {_kind(truth)}, and those of {videos[0].name} "
                f"{_kind(labels[0])}: give labels of one kind"
            )
        frames = frames[::sample_rate].astype(np.float32)
        features.append(standardised(frames) if standardise else frames)
        labels.append(truth[::sample_rate])
    classes = np.unique(np.concatenate([each[_there(each)] for each in labels]))
    if not len(classes):
        raise ValueError(f"no frame of {_count(videos)} has a label: give true labels of the training videos")
    if len(classes) == 1:
        raise ValueError(
            f"all labels of {_count(videos)} are {classes[0].item()!r}: give videos of two classes at least"
        )
    targets = [
        np.where(_there(each), np.searchsorted(classes, each), NONE).astype(np.int32) for each in labels
    ]
    return LabelledSet(features, targets, tuple(classes.tolist()))


def _count(videos: Sequence[Video]) -> str:
    return "the training video" if len(videos) == 1 else f"the {len(videos)} training videos"


def _read(video: Video) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of a video, checked; text as text, and numbers as numbers of one type."""
    features, labels = video.labelled()
    try:
        frames = check_features(features)
    except ValueError as error:
        raise ValueError(f"{video.name}: {error}") from error
    truth = np.asarray(labels)
    if truth.dtype.kind == "O" and all(isinstance(each, str) for each in truth.tolist()):
        truth = truth.astype(str)
    if truth.shape != (len(frames),):
        raise ValueError(
            f"{video.name}: labels are of shape {truth.shape}, and there are {len(frames)} frames: give one "
            "label a frame"
        )
    if truth.dtype.kind not in "Uiu":
        raise ValueError(f"{video.name}: labels are {truth.dtype}: give text or whole numbers")
    return frames, truth if truth.dtype.kind == "U" else truth.astype(np.int64)


def _kind(labels: np.ndarray) -> str:
    return "text" if labels.dtype.kind == "U" else "numbers"


def _there(labels: np.ndarray) -> np.ndarray:
    """Which frames have a label [n]."""
    return labels != "" if labels.dtype.kind == "U" else labels >= 0


class LabelledBatch(NamedTuple):
    """One video, padded, and what the random numbers of its step are drawn from.

    Attributes:
        features: 0 after the video's end [t, d].
        targets: places of classes, `NONE` without a label and after the end [t].
        mask: which frames are the video's [t].
        draw: seed, epoch and place of the batch in it [3].
    """

    features: Float[Array | np.ndarray, "t d"]
    targets: Int[Array | np.ndarray, " t"]
    mask: Bool[Array | np.ndarray, " t"]
    draw: UInt32[Array | np.ndarray, " 3"]

    def key(self) -> Array:
        """The key of the step's random numbers."""
        seed, epoch, place = jnp.asarray(self.draw)
        key = jax.random.key(seed, impl="threefry2x32")
        return jax.random.fold_in(jax.random.fold_in(key, epoch), place)


@dataclass(frozen=True)
class VideoBatches:
    """Batches of one video each, the same ones whenever an epoch is asked for.

    Lengths are those of `FRAME_ROWS`, so that trainings on other videos share compiled programs.

    Attributes:
        videos: the training set.
        seed: of the order of the videos, and of random numbers of the steps.
    """

    videos: LabelledSet
    seed: int

    def __call__(self, epoch: int) -> Iterator[LabelledBatch]:
        """All videos in the order of an epoch."""
        for place, index in enumerate(self.order(epoch)):
            yield self._batch(index, np.array([self.seed, epoch, place], np.uint32))

    def order(self, epoch: int) -> list[int]:
        """The videos in the order of an epoch, which is drawn."""
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.videos.features)).tolist()

    def _batch(self, index: int, draw: np.ndarray) -> LabelledBatch:
        features, targets = self.videos.features[index], self.videos.targets[index]
        n = len(features)
        more = bucket(n, *FRAME_ROWS) - n
        return LabelledBatch(
            np.pad(features, ((0, more), (0, 0))),
            np.pad(targets, (0, more), constant_values=NONE),
            np.arange(n + more) < n,
            draw,
        )
