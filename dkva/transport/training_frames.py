"""Videos of one activity as batches of frames for training."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from dkva.nn.sampling import sampled
from dkva.transport.fused_gw import half_width

__all__ = ["Batch", "FrameBatches", "warn_of_draws"]


class Batch(NamedTuple):
    """Frames of some videos, as many of each.

    Attributes:
        frames: features [b, n, d].
        mask: False at repetitions that fill up a short video [b, n].
    """

    frames: Float[np.ndarray, "b n d"]
    mask: Bool[np.ndarray, "b n"]


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
