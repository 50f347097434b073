"""Frames of a view are to be as similar to those of another one as they are near in time: CARL's loss.

Chen et al., Frame-wise action representations for long videos via sequence contrastive learning, CVPR 2022,
with its public code. The sequence contrastive loss (SCL) is the Kullback-Leibler divergence of what a softmax
over similarities gives to a Gaussian prior in time.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Real

from dkva.nn.layers import masked_softmax

__all__ = ["gaussian_prior", "prior_divergence", "scl_loss"]

#: Added to probabilities before their logarithm, as in CARL's public code.
_TINY = 1e-6


def gaussian_prior(
    centres: Float[Array, "b n"], times: Float[Array, "b m"], mask: Bool[Array, "b m"], variance: float
) -> Float[Array, "b n m"]:
    """Weights over the frames of a view that fall off in time like a Gaussian, and sum to 1 (CARL).

    A centre far from all frames puts its weight on the nearest, as the formula says; in the public code the
    exponentials underflow there, and the frame has no weight.

    Args:
        centres: around which time each row lies.
        times: of the frames.
        mask: which of them there are; the others have weight 0, and all weights are 0 if there is none.
        variance: σ², in frames².
    """
    apart = centres[:, :, None] - times[:, None, :]
    return masked_softmax(-(apart * apart) / (2 * variance), mask[:, None, :])


def prior_divergence(
    prior: Float[Array, "b n m"], probabilities: Float[Array, "b n m"], mask: Bool[Array, "b n"]
) -> Float[Array, "b n"]:
    """Kullback-Leibler divergence KL(prior || probabilities) of each frame (CARL).

    Args:
        prior: w, a constant.
        probabilities: p, to which 1e-6 is added, as published.
        mask: which frames have one; others give 0.
    """
    each = jax.scipy.special.xlogy(prior, prior) - prior * jnp.log(probabilities + _TINY)
    return jnp.where(mask, jnp.sum(each, axis=-1), 0)


def scl_loss(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    times_x: Real[Array, "b n"],
    times_y: Real[Array, "b m"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    *,
    temperature: float = 0.1,
    variance: float = 10.0,
    masked_weight: float = 0.0,
) -> Float[Array, ""]:
    """The sequence contrastive loss of two views of each video (CARL).

    Departs from the public code: masked frames do not count at all. There every masked frame of the batch, of
    whatever video, weighs 1e-6 in each denominator, which `masked_weight` gives.

    Args:
        x: embedded frames of the first views, of unit norm.
        y: of the second ones.
        times_x: which frames of the video those of x are.
        times_y: likewise of y.
        mask_x: which frames of x there are.
        mask_y: likewise of y.
        temperature: τ, what inner products are divided by.
        variance: σ² of the prior, in frames².
        masked_weight: of each masked frame of the batch in the denominators.

    Returns:
        The mean of the divergences over the frames of both views that there are; 0 if there is none.
    """
    everything = jnp.concatenate([x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])])
    absent = ~jnp.concatenate([mask_x.reshape(-1), mask_y.reshape(-1)])
    x_times, y_times = (times.astype(x.dtype) for times in (times_x, times_y))

    def divergences(mine, other, my_times, other_times, my_mask, other_mask):
        logits = mine @ jnp.swapaxes(other, 1, 2) / temperature
        counted = other_mask
        if masked_weight:
            weighted = mine @ everything.T / temperature + math.log(masked_weight)
            logits = jnp.concatenate([logits, weighted], axis=-1)
            in_each = jnp.broadcast_to(absent, (len(mine), len(absent)))
            counted = jnp.concatenate([other_mask, in_each], axis=-1)
        probabilities = masked_softmax(logits, counted[:, None, :])[..., : other.shape[1]]
        prior = gaussian_prior(my_times, other_times, other_mask, variance)
        return jnp.sum(prior_divergence(prior, probabilities, my_mask))

    total = divergences(x, y, x_times, y_times, mask_x, mask_y)
    total += divergences(y, x, y_times, x_times, mask_y, mask_x)
    return total / jnp.maximum(jnp.sum(~absent, dtype=x.dtype), 1)
