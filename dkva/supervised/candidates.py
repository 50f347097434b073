"""Keypoints that maps over a video's frames hold: middles of actions and boundaries between them.

Video action segmentation via contextually refined temporal keypoints (RTK), ICCV 2023, sections 3.1 and 3.2.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

__all__ = ["ACTION", "BOUNDARY", "Candidates", "chosen", "peaks", "points_of_probabilities"]

#: Kinds of points.
ACTION, BOUNDARY = 0, 1


class Candidates(NamedTuple):
    """At most m points of a video in order of time, a boundary before an action at the same frame.

    Attributes:
        place: the frame [m]; 0 if there is no point.
        kind: `ACTION` or `BOUNDARY` [m]; `ACTION` if there is no point.
        confidence: from 0 to 1 [m]; 0 if there is no point.
        action: class of an action point [m]; -1 for a boundary, and if there is no point.
        there: whether there is a point [m]; those that are not there come last.
    """

    place: Int[Array, " m"]
    kind: Int[Array, " m"]
    confidence: Float[Array, " m"]
    action: Int[Array, " m"]
    there: Bool[Array, " m"]


def peaks(
    heat: Float[Array, " n"], threshold: float | Float[Array, ""], mask: Bool[Array, " n"]
) -> Bool[Array, " n"]:
    """Local maxima of a map, in each connected region that is above a threshold.

    Several frames in a row of one value are one maximum, at the middle frame, the earlier of two. What is
    beside a region counts as lower than any frame in it.

    Args:
        heat: the map.
        threshold: regions are of frames above it.
        mask: which frames there are.

    Returns:
        Which frames are local maxima.
    """
    inside = mask & (heat > threshold)
    values = jnp.where(inside, heat, -jnp.inf)
    start, end = _runs(values[1:] != values[:-1])
    before = jnp.where(start > 0, values[start - 1], -jnp.inf)
    after = jnp.where(end < len(heat) - 1, values[jnp.minimum(end + 1, len(heat) - 1)], -jnp.inf)
    top = (before < values) & (after < values)
    return inside & top & (jnp.arange(len(heat)) == (start + end) // 2)


def chosen(
    heat_boundary: Float[Array, " n"],
    heat_action: Float[Array, " n"],
    class_probabilities: Float[Array, "n c"],
    mask: Bool[Array, " n"],
    *,
    most: int,
    action_threshold: float = 0.4,
    boundary_threshold: float = 0.2,
) -> Candidates:
    """The candidates of a video: local maxima of its maps above thresholds (section 3.2).

    The map of actions is that of the locations times the probability of the likeliest class (eq. 2): this is
    what the threshold is set to, whose maxima are sought, and what is the confidence.

    Args:
        heat_boundary: probability of a boundary.
        heat_action: probability of the middle of an action, of whatever class.
        class_probabilities: of each frame.
        mask: which frames there are.
        most: candidates at most, those of highest confidence of both kinds together (our choice; the paper
            has a share α of the frames).
        action_threshold: on the map of actions.
        boundary_threshold: on that of boundaries.
    """
    heat = heat_action * jnp.max(class_probabilities, axis=1)
    actions = jnp.where(peaks(heat, action_threshold, mask), heat, -jnp.inf)
    boundaries = jnp.where(peaks(heat_boundary, boundary_threshold, mask), heat_boundary, -jnp.inf)
    return _most_confident(actions, boundaries, jnp.argmax(class_probabilities, axis=1), most)


def points_of_probabilities(
    probabilities: Float[Array, "n c"], mask: Bool[Array, " n"], *, most: int
) -> Candidates:
    """Points of a network that has no keypoints, from its classes of frames (our choice).

    Each run of frames of one likeliest class has an action point at its middle frame, the earlier of two,
    with the mean probability of the class as its confidence; and a boundary at its first frame t, unless no
    frame is before it, with confidence ½ Σ_i |p_{t,i} - p_{t-1,i}|.

    Args:
        probabilities: of the classes of each frame.
        mask: which frames there are.
        most: points at most, those of highest confidence of both kinds together.
    """
    n_frames = len(mask)
    classes = jnp.argmax(probabilities, axis=1)
    changes = (classes[1:] != classes[:-1]) | (mask[1:] != mask[:-1])
    start, end = _runs(changes)
    frames = jnp.arange(n_frames)
    likeliest = jnp.where(mask, jnp.max(probabilities, axis=1), 0)
    mean = jax.ops.segment_sum(likeliest, start, n_frames)[start] / (end - start + 1).astype(likeliest.dtype)
    actions = jnp.where(mask & (frames == (start + end) // 2), mean, -jnp.inf)
    moved = jnp.sum(jnp.abs(probabilities[1:] - probabilities[:-1]), axis=1) / 2
    inner = jnp.where(changes & mask[1:] & mask[:-1], moved, -jnp.inf)
    return _most_confident(actions, jnp.pad(inner, (1, 0), constant_values=-jnp.inf), classes, most)


def _runs(changes: Bool[Array, " k"]) -> tuple[Int[Array, " n"], Int[Array, " n"]]:
    """First and last frame of the run that each frame is in; `changes` are between neighbours."""
    frames = jnp.arange(len(changes) + 1)
    edge = jnp.ones(1, bool)
    start = jax.lax.cummax(jnp.where(jnp.concatenate([edge, changes]), frames, 0))
    end = jax.lax.cummin(jnp.where(jnp.concatenate([changes, edge]), frames, len(changes)), reverse=True)
    return start, end


def _most_confident(
    actions: Float[Array, " n"], boundaries: Float[Array, " n"], classes: Int[Array, " n"], most: int
) -> Candidates:
    """The points of highest confidence; a frame that is no point of a kind has -inf there."""
    n_frames = len(classes)
    confidence = jnp.concatenate([actions, boundaries])
    confidence = jnp.pad(confidence, (0, max(most - 2 * n_frames, 0)), constant_values=-jnp.inf)
    confidence, found = jax.lax.top_k(confidence, most)
    there = confidence > -jnp.inf
    place, boundary = found % n_frames, (found >= n_frames) & there
    order = jnp.argsort(jnp.where(there, 2 * place + (~boundary).astype(place.dtype), 2 * n_frames))
    place, confidence, boundary, there = (each[order] for each in (place, confidence, boundary, there))
    return Candidates(
        jnp.where(there, place, 0),
        jnp.where(boundary, BOUNDARY, ACTION),
        jnp.where(there, confidence, 0),
        jnp.where(there & ~boundary, classes[place], -1),
        there,
    )
