"""Assignment: frames and synthetic frames in, similarities and labels out (paper Eq. 6)."""

from __future__ import annotations

from functools import partial

import jax
import numpy as np
from jaxtyping import Float, Int

from dkva.approximation.approximate import Approximation
from dkva.approximation.padding import synthetic_bucket

__all__ = ["labels_of", "margins", "similarity", "similarity_by"]

_BLOCK = 512


def labels_of(similarity: Float[np.ndarray, "n m"]) -> Int[np.ndarray, " n"]:
    """Index of each frame's most similar synthetic frame [n] (paper Eq. 6); the lowest on a tie."""
    return np.argmax(similarity, axis=1)


def margins(similarity: Float[np.ndarray, "n m"]) -> Float[np.ndarray, " n"]:
    """How clear each frame's assignment is: (best - second best) / |best| of its similarities [n].

    0 is a tie. With one synthetic frame there is no second, and the margin is NaN.
    """
    if similarity.shape[1] == 1:
        return np.full(len(similarity), np.nan, similarity.dtype)
    second, best = np.partition(similarity, -2, axis=1)[:, -2:].T
    return (best - second) / np.maximum(np.abs(best), np.finfo(similarity.dtype).tiny)


@partial(jax.jit, static_argnames=("kernel",))
def _similarity(frames, synthetic, length_scale, rescale, seed, *, kernel):
    projection = kernel.projection(frames.shape[1], seed, frames.dtype, assigning=True)
    return kernel.gram(
        kernel.embed(frames, projection),
        kernel.embed(synthetic, projection),
        length_scale=length_scale,
        rescale=rescale,
    )


def similarity(
    frames: Float[np.ndarray, "n d"], approximation: Approximation, *, pad: bool = True
) -> Float[np.ndarray, "n m"]:
    """Kernel k(x_i, v_m) of each frame and each synthetic frame [n, m] (paper Eq. 6).

    Args:
        frames: standardised frames [n, d]; read in blocks, so a memory-mapped array may be given. With
            "ntk_sphere_authors" a frame's similarity depends on the batch that it lies in.
        approximation: of M synthetic frames [m, d].
        pad: share the compiled program with other numbers of synthetic frames.
    """
    synthetic, kernel = approximation.synthetic, approximation.kernel
    m, d = synthetic.shape
    dtype = synthetic.dtype
    padded = np.zeros((synthetic_bucket(m) if pad else m, d), dtype)
    padded[:m] = synthetic
    scales = np.asarray(approximation.length_scale, dtype), np.asarray(approximation.rescale, dtype)
    seed = np.uint32(approximation.seed)
    out = np.empty((len(frames), m), dtype)
    block = np.zeros((_BLOCK, d), dtype)
    for start in range(0, len(frames), _BLOCK):
        rows = slice(start, min(start + _BLOCK, len(frames)))
        count = rows.stop - start
        block[:count] = kernel.assigned(frames, rows, approximation.batch_size)
        gram = _similarity(block, padded, *scales, seed, kernel=kernel)
        out[rows] = np.asarray(gram)[:count, :m]
    return out


def similarity_by(
    assignment: str, frames: Float[np.ndarray, "n d"], approximation: Approximation
) -> Float[np.ndarray, "n m"]:
    """How similar each frame is to each synthetic frame [n, m].

    Args:
        assignment: "kernel"; "l2" for minus their distance; "asot" or "asot_cosine" for shares that are
            steady in time.
        frames: standardised frames [n, d].
        approximation: of M synthetic frames.
    """
    if assignment == "l2":
        from sklearn.metrics.pairwise import euclidean_distances  # takes a second to import

        return -euclidean_distances(frames, approximation.synthetic)
    found = similarity(frames, approximation)
    if assignment == "kernel":
        return found
    from dkva.approximation.transport_assigning import assigned_by_cosine, assigned_by_transport

    return (
        assigned_by_transport(found)
        if assignment == "asot"
        else assigned_by_cosine(frames, approximation, found)
    )
