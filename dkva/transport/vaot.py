"""VAOT: an encoder whose embedded frames of two videos of an activity can be matched, by transport.

Ali et al., Joint self-supervised video alignment and action segmentation, ICCV 2025. Each step matches the
frames of two videos by the transport of `dkva.transport.align_frames`, and learns the encoder from these
matches by cross-entropy. No label is seen. The published model learns from pixels; here it is given features.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.base.video import Video
from dkva.nn.encoder import Encoder
from dkva.nn.optimising import adam
from dkva.nn.training import Keeper, fit
from dkva.nn.training_videos import prepared
from dkva.nn.trees import arrays_of, with_arrays
from dkva.transport.asot import cross_entropy, embedded
from dkva.transport.fused_gw import Alignment, align_frames, frame_costs, half_width, with_virtual
from dkva.transport.mirror_descent import Problem, Weights, solve
from dkva.transport.training_frames import warn_of_draws
from dkva.transport.training_pairs import PairBatch, PairBatches, load_pairs
from dkva.transport.vaot_settings import Aligning, VaotSettings

__all__ = ["VaotLoss", "VaotModel", "aligned", "alignment_loss", "matching_of", "train_vaot"]


def matching_of(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    aligning: Aligning,
) -> Float[Array, "b n m"]:
    """Matches of the frames of each pair, without gradient; time is counted with padding, as published.

    Rows sum to about 1 at most: the rest is matched to the virtual frame.

    Args:
        x: embedded frames of the first videos, of unit norm.
        y: of the second ones.
        mask_x: which frames of x there are.
        mask_y: likewise of y.
        aligning: how.
    """
    cost = jax.lax.stop_gradient(frame_costs(x, y, aligning.rho))
    virtual = int(aligning.zeta is not None)
    if aligning.zeta is not None:
        extended = with_virtual(cost, aligning.zeta)
        if aligning.last_column:
            extended = jnp.roll(extended, -1, axis=2)
        cost = extended
        mask_x, mask_y = (jnp.pad(each, ((0, 0), (1, 0)), constant_values=True) for each in (mask_x, mask_y))
    rows, columns = cost.shape[1:]
    found = solve(
        Problem(
            cost, mask_x, mask_y, half_width(rows, aligning.radius), half_width(columns, aligning.radius)
        ),
        Weights(aligning.eps, aligning.alpha, 1 / aligning.radius, 0.0, aligning.lambda_y),
        relax_rows=False,
        relax_columns=aligning.relax_y,
        n_iters=(aligning.iterations, 1),
        step_of="batch",
    )
    there = jnp.sum(mask_x.astype(cost.dtype), 1)[:, None, None]
    return jax.lax.stop_gradient(there * found.plan[:, virtual:, virtual:])


def alignment_loss(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    aligning: Aligning,
    temperature: float,
) -> Float[Array, ""]:
    """Cross-entropy of each frame's probabilities over the frames of the other video to its matches (VAOT).

    Args:
        x: embedded frames of the first videos, of unit norm.
        y: of the second ones; the softmax counts padding, which repeats a frame, as published.
        mask_x: which frames of x there are; the mean counts padding, as published.
        mask_y: likewise of y.
        aligning: how frames are matched.
        temperature: of the softmax.
    """
    cosines = jnp.einsum("bne,bme->bnm", x, y)
    return cross_entropy(matching_of(x, y, mask_x, mask_y, aligning), cosines, mask_x, temperature)


def aligned(x: Float[np.ndarray, "n e"], y: Float[np.ndarray, "m e"], aligning: Aligning) -> Alignment:
    """The frames of two videos of any lengths matched, from embedded frames; see `align_frames`."""
    return align_frames(
        x,
        y,
        eps=aligning.eps,
        alpha=aligning.alpha,
        radius=aligning.radius,
        rho=aligning.rho,
        zeta=aligning.zeta,
        relax_y=aligning.relax_y,
        lambda_y=aligning.lambda_y,
        n_iters=(aligning.iterations, 1),
    )


@dataclass(frozen=True)
class VaotLoss:
    """The loss of a batch of pairs, in one direction, from the first videos to the second, as published.

    Attributes:
        aligning: how frames are matched.
        temperature: of the softmax.
    """

    aligning: Aligning
    temperature: float

    def __call__(self, encoder: Encoder, batch: PairBatch) -> Float[Array, ""]:
        """The loss."""
        x, y = encoder(jnp.asarray(batch.x)), encoder(jnp.asarray(batch.y))
        masks = jnp.asarray(batch.mask_x), jnp.asarray(batch.mask_y)
        return alignment_loss(x, y, *masks, self.aligning, self.temperature)


@dataclass(frozen=True)
class VaotModel:
    """A trained model, for videos of its activity.

    Attributes:
        encoder: what was learned.
        settings: of its training, which say how it is applied.
    """

    encoder: Encoder
    settings: VaotSettings

    def embed(self, features) -> Float[np.ndarray, "n e"]:
        """Embedded frames [n, e] of one video, of unit norm.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        width = self.encoder.layers[0].weight.shape[1]
        return embedded(self.encoder, prepared(features, width, standardise=self.settings.standardise))

    def align(self, x, y) -> Alignment:
        """The frames of two videos matched.

        Args:
            x: features of the first [n, d].
            y: of the second [m, d].

        Raises:
            ValueError: as `embed`.
        """
        return aligned(self.embed(x), self.embed(y), self.settings.aligning_applied)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {
            **arrays_of({"encoder": self.encoder}),
            "settings": np.array(json.dumps(asdict(self.settings))),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> VaotModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = VaotSettings(**json.loads(str(arrays["settings"])))
        width = arrays["encoder.layers.0.weight"].shape[1]
        blank = {"encoder": _encoder(width, settings, 0)}
        return cls(with_arrays(blank, arrays)["encoder"], settings)


def _encoder(width: int, settings: VaotSettings, seed: int) -> Encoder:
    return Encoder((width, settings.hidden, settings.outputs), key=jax.random.key(seed))


def train_vaot(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> VaotModel:
    """Train VAOT on all videos of one activity, without labels.

    Args:
        videos: of the activity, two at least.
        seed: of initial weights, order of videos, partners and frames drawn.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `VaotSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_pairs`.

    Warns:
        UserWarning: draws that do not fit the videos or the radius; see `warn_of_draws`.
    """
    chosen = VaotSettings(**settings)
    frames = load_pairs(videos, 1, standardise=chosen.standardise)
    warn_of_draws(frames, chosen.frames, chosen.radius, chosen.alpha)
    trained = fit(
        _encoder(frames[0].shape[1], chosen, seed),
        VaotLoss(chosen.aligning, chosen.temperature),
        PairBatches(frames, chosen.frames, chosen.pairs, seed),
        optimiser=adam(chosen.learning_rate, chosen.weight_decay),
        epochs=chosen.epochs,
        checkpoint=checkpoint,
    )
    return VaotModel(trained.model, chosen)
