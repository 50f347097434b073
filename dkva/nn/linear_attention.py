"""Attention whose time grows with the number of frames, not with its square.

Katharopoulos et al., Transformers are RNNs: fast autoregressive transformers with linear attention, ICML
2020, in the layer of LoFTR (Sun et al., CVPR 2021), as CASA (Kwon et al., CVPR 2022) has it for skeletons.
"""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import linear, xavier

__all__ = ["AttentionLayer", "linear_attention"]

#: Added to the sum of the weights of a frame.
_EPS = 1e-6


def linear_attention(
    queries: Float[Array, "b n h c"],
    keys: Float[Array, "b m h c"],
    values: Float[Array, "b m h c"],
    mask: Bool[Array, "b m"],
) -> Float[Array, "b n h c"]:
    """Means of values with the weights φ(q)·φ(k), φ(x) = elu(x) + 1, of each head.

    Args:
        queries: of the frames that read.
        keys: of the frames that are read.
        values: of them.
        mask: which of them there are; without any, all is 0.
    """
    read = jnp.where(mask[:, :, None, None], jax.nn.elu(keys) + 1, 0)
    asked = jax.nn.elu(queries) + 1
    heard = jnp.einsum("bnhc,bhcv->bnhv", asked, jnp.einsum("bmhc,bmhv->bhcv", read, values))
    total = jnp.einsum("bnhc,bhc->bnh", asked, jnp.sum(read, axis=1))
    return heard / (total[..., None] + _EPS)


class AttentionLayer(eqx.Module):
    """Frames read those of their own or of another sequence, and what they heard is added to them.

    There are no biases but the norms' own.

    Attributes:
        query: of the frames that read.
        key: of those that are read.
        value: likewise.
        merge: mixes the heads.
        widen: first linear layer, of a frame beside what it heard, before ReLU.
        narrow: second linear layer.
        norms: of what was heard, and of what the linear layers make of it.
        heads: of the attention.
    """

    query: eqx.nn.Linear
    key: eqx.nn.Linear
    value: eqx.nn.Linear
    merge: eqx.nn.Linear
    widen: eqx.nn.Linear
    narrow: eqx.nn.Linear
    norms: tuple[eqx.nn.LayerNorm, eqx.nn.LayerNorm]
    heads: int = eqx.field(static=True)

    def __init__(self, width: int, heads: int, *, key: Array):
        """A layer that is not trained; its weights start uniform by Glorot & Bengio (2010).

        Args:
            width: d of the frames.
            heads: a divisor of d.
            key: of the initial weights.

        Raises:
            ValueError: heads that do not divide the width.
        """
        if width % heads:
            raise ValueError(f"heads are {heads}, and {width} features a frame: give a divisor")
        keys = iter(jax.random.split(key, 12))

        def layer(inputs, outputs):
            bare = eqx.nn.Linear(inputs, outputs, use_bias=False, key=next(keys))
            return xavier(bare, key=next(keys))

        self.query, self.key, self.value, self.merge = (layer(width, width) for _ in range(4))
        self.widen, self.narrow = layer(2 * width, 2 * width), layer(2 * width, width)
        self.norms = eqx.nn.LayerNorm(width), eqx.nn.LayerNorm(width)
        self.heads = heads

    def __call__(
        self, frames: Float[Array, "b n d"], others: Float[Array, "b m d"], mask: Bool[Array, "b m"]
    ) -> Float[Array, "b n d"]:
        """The frames after this layer.

        Args:
            frames: that read.
            others: that are read: the same ones, or those of another sequence.
            mask: which of the others there are.
        """
        query, key, value = (
            linear(layer, read).reshape(*read.shape[:2], self.heads, -1)
            for layer, read in ((self.query, frames), (self.key, others), (self.value, others))
        )
        heard = linear_attention(query, key, value, mask).reshape(frames.shape)
        heard = _normalised(self.norms[0], linear(self.merge, heard))
        wide = jax.nn.relu(linear(self.widen, jnp.concatenate([frames, heard], axis=-1)))
        return frames + _normalised(self.norms[1], linear(self.narrow, wide))


def _normalised(norm: eqx.nn.LayerNorm, frames: Float[Array, "b n d"]) -> Float[Array, "b n d"]:
    return jax.vmap(jax.vmap(norm))(frames)
