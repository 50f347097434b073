"""A transformer's decoder that reads a memory by queries, all at once, without an encoder before it.

As in DETR (Carion et al. 2020), with layers normalised after each sum. Two departures of CLOT's public code
from DETR's are kept, which its results stand on: in self-attention the values carry the queries' positions,
too, and in cross-attention the values carry the positions of the memory.
"""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import dropped, layer_norm, linear, xavier

__all__ = ["Attention", "Decoder", "DecoderLayer"]


def _keys(key: Array | None, number: int) -> list:
    """As many keys, or none as many times."""
    return [None] * number if key is None else list(jax.random.split(key, number))


def _projection(width: int, key: Array, *, together: int = 1) -> eqx.nn.Linear:
    """A linear layer whose biases start at 0; see `xavier`."""
    layer = xavier(eqx.nn.Linear(width, width, key=key), key=key, together=together)
    return eqx.tree_at(lambda each: each.bias, layer, jnp.zeros(width, layer.weight.dtype))


class Attention(eqx.Module):
    """Attention by several heads, whose keys and values are of the same vectors (Vaswani et al. 2017).

    Attributes:
        query: linear layer of what asks.
        key: of what is asked, to be compared.
        value: of what is asked, to be averaged.
        output: of all heads' averages.
        heads: number of heads.
        dropout: share of the weights that is set to 0 in training.
    """

    query: eqx.nn.Linear
    key: eqx.nn.Linear
    value: eqx.nn.Linear
    output: eqx.nn.Linear
    heads: int = eqx.field(static=True)
    dropout: float = eqx.field(static=True)

    def __init__(self, width: int, heads: int, *, dropout: float = 0.0, key: Array):
        """Attention that is not trained.

        Args:
            width: d of both sides.
            heads: a divisor of d.
            dropout: see the class.
            key: of the initial weights; biases start at 0.

        Raises:
            ValueError: heads that do not divide the width.
        """
        if width % heads:
            raise ValueError(f"heads are {heads}, and {width} features a frame: give a divisor")
        keys = jax.random.split(key, 4)
        self.query, self.key, self.value = (_projection(width, each, together=3) for each in keys[:3])
        self.output = _projection(width, keys[3])
        self.heads, self.dropout = heads, dropout

    def __call__(
        self,
        asking: Float[Array, "*axes q d"],
        asked: Float[Array, "*axes n d"],
        mask: Bool[Array, "*axes n"] | None = None,
        *,
        key: Array | None = None,
    ) -> Float[Array, "*axes q d"]:
        """What each vector that asks is given.

        Args:
            asking: these vectors.
            asked: keys and values.
            mask: False if nothing is asked of a vector.
            key: of the dropout; None means none.
        """
        query, keys, values = (
            self._split(linear(layer, vectors))
            for layer, vectors in ((self.query, asking), (self.key, asked), (self.value, asked))
        )
        scores = jnp.einsum("...qhe,...nhe->...hqn", query, keys) / math.sqrt(query.shape[-1])
        if mask is not None:
            shown = jnp.broadcast_to(mask[..., None, None, :], scores.shape)
            scores = jnp.where(shown, scores, jnp.finfo(scores.dtype).min)
        weights = dropped(jax.nn.softmax(scores, axis=-1), self.dropout, key)
        found = jnp.einsum("...hqn,...nhe->...qhe", weights, values)
        return linear(self.output, found.reshape(asking.shape))

    def _split(self, vectors: Array) -> Array:
        """One axis more, of heads [*axes, n, heads, d / heads]."""
        return vectors.reshape(*vectors.shape[:-1], self.heads, -1)


class DecoderLayer(eqx.Module):
    """Attention among the queries, then to the memory, then two linear layers; each added and normalised.

    Attributes:
        among: attention of queries to each other.
        across: attention of queries to the memory.
        widen: first linear layer, before ReLU.
        narrow: second linear layer.
        norms: after each sum.
        dropout: share of values that is set to 0 in training.
    """

    among: Attention
    across: Attention
    widen: eqx.nn.Linear
    narrow: eqx.nn.Linear
    norms: tuple[eqx.nn.LayerNorm, ...]
    dropout: float = eqx.field(static=True)

    def __init__(self, width: int, heads: int, hidden: int, *, dropout: float, key: Array):
        """A layer that is not trained; arguments as those of `Decoder`."""
        keys = jax.random.split(key, 6)
        self.among = Attention(width, heads, dropout=dropout, key=keys[0])
        self.across = Attention(width, heads, dropout=dropout, key=keys[1])
        self.widen = xavier(eqx.nn.Linear(width, hidden, key=keys[2]), key=keys[3])
        self.narrow = xavier(eqx.nn.Linear(hidden, width, key=keys[4]), key=keys[5])
        self.norms = tuple(eqx.nn.LayerNorm(width) for _ in range(3))
        self.dropout = dropout

    def __call__(
        self,
        queries: Float[Array, "*axes q d"],
        memory: Float[Array, "*axes n d"],
        positions: Float[Array, "*axes q d"],
        mask: Bool[Array, "*axes n"] | None,
        key: Array | None,
    ) -> Float[Array, "*axes q d"]:
        """The queries after this layer.

        Args:
            queries: before it.
            memory: with its positions added.
            positions: of the queries.
            mask: False for vectors of the memory that are padding.
            key: of the dropout; None means none.
        """
        keys = _keys(key, 6)
        with_positions = queries + positions
        heard = self.among(with_positions, with_positions, key=keys[0])
        queries = self._added(0, queries, heard, keys[1])
        heard = self.across(queries + positions, memory, mask, key=keys[2])
        queries = self._added(1, queries, heard, keys[3])
        wide = dropped(jax.nn.relu(linear(self.widen, queries)), self.dropout, keys[4])
        return self._added(2, queries, linear(self.narrow, wide), keys[5])

    def _added(self, norm: int, queries: Array, heard: Array, key: Array | None) -> Array:
        return layer_norm(self.norms[norm], queries + dropped(heard, self.dropout, key))


class Decoder(eqx.Module):
    """Layers one after another; what each gives is normalised once more.

    Attributes:
        layers: the layers.
        norm: of what each of them gives.
    """

    layers: tuple[DecoderLayer, ...]
    norm: eqx.nn.LayerNorm

    def __init__(self, width: int, *, heads: int, layers: int, hidden: int, dropout: float = 0.0, key: Array):
        """A decoder that is not trained.

        Args:
            width: d of queries and memory.
            heads: of each attention, a divisor of d.
            layers: number of layers.
            hidden: outputs of the first linear layer of each.
            dropout: share of values that is set to 0 in training.
            key: of the initial weights.

        Raises:
            ValueError: heads that do not divide the width.
        """
        self.layers = tuple(
            DecoderLayer(width, heads, hidden, dropout=dropout, key=each)
            for each in jax.random.split(key, layers)
        )
        self.norm = eqx.nn.LayerNorm(width)

    def __call__(
        self,
        queries: Float[Array, "*axes q d"],
        memory: Float[Array, "*axes n d"],
        *,
        query_positions: Float[Array, "*axes q d"],
        memory_positions: Float[Array, "*axes n d"] | None = None,
        mask: Bool[Array, "*axes n"] | None = None,
        key: Array | None = None,
    ) -> Float[Array, "layers *axes q d"]:
        """What each layer gives, the last one's last.

        Args:
            queries: where they start, often 0.
            memory: what is read.
            query_positions: added to the queries in every attention; these are learned.
            memory_positions: added to the memory; None means none.
            mask: False for vectors of the memory that are padding.
            key: of the dropout; None means none, as after training.
        """
        if memory_positions is not None:
            memory = memory + memory_positions
        given = []
        for layer, each in zip(self.layers, _keys(key, len(self.layers)), strict=True):
            queries = layer(queries, memory, query_positions, mask, each)
            given.append(layer_norm(self.norm, queries))
        return jnp.stack(given)
