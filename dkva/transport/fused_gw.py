"""Fused Gromov-Wasserstein transport at the public door: frames to actions, and frames to frames.

The problem and its solver are those of `dkva.transport.mirror_descent`.
"""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.base.buckets import bucket
from dkva.base.checks import check_choice, check_number, check_whole
from dkva.transport.mirror_descent import Problem, Weights, solve

__all__ = [
    "FRAME_ROWS",
    "STEPS",
    "Alignment",
    "Transport",
    "align_frames",
    "decode",
    "frame_costs",
    "half_width",
    "temporal_prior",
    "with_prior",
    "with_virtual",
]

#: Where the length of the steps is taken from: the largest gradient of the whole batch, padding too (as
#: published), or of each video by itself, so that its result does not depend on what it is solved with.
STEPS = ("video", "batch")

#: Videos are padded to 128 frames, 256, 512 and so on, so that they share compiled programs.
FRAME_ROWS = 128, 2


class Transport(NamedTuple):
    """What a transport gives; its arrays have a first axis of videos if the cost has one.

    Attributes:
        assignment: mass of each frame and action, or of two frames, scaled so that a frame whose mass is
            fixed has 1 in all; 0 in padding.
        objective: before the first step and after each [iterations + 1], as the published programs record
            it: with half of the cost's term, so that it may rise.
        minimised: the function that is minimised, likewise.
    """

    assignment: Float[np.ndarray, "*batch n m"]
    objective: Float[np.ndarray, "*batch s"]
    minimised: Float[np.ndarray, "*batch s"]


class Alignment(NamedTuple):
    """What `align_frames` gives; its arrays have a first axis of pairs if the frames have one.

    Masses are in units of one frame of x; they are 0 in padding.

    Attributes:
        assignment: mass of each two frames.
        unmatched_x: mass that each frame of x gives to y's virtual frame; 0 without virtual frames.
        unmatched_y: likewise of y.
        objective: see `Transport`.
        minimised: see `Transport`.
    """

    assignment: Float[np.ndarray, "*batch n m"]
    unmatched_x: Float[np.ndarray, "*batch n"]
    unmatched_y: Float[np.ndarray, "*batch m"]
    objective: Float[np.ndarray, "*batch s"]
    minimised: Float[np.ndarray, "*batch s"]


def half_width(n_frames: int, radius: float) -> int:
    """Frames on each side that are near: floor(N·radius), in double precision as in the published code."""
    return int(n_frames * radius)


def temporal_prior(n: float | Array, m: float | Array, shape: tuple[int, int], dtype) -> Float[Array, "n m"]:
    """|i/n - j/m|, how far two frames, or a frame and the place of an action, are apart in time.

    Args:
        n: length of the first axis in whose shares time is counted; padding may make the array longer.
        m: likewise of the second.
        shape: of the array.
        dtype: of the numbers.
    """
    first = jnp.arange(shape[0]).astype(dtype)[:, None] / jnp.asarray(n, dtype)
    second = jnp.arange(shape[1]).astype(dtype)[None, :] / jnp.asarray(m, dtype)
    return jnp.abs(first - second)


@jax.jit
def with_prior(costs: Float[Array, "b n m"], rho: float | Array, n: int | Array) -> Float[Array, "b n m"]:
    """Costs plus rho times the prior, for first axes of length n without their padding."""
    rows, m = costs.shape[1:]
    return costs + jnp.asarray(rho, costs.dtype) * temporal_prior(n, m, (rows, m), costs.dtype)[None]


def with_virtual(cost: Float[Array, "*b n m"], zeta: float) -> Float[Array, "*b _ _"]:
    """The cost with a virtual row and column of constant cost before the first (VAOT)."""
    edges = [(0, 0)] * (cost.ndim - 2) + [(1, 0), (1, 0)]
    return jnp.pad(cost, edges, constant_values=jnp.asarray(zeta, cost.dtype))


def frame_costs(
    x: Float[Array, "b n e"],
    y: Float[Array, "b m e"],
    rho: float | Array,
    n: int | Array | None = None,
    m: int | Array | None = None,
) -> Float[Array, "b n m"]:
    """1 - cosine of each two frames of unit norm, plus rho times the prior (VAOT).

    Args:
        x: frames of the first videos.
        y: of the second ones.
        rho: weight of the prior.
        n: length of x in whose shares time is counted; None means with its padding, as published.
        m: likewise of y.
    """
    cosines = jnp.einsum("bne,bme->bnm", x, y, precision=jax.lax.Precision.HIGHEST)
    rows, columns = cosines.shape[1:]
    prior = temporal_prior(
        rows if n is None else n, columns if m is None else m, (rows, columns), cosines.dtype
    )
    return 1 - cosines + jnp.asarray(rho, cosines.dtype) * prior[None]


def decode(
    cost,
    *,
    mask=None,
    rho: float = 0.0,
    eps: float = 0.04,
    alpha: float = 0.6,
    radius: float = 0.04,
    lambda_actions: float = 0.01,
    lambda_frames: float = 0.05,
    relax_actions: bool = True,
    relax_frames: bool = False,
    n_iters: tuple[int, int] = (25, 1),
    step: str = "video",
) -> Transport:
    """Assign frames to actions softly and steadily in time, given what each frame costs at each action.

    The decoder of ASOT (Xu & Gould, CVPR 2024); labels are the actions of most mass in each frame. The
    defaults are those it decodes with on most benchmarks.

    Args:
        cost: small where frame and action agree, such as 1 - cosine [n, k], or of several videos [b, n, k].
            The length of a step supposes costs of about 0 to 2.
        mask: which frames there are [n] or [b, n], the others being padding; None means all.
        rho: weight of the prior |i/N - j/K| that is added to the cost: action j is then awaited around the
            share j/K of the video. 0 leaves the order of actions free.
        eps: weight of the entropy. From about a fifth of the costs on, the published length of a step is too
            long, and the iterations may oscillate.
        alpha: weight of the structure, from 0 to 1: the price of two near frames with different actions; the
            cost weighs 1 - alpha.
        radius: how near near frames are, as a share of the frames, padding included.
        lambda_actions: weight of the penalty that keeps the actions' shares near 1/K, if they are relaxed.
        lambda_frames: likewise of the frames' masses.
        relax_actions: whether actions may have unequal shares; published runs relax them alone.
        relax_frames: whether frames may have unequal masses.
        n_iters: number of steps, and of Sinkhorn's sweeps in each if neither side is relaxed.
        step: one of `STEPS`.

    Raises:
        ValueError: a cost that is no finite numbers, a mask of another shape or without a frame,
            or a setting out of range.

    Warns:
        UserWarning: a radius of less than a frame, which leaves the structure empty.
    """
    costs, there, single = _checked_cost(cost, mask)
    weights = {"eps": eps, "alpha": alpha, "radius": radius, "rho": rho}
    _check_settings(n_iters, step, **weights, lambda_actions=lambda_actions, lambda_frames=lambda_frames)
    n, k = costs.shape[1:]
    half = _half_width_that_counts(n, radius, alpha)
    # Padding adds to the gradient's largest value of the batch, as published, so there is none in that case.
    rows = n if step == "batch" else bucket(n, *FRAME_ROWS)
    costs = np.pad(costs, ((0, 0), (0, rows - n), (0, 0)))
    there = np.pad(there, ((0, 0), (0, rows - n)))
    found = solve(
        Problem(with_prior(costs, rho, n), jnp.asarray(there), jnp.ones((len(costs), k), bool), half, None),
        Weights(eps, alpha, 1 / radius, lambda_frames, lambda_actions),
        relax_rows=bool(relax_frames),
        relax_columns=bool(relax_actions),
        n_iters=(int(n_iters[0]), int(n_iters[1])),
        step_of=step,
    )
    scale = there.sum(1)[:, None, None].astype(costs.dtype)
    return _given(scale * np.asarray(found.plan), found, slice(0, n), slice(0, k), single)


def align_frames(
    x,
    y,
    *,
    mask_x=None,
    mask_y=None,
    eps: float = 0.07,
    alpha: float = 0.3,
    radius: float = 0.04,
    rho: float = 0.35,
    zeta: float | None = 0.5,
    relax_x: bool = False,
    relax_y: bool = False,
    lambda_x: float = 0.05,
    lambda_y: float = 0.05,
    n_iters: tuple[int, int] = (25, 1),
    step: str = "video",
) -> Alignment:
    """Match the frames of two videos of one activity softly, in much the same order.

    The alignment of VAOT (Ali et al., ICCV 2025). With both sides fixed, one sweep of Sinkhorn's iterations
    leaves the rows' masses a little off, so that frames of x need not have 1 in all. The default radius is
    twice the published one, under which no frame of its clips of 20 frames is near another (our choice).

    Args:
        x: embedded frames of unit norm [n, e], or of several videos [b, n, e].
        y: of the other video [m, e] or [b, m, e].
        mask_x: which frames of x there are [n] or [b, n], the others being padding; None means all.
        mask_y: likewise of y.
        eps: weight of the entropy.
        alpha: weight of the structure, from 0 to 1: the price of near frames of x whose partners in y are the
            same one, or not near each other.
        radius: how near near frames are, as a share of a video's frames.
        rho: weight of the prior |i/N - j/M|.
        zeta: cost of matching a frame to the other video's virtual frame, where frames go whose every match
            is worse; None leaves the virtual frames out.
        relax_x: whether frames of x may have unequal masses.
        relax_y: likewise of y.
        lambda_x: weight of the penalty that keeps masses equal, if relaxed.
        lambda_y: likewise of y.
        n_iters: number of steps, and of Sinkhorn's sweeps in each if neither side is relaxed.
        step: one of `STEPS`.

    Returns:
        Assignment of real frames [n, m] or [b, n, m], and what each gives to the virtual ones.

    Raises:
        ValueError: frames that are no finite numbers or of unequal widths, a mask of another shape or
            without a frame, or a setting out of range.

    Warns:
        UserWarning: a radius of less than a frame, which leaves the structure empty.
    """
    first, there_x, single = _checked_frames("x", x, mask_x)
    second, there_y, single_y = _checked_frames("y", y, mask_y)
    if single != single_y or len(first) != len(second) or first.shape[2] != second.shape[2]:
        raise ValueError(
            f"x is of shape {np.shape(x)} and y of shape {np.shape(y)}: give as many videos of each, and "
            "frames of as many numbers"
        )
    weights = {"eps": eps, "alpha": alpha, "radius": radius, "rho": rho}
    _check_settings(n_iters, step, **weights, lambda_x=lambda_x, lambda_y=lambda_y)
    if zeta is not None:
        check_number("zeta", zeta)
    dtype = jnp.result_type(first.dtype, second.dtype)
    n, m, virtual = first.shape[1], second.shape[1], int(zeta is not None)
    halves = [_half_width_that_counts(frames + virtual, radius, alpha) for frames in (n, m)]
    first, there_x = _padded(first, there_x, step)
    second, there_y = _padded(second, there_y, step)
    cost = frame_costs(jnp.asarray(first, dtype), jnp.asarray(second, dtype), rho, n, m)
    if zeta is not None:
        cost = with_virtual(cost, zeta)
        there_x, there_y = (
            np.pad(each, ((0, 0), (1, 0)), constant_values=True) for each in (there_x, there_y)
        )
    found = solve(
        Problem(cost, jnp.asarray(there_x), jnp.asarray(there_y), *halves),
        Weights(eps, alpha, 1 / radius, lambda_x, lambda_y),
        relax_rows=bool(relax_x),
        relax_columns=bool(relax_y),
        n_iters=(int(n_iters[0]), int(n_iters[1])),
        step_of=step,
    )
    plan = there_x.sum(1)[:, None, None].astype(dtype) * np.asarray(found.plan)
    rows, columns = slice(virtual, virtual + n), slice(virtual, virtual + m)
    unmatched = plan[:, rows, 0] * virtual, plan[:, 0, columns] * virtual
    given = plan[:, rows, columns], *unmatched, np.asarray(found.recorded), np.asarray(found.objective)
    return Alignment(*((each[0] for each in given) if single else given))


def _padded(frames: np.ndarray, there: np.ndarray, step: str) -> tuple[np.ndarray, np.ndarray]:
    """Videos of some frames more, so that many lengths share a program; as they are for steps of a batch."""
    n = frames.shape[1]
    more = 0 if step == "batch" else bucket(n, *FRAME_ROWS) - n
    return np.pad(frames, ((0, 0), (0, more), (0, 0))), np.pad(there, ((0, 0), (0, more)))


def _half_width_that_counts(n_frames: int, radius: float, alpha: float) -> int:
    """`half_width`, with a warning to the caller of the public function if it leaves the structure empty."""
    half = half_width(n_frames, radius)
    if half == 0 and alpha > 0 and n_frames > 1:
        warnings.warn(
            f"radius {radius:g} is less than one of {n_frames} frames, so that neighbours do not count: give "
            f"at least {1 / n_frames:.2g}",
            stacklevel=3,
        )
    return half


def _given(plan, found, rows: slice, columns: slice, single: bool) -> Transport:
    arrays = (plan[:, rows, columns], np.asarray(found.recorded), np.asarray(found.objective))
    return Transport(*((each[0] for each in arrays) if single else arrays))


def _floats(argument: str, values, shape: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim not in (2, 3) or 0 in array.shape or array.dtype.kind not in "iuf":
        raise ValueError(f"{argument} is {array.dtype} of shape {array.shape}: give numbers {shape}")
    array = array.astype(jax.dtypes.canonicalize_dtype(np.result_type(array.dtype, np.float32)))
    if not np.isfinite(array).all():
        raise ValueError(f"{argument} has {int((~np.isfinite(array)).sum())} numbers that are not finite")
    return array


def _checked_mask(argument: str, mask, shape: tuple[int, ...]) -> Bool[np.ndarray, "b n"]:
    there = np.ones(shape, bool) if mask is None else np.asarray(mask)
    if there.shape != shape or there.dtype != bool:
        raise ValueError(
            f"{argument} is {there.dtype} of shape {there.shape}: give true or false for each frame {shape}"
        )
    there = there.reshape(-1, shape[-1])
    if not there.any(1).all():
        raise ValueError(f"{argument} leaves a video without a frame: leave the video out")
    return there


def _checked_cost(cost, mask) -> tuple[np.ndarray, np.ndarray, bool]:
    costs = _floats("cost", cost, "[frames, actions], or [videos, frames, actions]")
    there = _checked_mask("mask", mask, costs.shape[:-1])
    single = costs.ndim == 2
    costs = costs.reshape(-1, *costs.shape[-2:])
    return costs, there, single


def _checked_frames(argument: str, frames, mask) -> tuple[np.ndarray, np.ndarray, bool]:
    found = _floats(argument, frames, "[frames, features], or [videos, frames, features]")
    there = _checked_mask(f"mask_{argument}", mask, found.shape[:-1])
    return found.reshape(-1, *found.shape[-2:]), there, found.ndim == 2


def _check_settings(n_iters, step: str, **weights) -> None:
    for name, weight in weights.items():
        most = 1 if name in ("alpha", "radius") else math.inf
        check_number(name, weight, positive=name in ("eps", "radius"), most=most)
    check_choice("step", step, STEPS)
    if np.shape(n_iters) != (2,):
        raise ValueError(f"n_iters is {n_iters!r}: give two numbers, of steps and of sweeps")
    for place, number in enumerate(n_iters):
        check_whole(f"n_iters[{place}]", number, least=1)
