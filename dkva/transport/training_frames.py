"""Videos of one activity as batches of frames for training."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from dkva.base.checks import check_features, check_whole
from dkva.base.video import Video
from dkva.nn.sampling import sampled
from dkva.transport.fused_gw import half_width

__all__ = ["Batch", "FrameBatches", "load_frames", "prepared", "standardised", "warn_of_draws"]


class Batch(NamedTuple):
    """Frames of some videos, as many of each.

    Attributes:
        frames: features [b, n, d].
        mask: False at repetitions that fill up a short video [b, n].
    """

    frames: Float[np.ndarray, "b n d"]
    mask: Bool[np.ndarray, "b n"]


def standardised(features: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Features of mean 0 and variance 1 over the video, divided by sqrt(d) (ASOT, its public code).

    Rows whose sum is exactly 0 stay as they are and are left out of mean and variance; a feature that does
    not vary becomes 0.
    """
    features = np.asarray(features)
    kept = features.sum(1) != 0
    found = features[kept]
    scaled = np.zeros_like(features)
    if len(found):
        varies = found.max(0) > found.min(0)  # by rounding, the deviation of a constant may be above 0
        centred = (found - found.mean(0)) / np.where(varies, found.std(0), 1)
        scaled[kept] = np.where(varies, centred, 0) / np.sqrt(features.shape[1])
    return scaled


def prepared(features, width: int, *, standardise: bool) -> Float[np.ndarray, "n d"]:
    """Features of one video in float32, as a trained model takes them.

    Args:
        features: in order of time [n, d].
        width: of those of the training.
        standardise: whether they are `standardised`.

    Raises:
        ValueError: features that are no finite numbers, or of another width.
    """
    frames = check_features(features).astype(np.float32)
    if frames.shape[1] != width:
        raise ValueError(
            f"the model was trained on {width} features a frame, and these have {frames.shape[1]}: give "
            "features made the same way"
        )
    return standardised(frames) if standardise else frames


def load_frames(videos: Sequence[Video], n_segments: int, *, standardise: bool) -> list[np.ndarray]:
    """Features of every video of a training set in float32, checked.

    Args:
        videos: of one activity.
        n_segments: K.
        standardise: whether each is `standardised`.

    Raises:
        ValueError: no video, several activities, features that are no finite numbers or of unequal widths,
            or fewer frames in all than segments.
    """
    check_whole("n_segments", n_segments, least=1)
    if not videos:
        raise ValueError("the training set is empty: give at least one video")
    activities = Counter(video.activity for video in videos)
    if len(activities) > 1:
        listed = ", ".join(f"{name or 'none'} ({count})" for name, count in activities.items())
        raise ValueError(
            f"the training set mixes activities, {listed}: train one model for each, as they share no actions"
        )
    found: list[np.ndarray] = []
    for video in videos:
        try:
            features = check_features(video.features()).astype(np.float32)
        except ValueError as error:
            raise ValueError(f"{video.name}: {error}") from error
        if found and features.shape[1] != found[0].shape[1]:
            raise ValueError(
                f"{video.name} has {features.shape[1]} features a frame, and {videos[0].name} has "
                f"{found[0].shape[1]}: give videos whose features were made the same way"
            )
        found.append(standardised(features) if standardise else features)
    total = sum(map(len, found))
    if total < n_segments:
        raise ValueError(
            f"n_segments is {n_segments} and the videos have {total} frames in all: ask for fewer"
        )
    return found


def warn_of_draws(videos: Sequence[np.ndarray], frames: int, radius: float, alpha: float) -> None:
    """Warn of videos of fewer frames than a step draws, and of draws without a structure.

    Short videos are filled up by repetitions, which count as time in the prior, as in the published program:
    a video of a third of the frames is taken to end with the first third of the actions.

    Args:
        videos: features of each [n, d].
        frames: that a step draws of each video.
        radius: of the structure, a share of the frames.
        alpha: weight of the structure.
    """
    lengths = sorted(map(len, videos))
    short = sum(length < frames for length in lengths)
    if short:
        warnings.warn(
            f"{short} of {len(lengths)} videos have fewer frames than the {frames} that a step draws of each"
            f", and the filling counts as time: set frames to {lengths[0]} or fewer",
            stacklevel=3,
        )
    if half_width(frames, radius) == 0 and alpha > 0:
        warnings.warn(
            f"radius {radius:g} is less than one of the {frames} frames that a step draws, so that "
            f"neighbours do not count: give at least {1 / frames:.2g}",
            stacklevel=3,
        )


@dataclass(frozen=True)
class FrameBatches:
    """Batches of an epoch, the same ones whenever that epoch is asked for.

    Attributes:
        videos: features of each [n, d].
        frames: frames drawn of each video.
        size: videos of a batch; the last one of an epoch may have fewer.
        seed: of order and draws.
    """

    videos: Sequence[np.ndarray]
    frames: int
    size: int
    seed: int

    def __call__(self, epoch: int) -> list[Batch]:
        """All videos in a random order, some frames of each; epoch -1 is the one before training."""
        rng = np.random.default_rng([self.seed, epoch + 1])
        order = rng.permutation(len(self.videos))
        return [
            self._batch(order[start : start + self.size], rng) for start in range(0, len(order), self.size)
        ]

    def _batch(self, chosen: np.ndarray, rng: np.random.Generator) -> Batch:
        samples = [sampled(len(self.videos[index]), self.frames, rng) for index in chosen]
        frames = [self.videos[index][each.indices] for index, each in zip(chosen, samples, strict=True)]
        return Batch(np.stack(frames), np.stack([each.mask for each in samples]))
