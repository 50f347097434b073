"""Where a video's segments begin and where their middles are, as maps over its frames, and the loss of maps.

Video action segmentation via contextually refined temporal keypoints (RTK), ICCV 2023, section 3.1.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.base.checks import check_choice, check_number
from dkva.base.segments import segments
from dkva.supervised.rtk_settings import COUNTS

__all__ = ["HeatMaps", "focal_loss", "heat_maps"]


class HeatMaps(NamedTuple):
    """What a network is to find at each frame, from 0 to 1; exactly 1 near a point.

    Attributes:
        boundary: starts and ends of segments.
        action: middles of segments.
    """

    boundary: Float[np.ndarray, " n"]
    action: Float[np.ndarray, " n"]


def heat_maps(
    targets,
    *,
    boundary_region: float = 33.0,
    boundary_neighbourhood: float = 5.0,
    action_positive: float = 0.32,
    action_region: float = 0.8,
    cut: bool = True,
) -> HeatMaps:
    """Maps of the boundaries and of the middles of a video's segments (section 3.1).

    A Gaussian is laid around each point, with a standard deviation of half of a boundary's region and a
    quarter of an action's; if several reach a frame, the largest counts. Frames near a point have exactly 1.

    Segments are runs of one class. As in the paper, both ends of the video are boundaries: frame 0 is one,
    and so is n, which lies outside and reaches into the video. A boundary is at the first frame after it. The
    middle of a segment of an even number of frames lies between two of them, which both have 1 (our choice).
    A run without labels is no segment, and what it borders on ends there.

    Args:
        targets: class of each frame [n], from 0; -1 has no label.
        boundary_region: r_b, frames in which a boundary is to be found.
        boundary_neighbourhood: frames around a boundary that have 1 (our choice; the paper says "small").
        action_positive: share of a segment, around its middle, that has 1.
        action_region: r_c, share of a segment in which its middle is to be found.
        cut: whether maps are 0 outside the regions (our choice; the paper does not say).

    Returns:
        float32 maps; 0 throughout if no frame has a label.

    Raises:
        ValueError: targets that are no whole numbers from -1 of one frame at least, a length that is not
            positive, or a share of a segment above 1.
    """
    array = np.asarray(targets)
    if array.ndim != 1 or not array.size or array.dtype.kind not in "iu" or array.min() < -1:
        raise ValueError(
            f"targets are {array.dtype} of shape {array.shape}: give the class of each frame, from 0, or -1"
        )
    check_number("boundary_region", boundary_region, positive=True)
    check_number("boundary_neighbourhood", boundary_neighbourhood, positive=True)
    check_number("action_positive", action_positive, positive=True, most=1)
    check_number("action_region", action_region, positive=True, most=1)

    runs = [run for run in segments(array) if run.label != -1]
    starts, ends = (np.array([run[side] for run in runs], np.int64) for side in (0, 1))
    edges, lengths = np.union1d(starts, ends), ends - starts
    boundary = _splat(
        len(array),
        edges,
        np.full(len(edges), boundary_neighbourhood),
        np.full(len(edges), boundary_region),
        np.full(len(edges), boundary_region / 2),
        cut,
    )
    action = _splat(
        len(array),
        (starts + ends - 1) / 2,
        np.maximum(action_positive * lengths, 1),  # the middle of two frames is half a frame off both
        action_region * lengths,
        action_region * lengths / 4,
        cut,
    )
    return HeatMaps(boundary, action)


def _splat(n_frames: int, points, positive, regions, deviations, cut: bool) -> Float[np.ndarray, " n"]:
    """The largest of the points' Gaussians at each frame; `positive` and `regions` are widths in frames."""
    heat = np.zeros(n_frames, np.float32)
    frames = np.arange(n_frames)
    for point, ones, region, deviation in zip(points, positive, regions, deviations, strict=True):
        apart = np.abs(frames - point)
        values = np.exp(-0.5 * (apart / deviation) ** 2)
        if cut:
            values[apart > region / 2] = 0
        values[apart <= ones / 2] = 1
        heat = np.maximum(heat, values.astype(np.float32))
    return heat


def focal_loss(
    logits: Float[Array, " n"],
    target: Float[Array, " n"],
    mask: Bool[Array, " n"],
    *,
    gamma: float,
    alpha: float = 2.0,
    beta: float = 4.0,
    count: str = "frames",
) -> Float[Array, ""]:
    """How far a map is from its target, most of all at frames that are hard (eq. 1).

    With p = sigmoid(logit) a frame whose target is 1 adds -(1 - γ)·(1 - p)^α·log p, and any other
    -γ·(1 - target)^β·p^α·log(1 - p). The powers are taken in logarithms, so that no logit overflows.

    Args:
        logits: of the map.
        target: the map that is asked for, of `heat_maps`.
        mask: which frames count; not those of padding, nor those without a label.
        gamma: weight of frames whose target is below 1; the paper has .75 for actions, .8 for boundaries.
        alpha: how much less easy frames count.
        beta: how much less frames near a point count.
        count: what the sum is divided by, of `COUNTS`; the paper says "positive keypoints". Frames are our
            choice: a point has the more of them the longer its segment is, so that the loss does not grow
            with the frame rate.

    Returns:
        The sum over the frames that count, divided by the number of positives, at least 1.

    Raises:
        ValueError: an unknown count.
    """
    check_choice("count", count, COUNTS)
    wanted = target.astype(logits.dtype)
    known = jnp.where(mask, logits, 0)
    yes, no = jax.nn.log_sigmoid(known), jax.nn.log_sigmoid(-known)
    positive = (wanted == 1) & mask
    each = jnp.where(
        positive,
        (gamma - 1) * jnp.exp(alpha * no) * yes,
        -gamma * (1 - wanted) ** beta * jnp.exp(alpha * yes) * no,
    )
    if count == "points":
        positive = positive & ~jnp.concatenate([jnp.zeros(1, bool), positive[:-1]])
    total = jnp.sum(positive, dtype=each.dtype)
    return jnp.sum(jnp.where(mask, each, 0)) / jnp.maximum(total, 1)
