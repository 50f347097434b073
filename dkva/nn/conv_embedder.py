"""Embeds frames from the maps of an image network, each frame together with its context."""

from __future__ import annotations

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.base.checks import check_number, check_whole
from dkva.nn.batch_norm import BatchNorm
from dkva.nn.layers import dropped, linear, unit

__all__ = ["ConvEmbedder"]


class ConvEmbedder(eqx.Module):
    """Two convolutions over time and space, a maximum over all positions, and three linear layers.

    As in TCC (Dwibedi et al. 2019), LAV and VAOT: convolutions of 3 × 3 × 3 are normalised by batch, ReLU
    follows all layers but the last, values are dropped before the first two linear layers, and what comes out
    has unit norm. Weights and biases start uniform within ± 1 / sqrt(inputs), as in PyTorch.

    Attributes:
        convolutions: the two.
        norms: after each.
        layers: the linear ones.
        dropout: share of values that is set to 0 in training.
    """

    convolutions: tuple[eqx.nn.Conv3d, ...]
    norms: tuple[BatchNorm, ...]
    layers: tuple[eqx.nn.Linear, ...]
    dropout: float = eqx.field(static=True)

    def __init__(self, channels: int, *, hidden: int, outputs: int, dropout: float, key: Array):
        """An embedder that is not trained.

        Args:
            channels: c of the maps; VAOT has 1024.
            hidden: size of all layers but the last; VAOT has 512.
            outputs: e; VAOT has 128.
            dropout: from 0, below 1; VAOT has 0.1.
            key: of the initial weights.

        Raises:
            ValueError: a size below 1, or dropout out of range.
        """
        for name, size in (("channels", channels), ("hidden", hidden), ("outputs", outputs)):
            check_whole(name, size, least=1)
        check_number("dropout", dropout)
        if dropout >= 1:
            raise ValueError(f"dropout is {dropout}: give a number below 1, as some values must be left")
        keys = jax.random.split(key, 5)
        self.convolutions = tuple(
            eqx.nn.Conv3d(inputs, hidden, 3, padding=1, key=each)
            for inputs, each in zip((channels, hidden), keys[:2], strict=True)
        )
        self.norms = BatchNorm(hidden), BatchNorm(hidden)
        self.layers = tuple(
            eqx.nn.Linear(*sizes, key=each)
            for sizes, each in zip(
                itertools.pairwise((hidden, hidden, hidden, outputs)), keys[2:], strict=True
            )
        )
        self.dropout = dropout

    def __call__(
        self, maps: Float[Array, "n t c h w"], *, key: Array | None
    ) -> tuple[Float[Array, "n e"], ConvEmbedder]:
        """Embedded frames of unit norm, and the embedder with its statistics after them; see `BatchNorm`.

        Args:
            maps: of each frame, its context before it.
            key: of the dropout; None, after training, drops nothing and takes running statistics.
        """
        found = jnp.swapaxes(maps, 1, 2)
        norms = []
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            found, norm = norm(jax.vmap(convolution)(found), training=key is not None)
            found = jax.nn.relu(found)
            norms.append(norm)
        vectors = jnp.max(found, (2, 3, 4))
        keys = (None, None) if key is None else jax.random.split(key)
        for layer, each in zip(self.layers[:-1], keys, strict=True):
            vectors = jax.nn.relu(linear(layer, dropped(vectors, self.dropout, each)))
        seen = eqx.tree_at(lambda embedder: embedder.norms, self, tuple(norms))
        return unit(linear(self.layers[-1], vectors)), seen
