"""ASOT: an encoder and actions, trained on all videos of an activity with pseudo-labels by transport.

Xu & Gould, Temporally consistent unbalanced optimal transport for unsupervised action segmentation, CVPR
2024. Each step assigns frames to actions by the transport of `dkva.transport.decode`, and learns encoder and
actions from these pseudo-labels by cross-entropy. No label is seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from dkva.base.buckets import bucket
from dkva.base.video import Video
from dkva.nn.encoder import Encoder
from dkva.nn.layers import unit
from dkva.nn.optimising import adam
from dkva.nn.training import Keeper, fit
from dkva.nn.training_videos import load_frames, prepared
from dkva.nn.trees import arrays_of, with_arrays
from dkva.transport.asot_settings import AsotSettings, Decoding
from dkva.transport.fused_gw import FRAME_ROWS, decode, half_width, with_prior
from dkva.transport.mirror_descent import Problem, Weights, solve
from dkva.transport.training_frames import Batch, FrameBatches, warn_of_draws

__all__ = [
    "AsotLoss",
    "AsotModel",
    "AsotNetwork",
    "actions_of",
    "assignment_of",
    "centres",
    "cross_entropy",
    "decoded",
    "embedded",
    "learned",
    "train_asot",
    "with_unit_actions",
]

# In the logarithm of probabilities, as in the published program.
_TINY = 1e-11


class AsotNetwork(eqx.Module):
    """What is learned.

    Attributes:
        encoder: of frames.
        actions: embeddings of the actions [k, e].
    """

    encoder: Encoder
    actions: Float[Array, "k e"]


Network = TypeVar("Network", bound=AsotNetwork)


def with_unit_actions(network: Network) -> Network:
    """The network with actions of unit norm, as they are put before each step."""
    return eqx.tree_at(lambda found: found.actions, network, unit(network.actions))


def assignment_of(
    cost: Float[Array, "b n k"], mask: Bool[Array, "b n"], decoding: Decoding
) -> Float[Array, "b n k"]:
    """Pseudo-labels of a batch, whose rows sum to 1, without gradient; the step is the batch's, as published.

    Args:
        cost: of frames and actions, without the prior.
        mask: which frames there are.
        decoding: how.
    """
    n, k = cost.shape[1:]
    found = solve(
        Problem(
            with_prior(jax.lax.stop_gradient(cost), decoding.rho, n),
            mask,
            jnp.ones((len(cost), k), bool),
            half_width(n, decoding.radius),
            None,
        ),
        Weights(decoding.eps, decoding.alpha, 1 / decoding.radius, 0.0, decoding.lambda_actions),
        relax_rows=False,
        relax_columns=True,
        n_iters=(decoding.iterations, 1),
        step_of="batch",
    )
    there = jnp.sum(mask.astype(cost.dtype), 1)[:, None, None]
    return jax.lax.stop_gradient(there * found.plan)


def decoded(cost: Float[np.ndarray, "n k"], decoding: Decoding) -> Float[np.ndarray, "n k"]:
    """Soft assignment of each frame of one video, of any length.

    Args:
        cost: of frames and actions, without the prior.
        decoding: how.
    """
    return decode(
        cost,
        rho=decoding.rho,
        eps=decoding.eps,
        alpha=decoding.alpha,
        radius=decoding.radius,
        lambda_actions=decoding.lambda_actions,
        n_iters=(decoding.iterations, 1),
    ).assignment


def cross_entropy(
    assignment: Float[Array, "b n k"],
    similarity: Float[Array, "b n k"],
    mask: Bool[Array, "b n"],
    temperature: float,
) -> Float[Array, ""]:
    """Cross-entropy of a softmax over similarities to an assignment; the mean counts padding, as published.

    Args:
        assignment: T, of rows that sum to 1; a constant.
        similarity: of each frame and action, such as cosines.
        mask: which frames there are.
        temperature: what similarities are divided by.
    """
    probabilities = jax.nn.softmax(similarity / temperature, axis=-1)
    each = jnp.sum(assignment * jnp.log(probabilities + _TINY), -1)
    return -jnp.mean(jnp.where(mask, each, 0))


@dataclass(frozen=True)
class AsotLoss:
    """The loss of a batch: cross-entropy of the actions' probabilities to the pseudo-labels (ASOT).

    Attributes:
        decoding: how pseudo-labels are made.
        temperature: of the softmax.
    """

    decoding: Decoding
    temperature: float

    def __call__(self, network: AsotNetwork, batch: Batch) -> Float[Array, ""]:
        """The loss; actions are taken to have unit norm."""
        frames, mask = jnp.asarray(batch.frames), jnp.asarray(batch.mask)
        cosines = network.encoder(frames) @ network.actions.T
        assignment = assignment_of(1 - cosines, mask, self.decoding)
        return cross_entropy(assignment, cosines, mask, self.temperature)


def centres(
    encoder: Encoder, batches: Sequence[Batch], n_segments: int, seed: int
) -> Float[np.ndarray, "k e"]:
    """Centres by k-means of frames as an encoder embeds them: where the actions start.

    Repetitions that fill up short videos count, as in the published program.
    """
    from sklearn.cluster import KMeans

    outputs = [np.asarray(_embed(encoder, jnp.asarray(batch.frames))) for batch in batches]
    rows = np.concatenate([each.reshape(-1, each.shape[-1]) for each in outputs])
    return KMeans(n_segments, n_init=10, random_state=seed).fit(rows).cluster_centers_.astype(rows.dtype)


@eqx.filter_jit
def _embed(encoder, frames):
    return encoder(frames)


def embedded(encoder: Encoder, features: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n e"]:
    """Embedded frames of one video, of any length."""
    rows = bucket(len(features), *FRAME_ROWS)
    padded = np.pad(features, ((0, rows - len(features)), (0, 0)))
    return np.asarray(_embed(encoder, jnp.asarray(padded)))[: len(features)]


@dataclass(frozen=True)
class AsotModel:
    """A trained model, for videos of its activity.

    Attributes:
        network: what was learned.
        settings: of its training, which say how it is applied.
    """

    network: AsotNetwork
    settings: AsotSettings

    def embed(self, features) -> Float[np.ndarray, "n e"]:
        """Embedded frames [n, e] of one video, of unit norm.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        encoder = self.network.encoder
        width = encoder.layers[0].weight.shape[1]
        return embedded(encoder, prepared(features, width, standardise=self.settings.standardise))

    def assignment(self, features) -> Float[np.ndarray, "n k"]:
        """Soft assignment of each frame to the actions [n, k]. Raises ValueError as `embed`."""
        actions = np.asarray(self.network.actions)
        # The last step leaves norms a little off 1; published runs apply the actions as they are.
        return decoded(1 - self.embed(features) @ actions.T, self.settings.applied)

    def segment(self, features) -> Int[np.ndarray, " n"]:
        """Action of each frame [n]; a number means the same in every video. Raises ValueError as `embed`."""
        return self.assignment(features).argmax(1)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {**arrays_of(self.network), "settings": np.array(json.dumps(asdict(self.settings)))}

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> AsotModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = AsotSettings(**json.loads(str(arrays["settings"])))
        actions = actions_of(arrays, settings)
        width = arrays["encoder.layers.0.weight"].shape[1]
        network = AsotNetwork(_encoder(width, settings, 0), actions)
        return cls(with_arrays(network, arrays), settings)


def actions_of(arrays: Mapping[str, np.ndarray], settings: AsotSettings) -> Float[Array, "k e"]:
    """The actions of a model's arrays. Raises ValueError if they are of another size than embedded frames."""
    actions = arrays["actions"]
    if actions.ndim != 2 or actions.shape[1] != settings.outputs:
        raise ValueError(f"actions are of shape {actions.shape}: give them {settings.outputs} numbers each")
    return jnp.asarray(actions)


def learned(
    network: Network, loss: Callable, batches: Callable, settings: AsotSettings, checkpoint: Keeper | None
) -> Network:
    """A network after its training by Adam; its actions are put to unit norm before each step.

    Args:
        network: before it.
        loss: see `dkva.nn.training.fit`; so are batches and checkpoint.
        batches: of an epoch.
        settings: of the training.
        checkpoint: where the state is kept.
    """
    return fit(
        network,
        loss,
        batches,
        optimiser=adam(settings.learning_rate, settings.weight_decay),
        epochs=settings.epochs,
        prepare=with_unit_actions,
        checkpoint=checkpoint,
    ).model


def _encoder(width: int, settings: AsotSettings, seed: int) -> Encoder:
    return Encoder((width, settings.hidden, settings.outputs), key=jax.random.key(seed))


def train_asot(
    videos: Sequence[Video], *, n_segments: int, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> AsotModel:
    """Train ASOT on all videos of one activity, without labels.

    Args:
        videos: of the activity.
        n_segments: K, number of actions; published runs take all that occur in the activity.
        seed: of initial weights, order of videos and frames drawn.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `AsotSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_frames`.

    Warns:
        UserWarning: draws that do not fit the videos or the radius; see `warn_of_draws`.
    """
    chosen = AsotSettings(**settings)
    frames = load_frames(videos, n_segments, standardise=chosen.standardise)
    warn_of_draws(frames, chosen.frames, chosen.radius, chosen.alpha)
    batches = FrameBatches(frames, chosen.frames, chosen.batch_videos, seed)
    encoder = _encoder(frames[0].shape[1], chosen, seed)
    network = AsotNetwork(encoder, jnp.asarray(centres(encoder, batches(-1), n_segments, seed)))
    loss = AsotLoss(chosen.training, chosen.temperature)
    return AsotModel(learned(network, loss, batches, chosen, checkpoint), chosen)
