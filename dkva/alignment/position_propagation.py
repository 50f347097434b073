"""Losses between two clips of one video, and of two videos whose frames are matched by time warping (LRProp).

Bar-Shalom et al., Weakly-supervised representation learning for video alignment and analysis, WACV 2024.
Frames of a pair of videos are to be alike as those of one video are: around the frame that each is matched
with, by a Gaussian in time. There is no public code, and the printed formulas are in parts reconstructed:
what they leave open is said where it is decided.

Masked frames come last in a clip, as `dkva.alignment.views` draws them, and count nowhere: time warping ends
before them. Clips without a frame have the loss 0.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Real

from dkva.alignment.sequence_contrast import gaussian_prior, prior_divergence
from dkva.alignment.warping import dtw, first_matches, soft_dtw
from dkva.base.checks import check_choice
from dkva.nn.layers import masked_softmax

__all__ = ["REDUCTIONS", "frame_distances", "other_video", "propagated_times", "same_video", "soft_warping"]

#: How the divergences of the frames of two clips are put together.
REDUCTIONS = ("mean", "sum")


def frame_distances(x: Float[Array, "b n e"], y: Float[Array, "b m e"]) -> Float[Array, "b n m"]:
    """Euclidean distances of the frames of each pair; the gradient is 0 if frames are alike to rounding."""
    squares = jnp.sum(x * x, -1)[:, :, None], jnp.sum(y * y, -1)[:, None, :]
    squared = squares[0] + squares[1] - 2 * x @ jnp.swapaxes(y, 1, 2)
    apart = squared > 4 * jnp.finfo(x.dtype).eps * (squares[0] + squares[1])
    return jnp.where(apart, jnp.sqrt(jnp.where(apart, squared, 1)), 0)


def propagated_times(path: Bool[Array, "b n m"], times: Real[Array, "b m"]) -> Real[Array, "b n"]:
    """The time of the first frame of y that each frame of x is matched with (LRProp, Eq. 7).

    Args:
        path: of time warping.
        times: of the frames of y.
    """
    return jnp.take_along_axis(times, first_matches(path), axis=1)


def same_video(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    times_x: Real[Array, "b n"],
    times_y: Real[Array, "b m"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    *,
    temperature: float,
    variance: float,
    reduction: str = "mean",
) -> Float[Array, " b"]:
    """The divergences of two views of one video, L_same (LRProp, Eqs. 1 to 4).

    Each frame of one view has a softmax over its similarities with those of the other, which is held against
    a Gaussian around its own time; from x to y and from y to x (our choice, as in CARL's public code).

    Args:
        x: embedded frames of the first views, of unit norm.
        y: of the second ones.
        times_x: which frames of the video those of x are.
        times_y: likewise of y.
        mask_x: which frames of x there are.
        mask_y: likewise of y.
        temperature: τ.
        variance: σ², in frames².
        reduction: "mean" over the frames of both views, or "sum", which the paper does not tell apart.

    Returns:
        Of each pair of views.

    Raises:
        ValueError: another reduction.
    """
    from_x, from_y = (times_x.astype(x.dtype), times_y.astype(x.dtype))
    masks, how = (mask_x, mask_y), (temperature, variance, reduction)
    return _divergences(x, y, (from_x, from_y), (from_y, from_x), masks, *how)


def other_video(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    times_x: Real[Array, "b n"],
    times_y: Real[Array, "b m"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    *,
    temperature: float,
    variance: float,
    reduction: str = "mean",
) -> Float[Array, " b"]:
    """The divergences of clips of two videos, L_diff, by position propagation (LRProp, Eqs. 5 to 9).

    As `same_video`, but for the Gaussian: it is around the time of the first frame that a frame is matched
    with, on the path of least Euclidean distance. The path is a constant, and is the same from y to x.

    Args:
        x: see `same_video`, likewise all others.
        y: of clips of other videos.
        times_x: see there.
        times_y: which frames of its own video those of y are.
        mask_x: see there.
        mask_y: see there.
        temperature: see there.
        variance: see there.
        reduction: see there.

    Raises:
        ValueError: another reduction.
    """
    times = times_x.astype(x.dtype), times_y.astype(x.dtype)
    path = dtw(jax.lax.stop_gradient(frame_distances(x, y)), **_counts(mask_x, mask_y)).path
    centres = propagated_times(path, times[1]), propagated_times(jnp.swapaxes(path, 1, 2), times[0])
    return _divergences(x, y, centres, times[::-1], (mask_x, mask_y), temperature, variance, reduction)


def soft_warping(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    mask_x: Bool[Array, "b n"],
    mask_y: Bool[Array, "b m"],
    *,
    gamma: float,
) -> Float[Array, " b"]:
    """Soft-DTW of the Euclidean distances of the frames of each pair (LRProp, Eqs. 10 and 11).

    It is least if all frames are one, and needs another loss beside it.

    Args:
        x: embedded frames of clips.
        y: of those of other videos.
        mask_x: which frames of x there are.
        mask_y: likewise of y.
        gamma: how soft the minimum is.
    """
    value = soft_dtw(frame_distances(x, y), gamma, **_counts(mask_x, mask_y))
    return jnp.where(_both(mask_x, mask_y), value, 0)


def _counts(mask_x: Bool[Array, "b n"], mask_y: Bool[Array, "b m"]) -> dict[str, Array]:
    """Numbers of frames for time warping, which has no path without any; see `_both`."""
    counts = (jnp.maximum(jnp.sum(mask, 1), 1) for mask in (mask_x, mask_y))
    return dict(zip(("frames_x", "frames_y"), counts, strict=True))


def _both(mask_x: Bool[Array, "b n"], mask_y: Bool[Array, "b m"]) -> Bool[Array, " b"]:
    return jnp.any(mask_x, 1) & jnp.any(mask_y, 1)


def _divergences(x, y, centres, times, masks, temperature, variance, reduction) -> Float[Array, " b"]:
    """Of both directions.

    Args:
        x: embedded frames.
        y: likewise.
        centres: around which time of y each frame of x is to lie [b, n], and of x each of y [b, m].
        times: of the frames of y, and of those of x.
        masks: of x, and of y.
        temperature: τ.
        variance: σ².
        reduction: one of `REDUCTIONS`.
    """
    check_choice("reduction", reduction, REDUCTIONS)
    logits = x @ jnp.swapaxes(y, 1, 2) / temperature
    total = jnp.zeros(len(x), x.dtype)
    directions = (logits, jnp.swapaxes(logits, 1, 2)), centres, times, masks, masks[::-1]
    for scores, around, of_others, mine, others in zip(*directions, strict=True):
        probabilities = masked_softmax(scores, others[:, None, :])
        prior = gaussian_prior(around, of_others, others, variance)
        total += jnp.sum(prior_divergence(prior, probabilities, mine), axis=1)
    total = jnp.where(_both(*masks), total, 0)
    if reduction == "sum":
        return total
    return total / jnp.maximum(sum(jnp.sum(mask, 1, dtype=x.dtype) for mask in masks), 1)
