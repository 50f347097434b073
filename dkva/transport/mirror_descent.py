"""Fused Gromov-Wasserstein transport under structures in time, by mirror descent: one solver for all uses.

Between the frames of a video (rows) and its actions, or the frames of another video (columns), with mass T,
cost C and structures A of the rows and B of the columns,

    minimise (alpha/2)·<A T B, T> + (1 - alpha)·<C, T> - epsilon·H(T) + penalties,   H(T) = sum T - T·log T

(Xu & Gould, Temporally consistent unbalanced optimal transport for unsupervised action segmentation, CVPR
2024; for two videos Ali et al., Joint self-supervised video alignment and action segmentation, ICCV 2025).
A_ik = 1/r for frames at most N·r apart and 0 for others, itself among them; B_jl = 1 but for actions that are
the same, or for frames near each other, where it is 0. So near frames pay if they get different actions, or
frames of the other video that are far apart. Rows and columns each have their masses fixed, or are penalised
by lambda·KL from uniform masses ("relaxed"). Products with A and B take time linear in the size of T, by
running sums.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

__all__ = ["Problem", "Solution", "Weights", "box_sums", "solve"]

# In logarithms of masses that may be 0: in gradients, and in the objective, as in the published programs.
_TINY = 1e-12
_TINY_IN_OBJECTIVE = 1e-10

# Running sums of at least so many values are taken in pieces of so many.
_LONG, _PIECE = 256, 64

# The published first step is this divided by the largest gradient.
_STEP = 4.0


class Problem(NamedTuple):
    """A batch of problems of one size.

    Attributes:
        cost: of each row and column [b, n, m].
        rows: which rows there are [b, n]; the others are padding.
        columns: which columns there are [b, m].
        half_rows: frames on each side of a row that are near it, a whole number.
        half_columns: likewise of the columns; None if they are actions, each of which is near itself alone.
    """

    cost: Float[Array, "b n m"]
    rows: Bool[Array, "b n"]
    columns: Bool[Array, "b m"]
    half_rows: int | Array
    half_columns: int | Array | None


class Weights(NamedTuple):
    """What the terms weigh.

    Attributes:
        epsilon: of the entropy.
        alpha: of the structure, from 0 to 1; the cost weighs 1 - alpha.
        near: value of the rows' structure between near frames, 1/r.
        rows: lambda of relaxed rows.
        columns: lambda of relaxed columns.
    """

    epsilon: float | Array
    alpha: float | Array
    near: float | Array
    rows: float | Array
    columns: float | Array


class Solution(NamedTuple):
    """What `solve` gives.

    Attributes:
        plan: T [b, n, m], 0 in padding; its sum is 1 where rows or columns are fixed.
        recorded: what the published programs record, before the first step and after each [b, steps + 1]:
            the objective with half of the cost's term.
        objective: what is minimised [b, steps + 1].
    """

    plan: Float[Array, "b n m"]
    recorded: Float[Array, "b s"]
    objective: Float[Array, "b s"]


def _running_sums(values: Array, axis: int) -> Array:
    """Running sums along axis 1 or 2; of a long one within pieces first, which takes less time."""
    n = values.shape[axis]
    if n < _LONG:
        return jnp.cumsum(values, axis)
    pieces = -(-n // _PIECE)
    edges = [(0, 0)] * values.ndim
    edges[axis] = (0, pieces * _PIECE - n)
    padded = jnp.pad(values, edges)
    shape = (*values.shape[:axis], pieces, _PIECE, *values.shape[axis + 1 :])
    places = jnp.moveaxis(padded.reshape(shape), axis + 1, 0)

    def add(total, place):
        total = total + place
        return total, total

    totals, within = jax.lax.scan(add, jnp.zeros_like(places[0]), places)
    before = jnp.cumsum(totals, axis) - totals
    running = jnp.moveaxis(within + before[None], 0, axis + 1).reshape(padded.shape)
    return jax.lax.slice_in_dim(running, 0, n, axis=axis)


def box_sums(values: Float[Array, "b n m"], half: int | Array, axis: int) -> Float[Array, "b n m"]:
    """Sum of the `half` values before and after each along an axis, without itself, in linear time.

    Differences of running sums lose the digits of small sums. So in float32 the running sums are of whole
    numbers, which are exact, of values in units of 2^-30 of the largest sum along the axis.

    Args:
        values: none below 0.
        half: a whole number.
        axis: 1 or 2.
    """
    unit = jnp.ones((), values.dtype)
    counted = values
    if values.dtype == jnp.float32:
        top = jnp.max(jnp.sum(values, axis, keepdims=True), (1, 2), keepdims=True)  # of each video alone
        unit = jnp.where(top > 0, top, 1) * 2.0**-30
        counted = jnp.round(values / unit).astype(jnp.int32)
    n = values.shape[axis]
    running = _running_sums(counted, axis)
    first = jnp.zeros_like(jax.lax.slice_in_dim(running, 0, 1, axis=axis))
    running = jnp.concatenate([first, running], axis)
    place = jnp.arange(n)
    upto = jnp.take(running, jnp.minimum(place + half + 1, n), axis)
    near = upto - jnp.take(running, jnp.maximum(place - half, 0), axis) - counted
    return near.astype(values.dtype) * unit


def _structured(plan, problem: Problem, near):
    """A T B [b, n, m]."""
    close = plan if problem.half_columns is None else box_sums(plan, problem.half_columns, 2)
    apart = jnp.sum(plan, 2, keepdims=True) - close
    return near * box_sums(apart, problem.half_rows, 1)


def _ratio(part, whole):
    """The quotient, 0 where the whole is 0."""
    return jnp.where(whole > 0, part / jnp.where(whole > 0, whole, 1), 0)


class _Marginals(NamedTuple):
    """Uniform masses of rows [b, n, 1] and columns [b, 1, m], and where both are [b, n, m]."""

    rows: Array
    columns: Array
    there: Array


def _marginals(problem: Problem) -> _Marginals:
    dtype = problem.cost.dtype
    rows = problem.rows.astype(dtype)[:, :, None]
    columns = problem.columns.astype(dtype)[:, None, :]
    p = _ratio(rows, jnp.sum(rows, 1, keepdims=True))
    q = _ratio(columns, jnp.sum(columns, 2, keepdims=True))
    return _Marginals(p, q, problem.rows[:, :, None] & problem.columns[:, None, :])


def _pull(plan, axis: int, uniform, weight):
    """Gradient of weight·KL of the masses from uniform ones."""
    ratio = _ratio(jnp.sum(plan, axis, keepdims=True), uniform)
    return weight * (jnp.log(ratio + _TINY) + 1)


def _penalty(plan, axis: int, uniform, weight):
    mass = jnp.sum(plan, axis, keepdims=True)
    return weight * jnp.sum(mass * jnp.log(_ratio(mass, uniform) + _TINY_IN_OBJECTIVE), (1, 2))


@partial(jax.jit, static_argnames=("relax_rows", "relax_columns", "n_iters", "step_of"))
def solve(
    problem: Problem,
    weights: Weights,
    *,
    relax_rows: bool,
    relax_columns: bool,
    n_iters: tuple[int, int],
    step_of: str,
) -> Solution:
    """Solve a batch of problems by mirror descent, for so many steps.

    With rows or columns relaxed, a step multiplies T by exp(-eta·gradient), eta = 4 / the largest gradient of
    the first step, and scales what is fixed to its masses. With both fixed it solves, by a few sweeps of
    Sinkhorn's iterations, the entropic problem whose cost is the gradient at T.

    Args:
        problem: the batch.
        weights: of its terms.
        relax_rows: whether the masses of rows are free but for the penalty.
        relax_columns: likewise of columns.
        n_iters: number of steps, and of Sinkhorn's sweeps in each if both sides are fixed.
        step_of: where the largest gradient is taken from: "batch" as published, padding too, or "video", each
            by itself.
    """
    dtype = problem.cost.dtype
    epsilon, alpha, near, lambda_rows, lambda_columns = (jnp.asarray(each, dtype) for each in weights)
    margins = _marginals(problem)
    visual = (1 - alpha) * problem.cost

    def penalties(plan):
        total = jnp.zeros(plan.shape[0], dtype)
        if relax_rows:
            total = total + _penalty(plan, 2, margins.rows, lambda_rows)
        if relax_columns:
            total = total + _penalty(plan, 1, margins.columns, lambda_columns)
        return total

    def values(plan, pulled):
        entropy = jnp.sum(plan - plan * jnp.log(plan + _TINY_IN_OBJECTIVE), (1, 2))
        structure = jnp.sum(pulled * plan, (1, 2)) / 2
        cost = jnp.sum(visual * plan, (1, 2))
        rest = penalties(plan) - epsilon * entropy
        return structure + cost / 2 + rest, structure + cost + rest

    def gradient(plan, pulled):
        found = pulled + visual + epsilon * jnp.log(plan + _TINY)
        if relax_rows:
            found = found + _pull(plan, 2, margins.rows, lambda_rows)
        if relax_columns:
            found = found + _pull(plan, 1, margins.columns, lambda_columns)
        return found

    def mirrored(plan, pulled, eta):
        moved = plan * jnp.exp(-eta * gradient(plan, pulled))
        if not relax_rows:
            return margins.rows * _ratio(moved, jnp.sum(moved, 2, keepdims=True))
        if not relax_columns:
            return margins.columns * _ratio(moved, jnp.sum(moved, 1, keepdims=True))
        return moved

    def balanced(plan, pulled, eta):
        del plan, eta
        return _sinkhorn(-(pulled + visual) / epsilon, margins, n_iters[1])

    def pull_of(plan):
        return alpha * _structured(plan, problem, near)

    def step(state, _):
        plan, pulled = state
        plan = update(plan, pulled, eta)
        pulled = pull_of(plan)
        return (plan, pulled), values(plan, pulled)

    update = mirrored if relax_rows or relax_columns else balanced
    start = margins.rows * margins.columns
    pulled = pull_of(start)
    eta = _step_size(gradient(start, pulled), margins.there, step_of)
    (plan, _), (recorded, objective) = jax.lax.scan(step, (start, pulled), None, length=n_iters[0])
    first = [each[:, None] for each in values(start, pulled)]
    traces = [
        jnp.concatenate([before, after.T], 1)
        for before, after in zip(first, (recorded, objective), strict=True)
    ]
    return Solution(plan, *traces)


def _step_size(gradient, there, step_of: str):
    """The step [b, 1, 1] or [1, 1, 1]: 4 / largest gradient, or its size if none is above 0."""
    if step_of == "batch":
        top, size = jnp.max(gradient)[None, None, None], jnp.max(jnp.abs(gradient))[None, None, None]
    else:
        top = jnp.max(jnp.where(there, gradient, -jnp.inf), (1, 2), keepdims=True)
        size = jnp.max(jnp.where(there, jnp.abs(gradient), 0), (1, 2), keepdims=True)
    return _STEP / jnp.where(top > 0, top, jnp.where(size > 0, size, 1))


def _sinkhorn(logits, margins: _Marginals, sweeps: int):
    """Sinkhorn's iterations from exp(logits), rows first, in logarithms; what is not there has no mass."""
    there = margins.there
    logits = jnp.where(there, logits, -jnp.inf)
    log_p = jnp.log(jnp.where(margins.rows > 0, margins.rows, 1))
    log_q = jnp.log(jnp.where(margins.columns > 0, margins.columns, 1))

    def total(values, axis):
        found = jax.nn.logsumexp(values, axis, keepdims=True)
        return jnp.where(jnp.isfinite(found), found, 0)

    right = jnp.zeros_like(log_q)
    left = log_p
    for _ in range(sweeps):
        left = log_p - total(logits + right, 2)
        right = log_q - total(logits + left, 1)
    return jnp.where(there, jnp.exp(logits + left + right), 0)
