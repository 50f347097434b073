"""CARL: a network whose frames are as alike as they are near in time, learned from two views of each video.

Chen et al., Frame-wise action representations for long videos via sequence contrastive learning, CVPR 2022,
with its public code. No label is seen, and no video is compared with another one, so that one model may be of
several activities. The published model learns from pixels; here it is given features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.alignment.carl_settings import CarlSettings
from dkva.alignment.frame_model import FrameModel
from dkva.alignment.frame_training import Learned, ViewBatch, fit_network
from dkva.alignment.sequence_contrast import scl_loss
from dkva.alignment.training_sets import load_mixed
from dkva.base.video import Video
from dkva.nn.batch_norm import carried_by_gradient
from dkva.nn.training import Keeper

__all__ = ["CarlLoss", "CarlModel", "train_carl"]


@dataclass(frozen=True)
class CarlLoss:
    """The sequence contrastive loss of a batch, whose gradient is `carried_by_gradient`.

    Attributes:
        temperature: see `CarlSettings`.
        variance: see there.
        masked_weight: see there.
    """

    temperature: float
    variance: float
    masked_weight: float

    @classmethod
    def of(cls, settings: CarlSettings) -> CarlLoss:
        """The loss of these settings."""
        return cls(settings.temperature, settings.variance, settings.masked_weight)

    def __call__(self, learned: Learned, batch: ViewBatch) -> Float[Array, ""]:
        """The loss of two views of each video."""
        frames, seen = learned(batch)
        return carried_by_gradient(self.of_frames(frames, batch), learned, seen)

    def of_frames(self, frames: Float[Array, "v 2 n e"], batch: ViewBatch) -> Float[Array, ""]:
        """The loss of projected frames of unit norm."""
        times, mask = jnp.asarray(batch.times), jnp.asarray(batch.mask)
        return scl_loss(
            frames[:, 0],
            frames[:, 1],
            times[:, 0],
            times[:, 1],
            mask[:, 0],
            mask[:, 1],
            temperature=self.temperature,
            variance=self.variance,
            masked_weight=self.masked_weight,
        )


class CarlModel(FrameModel):
    """A trained model, for videos of its activities."""

    settings_type = CarlSettings


def train_carl(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> CarlModel:
    """Train CARL on videos of one activity or of several, without labels.

    Args:
        videos: one at least.
        seed: of initial weights, order of videos, views and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `CarlSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_mixed`.
    """
    chosen = CarlSettings(**settings)
    network = fit_network(
        load_mixed(videos, standardise=chosen.standardise),
        chosen.drawn,
        CarlLoss.of(chosen),
        chosen,
        seed=seed,
        projected=True,
        checkpoint=checkpoint,
    )
    return CarlModel(network, chosen)
