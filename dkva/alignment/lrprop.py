"""LRProp: a network learned from pairs of videos of one activity, whose frames are matched by time warping.

Bar-Shalom et al., Weakly-supervised representation learning for video alignment and analysis, WACV 2024. To
the loss of CARL on two views of each video it adds one on the frames that time warping matches in each step,
and soft-DTW. The published model learns from pixels; here it is given features.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dkva.alignment.frame_model import FrameModel
from dkva.alignment.frame_training import Learned, ViewBatch, fit_network
from dkva.alignment.lrprop_settings import LrpropSettings
from dkva.alignment.position_propagation import other_video, same_video, soft_warping
from dkva.alignment.training_sets import load_paired
from dkva.base.video import Video
from dkva.nn.batch_norm import carried_by_gradient
from dkva.nn.layers import unit
from dkva.nn.training import Keeper

__all__ = ["LrpropLoss", "LrpropModel", "compared", "train_lrprop"]


def compared(videos: int, view_pairs: str) -> np.ndarray:
    """Which views of different videos are compared: of both, video and view [pairs, 2, 2].

    Args:
        videos: of a batch, each with two views.
        view_pairs: "all", or "three": the first view of one video with the second of another.
    """
    views = [(0, 1)] if view_pairs == "three" else list(itertools.product(range(2), repeat=2))
    pairs = itertools.combinations(range(videos), 2)
    return np.array([[(a, i), (b, j)] for (a, b), (i, j) in itertools.product(pairs, views)])


@dataclass(frozen=True)
class LrpropLoss:
    """The loss of a batch, whose gradient is `carried_by_gradient`: the mean over the pairs of views.

    A pair of one video adds `same_video`, one of two videos `other_video` and `soft_warping`, each by its
    weight (LRProp, Eq. 12).

    Attributes:
        settings: see `LrpropSettings`.
    """

    settings: LrpropSettings

    def __call__(self, learned: Learned, batch: ViewBatch) -> Float[Array, ""]:
        """The loss of two views of each video."""
        frames, seen = learned(batch)
        return carried_by_gradient(self.of_frames(unit(frames), batch), learned, seen)

    def of_frames(self, frames: Float[Array, "v 2 n e"], batch: ViewBatch) -> Float[Array, ""]:
        """The loss of frames of unit norm."""
        given = self.settings
        arrays = frames, jnp.asarray(batch.times), jnp.asarray(batch.mask)
        within = np.array([[(video, 0), (video, 1)] for video in range(len(frames))])
        between = compared(len(frames), given.view_pairs)

        def both(pairs):
            return [each[tuple(pairs[:, side].T)] for each in arrays for side in range(2)]

        temperature, variance, reduction = given.temperature, given.variance, given.reduction
        total = jnp.zeros((), frames.dtype)
        if given.same_weight:
            each = same_video(*both(within), temperature=temperature, variance=variance, reduction=reduction)
            total += given.same_weight * jnp.sum(each)
        if given.other_weight:
            each = other_video(
                *both(between), temperature=temperature, variance=variance, reduction=reduction
            )
            total += given.other_weight * jnp.sum(each)
        if given.soft_dtw_weight:
            x, y, _, _, mask_x, mask_y = both(between)
            each = soft_warping(x, y, mask_x, mask_y, gamma=given.gamma)
            total += given.soft_dtw_weight * jnp.sum(each)
        return total / (len(within) + len(between))


class LrpropModel(FrameModel):
    """A trained model, for videos of its activity."""

    settings_type = LrpropSettings


def train_lrprop(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> LrpropModel:
    """Train LRProp on all videos of one activity, without labels.

    Args:
        videos: of the activity, two at least.
        seed: of initial weights, order of videos, views and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `LrpropSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_paired`.
    """
    chosen = LrpropSettings(**settings)
    network = fit_network(
        load_paired(videos, standardise=chosen.standardise),
        chosen.drawn,
        LrpropLoss(chosen),
        chosen,
        seed=seed,
        projected=chosen.projection,
        checkpoint=checkpoint,
    )
    return LrpropModel(network, chosen)
