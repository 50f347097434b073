"""Training of a network that embeds frames, on views of videos, whatever the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from dkva.alignment.frame_network import FrameNetwork, ProjectionHead
from dkva.alignment.frame_settings import FrameSettings
from dkva.nn.batch_norm import blind_to_statistics, stepping_statistics
from dkva.nn.optimising import clipped_adam
from dkva.nn.sampling import Sample
from dkva.nn.training import Keeper, fit

__all__ = ["Learned", "ViewBatch", "ViewBatches", "drawn_key", "fit_network", "optimiser_of", "start"]


class ViewBatch(NamedTuple):
    """Views of some videos, as many of each, and what the random numbers of their step are drawn from.

    Attributes:
        frames: features [v, s, n, d].
        times: which frames of its video a view has [v, s, n].
        mask: False for frames that are padding.
        lengths: frames of each video [v].
        draw: seed, epoch and place of the batch in it [3].
    """

    frames: Float[Array | np.ndarray, "v s n d"]
    times: Int[Array | np.ndarray, "v s n"]
    mask: Bool[Array | np.ndarray, "v s n"]
    lengths: Int[Array | np.ndarray, " v"]
    draw: UInt32[Array | np.ndarray, " 3"]


@dataclass(frozen=True)
class ViewBatches:
    """Batches of an epoch, the same ones whenever that epoch is asked for.

    Attributes:
        videos: features of each [n, d].
        views: draws those of a video of so many frames.
        size: videos of a batch, at most as many as there are. The last one of an epoch is filled up with the
            first videos of its order, so that all are of one size.
        seed: of order and draws.
    """

    videos: Sequence[np.ndarray]
    views: Callable[[int, np.random.Generator], tuple[Sample, ...]]
    size: int
    seed: int

    def __call__(self, epoch: int) -> Iterator[ViewBatch]:
        """All videos in a random order."""
        rng = np.random.default_rng([self.seed, epoch])
        order = rng.permutation(len(self.videos))
        for place in range(self.steps):
            chosen = order[np.arange(place * self.size, (place + 1) * self.size) % len(order)]
            yield self._batch(chosen, rng, np.array([self.seed, epoch, place], np.uint32))

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return -(-len(self.videos) // self.size)

    def _batch(self, chosen: np.ndarray, rng: np.random.Generator, draw: np.ndarray) -> ViewBatch:
        lengths = np.array([len(self.videos[index]) for index in chosen])
        samples = [self.views(int(length), rng) for length in lengths]
        frames = [
            [self.videos[index][view.indices] for view in views]
            for index, views in zip(chosen, samples, strict=True)
        ]
        times, mask = (
            np.stack([[getattr(view, name) for view in views] for views in samples])
            for name in ("indices", "mask")
        )
        return ViewBatch(np.stack(frames), times, mask, lengths, draw)


class Learned(eqx.Module):
    """What is learned.

    Attributes:
        network: which stays.
        head: what the loss sees embedded frames through; None if it sees them as they are.
    """

    network: FrameNetwork
    head: ProjectionHead | None

    def __init__(self, inputs: int, settings: FrameSettings, *, projected: bool, key: Array):
        """One that is not trained; arguments as those of `FrameNetwork`, and whether there is a head."""
        of_network, of_head = jax.random.split(key)
        self.network = FrameNetwork(inputs, settings, key=of_network)
        self.head = ProjectionHead(settings.outputs, key=of_head) if projected else None

    def __call__(self, batch: ViewBatch) -> tuple[Float[Array, "v s n e"], Learned]:
        """Frames in training, of unit norm behind a head and of any without, and this with its statistics.

        All views of the batch are normalised together.

        Args:
            batch: of views.
        """
        v, s, n, d = batch.frames.shape
        mask = jnp.asarray(batch.mask).reshape(v * s, n)
        frames, network = self.network(
            jnp.asarray(batch.frames).reshape(v * s, n, d),
            jnp.asarray(self.network.places(n)),
            mask,
            key=drawn_key(batch.draw),
        )
        head = self.head
        if head is not None:
            frames, head = head(frames, mask)
        seen = eqx.tree_at(
            lambda each: (each.network, each.head), self, (network, head), is_leaf=lambda each: each is None
        )
        return frames.reshape(v, s, n, -1), seen


def drawn_key(draw: UInt32[Array | np.ndarray, " 3"]) -> Array:
    """The key of a step from seed, epoch and place of its batch."""
    first, *others = draw
    key = jax.random.key(first, impl="threefry2x32")
    for other in others:
        key = jax.random.fold_in(key, other)
    return key


@eqx.filter_jit  # one program, which many of one size share
def start(inputs: int, settings: FrameSettings, projected: bool, key: Array) -> Learned:
    """What is learned, before training; arguments as those of `Learned`."""
    return Learned(inputs, settings, projected=projected, key=key)


def optimiser_of(settings: FrameSettings, steps: int):
    """The optimiser of a training of so many steps, which steps running statistics, too."""
    falling = max(steps, 1) if settings.decay == "cosine" else None
    clipping = clipped_adam(settings.learning_rate, settings.weight_decay, clip=settings.clip, steps=falling)
    return stepping_statistics(blind_to_statistics(clipping))


def fit_network(
    videos: Sequence[np.ndarray],
    views: Callable[[int, np.random.Generator], tuple[Sample, ...]],
    loss: Callable[[Learned, ViewBatch], Array],
    settings: FrameSettings,
    *,
    seed: int,
    projected: bool = False,
    checkpoint: Keeper | None = None,
) -> FrameNetwork:
    """A network trained on views of videos.

    Args:
        videos: features of each [n, d].
        views: draws those of a video of so many frames.
        loss: a frozen dataclass, whose gradient is `carried_by_gradient`.
        settings: of the network and the optimiser.
        seed: of initial weights, order of videos, views and dropout.
        projected: whether the loss sees frames through a `ProjectionHead`.
        checkpoint: where the state of the training is kept, to go on after a kill.
    """
    batches = ViewBatches(videos, views, min(settings.batch, len(videos)), seed)
    trained = fit(
        start(videos[0].shape[1], settings, projected, jax.random.key(seed)),
        loss,
        batches,
        optimiser=optimiser_of(settings, settings.epochs * batches.steps),
        epochs=settings.epochs,
        checkpoint=checkpoint,
    )
    return trained.model.network
