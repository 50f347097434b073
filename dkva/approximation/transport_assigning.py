"""Assignment that is steady in time: ASOT's decoder on the kernel of frames and synthetic frames."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from dkva.approximation.approximate import Approximation
from dkva.transport.fused_gw import decode

__all__ = ["assigned_by_cosine", "assigned_by_transport"]

_BLOCK = 64


@partial(jax.jit, static_argnames=("kernel",))
def _self_similarity(frames, length_scale, rescale, seed, *, kernel):
    projection = kernel.projection(frames.shape[1], seed, frames.dtype, assigning=True)
    embedded = kernel.embed(frames, projection)
    return jnp.diagonal(kernel.gram(embedded, length_scale=length_scale, rescale=rescale))


def _self_similarities(
    frames: Float[np.ndarray, "n d"], approximation: Approximation
) -> Float[np.ndarray, " n"]:
    """k(x, x) of each frame [n], of blocks of one size."""
    dtype = approximation.synthetic.dtype
    scales = np.asarray(approximation.length_scale, dtype), np.asarray(approximation.rescale, dtype)
    out = np.empty(len(frames), dtype)
    block = np.zeros((_BLOCK, frames.shape[1]), dtype)
    for start in range(0, len(frames), _BLOCK):
        rows = slice(start, min(start + _BLOCK, len(frames)))
        count = rows.stop - start
        block[:count] = approximation.kernel.assigned(frames, rows, approximation.batch_size)
        found = _self_similarity(block, *scales, np.uint32(approximation.seed), kernel=approximation.kernel)
        out[rows] = np.asarray(found)[:count]
    return out


def assigned_by_transport(similarity: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n m"]:
    """Soft assignment of frames to synthetic frames [n, m] by ASOT's decoder, each row of sum 1.

    The cost is how far a similarity is below the video's largest one, in shares of their range (our choice).
    The decoder's settings are its defaults, without a prior, as synthetic frames need no order.

    Args:
        similarity: k(x, v) of each frame and each synthetic frame.
    """
    top, low = similarity.max(), similarity.min()
    cost = (top - similarity) / (top - low if top > low else 1)
    return decode(cost).assignment.astype(similarity.dtype)


def assigned_by_cosine(
    frames: Float[np.ndarray, "n d"],
    approximation: Approximation,
    similarity: Float[np.ndarray, "n m"],
) -> Float[np.ndarray, "n m"]:
    """The same with ASOT's own cost, 1 - cosine, in the kernel's feature space.

    That cosine is k(x, v) / sqrt(k(x, x)·k(v, v)).

    Args:
        frames: standardised frames.
        approximation: of M synthetic frames.
        similarity: k(x, v) of each frame and each synthetic frame.
    """
    sizes = [_self_similarities(each, approximation) for each in (frames, approximation.synthetic)]
    norms = np.sqrt(np.maximum(np.outer(*sizes), np.finfo(similarity.dtype).tiny))
    return decode(1 - similarity / norms).assignment.astype(similarity.dtype)
