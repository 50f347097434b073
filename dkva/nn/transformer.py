"""A transformer's encoder whose layers normalise what they read, not what they give.

As in CARL (Chen et al., CVPR 2022) and its public code: nothing is normalised after the last layer, and
dropout acts on the frames with their positions and on what is added to them, not inside attention, nor
between the two linear layers.
"""

from __future__ import annotations

import operator

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import dropped, linear, xavier

__all__ = ["TransformerEncoder", "TransformerLayer"]

_PROJECTIONS = operator.attrgetter("query_proj", "key_proj", "value_proj", "output_proj")


class TransformerLayer(eqx.Module):
    """Attention among the frames, then two linear layers with ReLU; each reads normalised frames and adds.

    Attributes:
        attention: by several heads.
        widen: first linear layer, before ReLU.
        narrow: second linear layer.
        norms: before attention, and before the linear layers.
        dropout: share of values that is set to 0 in training.
    """

    attention: eqx.nn.MultiheadAttention
    widen: eqx.nn.Linear
    narrow: eqx.nn.Linear
    norms: tuple[eqx.nn.LayerNorm, eqx.nn.LayerNorm]
    dropout: float = eqx.field(static=True)

    def __init__(self, width: int, heads: int, hidden: int, *, dropout: float, key: Array):
        """A layer that is not trained; arguments as those of `TransformerEncoder`."""
        start, *keys = jax.random.split(key, 9)
        biases = {f"use_{name}_bias": True for name in ("query", "key", "value", "output")}
        attention = eqx.nn.MultiheadAttention(heads, width, **biases, key=start)
        parts = [xavier(part, key=each) for part, each in zip(_PROJECTIONS(attention), keys[:4], strict=True)]
        self.attention = eqx.tree_at(_PROJECTIONS, attention, parts)
        self.widen = xavier(eqx.nn.Linear(width, hidden, key=keys[4]), key=keys[5])
        self.narrow = xavier(eqx.nn.Linear(hidden, width, key=keys[6]), key=keys[7])
        self.norms = eqx.nn.LayerNorm(width), eqx.nn.LayerNorm(width)
        self.dropout = dropout

    def __call__(
        self, frames: Float[Array, "n d"], mask: Bool[Array, " n"] | None, key: Array | None
    ) -> Float[Array, "n d"]:
        """The frames after this layer.

        Args:
            frames: before it.
            mask: False for frames that are padding, which no frame reads.
            key: of the dropout; None means none.
        """
        keys = (None, None) if key is None else jax.random.split(key)
        read = jax.vmap(self.norms[0])(frames)
        shown = None if mask is None else jnp.broadcast_to(mask, (len(frames), len(frames)))
        frames = frames + dropped(self.attention(read, read, read, shown), self.dropout, keys[0])
        wide = jax.nn.relu(linear(self.widen, jax.vmap(self.norms[1])(frames)))
        return frames + dropped(linear(self.narrow, wide), self.dropout, keys[1])


class TransformerEncoder(eqx.Module):
    """Layers one after another, over frames with their positions. Of one clip: map it over several.

    Departs from CARL's public code: there all layers start with the same weights, being copies of one.

    Attributes:
        layers: as one, each of whose arrays has a first axis of layers; a program then has one of them.
    """

    layers: TransformerLayer

    def __init__(self, width: int, *, heads: int, layers: int, hidden: int, dropout: float = 0.1, key: Array):
        """An encoder that is not trained.

        Weights start uniform by Glorot & Bengio (2010), biases as those of `eqx.nn.Linear`.

        Args:
            width: d of frames and positions.
            heads: of each attention, a divisor of d.
            layers: number of layers.
            hidden: outputs of the first linear layer of each.
            dropout: share of values that is set to 0 in training, from 0, below 1.
            key: of the initial weights.

        Raises:
            ValueError: heads that do not divide the width.
        """
        if width % heads:
            raise ValueError(f"heads are {heads}, and {width} features a frame: give a divisor")
        self.layers = eqx.filter_vmap(
            lambda each: TransformerLayer(width, heads, hidden, dropout=dropout, key=each)
        )(jax.random.split(key, layers))

    def __call__(
        self,
        frames: Float[Array, "n d"],
        positions: Float[Array, "n d"],
        *,
        mask: Bool[Array, " n"] | None = None,
        key: Array | None = None,
    ) -> Float[Array, "n d"]:
        """Frames that know of each other; those that are padding are finite and mean nothing.

        Args:
            frames: of one clip.
            positions: added to them; CARL's are `dkva.nn.positions.stretched_sinusoids`.
            mask: False for frames that are padding.
            key: of the dropout; None means none, as after training.
        """
        number = len(self.layers.widen.weight)
        keys = None if key is None else jax.random.split(key, number + 1)
        stacked, others = eqx.partition(self.layers, eqx.is_array)

        def read(frames, given):
            arrays, of_layer = given
            return eqx.combine(arrays, others)(frames, mask, of_layer), None

        start = dropped(frames + positions, self.layers.dropout, None if keys is None else keys[-1])
        return jax.lax.scan(read, start, (stacked, None if keys is None else keys[:-1]))[0]
