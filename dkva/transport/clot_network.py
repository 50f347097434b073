"""What CLOT learns, and how it makes frames, segments and refined frames of a video's features."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.nn.decoder import Decoder
from dkva.nn.encoder import Encoder
from dkva.nn.layers import dropped, unit
from dkva.nn.positions import sinusoids
from dkva.transport.asot import AsotNetwork
from dkva.transport.clot_modules import dispatched, refined, slice_costs
from dkva.transport.clot_settings import ClotSettings

__all__ = ["ClotNetwork", "Seen", "frame_positions", "look"]


class ClotNetwork(AsotNetwork):
    """What is learned, beside encoder and actions.

    Attributes:
        scale: of similarities in the dispatching.
        shift: added to them.
        queries: what the decoder asks [k', e].
        decoder: reads segments from a video; None without one.
    """

    scale: Float[Array, ""]
    shift: Float[Array, ""]
    queries: Float[Array, "queries e"]
    decoder: Decoder | None

    def __init__(
        self, width: int, settings: ClotSettings, actions: Float[Array | np.ndarray, "k e"], *, key: Array
    ):
        """A network that is not trained.

        Args:
            width: d of the features.
            settings: which parts there are, and their sizes.
            actions: where the actions start.
            key: of the initial weights; those of the encoder do not depend on the other settings.
        """
        of_encoder, of_queries, of_decoder = jax.random.split(key, 3)
        self.encoder = Encoder((width, settings.hidden, settings.outputs), key=of_encoder)
        self.actions = jnp.asarray(actions)
        self.scale, self.shift = jnp.ones(()), jnp.zeros(())
        self.queries = jax.random.normal(of_queries, (settings.queries or len(actions), settings.outputs))
        self.decoder = None
        if settings.decoder:
            self.decoder = Decoder(
                settings.outputs,
                heads=settings.decoder_heads,
                layers=settings.decoder_layers,
                hidden=settings.decoder_hidden,
                dropout=settings.dropout,
                key=of_decoder,
            )


class Seen(NamedTuple):
    """What a network makes of a batch of videos; frames and segments have unit norm.

    Attributes:
        frames: F [b, n, e].
        costs: of frames and actions, without the prior [b, n, k].
        segments: S [b, k', e].
        refined: F_R [b, n, e]; F itself without refinement.
    """

    frames: Float[Array, "b n e"]
    costs: Float[Array, "b n k"]
    segments: Float[Array, "b queries e"]
    refined: Float[Array, "b n e"]


def frame_positions(
    n_frames: int, rows: int, settings: ClotSettings, *, seen: int
) -> Float[np.ndarray, "{rows} e"]:
    """Positions of a video's frames, padded to so many rows.

    They are counted as in training, which sees `seen` frames of a video at most: frames of a longer video
    have positions between (our choice; the public code does not tell frames apart).
    """
    step = min(1.0, seen / n_frames)
    places = np.zeros(rows) if settings.released_faults else step * np.arange(rows)
    return sinusoids(places, settings.outputs).astype(np.float32)


def look(
    network: ClotNetwork,
    features: Float[Array, "b n d"],
    mask: Bool[Array, "b n"],
    positions: Float[Array | np.ndarray, "n e"],
    slices: Float[Array, "slices e"],
    settings: ClotSettings,
    *,
    key: Array | None = None,
) -> Seen:
    """Frames, segments and refined frames of a batch of videos.

    Frames have unit norm after the dispatching, and segments have it, too (our choices: costs are cosines).

    Args:
        network: whose actions have unit norm.
        features: of each video.
        mask: False for padding.
        positions: of frames.
        slices: unit vectors.
        settings: which parts there are.
        key: of the dropout, in training.
    """
    frames = network.encoder(features)
    if settings.dispatching:
        frames = unit(dispatched(frames, network.actions, network.scale, network.shift, mask))
    costs = 1 - frames @ network.actions.T
    if settings.slice_weight:
        distances = slice_costs(
            frames, network.actions, slices, settings.slice_radius, sorted_slices=settings.released_faults
        )
        costs = costs + settings.slice_weight * distances
    segments = unit(_segments(network, frames, mask, jnp.asarray(positions, frames.dtype), key))
    better = frames
    if settings.refinement:
        better, _ = refined(frames, segments, settings.refinement_temperature)
    return Seen(frames, costs, segments, better)


def _segments(network, frames, mask, positions, key):
    decoder, queries = network.decoder, network.queries
    if decoder is None:
        return jnp.broadcast_to(queries, (len(frames), *queries.shape))

    def read(frames, mask, key):
        of_memory, of_decoder = (None, None) if key is None else jax.random.split(key)
        memory = dropped(frames + positions, decoder.layers.dropout, of_memory)
        start = jnp.zeros_like(queries)
        return decoder(start, memory, query_positions=queries, mask=mask, key=of_decoder)[-1]

    return jax.vmap(read)(frames, mask, None if key is None else jax.random.split(key, len(frames)))
