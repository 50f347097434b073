"""A transformer's decoder that reads a memory by queries, all at once, without an encoder before it.

As in DETR (Carion et al. 2020), with layers normalised after each sum. Two departures of CLOT's public code
from DETR's are kept, which its results stand on: in self-attention the values carry the queries' positions,
too, and in cross-attention the values carry the positions of the memory.
"""

from __future__ import annotations

import operator

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import dropped, xavier

__all__ = ["Decoder", "DecoderLayer", "attention"]

_PROJECTIONS = ("query", "key", "value", "output")


def attention(width: int, heads: int, *, dropout: float = 0.0, key: Array) -> eqx.nn.MultiheadAttention:
    """Attention by several heads (Vaswani et al. 2017) as PyTorch starts it.

    Query, key and value are one matrix there, which `xavier` takes as one; biases start at 0.

    Args:
        width: d of both sides.
        heads: a divisor of d.
        dropout: share of the weights that is set to 0 in training.
        key: of the initial weights.

    Raises:
        ValueError: heads that do not divide the width.
    """
    if width % heads:
        raise ValueError(f"heads are {heads}, and {width} features a frame: give a divisor")
    biases = {f"use_{name}_bias": True for name in _PROJECTIONS}
    layer = eqx.nn.MultiheadAttention(heads, width, **biases, dropout_p=dropout, key=key)
    for name, each in zip(_PROJECTIONS, jax.random.split(key, len(_PROJECTIONS)), strict=True):
        place = operator.attrgetter(f"{name}_proj")
        part = xavier(place(layer), key=each, together=1 if name == "output" else 3)
        part = eqx.tree_at(lambda linear: linear.bias, part, jnp.zeros(width, part.weight.dtype))
        layer = eqx.tree_at(place, layer, part)
    return layer


def _attended(layer: eqx.nn.MultiheadAttention, asking, asked, mask, key):
    """What each vector that asks is given of those asked [q, d]; without a key nothing is dropped."""
    shown = None if mask is None else jnp.broadcast_to(mask, (len(asking), len(asked)))
    return layer(asking, asked, asked, shown, key=key, inference=key is None)


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

    among: eqx.nn.MultiheadAttention
    across: eqx.nn.MultiheadAttention
    widen: eqx.nn.Linear
    narrow: eqx.nn.Linear
    norms: tuple[eqx.nn.LayerNorm, ...]
    dropout: float = eqx.field(static=True)

    def __init__(self, width: int, heads: int, hidden: int, *, dropout: float, key: Array):
        """A layer that is not trained; arguments as those of `Decoder`."""
        keys = jax.random.split(key, 6)
        self.among = attention(width, heads, dropout=dropout, key=keys[0])
        self.across = attention(width, heads, dropout=dropout, key=keys[1])
        self.widen = xavier(eqx.nn.Linear(width, hidden, key=keys[2]), key=keys[3])
        self.narrow = xavier(eqx.nn.Linear(hidden, width, key=keys[4]), key=keys[5])
        self.norms = tuple(eqx.nn.LayerNorm(width) for _ in range(3))
        self.dropout = dropout

    def __call__(
        self,
        queries: Float[Array, "q d"],
        memory: Float[Array, "n d"],
        positions: Float[Array, "q d"],
        mask: Bool[Array, " n"] | None,
        key: Array | None,
    ) -> Float[Array, "q d"]:
        """The queries after this layer.

        Args:
            queries: before it.
            memory: with its positions added.
            positions: of the queries.
            mask: False for vectors of the memory that are padding.
            key: of the dropout; None means none.
        """
        keys = [None] * 6 if key is None else list(jax.random.split(key, 6))
        with_positions = queries + positions
        heard = _attended(self.among, with_positions, with_positions, None, keys[0])
        queries = self._added(0, queries, heard, keys[1])
        heard = _attended(self.across, queries + positions, memory, mask, keys[2])
        queries = self._added(1, queries, heard, keys[3])
        wide = dropped(jax.nn.relu(jax.vmap(self.widen)(queries)), self.dropout, keys[4])
        return self._added(2, queries, jax.vmap(self.narrow)(wide), keys[5])

    def _added(self, norm: int, queries: Array, heard: Array, key: Array | None) -> Array:
        return jax.vmap(self.norms[norm])(queries + dropped(heard, self.dropout, key))


class Decoder(eqx.Module):
    """Layers one after another; what each gives is normalised once more. Of one video: map it over several.

    Attributes:
        layers: as one, each of whose arrays has a first axis of layers; a program then has one of them.
        norm: of what each of them gives.
    """

    layers: DecoderLayer
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
        self.layers = eqx.filter_vmap(
            lambda each: DecoderLayer(width, heads, hidden, dropout=dropout, key=each)
        )(jax.random.split(key, layers))
        self.norm = eqx.nn.LayerNorm(width)

    def __call__(
        self,
        queries: Float[Array, "q d"],
        memory: Float[Array, "n d"],
        *,
        query_positions: Float[Array, "q d"],
        memory_positions: Float[Array, "n d"] | None = None,
        mask: Bool[Array, " n"] | None = None,
        key: Array | None = None,
    ) -> Float[Array, "layers q d"]:
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
        stacked, rest = eqx.partition(self.layers, eqx.is_array)

        def read(queries, given):
            arrays, of_layer = given
            queries = eqx.combine(arrays, rest)(queries, memory, query_positions, mask, of_layer)
            return queries, jax.vmap(self.norm)(queries)

        number = len(self.layers.widen.weight)
        keys = None if key is None else jax.random.split(key, number)
        return jax.lax.scan(read, queries, (stacked, keys))[1]
