"""A frame's neighbour in another video is to lead back to it: the loss of temporal cycle-consistency (TCC).

Dwibedi et al., Temporal cycle-consistency learning, CVPR 2019, as in the public code of CARL (Chen et al.,
CVPR 2022): cycle-back regression with its variance.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import masked_softmax

__all__ = ["tcc_loss"]


def tcc_loss(
    frames: Float[Array, "b n e"],
    times: Float[Array, "b n"],
    mask: Bool[Array, "b n"],
    *,
    temperature: float = 0.1,
    smoothing: float = 0.1,
    variance_weight: float = 0.001,
) -> Float[Array, ""]:
    """Cycle-back regression between all videos of a batch (TCC).

    Frame x_i has the soft neighbour v = Σ_k softmax_k(s(x_i, y_k)) y_k in another video, with s(x, y) =
    -|x - y|² / (e·τ). From there it is led back to time j of its own by b_j = softmax_j(s(v, x_j)), and adds
    (t* - μ)² / σ² + λ log σ², with μ and σ² mean and variance of the times under b.

    Departs from the public code: masked frames do not count.

    Args:
        frames: embedded frames of the videos, of any norm.
        times: of each, as shares of its video.
        mask: which frames there are.
        temperature: τ.
        smoothing: t* is the frame's own time with weight 1 minus this, and the mean of the others' with this.
        variance_weight: λ.

    Returns:
        The mean over the frames of all ordered pairs of videos; 0 if there is none.

    Raises:
        ValueError: fewer than two videos.
    """
    if len(frames) < 2:
        raise ValueError(f"a batch of {len(frames)} videos has no pair: give two at least")
    first, second = np.nonzero(~np.eye(len(frames), dtype=bool))

    def cycled(x, y, times, mask_x, mask_y):
        weights = masked_softmax(_similarity(x, y, temperature), mask_y[None])
        back = masked_softmax(_similarity(weights @ y, x, temperature), mask_x[None])
        mean = back @ times
        apart = times[None] - mean[:, None]
        # Below this a variance is rounding, and 0 if all of the softmax is on one frame.
        least = jnp.finfo(x.dtype).eps ** 2
        variance = jnp.maximum(jnp.sum(back * apart * apart, axis=-1), least)
        error = _smoothed(times, mask_x, smoothing) - mean
        return error * error / variance + variance_weight * jnp.log(variance)

    each = jax.vmap(cycled)(frames[first], frames[second], times[first], mask[first], mask[second])
    counted = mask[first] & jnp.any(mask[second], axis=1, keepdims=True)
    return jnp.sum(jnp.where(counted, each, 0)) / jnp.maximum(jnp.sum(counted, dtype=each.dtype), 1)


def _similarity(x: Float[Array, "n e"], y: Float[Array, "m e"], temperature: float) -> Float[Array, "n m"]:
    squared = jnp.sum(x * x, axis=1)[:, None] + jnp.sum(y * y, axis=1)[None] - 2 * x @ y.T
    return -squared / (x.shape[1] * temperature)


def _smoothed(times: Float[Array, " n"], mask: Bool[Array, " n"], smoothing: float) -> Float[Array, " n"]:
    """Each time drawn to the mean of the other times; one alone stays."""
    others = jnp.sum(mask, dtype=times.dtype) - 1
    mean = (jnp.sum(jnp.where(mask, times, 0)) - times) / jnp.maximum(others, 1)
    return (1 - smoothing) * times + smoothing * jnp.where(others > 0, mean, times)
