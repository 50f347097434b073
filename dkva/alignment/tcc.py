"""TCC: a network by whose frames each frame's neighbour in another video leads back to it.

Dwibedi et al., Temporal cycle-consistency learning, CVPR 2019, as in the public code of CARL (Chen et al.,
CVPR 2022). No label is seen. The published model learns from pixels; here it is given features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.alignment.cycle_back import tcc_loss
from dkva.alignment.frame_model import FrameModel
from dkva.alignment.frame_training import Learned, ViewBatch, fit_network
from dkva.alignment.tcc_settings import TccSettings
from dkva.alignment.training_sets import load_paired
from dkva.base.video import Video
from dkva.nn.batch_norm import carried_by_gradient
from dkva.nn.training import Keeper

__all__ = ["TccLoss", "TccModel", "train_tcc"]


@dataclass(frozen=True)
class TccLoss:
    """Cycle-back regression between all videos of a batch, whose gradient is `carried_by_gradient`.

    Attributes:
        temperature: see `TccSettings`.
        smoothing: see there.
        variance_weight: see there.
    """

    temperature: float
    smoothing: float
    variance_weight: float

    @classmethod
    def of(cls, settings: TccSettings) -> TccLoss:
        """The loss of these settings."""
        return cls(settings.temperature, settings.smoothing, settings.variance_weight)

    def __call__(self, learned: Learned, batch: ViewBatch) -> Float[Array, ""]:
        """The loss of one view of each video."""
        frames, seen = learned(batch)
        return carried_by_gradient(self.of_frames(frames, batch), learned, seen)

    def of_frames(self, frames: Float[Array, "v 1 n e"], batch: ViewBatch) -> Float[Array, ""]:
        """The loss of embedded frames of any norm, as published."""
        times, lengths = (jnp.asarray(each, frames.dtype) for each in (batch.times[:, 0], batch.lengths))
        return tcc_loss(
            frames[:, 0],
            times / lengths[:, None],
            jnp.asarray(batch.mask)[:, 0],
            temperature=self.temperature,
            smoothing=self.smoothing,
            variance_weight=self.variance_weight,
        )


class TccModel(FrameModel):
    """A trained model, for videos of its activity."""

    settings_type = TccSettings


def train_tcc(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> TccModel:
    """Train TCC on all videos of one activity, without labels.

    Args:
        videos: of the activity, two at least.
        seed: of initial weights, order of videos, frames drawn and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `TccSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_paired`.
    """
    chosen = TccSettings(**settings)
    network = fit_network(
        load_paired(videos, standardise=chosen.standardise),
        chosen.drawn,
        TccLoss.of(chosen),
        chosen,
        seed=seed,
        checkpoint=checkpoint,
    )
    return TccModel(network, chosen)
