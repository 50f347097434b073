"""Dynamic time warping in compiled programs, for training: hard with its paths, soft with its gradient.

Soft-DTW and the recursion of its gradient are those of Cuturi & Blondel, Soft-DTW: a differentiable loss
function for time-series, ICML 2017. `dkva.base.dtw` finds the path of one pair without compiling, with ties
in any order; metrics use that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Shaped

from dkva.base.checks import check_number

__all__ = ["Warpings", "dtw", "first_matches", "soft_dtw"]


class Warpings(NamedTuple):
    """Paths and what they cost; the arrays have a first axis of pairs if the costs have one.

    Attributes:
        value: the sum of the costs on the path, which is its gradient.
        path: which pairs of frames are on it; False in padding.
    """

    value: Float[Array, "*b"]
    path: Bool[Array, "*b n m"]


def soft_dtw(cost, gamma: float, *, frames_x=None, frames_y=None) -> Float[Array, "*b"]:
    """Soft-DTW: the least cost of a path, as `dtw`, with -gamma log sum exp(-a / gamma) as the minimum.

    It is below the least cost, by gamma times the log of the number of paths at most, and may be negative.
    Minimised alone it makes all embedded frames alike: it needs another loss beside it.

    Args:
        cost: of each pair of frames [n, m], or of several pairs of videos [b, n, m], such as distances;
            finite but in padding.
        gamma: how soft the minimum is.
        frames_x: how many of the n there are, the others being padding: a whole number, or one a pair [b];
            None means all.
        frames_y: likewise of the m.

    Returns:
        A number, or [b]; NaN of pairs whose number of frames is not from 1 to n or m.

    Raises:
        ValueError: a cost of another shape or without floating-point numbers, numbers of frames that are not
            whole or not one a pair, or a gamma that is no positive number.
    """
    check_number("gamma", gamma, positive=True)
    costs, frames, single = _checked(cost, frames_x, frames_y)
    value = _soft_dtw(costs, *frames, jnp.asarray(gamma, costs.dtype))
    return value[0] if single else value


def dtw(cost, *, frames_x=None, frames_y=None) -> Warpings:
    """The path of least cost with moves (1, 0), (0, 1) and (1, 1) from the first pair of frames to the last.

    Of equally cheap moves the diagonal one is taken first, then up (i - 1), then left (j - 1), tracing back
    from the end. The path is a constant: gradients go through the costs on it alone.

    Args:
        cost: see `soft_dtw`.
        frames_x: see `soft_dtw`.
        frames_y: see `soft_dtw`.

    Returns:
        The value, NaN of pairs whose number of frames is not from 1 to n or m, and the path.

    Raises:
        ValueError: see `soft_dtw`.
    """
    costs, frames, single = _checked(cost, frames_x, frames_y)
    found = _dtw(costs, *frames)
    return Warpings(found.value[0], found.path[0]) if single else found


def first_matches(path: Bool[Array, "*b n m"]) -> Int[Array, "*b n"]:
    """The first frame of y that each frame of x is matched with, LRProp's c(i); 0 in padding."""
    return jnp.argmax(path, axis=-1)


def _checked(cost, frames_x, frames_y) -> tuple[Array, tuple[Array, Array], bool]:
    """Costs [b, n, m], the numbers of frames of each pair [b], and whether one pair was given without b."""
    cost = jnp.asarray(cost)
    if cost.ndim not in (2, 3) or 0 in cost.shape or not jnp.issubdtype(cost.dtype, jnp.floating):
        raise ValueError(
            f"cost is {cost.dtype} of shape {cost.shape}: give floating-point numbers [n, m] or [b, n, m]"
        )
    costs = cost.reshape(-1, *cost.shape[-2:])
    frames = (
        _checked_frames("frames_x", frames_x, costs.shape[1], cost.shape[:-2]),
        _checked_frames("frames_y", frames_y, costs.shape[2], cost.shape[:-2]),
    )
    return costs, frames, cost.ndim == 2


def _checked_frames(argument: str, frames, size: int, shape: tuple[int, ...]) -> Int[Array, " b"]:
    counts = jnp.full(shape, size) if frames is None else jnp.asarray(frames)
    if counts.shape != shape or not jnp.issubdtype(counts.dtype, jnp.integer):
        raise ValueError(
            f"{argument} is {counts.dtype} of shape {counts.shape}: give whole numbers of shape {shape}"
        )
    return counts.reshape(-1).astype(int)


@jax.jit
def _soft_dtw(
    costs: Float[Array, "b n m"], n: Int[Array, " b"], m: Int[Array, " b"], gamma: Float[Array, ""]
) -> Float[Array, " b"]:
    # The minimum of soft-DTW is homogeneous in costs and gamma.
    value = gamma * _of_unit_gamma(_without_padding(costs, n, m) / gamma, n, m)
    return jnp.where(_there(costs, n, m), value, jnp.nan)


@jax.jit
def _dtw(costs: Float[Array, "b n m"], n: Int[Array, " b"], m: Int[Array, " b"]) -> Warpings:
    costs = _without_padding(costs, n, m)
    there = _there(costs, n, m)
    path = _traced(_least(jax.lax.stop_gradient(costs), _minimum), n, m) & there[:, None, None]
    value = jnp.sum(jnp.where(path, costs, 0), (1, 2))
    return Warpings(jnp.where(there, value, jnp.nan), path)


def _there(costs: Float[Array, "b n m"], n: Int[Array, " b"], m: Int[Array, " b"]) -> Bool[Array, " b"]:
    """Which pairs have frames, and no more than there is place for."""
    _, rows, columns = costs.shape
    return (n >= 1) & (n <= rows) & (m >= 1) & (m <= columns)


def _without_padding(costs: Float[Array, "b n m"], n: Int[Array, " b"], m: Int[Array, " b"]):
    """Costs with 0 in padding, which no path passes: whatever is there has no gradient."""
    _, rows, columns = costs.shape
    real_x, real_y = jnp.arange(rows)[None] < n[:, None], jnp.arange(columns)[None] < m[:, None]
    return jnp.where(real_x[:, :, None] & real_y[:, None, :], costs, 0)


@jax.custom_vjp
def _of_unit_gamma(
    costs: Float[Array, "b n m"], n: Int[Array, " b"], m: Int[Array, " b"]
) -> Float[Array, " b"]:
    """Soft-DTW at gamma = 1; its own gradient is faster than JAX's, and remembers the sums alone."""
    return _forward(costs, n, m)[0]


def _forward(costs, n, m):
    sums = _least(costs, _soft_minimum)
    return sums[n + m - 2, jnp.arange(len(n)), n], (sums, n, m)


def _backward(kept, slope):
    """The share of each move is a softmax, as good in float32 as the sums are: it adds up to 1 everywhere."""
    sums, n, m = kept
    edged = _with_edges(sums)
    before = edged[:-2, :, :-1], edged[1:-1, :, :-1], edged[1:-1, :, 1:]
    shares = [jnp.exp(_minimum(*before) - each) for each in before]
    total = shares[0] + shares[1] + shares[2]
    return slope[:, None, None] * _passed([each / total for each in shares], n, m), None, None


_of_unit_gamma.defvjp(_forward, _backward)


def _minimum(diagonal: Array, up: Array, left: Array) -> Array:
    return jnp.minimum(jnp.minimum(diagonal, up), left)


def _soft_minimum(diagonal: Array, up: Array, left: Array) -> Array:
    least = _minimum(diagonal, up, left)
    return least - jnp.log(jnp.exp(least - diagonal) + jnp.exp(least - up) + jnp.exp(least - left))


def _edges(b: int, n: int, dtype) -> tuple[Array, Array]:
    """The two anti-diagonals [b, n + 1] before the first: 0 before the first pair of frames, large elsewhere.

    No path comes from large sums, and infinite ones would give NaN when they are subtracted.
    """
    nowhere = jnp.full((b, n + 1), jnp.finfo(dtype).max / 4, dtype)
    return nowhere.at[:, 0].set(0), nowhere


def _least(
    costs: Float[Array, "b n m"], minimum: Callable[[Array, Array, Array], Array]
) -> Float[Array, "d b n+1"]:
    """Least sums up to each pair (i, j), at [i + j, :, i + 1]; those at 0 are of the edge.

    Cells of an anti-diagonal depend on the two before it alone. Those outside of the matrix are there too: to
    the left of it they are as good as infinite, and to the right nothing inside depends on them.
    """
    b, n, _ = costs.shape
    first = _edges(b, n, costs.dtype)

    def step(before, diagonal):
        earlier, last = before
        sums = diagonal + minimum(earlier[:, :-1], last[:, :-1], last[:, 1:])
        here = jnp.concatenate([first[1][:, :1], sums], 1)
        return (last, here), here

    return jax.lax.scan(step, first, _diagonals(costs))[1]


def _with_edges(sums: Float[Array, "d b w"]) -> Float[Array, "d+2 b w"]:
    _, b, width = sums.shape
    return jnp.concatenate([jnp.stack(_edges(b, width - 1, sums.dtype)), sums])


def _traced(sums: Float[Array, "d b w"], n: Int[Array, " b"], m: Int[Array, " b"]) -> Bool[Array, "b n m"]:
    """The pairs of frames on the path back from the last one, by the least sums before each."""
    steps, b, width = sums.shape
    before, pairs = _with_edges(sums), jnp.arange(b)

    def back(cell, step):
        i, j = cell
        here = step == i + j
        diagonal, up = before[step, pairs, i], before[step + 1, pairs, i]
        left = before[step + 1, pairs, i + 1]
        go_diagonal = (diagonal <= up) & (diagonal <= left)
        go_up = ~go_diagonal & (up <= left)
        less_i = jnp.where(here & (go_diagonal | go_up), i - 1, i)
        less_j = jnp.where(here & ~go_up, j - 1, j)
        return (less_i, less_j), jnp.where(here, i, -1)

    rows = jax.lax.scan(back, (n - 1, m - 1), jnp.arange(steps), reverse=True)[1]
    return _from_diagonals(rows[:, :, None] == jnp.arange(width - 1)[None, None])


def _passed(
    shares: list[Float[Array, "d b n"]], n: Int[Array, " b"], m: Int[Array, " b"]
) -> Float[Array, "b n m"]:
    """How much passes each pair of frames, of 1 that goes back from the last pair (Cuturi & Blondel's E).

    Args:
        shares: of the diagonal move, of up and of left, in what passes a pair.
        n: number of the frames of x.
        m: likewise of y.
    """
    steps, b, rows = shares[0].shape
    last = jnp.arange(rows)[None] == n[:, None] - 1

    def back(coming, at):
        (one, two), (step, moves) = coming, at
        here = jnp.where(last & (step == n + m - 2)[:, None], 1, one)
        diagonal, up, left = (move * here for move in moves)
        return (two + _up(up) + left, _up(diagonal)), here

    none = jnp.zeros((b, rows), shares[0].dtype)
    # Without the barrier the gradient of many pairs takes nearly twice as long on a CPU.
    moves = jax.lax.optimization_barrier(tuple(shares))
    found = jax.lax.scan(back, (none, none), (jnp.arange(steps), moves), reverse=True)[1]
    return _from_diagonals(found)


def _up(rows: Float[Array, "b n"]) -> Float[Array, "b n"]:
    return jnp.pad(rows[:, 1:], ((0, 0), (0, 1)))


def _diagonals(costs: Float[Array, "b n m"]) -> Float[Array, "d b n"]:
    """Anti-diagonals i + j = 0, 1, …, each at its i; 0 outside of the matrix."""
    b, n, m = costs.shape
    # Rows that are n longer, read as if they were n - 1 longer, are shifted by one each.
    flat = jnp.pad(costs, ((0, 0), (0, 0), (0, n))).reshape(b, -1)[:, : n * (n + m - 1)]
    return flat.reshape(b, n, n + m - 1).transpose(2, 0, 1)


def _from_diagonals(diagonals: Shaped[Array, "d b n"]) -> Shaped[Array, "b n m"]:
    d, b, n = diagonals.shape
    flat = jnp.pad(diagonals.transpose(1, 2, 0).reshape(b, -1), ((0, 0), (0, n)))
    return flat.reshape(b, n, d + 1)[:, :, : d + 1 - n]
