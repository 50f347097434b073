"""Training of a network that gives classes of each frame after each stage, on videos with true labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.base.video import Video
from dkva.nn.phases import Phase, fit_phases
from dkva.nn.training import Keeper
from dkva.supervised.frame_losses import frame_loss
from dkva.supervised.frame_models import FrameModel
from dkva.supervised.frame_settings import FrameSettings
from dkva.supervised.labelled_videos import LabelledBatch, VideoBatches, load_labelled

__all__ = ["StagesLoss", "first_key", "train_frames"]

Trained = TypeVar("Trained", bound=FrameModel)


@dataclass(frozen=True)
class StagesLoss:
    """The loss of a video: `frame_loss` of the logits of all stages, with dropout.

    Attributes:
        smoothing: weight of the changes from frame to frame.
        truncation: the largest squared change that counts.
    """

    smoothing: float
    truncation: float

    def __call__(self, network: Any, batch: LabelledBatch) -> Float[Array, ""]:
        """The loss."""
        features, targets, mask = (jnp.asarray(each) for each in batch[:3])
        logits = network(features, mask, key=batch.key())
        return frame_loss(logits, targets, mask, smoothing=self.smoothing, truncation=self.truncation)


def first_key(seed: int) -> Array:
    """The key of a network's initial weights."""
    return jax.random.key(seed, impl="threefry2x32")


def train_frames(
    kind: type[Trained],
    videos: Sequence[Video],
    settings: FrameSettings,
    seed: int,
    checkpoint: Keeper | None,
) -> Trained:
    """A model of videos with true labels.

    Args:
        kind: class of the model.
        videos: as of `load_labelled`.
        settings: of model and training.
        seed: of initial weights, order of videos and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.

    Raises:
        ValueError: videos that cannot be used, as `load_labelled`.
    """
    labelled = load_labelled(videos, sample_rate=settings.sample_rate, standardise=settings.standardise)
    network = kind.blank(labelled.width, len(labelled.classes), settings, first_key(seed))
    fitted = fit_phases(
        network,
        [Phase(StagesLoss(settings.smoothing, settings.truncation), settings.epochs)],
        VideoBatches(labelled, seed),
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        factor=settings.factor,
        patience=settings.patience,
        checkpoint=checkpoint,
    )
    return kind(fitted.model, labelled.classes, labelled.width, settings)
