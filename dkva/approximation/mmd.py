"""Maximum mean discrepancy: Gram matrices in, loss out (Gretton et al. 2006; paper Eqs. 1 to 3)."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.approximation.kernels import Factors, combine, rescaling

__all__ = ["VideoConstants", "mean_embedding_product", "mmd", "mmd_squared", "root", "video_constants"]


def mean_embedding_product(
    gram: Float[Array, "n m"],
    row_weights: Float[Array, " n"] | None = None,
    column_weights: Float[Array, " m"] | None = None,
) -> Float[Array, ""]:
    """Inner product of two mean embeddings: the weighted mean of a Gram matrix.

    Args:
        gram: k(x, y) [n, m].
        row_weights: weights of x [n] that sum to 1; None means 1/n each.
        column_weights: weights of y [m] that sum to 1; None means 1/m each.
    """
    n, m = gram.shape
    rows = jnp.full(n, 1 / n, gram.dtype) if row_weights is None else row_weights
    columns = jnp.full(m, 1 / m, gram.dtype) if column_weights is None else column_weights
    return jnp.sum(jnp.sum(gram * columns[None, :], axis=1) * rows)


def mmd_squared(
    k_ff: Float[Array, "n n"] | Float[Array, ""],
    k_fs: Float[Array, "n m"],
    k_ss: Float[Array, "m m"],
    frame_weights: Float[Array, " n"] | None = None,
    synthetic_weights: Float[Array, " m"] | None = None,
) -> Float[Array, ""]:
    """Biased estimate of MMD² (paper Eq. 3): mean k_ss + mean k_ff - 2 mean k_fs, diagonals included.

    Args:
        k_ff: Gram matrix of the frames [n, n], or its mean as a scalar.
        k_fs: Gram matrix of frames and synthetic frames [n, m].
        k_ss: Gram matrix of the synthetic frames [m, m].
        frame_weights: weights [n] that sum to 1; None means 1/n each. 0 leaves a frame out.
        synthetic_weights: the same for the synthetic frames [m].

    Returns:
        MMD², not negative but for rounding when `k_ff` is a Gram matrix.
    """
    mean_ff = k_ff if k_ff.ndim == 0 else mean_embedding_product(k_ff, frame_weights, frame_weights)
    mean_ss = mean_embedding_product(k_ss, synthetic_weights, synthetic_weights)
    return mean_ss + mean_ff - 2 * mean_embedding_product(k_fs, frame_weights, synthetic_weights)


@jax.custom_jvp
def root(value: Float[Array, ""], slope_at: Float[Array, ""]) -> Float[Array, ""]:
    """Square root of max(value, 0) with the derivative 1 / (2 sqrt(slope_at)); `slope_at` is positive.

    The derivative of the root at 0 is infinite, so it is taken elsewhere.
    """
    del slope_at
    return jnp.sqrt(jnp.maximum(value, 0))


@root.defjvp
def _root_jvp(primals, tangents):
    value, slope_at = primals
    return root(value, slope_at), 0.5 * tangents[0] / jnp.sqrt(slope_at)


def mmd(k_ff: Float[Array, "n n"], k_fs: Float[Array, "n m"], k_ss: Float[Array, "m m"]) -> Float[Array, ""]:
    """MMD of frames and synthetic frames (paper Eq. 2): the root of `mmd_squared`, differentiable at 0.

    Below the rounding error of the Gram matrices the derivative of the root is held constant.
    """
    squared = mmd_squared(k_ff, k_fs, k_ss)
    return root(squared, jnp.maximum(squared, rounding_floor(jnp.mean(k_ff))))


def rounding_floor(mean_ff: Float[Array, ""]) -> Float[Array, ""]:
    """The MMD² below which only rounding is left, from the size of the Gram matrix's entries; positive."""
    finfo = jnp.finfo(mean_ff.dtype)
    return jnp.maximum(10 * finfo.eps * jnp.abs(mean_ff), finfo.tiny)


class VideoConstants(NamedTuple):
    """What the "video" estimator holds fixed.

    Attributes:
        mean_ff: expected mean of a batch's Gram matrix, diagonal included.
        floor: expected MMD² of a batch and the whole video, (diagonal mean - other mean) / b: what sampling
            alone leaves, below which the derivative of the root is held constant.
        rescale: r of paper Eq. 5 over the pairs of different frames; 1 for kernels that are no product.
    """

    mean_ff: Float[Array, ""]
    floor: Float[Array, ""]
    rescale: Float[Array, ""]


def video_constants(
    factors: Factors,
    used: Bool[Array, " n"],
    batch_size: Float[Array, ""],
) -> VideoConstants:
    """Constants of a whole video that replace the per-batch terms of the loss, which do not depend on V.

    The mean matches the expectation of a batch drawn with replacement:
    (1 - 1/b) · (mean off the diagonal) + (1/b) · (mean of the diagonal).

    Args:
        factors: the kernel's factors over the video's frames [n, n].
        used: which frames count [n].
        batch_size: b.
    """
    pairs = used[:, None] & used[None, :] & ~jnp.eye(used.shape[0], dtype=bool)
    rescale = rescaling(factors, pairs)
    gram = combine(factors, rescale)
    dtype = gram.dtype
    count = jnp.sum(used).astype(dtype)
    diagonal = jnp.sum(jnp.where(used, jnp.diagonal(gram), 0)) / count
    rows = jnp.sum(jnp.where(pairs, gram, 0), axis=1) / jnp.maximum(count - 1, 1)
    others = jnp.where(count > 1, jnp.sum(rows) / count, diagonal)
    gap = jnp.maximum(diagonal - others, 0) / batch_size
    return VideoConstants(others + gap, jnp.maximum(gap, rounding_floor(others)), jnp.asarray(rescale, dtype))
