"""Two views of each video, both augmented: what MASA is trained on.

Kwon et al., Multi activity sequence alignment via implicit clustering, "dual augmentation".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Int

from dkva.alignment.masa_settings import MasaSettings
from dkva.alignment.poses import BodyModel, changed, normalised
from dkva.nn.training_videos import standardised

__all__ = ["ViewBatch", "ViewBatches", "dual_views", "scaled"]


def scaled(frames: Float[np.ndarray, "n d"], joints: int, *, standardise: bool) -> Float[np.ndarray, "n d"]:
    """Features `standardised`, and poses `normalised`, each by the whole video.

    Args:
        frames: in order of time, the coordinates of the joints last.
        joints: number of them.
        standardise: False leaves all as it is.
    """
    if not standardise:
        return frames
    features, poses = _parted(frames, joints)
    found = [standardised(features)] if features.shape[1] else []
    if joints:
        found.append(normalised(poses).reshape(len(poses), -1))
    return np.concatenate(found, axis=1)


def dual_views(
    n_frames: int,
    rng: np.random.Generator,
    *,
    trim_least: float = 0.5,
    own_trims: bool = False,
    drop: float = 0.5,
    most: int | None = None,
    dual: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Which frames two views of a video have, in order of time.

    Args:
        n_frames: V, at least 1.
        rng: what is drawn from.
        trim_least: a part of the video has at least this share of it, each length and place as likely; 1
            takes the video whole.
        own_trims: whether each view is of a part of its own.
        drop: of each view the share u, uniform from 0 to this, of its frames is left out at random.
        most: further ones are left out at random, if there are more than this.
        dual: whether the first view is so made, too; else it is the part as it is.
    """

    def part():
        length = int(rng.integers(int(np.ceil(trim_least * n_frames)), n_frames, endpoint=True))
        return rng.integers(n_frames - length, endpoint=True) + np.arange(length)

    def kept(frames, dropped):
        count = len(frames) - int(dropped * len(frames))
        if most is not None:
            count = min(count, most)
        return np.sort(rng.choice(frames, count, replace=False))

    first = part()
    second = part() if own_trims else first
    return kept(first, rng.uniform(0, drop) if dual else 0), kept(second, rng.uniform(0, drop))


class ViewBatch(NamedTuple):
    """Two views of each of some videos, filled up with frames of 0.

    Attributes:
        x: frames of the first views [b, n, d].
        y: of the second ones [b, n, d].
        indices_x: which frames of the video those of x are [b, n].
        indices_y: likewise of y.
        mask_x: which frames of x there are [b, n].
        mask_y: likewise of y.
        lengths: frames of the whole videos [b].
    """

    x: Float[Array | np.ndarray, "b n d"]
    y: Float[Array | np.ndarray, "b n d"]
    indices_x: Int[Array | np.ndarray, "b n"]
    indices_y: Int[Array | np.ndarray, "b n"]
    mask_x: Bool[Array | np.ndarray, "b n"]
    mask_y: Bool[Array | np.ndarray, "b n"]
    lengths: Float[Array | np.ndarray, " b"]


@dataclass(frozen=True)
class ViewBatches:
    """Batches of an epoch, the same ones whenever that epoch is asked for.

    Attributes:
        videos: frames of each [n, d], `scaled`.
        settings: how views are made and how many videos a batch has.
        seed: of order and views.
        body_model: a learned space of poses, if there is one.
    """

    videos: Sequence[np.ndarray]
    settings: MasaSettings
    seed: int
    body_model: BodyModel | None = None

    @property
    def longest(self) -> int:
        """Frames of the longest video."""
        return max(map(len, self.videos))

    @property
    def frames(self) -> int:
        """Frames of a view, filled up."""
        return min(self.settings.frames or self.longest, self.longest)

    @property
    def size(self) -> int:
        """Videos of a batch: fewer than asked for, if an epoch has fewer."""
        return min(self.settings.batch, len(self.videos) * self.settings.repeats)

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return -(-len(self.videos) * self.settings.repeats // self.size)

    def __call__(self, epoch: int) -> Iterator[ViewBatch]:
        """All videos in a random order; the last batch is filled up with the first ones."""
        rng = np.random.default_rng([self.seed, epoch])
        order = rng.permutation(np.repeat(np.arange(len(self.videos)), self.settings.repeats))
        for chosen in np.resize(order, (self.steps, self.size)):
            yield self._batch([self.videos[index] for index in chosen], rng)

    def _batch(self, videos: Sequence[np.ndarray], rng: np.random.Generator) -> ViewBatch:
        of_each = [self._views(video, rng) for video in videos]
        filled = [[self._filled(*view) for view in views] for views in zip(*of_each, strict=True)]
        (x, indices_x, mask_x), (y, indices_y, mask_y) = (
            map(np.stack, zip(*views, strict=True)) for views in filled
        )
        lengths = np.array([len(video) for video in videos], np.float32)
        return ViewBatch(x, y, indices_x, indices_y, mask_x, mask_y, lengths)

    def _views(self, video: np.ndarray, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
        """Frames and indices of both views."""
        chosen, poses_alone = self.settings, video.shape[1] == 3 * self.settings.joints
        drawn = dual_views(
            len(video),
            rng,
            trim_least=chosen.trim_least if chosen.trim and not poses_alone else 1,
            own_trims=chosen.own_trims,
            drop=chosen.left_out,
            most=self.frames,
            dual=chosen.dual_augmentation,
        )
        views = []
        for indices, augmented in zip(drawn, (chosen.dual_augmentation, True), strict=True):
            frames = video[indices]
            if chosen.joints and augmented:
                features, poses = _parted(frames, chosen.joints)
                moved, _ = changed(poses, chosen.changes, rng, body=chosen.body, model=self.body_model)
                frames = np.concatenate([features, moved.reshape(len(moved), -1)], axis=1)
            views.append((frames, indices))
        return views

    def _filled(self, frames: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, ...]:
        spare = self.frames - len(indices)
        there = np.arange(self.frames) < len(indices)
        return np.pad(frames, ((0, spare), (0, 0))), np.pad(indices, (0, spare)).astype(np.int32), there


def _parted(frames: np.ndarray, joints: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, d - 3·joints] and poses [n, joints, 3]."""
    cut = frames.shape[1] - 3 * joints
    return frames[:, :cut], frames[:, cut:].reshape(len(frames), joints, 3)
