"""True keypoints of a video, and detected ones that stand for them: the two graphs that are matched.

RTK (*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023), section 3.2.
Keypoints are boundaries, where segments start and end, and action points, the middles of segments.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from dkva.base.checks import check_number
from dkva.base.segments import segments
from dkva.supervised.candidates import ACTION, BOUNDARY, Candidates

__all__ = ["SourcePoints", "TruePoints", "in_regions", "source_points", "target_points"]


class TruePoints(NamedTuple):
    """True keypoints of a video, in the order of time; after them padding, which is 0 (its class -1).

    Attributes:
        place: frame of each.
        kind: `ACTION` or `BOUNDARY`.
        centre: the middle of its region, in frames. A segment of an even number of frames has its middle
            between two, the earlier of which is the place; and the last segment may end after all frames.
        region: half the length of its region: frames within ± region of the centre are in it.
        action: class of action points, -1 for boundaries.
        there: False for padding.
    """

    place: Int[Array | np.ndarray, " m"]
    kind: Int[Array | np.ndarray, " m"]
    centre: Float[Array | np.ndarray, " m"]
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
    """All true keypoints of a video: N + 1 boundaries and N action points of N segments (RTK, target graphs).

    They are those of `dkva.supervised.heat_maps`: runs without a label are no segments, and what they border
    on ends there. The boundary after the video's last frame is put on that frame, as only frames have an
    embedding (our choice), and keeps its region.

    Args:
        targets: class of each frame, -1 if it has no label; without padding.
        most: length of the arrays; None for as many as there are points, at least 1.
        boundary_region: length of the region of a boundary, in frames.
        action_region: length of the region of an action point, as a share of its segment.

    Raises:
        ValueError: more points than `most`, a length that is not positive, or a share of a segment
            above 1.
    """
    check_number("boundary_region", boundary_region, positive=True)
    check_number("action_region", action_region, positive=True, most=1)
    runs = [run for run in segments(targets) if run.label != -1]
    edges = sorted({run.start for run in runs} | {run.end for run in runs})
    last = len(targets) - 1
    points: list[tuple[int, int, float, float, int]] = [
        (min(edge, last), BOUNDARY, edge, boundary_region / 2, -1) for edge in edges
    ]
    for run in runs:
        length, middle = run.end - run.start, (run.start + run.end - 1) / 2
        points.append((int(middle), ACTION, middle, action_region * length / 2, int(targets[run.start])))
    points.sort(key=lambda point: (point[2], point[1] == ACTION))
    number = len(points)
    length = max(number, 1) if most is None else most
    if number > length:
        raise ValueError(f"most is {most}, and the labels have {number} keypoints: give at least {number}")
    points += [(0, ACTION, 0.0, 0.0, -1)] * (length - number)
    place, kind, centre, region, action = zip(*points, strict=True)
    return TruePoints(
        np.array(place, np.int32),
        np.array(kind, np.int32),
        np.array(centre, np.float32),
        np.array(region, np.float32),
        np.array(action, np.int32),
        np.arange(length) < number,
    )


def in_regions(candidates: Candidates, true: TruePoints) -> tuple[Float[Array, "m n"], Bool[Array, "m n"]]:
    """How far each candidate is from the centre of each true point's region, and if it is in it.

    Only candidates of the point's kind are in its region, and none is if one of both is padding.

    Args:
        candidates: n detected points.
        true: m true ones.
    """
    kind, centre, region, there = (
        jnp.asarray(each)[:, None] for each in (true.kind, true.centre, true.region, true.there)
    )
    offset = jnp.abs(candidates.place[None].astype(centre.dtype) - centre)
    alike = (candidates.kind[None] == ACTION) == (kind == ACTION)
    return offset, there & candidates.there[None] & alike & (offset <= region)


def source_points(candidates: Candidates, true: TruePoints, key: Array) -> SourcePoints:
    """One point for each true one: a candidate of its kind in its region, at random (RTK, source graphs).

    If there is no such candidate, a frame of the region is drawn, not after the last true point. One
    candidate may stand for two true points whose regions overlap. The points come in a random order, so that
    the permutation that matches them to the true ones says something.

    Args:
        candidates: detected points.
        true: the true ones of the video.
        key: of all that is drawn.
    """
    place, centre, region, there = (
        jnp.asarray(each) for each in (true.place, true.centre, true.region, true.there)
    )
    of_candidates, of_frames, of_order = jax.random.split(key, 3)
    inside = in_regions(candidates, true)[1]
    chance = jnp.where(inside, jax.random.uniform(of_candidates, inside.shape), -1)
    drawn = candidates.place[jnp.argmax(chance, axis=1)].astype(place.dtype)

    # A short region may hold no frame; then the point's own is taken.
    first = jnp.clip(jnp.ceil(centre - region).astype(place.dtype), 0, place)
    last = jnp.floor(centre + region).astype(place.dtype)
    last = jnp.maximum(jnp.minimum(last, jnp.max(place)), place)
    frame = jax.random.randint(of_frames, place.shape, first, last + 1, place.dtype)
    stands = jnp.where(there, jnp.where(jnp.any(inside, axis=1), drawn, frame), 0)

    # Chances are below 1, so that padding stays where it is, after all points.
    order = jnp.argsort(jnp.where(there, jax.random.uniform(of_order, place.shape), 1)).astype(place.dtype)
    truth = (order[:, None] == jnp.arange(len(order), dtype=order.dtype)[None]) & there[:, None]
    return SourcePoints(stands[order], order, truth)
