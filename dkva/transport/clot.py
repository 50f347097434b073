"""CLOT: ASOT with a level of segments, and frames that are refined by them, all of the same actions.

Bueno-Benito & Dimiccoli, CLOT: closed loop optimal transport for unsupervised action segmentation, ICCV 2025.
Three transports make pseudo-labels of frames, of segments and of refined frames, and each is learned by
cross-entropy. The published code has the parts alone; that they are put together as here, and every setting
that `ClotSettings` calls so, is our choice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from dkva.base.buckets import bucket
from dkva.base.video import Video
from dkva.nn.training import Keeper
from dkva.nn.training_videos import load_frames, prepared
from dkva.nn.trees import arrays_of, with_arrays
from dkva.transport.asot import assignment_of, centres, cross_entropy, decoded, learned, with_unit_actions
from dkva.transport.clot_modules import draw_slices
from dkva.transport.clot_network import ClotNetwork, Seen, frame_positions, look
from dkva.transport.clot_settings import ClotSettings
from dkva.transport.fused_gw import FRAME_ROWS
from dkva.transport.training_frames import FrameBatches, warn_of_draws

__all__ = ["ClotBatch", "ClotBatches", "ClotLoss", "ClotModel", "train_clot"]


class ClotBatch(NamedTuple):
    """A batch, and what the random numbers of its step are drawn from.

    Attributes:
        frames: features [b, n, d].
        mask: False at repetitions that fill up a short video [b, n].
        draw: seed, epoch and place of the batch in it [3].
    """

    frames: Float[Array | np.ndarray, "b n d"]
    mask: Bool[Array | np.ndarray, "b n"]
    draw: UInt32[Array | np.ndarray, " 3"]


@dataclass(frozen=True)
class ClotBatches:
    """Batches of an epoch, each with random numbers of its own.

    Attributes:
        batches: as ASOT's.
    """

    batches: FrameBatches

    def __call__(self, epoch: int) -> Iterator[ClotBatch]:
        """The batches of an epoch, the same ones whenever it is asked for."""
        for place, batch in enumerate(self.batches(epoch)):
            draw = np.array([self.batches.seed, epoch, place], np.uint32)
            yield ClotBatch(batch.frames, batch.mask, draw)


@dataclass(frozen=True)
class ClotLoss:
    """The loss of a batch: cross-entropies to the pseudo-labels of frames, segments and refined frames.

    All of them have the weight 1. The transport of segments is ASOT's, with the prior but without a
    structure as far as its radius is less than one segment (our choice).

    Attributes:
        settings: of model and training.
    """

    settings: ClotSettings

    def __call__(self, network: ClotNetwork, batch: ClotBatch) -> Float[Array, ""]:
        """The loss; actions are taken to have unit norm."""
        return jnp.sum(jnp.stack(self.parts(network, batch)))

    def parts(self, network: ClotNetwork, batch: ClotBatch) -> list[Float[Array, ""]]:
        """The cross-entropies, those of refined frames last and only if there are any."""
        frames, mask = jnp.asarray(batch.frames), jnp.asarray(batch.mask)
        draw = jnp.asarray(batch.draw)
        key = jax.random.key(draw[0], impl="threefry2x32")
        of_slices, of_dropout = jax.random.split(
            jax.random.fold_in(jax.random.fold_in(key, draw[1]), draw[2])
        )
        seen = look(
            network,
            frames,
            mask,
            frame_positions(frames.shape[1], frames.shape[1], self.settings, seen=frames.shape[1]),
            draw_slices(of_slices, self.settings.slices, self.settings.outputs),
            self.settings,
            key=of_dropout,
        )
        every = jnp.ones(seen.segments.shape[:2], bool)
        given = [(seen.frames, seen.costs, mask), (seen.segments, None, every)]
        if self.settings.refinement:
            given.append((seen.refined, None, mask))
        return [self._part(network, *each) for each in given]

    def _part(self, network, vectors, costs, mask):
        cosines = vectors @ network.actions.T
        assignment = assignment_of(1 - cosines if costs is None else costs, mask, self.settings.training)
        return cross_entropy(assignment, cosines, mask, self.settings.temperature)


@eqx.filter_jit
def _look(network, features, mask, positions, slices, settings):
    return look(network, features, mask, positions, slices, settings)


@dataclass(frozen=True)
class ClotModel:
    """A trained model, for videos of its activity.

    Attributes:
        network: what was learned.
        slices: drawn once, for all videos that the model is applied to [slices, e]; in training they are
            drawn anew at every step.
        settings: of its training, which say how it is applied.
    """

    network: ClotNetwork
    slices: Float[Array, "slices e"]
    settings: ClotSettings

    def seen(self, features) -> Seen:
        """What the model makes of one video's features [n, d], as a batch of one.

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        width = self.network.encoder.layers[0].weight.shape[1]
        frames = prepared(features, width, standardise=self.settings.standardise)
        n = len(frames)
        # Padding would be sorted among the frames.
        rows = n if self.settings.released_faults else bucket(n, *FRAME_ROWS)
        found = _look(
            self.network,
            jnp.asarray(np.pad(frames, ((0, rows - n), (0, 0))))[None],
            jnp.arange(rows)[None] < n,
            jnp.asarray(frame_positions(n, rows, self.settings, seen=self.settings.frames)),
            self.slices,
            self.settings,
        )
        return Seen(found.frames[:, :n], found.costs[:, :n], found.segments, found.refined[:, :n])

    def embed(self, features) -> Float[np.ndarray, "n e"]:
        """Refined frames [n, e] of one video, of unit norm.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        return np.asarray(self.seen(features).refined[0])

    def assignment(self, features) -> Float[np.ndarray, "n k"]:
        """Soft assignment of each refined frame to the actions [n, k]. Raises ValueError as `embed`.

        Without refinement it is that of frames.
        """
        seen = self.seen(features)
        costs = 1 - seen.refined @ self.network.actions.T if self.settings.refinement else seen.costs
        return decoded(np.asarray(costs[0]), self.settings.applied)

    def segment(self, features) -> Int[np.ndarray, " n"]:
        """Action of each frame [n]; a number means the same in every video. Raises ValueError as `embed`."""
        return self.assignment(features).argmax(1)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {
            **arrays_of(self.network),
            "slices": np.asarray(self.slices),
            "settings": np.array(json.dumps(asdict(self.settings))),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> ClotModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = ClotSettings(**json.loads(str(arrays["settings"])))
        width = arrays["encoder.layers.0.weight"].shape[1]
        network = ClotNetwork(width, settings, arrays["actions"], key=jax.random.key(0))
        return cls(with_arrays(network, arrays), jnp.asarray(arrays["slices"]), settings)


def train_clot(
    videos: Sequence[Video], *, n_segments: int, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> ClotModel:
    """Train CLOT on all videos of one activity, without labels.

    Args:
        videos: of the activity.
        n_segments: K, number of actions; published runs take all that occur in the activity.
        seed: of initial weights, order of videos, frames and slices drawn, and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `ClotSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_frames`.

    Warns:
        UserWarning: draws that do not fit the videos or the radius; see `warn_of_draws`.
    """
    chosen = ClotSettings(**settings)
    frames = load_frames(videos, n_segments, standardise=chosen.standardise)
    warn_of_draws(frames, chosen.frames, chosen.radius, chosen.alpha)
    batches = FrameBatches(frames, chosen.frames, chosen.batch_videos, seed)
    of_network, of_slices = jax.random.split(jax.random.key(seed, impl="threefry2x32"))
    blank = np.zeros((n_segments, chosen.outputs), np.float32)
    network = ClotNetwork(frames[0].shape[1], chosen, blank, key=of_network)
    actions = jnp.asarray(centres(network.encoder, batches(-1), n_segments, seed))
    started = eqx.tree_at(lambda found: found.actions, network, actions)
    trained = learned(started, ClotLoss(chosen), ClotBatches(batches), chosen, checkpoint)
    slices = draw_slices(of_slices, chosen.slices, chosen.outputs)
    return ClotModel(with_unit_actions(trained), slices, chosen)
