"""Attention of the frames of a block to those around it: time and memory grow linearly with the video.

Yi, Wen & Jiang, ASFormer: transformer for action segmentation, BMVC 2021, as its public code has it: the
paper tells of a window that slides with each frame, and in the code all frames of a block read the same.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

__all__ = ["block_attention"]

#: What a frame that is not there still weighs, in the sum that weights are divided by.
_ABSENT = 1e-6

#: Blocks of so many frames are read one after another, as the scores of all would leave a processor's cache:
#: of 12000 frames in blocks of 512 that takes a third of the time, and half of it with gradients.
_LARGE = 256


def block_attention(
    queries: Float[Array, "n e"],
    keys: Float[Array, "n e"],
    values: Float[Array, "n v"],
    mask: Bool[Array, " n"] | Float[Array, " n"],
    dilation: int,
) -> Float[Array, "n v"]:
    """Means of the values around each block, by the softmax of q·k / sqrt(e).

    Frames are cut into blocks of `dilation` frames. All of the block from frame b read frames b - h to
    b - h + 2·dilation - 2, h being half of the dilation, rounded down. Frames that are masked, frames beyond
    the ends (with the score 0) and, if the dilation is even, the frame after the last one are not read, but
    count with 1e-6 of their weight in the softmax. With blocks of one frame each reads itself.

    Args:
        queries: of the frames that read.
        keys: of those that are read.
        values: of them.
        mask: False or 0 for frames that are padding.
        dilation: of the layer, the size of a block.
    """
    there = mask.astype(values.dtype)
    values = values * there[:, None]
    n = len(values)
    if dilation == 1:
        return values
    half = dilation // 2
    strip = dilation + 2 * half
    if n <= dilation:  # one block, which reads the whole video and nothing but 0 beside it
        return _read(queries, keys, values, there, strip - n)
    blocks = -(-n // dilation)
    after = blocks * dilation - n

    def strips(rows):
        """What each block reads, and one more frame if the dilation is even [blocks, strip, …]."""
        padded = jnp.pad(rows, ((half, after + dilation - half), (0, 0)))
        parts = jnp.reshape(padded, (blocks + 1, dilation, -1))
        return jnp.concatenate([parts[:-1], parts[1:]], axis=1)[:, :strip]

    window = (jnp.arange(strip) < 2 * dilation - 1).astype(there.dtype)
    seen = strips(there[:, None])[..., 0] * window[None]
    asked = jnp.reshape(jnp.pad(queries, ((0, after), (0, 0))), (blocks, dilation, -1))
    given = asked, strips(keys), strips(values) * window[None, :, None], seen
    large = dilation >= _LARGE
    found = jax.lax.map(lambda block: _read(*block), given) if large else _read(*given)
    return jnp.reshape(found, (blocks * dilation, -1))[:n]


def _read(queries, keys, values, there, beyond: int = 0):
    """Means of values [..., q, v] that are 0 where `there` is, with `beyond` further keys of 0."""
    scores = jnp.einsum("...qe,...ke->...qk", queries, keys) / math.sqrt(queries.shape[-1])
    # log(there + 1e-6) without a logarithm, whose kernels take XLA half a second a layer to compile.
    scores = scores + jnp.where(there > 0, math.log1p(_ABSENT), math.log(_ABSENT))[..., None, :]
    top = jnp.max(scores, axis=-1, keepdims=True)
    if beyond:
        top = jnp.maximum(top, math.log(_ABSENT))
    top = jax.lax.stop_gradient(top)
    weights = jnp.exp(scores - top)
    total = jnp.sum(weights, axis=-1, keepdims=True) + beyond * _ABSENT * jnp.exp(-top)
    return jnp.einsum("...qk,...kv->...qv", weights, values) / total
