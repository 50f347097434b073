"""TCN on one view: a network by whose frames a frame a little earlier can be told from others of its video.

Sermanet et al., Time-contrastive networks, ICRA 2018, as in the public code of CARL (Chen et al., CVPR 2022).
No label is seen, and no video is compared with another one, so that one model may be of several activities.
The published model learns from pixels; here it is given features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.alignment.frame_model import FrameModel
from dkva.alignment.frame_training import Learned, ViewBatch, fit_network
from dkva.alignment.n_pairs import tcn_loss
from dkva.alignment.tcn_settings import TcnSettings
from dkva.alignment.training_sets import load_mixed
from dkva.base.video import Video
from dkva.nn.batch_norm import carried_by_gradient
from dkva.nn.training import Keeper

__all__ = ["TcnLoss", "TcnModel", "train_tcn"]


@dataclass(frozen=True)
class TcnLoss:
    """The loss of n pairs within each video, whose gradient is `carried_by_gradient`.

    Attributes:
        norm_weight: see `TcnSettings`.
    """

    norm_weight: float

    def __call__(self, learned: Learned, batch: ViewBatch) -> Float[Array, ""]:
        """The loss of anchors and positives of each video."""
        frames, seen = learned(batch)
        return carried_by_gradient(self.of_frames(frames, batch), learned, seen)

    def of_frames(self, frames: Float[Array, "v 2 n e"], batch: ViewBatch) -> Float[Array, ""]:
        """The loss of embedded frames of any norm, as published."""
        pairs = jnp.asarray(batch.mask)[:, 1]  # that of positives is that of both
        return tcn_loss(frames[:, 0], frames[:, 1], pairs, weight=self.norm_weight)


class TcnModel(FrameModel):
    """A trained model, for videos of its activities."""

    settings_type = TcnSettings


def train_tcn(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> TcnModel:
    """Train TCN on videos of one activity or of several, without labels.

    Args:
        videos: one at least.
        seed: of initial weights, order of videos, frames drawn and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `TcnSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_mixed`.
    """
    chosen = TcnSettings(**settings)
    network = fit_network(
        load_mixed(videos, standardise=chosen.standardise),
        chosen.drawn,
        TcnLoss(chosen.norm_weight),
        chosen,
        seed=seed,
        checkpoint=checkpoint,
    )
    return TcnModel(network, chosen)
