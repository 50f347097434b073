"""Videos of one activity in pairs, as batches of frames for training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.base.video import Video
from dkva.nn.sampling import sampled
from dkva.nn.training_videos import load_frames

__all__ = ["PairBatch", "PairBatches", "drawn_pairs", "load_pairs"]


class PairBatch(NamedTuple):
    """Frames of some pairs of videos, as many of each video.

    Attributes:
        x: features of the first videos [b, n, d].
        y: of the second ones [b, n, d].
        mask_x: False at repetitions that fill up a short video [b, n].
        mask_y: likewise of the second ones.
    """

    x: Float[Array | np.ndarray, "b n d"]
    y: Float[Array | np.ndarray, "b n d"]
    mask_x: Bool[Array | np.ndarray, "b n"]
    mask_y: Bool[Array | np.ndarray, "b n"]


def load_pairs(videos: Sequence[Video], n_segments: int, *, standardise: bool) -> list[np.ndarray]:
    """Features of every video of a training set, as `load_frames`, which are two at least.

    Raises:
        ValueError: one video alone, or as `load_frames`.
    """
    if len(videos) == 1:
        raise ValueError(
            f"{videos[0].name} is the only video: give two at least, as videos are aligned in pairs"
        )
    return load_frames(videos, n_segments, standardise=standardise)


def drawn_pairs(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """All of `count` videos in a random order, and a random other one beside each (VASOT).

    Args:
        count: two at least.
        rng: is drawn from.
    """
    order = rng.permutation(count)
    return order, (order + rng.integers(1, count, count)) % count


@dataclass(frozen=True)
class PairBatches:
    """Batches of an epoch, the same ones whenever that epoch is asked for.

    Every video comes once as the first of a pair, beside a random other one (VASOT).

    Attributes:
        videos: features of each [n, d], two videos at least.
        frames: frames drawn of each video; see `dkva.nn.sampling.sampled`.
        size: pairs of a batch; the last one of an epoch may have fewer.
        seed: of order, partners and draws.
    """

    videos: Sequence[np.ndarray]
    frames: int
    size: int
    seed: int

    def __call__(self, epoch: int) -> Iterator[PairBatch]:
        """All videos in a random order, each with its partner."""
        rng = np.random.default_rng([self.seed, epoch])
        count = len(self.videos)
        order, partners = drawn_pairs(count, rng)
        for start in range(0, count, self.size):
            part = slice(start, start + self.size)
            (x, mask_x), (y, mask_y) = (self._drawn(each[part], rng) for each in (order, partners))
            yield PairBatch(x, y, mask_x, mask_y)

    def _drawn(self, chosen: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        samples = [sampled(len(self.videos[index]), self.frames, rng) for index in chosen]
        frames = [self.videos[index][each.indices] for index, each in zip(chosen, samples, strict=True)]
        return np.stack(frames), np.stack([each.mask for each in samples])
