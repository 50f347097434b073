"""Two views of a video are to find each other's frames, and to agree on what they show: the losses of MASA.

Kwon et al., Multi activity sequence alignment via implicit clustering; equations (2) to (9) of the paper.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from dkva.nn.layers import masked_softmax, unit

__all__ = ["agreement", "masa_loss", "matching_error"]

#: ε of equation (9).
_EPS = 1e-7


def matching_error(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    times_x: Float[Array, "b n"],
    times_y: Float[Array, "b m"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    *,
    temperature: float = 0.1,
    squared: bool = False,
) -> Float[Array, " b"]:
    """How far in time each frame is led by a softmax over the other view, in both directions (eqs. 2-6).

    Frame j is led to the mean of the other view's times under softmax_k(cos(x_j, y_k) / τ). The paper prints
    no τ: of hundreds of cosines the softmax is then nearly uniform, and every frame is led to the middle.

    Args:
        x: projected frames of the first views.
        y: of the second ones.
        times_x: which frames of the video those of x are, or as shares of the video.
        times_y: likewise of y.
        mask_x: which frames of x there are.
        mask_y: likewise of y.
        temperature: τ; 1 is the formula as it is printed.
        squared: whether errors are squared, as the text says, and not absolute, as equation (4) has them.

    Returns:
        Of each pair of views the mean error over the frames of each, and then of both; 0 if a view has none.
    """
    cosines = unit(x) @ jnp.swapaxes(unit(y), 1, 2) / temperature

    def errors(logits, mine, others, my_mask, other_mask):
        weights = masked_softmax(logits, other_mask[:, None, :])
        apart = mine - jnp.einsum("bnm,bm->bn", weights, others)
        each = apart * apart if squared else jnp.abs(apart)
        there = my_mask & jnp.any(other_mask, axis=1, keepdims=True)
        return jnp.sum(jnp.where(there, each, 0), axis=1) / jnp.maximum(
            jnp.sum(there, axis=1, dtype=each.dtype), 1
        )

    forth = errors(cosines, times_x, times_y, mask_x, mask_y)
    return (forth + errors(jnp.swapaxes(cosines, 1, 2), times_y, times_x, mask_y, mask_x)) / 2


def agreement(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    predicted_x: Float[Array, "b n e"],
    predicted_y: Float[Array, "b m e"],
    indices_x: Int[Array, "b n"],
    indices_y: Int[Array, "b m"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    *,
    stop_gradient: bool = True,
) -> Float[Array, " b"]:
    """Cosine of what is predicted from a frame and the same frame in the other view (eqs. 7, 8).

    Equation (8) is a sum; here it is the mean over the frames that both views have, as equation (9) needs a
    number from -1 to 1. The text calls it the negative cosine, but only the positive one, as (8) is printed,
    makes (9) least if the views agree.

    Args:
        x: projected frames of the first views.
        y: of the second ones.
        predicted_x: what the cluster predictor makes of x.
        predicted_y: of y.
        indices_x: which frames of the video those of x are.
        indices_y: likewise of y.
        mask_x: which frames of x there are.
        mask_y: likewise of y.
        stop_gradient: whether the projected frames are constants here.

    Returns:
        Of each pair of views the mean of both directions, from -1 to 1; 1 if they have no frame in common.
    """
    if stop_gradient:
        x, y = jax.lax.stop_gradient(x), jax.lax.stop_gradient(y)
    same = (indices_x[:, :, None] == indices_y[:, None, :]) & mask_x[:, :, None] & mask_y[:, None, :]
    count = jnp.sum(same, axis=(1, 2), dtype=x.dtype)

    def mean(one, other):
        cosines = unit(one) @ jnp.swapaxes(unit(other), 1, 2)
        return jnp.sum(jnp.where(same, cosines, 0), axis=(1, 2)) / jnp.maximum(count, 1)

    return jnp.where(count > 0, (mean(x, predicted_y) + mean(predicted_x, y)) / 2, 1)


def masa_loss(errors: Float[Array, " b"], agreements: Float[Array, " b"] | None = None) -> Float[Array, ""]:
    """L_m · 2 / ((1 + ε) + L_c) of each pair of views (eq. 9), and the mean over the pairs (our choice).

    Args:
        errors: L_m, of `matching_error`.
        agreements: L_c, of `agreement`; None leaves the clustering out, as if all agreed.
    """
    return jnp.mean(errors if agreements is None else errors * 2 / (1 + _EPS + agreements))
