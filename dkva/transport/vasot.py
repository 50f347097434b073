"""VASOT: one encoder and one set of actions, which align videos of an activity and segment them.

Ali et al., Joint self-supervised video alignment and action segmentation, ICCV 2025. Each step takes two
videos of the activity, and adds ASOT's loss of each and VAOT's loss of both. No label is seen.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dkva.base.video import Video
from dkva.nn.encoder import Encoder
from dkva.nn.layers import unit
from dkva.nn.training import Keeper
from dkva.nn.trees import with_arrays
from dkva.transport.asot import (
    AsotModel,
    AsotNetwork,
    actions_of,
    assignment_of,
    centres,
    cross_entropy,
    learned,
)
from dkva.transport.asot_settings import Decoding
from dkva.transport.fused_gw import Alignment
from dkva.transport.training_frames import FrameBatches, warn_of_draws
from dkva.transport.training_pairs import PairBatch, PairBatches, load_pairs
from dkva.transport.vaot import aligned, alignment_loss
from dkva.transport.vaot_settings import Aligning
from dkva.transport.vasot_settings import VasotSettings

__all__ = ["VasotLoss", "VasotModel", "train_vasot"]


@dataclass(frozen=True)
class VasotLoss:
    """The loss of a batch of pairs: segmentation of the first and of the second videos, and alignment.

    Trainings that differ in nothing else share a compiled step.

    Attributes:
        decoding: how pseudo-labels are made.
        aligning: how frames are matched.
        temperature: of the softmax.
        beta: weight of the alignment; see `VasotSettings`.
        segmentation_weight: likewise.
    """

    decoding: Decoding
    aligning: Aligning
    temperature: float
    beta: float
    segmentation_weight: float

    @classmethod
    def of(cls, settings: VasotSettings) -> VasotLoss:
        """The loss of these settings."""
        weights = settings.beta, settings.segmentation_weight
        return cls(settings.training, settings.aligning, settings.temperature, *weights)

    def __call__(self, network: AsotNetwork, batch: PairBatch) -> Float[Array, ""]:
        """The weighted sum; actions are taken to have unit norm."""
        weights = self.segmentation_weight, self.segmentation_weight, self.beta
        parts = zip(weights, self.parts(network, batch), strict=True)
        return jnp.sum(jnp.stack([weight * part for weight, part in parts if part is not None]))

    def parts(self, network: AsotNetwork, batch: PairBatch) -> list[Float[Array, ""] | None]:
        """Segmentation of the first videos, of the second, and alignment; None if its weight is 0."""
        x, y = network.encoder(jnp.asarray(batch.x)), network.encoder(jnp.asarray(batch.y))
        mask_x, mask_y = jnp.asarray(batch.mask_x), jnp.asarray(batch.mask_y)
        found: list[Float[Array, ""] | None] = [None] * 3
        if self.segmentation_weight > 0:
            found[:2] = self._segmented(network, x, mask_x), self._segmented(network, y, mask_y)
        if self.beta > 0:
            found[2] = alignment_loss(x, y, mask_x, mask_y, self.aligning, self.temperature)
        return found

    def _segmented(self, network, vectors, mask):
        cosines = vectors @ network.actions.T
        assignment = assignment_of(1 - cosines, mask, self.decoding)
        return cross_entropy(assignment, cosines, mask, self.temperature)


@dataclass(frozen=True)
class VasotModel(AsotModel):
    """A trained model, for videos of its activity, which it embeds, segments and aligns.

    Attributes:
        network: what was learned.
        settings: of its training, which say how it is applied.
    """

    settings: VasotSettings

    def align(self, x, y) -> Alignment:
        """The frames of two videos matched.

        Args:
            x: features of the first [n, d].
            y: of the second [m, d].

        Raises:
            ValueError: as `embed`.
        """
        return aligned(self.embed(x), self.embed(y), self.settings.aligning_applied)

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> VasotModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = VasotSettings(**json.loads(str(arrays["settings"])))
        width, actions = arrays["encoder.layers.0.weight"].shape[1], actions_of(arrays, settings)
        encoder = Encoder((width, settings.hidden, settings.outputs), key=jax.random.key(0))
        return cls(with_arrays(AsotNetwork(encoder, actions), arrays), settings)


def train_vasot(
    videos: Sequence[Video], *, n_segments: int, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> VasotModel:
    """Train VASOT on all videos of one activity, without labels.

    Args:
        videos: of the activity, two at least.
        n_segments: K, number of actions; published runs take all that occur in the activity.
        seed: of initial weights and actions, order of videos, partners and frames drawn.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `VasotSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_pairs`.

    Warns:
        UserWarning: draws that do not fit, see `warn_of_draws`; or a segmentation_weight of 0.
    """
    chosen = VasotSettings(**settings)
    frames = load_pairs(videos, n_segments, standardise=chosen.standardise)
    warn_of_draws(frames, chosen.frames, chosen.radius, chosen.alpha)
    if chosen.segmentation_weight == 0:
        warnings.warn(
            "segmentation_weight is 0, so that no action is learned: what the model segments means nothing",
            stacklevel=2,
        )
    of_encoder, of_actions = jax.random.split(jax.random.key(seed))
    encoder = Encoder((frames[0].shape[1], chosen.hidden, chosen.outputs), key=of_encoder)
    if chosen.initial_actions == "kmeans":
        drawn = FrameBatches(frames, chosen.frames, chosen.batch_videos, seed)(-1)
        actions = jnp.asarray(centres(encoder, drawn, n_segments, seed))
    else:
        actions = unit(jax.random.normal(of_actions, (n_segments, chosen.outputs)))
    network = AsotNetwork(encoder, actions)
    batches = PairBatches(frames, chosen.frames, chosen.batch_videos, seed)
    trained = learned(network, VasotLoss.of(chosen), batches, chosen, checkpoint)
    return VasotModel(trained, chosen)
