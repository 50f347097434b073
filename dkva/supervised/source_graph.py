"""True keypoints of a video, and detected ones that stand for them: the two graphs that are matched.

RTK (*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023), equations 11 and 12.
Keypoints are boundaries, where segments start and where the video ends, and action points, the middles of
segments.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from dkva.base.checks import check_number, check_whole
from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates

__all__ = ["SourcePoints", "TruePoints", "source_points", "target_points"]


class TruePoints(NamedTuple):
    """True keypoints of a video, in the order of time; after them padding, which is 0 (its class -1).

    Attributes:
        place: frame of each.
        kind: `ACTION` or `BOUNDARY`.
        region: half the length of its region: frames within ± region of the place belong to it.
        action: class of action points, -1 for boundaries.
        there: False for padding.
    """

    place: Int[Array | np.ndarray, " m"]
    kind: Int[Array | np.ndarray, " m"]
    region: Float[Array | np.ndarray, " m"]
    action: Int[Array | np.ndarray, " m"]
    there: Bool[Array | np.ndarray, " m"]


class SourcePoints(NamedTuple):
    """Points that stand for the true ones, in a random order; `TruePoints.there` holds for them too.

    Attributes:
        place: frame of each.
        order: which true point each stands for; padding stands for itself.
        truth: [i, j] is True if point i stands for the true point j, and both are there.
    """

    place: Int[Array, " m"]
    order: Int[Array, " m"]
    truth: Bool[Array, "m m"]


def target_points(
    targets: Int[np.ndarray, " t"],
    most: int | None = None,
    *,
    boundary_region: float = 33.0,
    action_region: float = 0.8,
) -> TruePoints:
    """All true keypoints of a video: N + 1 boundaries and N action points of N segments.

    The last boundary, which is after the last frame, is put on that frame, as only frames have an embedding
    (our choice). A run of frames without a label has a boundary at its start, and no action point (our
    choice).

    Args:
        targets: class of each frame, -1 if it has no label; without padding.
        most: length of the arrays; None for as many as there are points.
        boundary_region: length of the region of a boundary, in frames.
        action_region: length of the region of an action point, as a share of its segment.

    Raises:
        ValueError: no frame, more points than `most`, or a region that is no positive number (of an action
            point: above 1, by which it would leave its segment).
    """
    check_number("boundary_region", boundary_region, positive=True)
    check_number("action_region", action_region, positive=True, most=1)
    targets = np.asarray(targets)
    check_whole("number of frames", len(targets), least=1)
    starts = np.flatnonzero(np.r_[True, targets[1:] != targets[:-1]])
    lengths = np.diff(np.r_[starts, len(targets)])
    points = []
    for start, length in zip(starts, lengths, strict=True):
        points.append((start, BOUNDARY, boundary_region / 2, -1))
        if targets[start] >= 0:
            middle = start + (length - 1) // 2
            points.append((middle, ACTION, action_region * length / 2, targets[start]))
    points.append((len(targets) - 1, BOUNDARY, boundary_region / 2, -1))
    padding = 0 if most is None else most - len(points)
    if padding < 0:
        raise ValueError(
            f"most is {most}, and the labels have {len(points)} keypoints: give at least as many"
        )
    points += [(0, ACTION, 0.0, -1)] * padding
    place, kind, region, action = zip(*points, strict=True)
    return TruePoints(
        np.array(place, np.int32),
        np.array(kind, np.int32),
        np.array(region, np.float32),
        np.array(action, np.int32),
        np.arange(len(points)) < len(points) - padding,
    )


def source_points(candidates: Candidates, true: TruePoints, key: Array) -> SourcePoints:
    """One point for each true one: a candidate of its kind inside its region, drawn at random.

    If there is no such candidate, a frame of the region is drawn. One candidate may stand for two true points
    whose regions overlap. The points come in a random order, so that the permutation that matches them to the
    true ones says something.

    Args:
        candidates: detected points.
        true: the true ones of the video, of which the last is on its last frame.
        key: of all that is drawn.
    """
    place, kind, region, _, there = (jnp.asarray(each) for each in true)
    of_candidates, of_frames, of_order = jax.random.split(key, 3)
    offset = jnp.abs(candidates.place[None] - place[:, None]).astype(region.dtype)
    near = offset <= region[:, None]
    fits = near & (candidates.kind[None] == kind[:, None]) & candidates.there[None]
    chance = jnp.where(fits, jax.random.uniform(of_candidates, fits.shape), -1)
    drawn = candidates.place[jnp.argmax(chance, axis=1)].astype(place.dtype)

    reach = jnp.floor(region).astype(place.dtype)
    first = jnp.maximum(place - reach, 0)
    last = jnp.minimum(place + reach, jnp.max(jnp.where(there, place, 0)))
    frame = jax.random.randint(of_frames, place.shape, first, last + 1, place.dtype)
    stands = jnp.where(jnp.any(fits, axis=1), drawn, frame)

    # Chances are below 1, so that padding stays where it is, after all points.
    order = jnp.argsort(jnp.where(there, jax.random.uniform(of_order, place.shape), 1)).astype(place.dtype)
    truth = (order[:, None] == jnp.arange(len(order), dtype=order.dtype)[None]) & there[:, None]
    return SourcePoints(jnp.where(there, stands, 0)[order], order, truth)
