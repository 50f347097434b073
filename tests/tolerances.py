"""What rounding may do, derived: the tolerances of every numerical test.

A processor decides in which order a sum is taken and whether products are fused into it, so that two
machines, or two programs on one, agree to rounding alone. How far rounding reaches follows from the formula:
from the number's type, the number of terms, and the conditioning. Nothing was set by what a machine gave.

`eps` is the gap after 1; one operation errs by at most half of it. Bounds are of first order, with the few
operations beside the long sums counted generously.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import jax
import numpy as np
from unoptimised import unoptimised


def eps(dtype) -> float:
    """Gap between 1 and the next number."""
    return float(np.finfo(dtype).eps)


def sum_error(terms: int, dtype) -> float:
    """Error of a sum of products, relative to the sum of their sizes: `terms` operations and two more.

    Half of it holds in any order of summation (Higham 2002, section 4.2: n·eps/2); the other half is left to
    what it is compared with, which is a sum of as many terms.
    """
    return (terms + 2) * eps(dtype)


def fft_error(length: int, dtype) -> float:
    """Error of a convolution by FFT, relative to the product of both 2-norms.

    Three transforms of log2 of the length steps, each of which errs by some eps of the 2-norm (Higham 2002,
    section 24.1); the length is at most doubled by padding.
    """
    return 3 * 4 * (np.log2(length) + 1) * eps(dtype)


def angle_error(cosine, error):
    """How far arccos (or arcsin) moves where its argument moves by `error`.

    Its slope is 1/sin t, infinite at 1: there t moves from 0 to arccos(1 - error), about sqrt(2·error), and
    nowhere does it move farther. In float32 that is half of the digits.
    """
    size = np.minimum(np.abs(cosine), 1)
    inside = np.maximum(size - error, -1)
    # By the half-angle, as 1 - cosine is what counts.
    return 2 * (np.arcsin(np.sqrt((1 - inside) / 2)) - np.arcsin(np.sqrt((1 - size) / 2)))


class Bound(NamedTuple):
    """A Gram matrix in float64 and how far one in another type may be from it, both [n, m]."""

    value: np.ndarray
    error: np.ndarray


def gaussian_bound(xy, xx, yy, length_scale, features, dtype) -> Bound:
    """exp(-|x - y|²/l²), with |x - y|² from |x|² + |y|² - 2<x, y>.

    Each of the three inner products errs by d·eps/2 of |x|·|y| or |x|², together by d·eps of |x|² + |y|², and
    two more operations round: (d + 4)·eps·(|x|² + |y|²), however near the frames are. The exponential turns
    this error over l² into a relative one and rounds itself: its argument, of size D, to 3·eps·D.
    """
    sizes = xx[:, None] + yy[None, :]
    distance = np.maximum(sizes - 2 * xy, 0) / length_scale**2
    moved = (features + 4) * eps(dtype) * sizes / length_scale**2 + 3 * eps(dtype) * distance
    value = np.exp(-distance)
    return Bound(value, value * np.expm1(moved) + 4 * eps(dtype))


def _layer(activation, s, xx, yy, error, tiny):
    """Expectations E and E' of a layer in float64 and their errors; `error` is that of S over the scale."""
    if activation == "relu":
        scale = np.sqrt(xx[:, None] * yy[None, :])
        cosine = np.clip(s / scale, -1, 1)
        derivative = (np.pi - np.arccos(cosine)) / (2 * np.pi)
        value = np.sqrt((1 - cosine) * (1 + cosine)) / (2 * np.pi) + derivative * cosine
        return scale * value, scale * error / 2, derivative, angle_error(cosine, error) / (2 * np.pi)
    both = (1 + 2 * xx)[:, None] * (1 + 2 * yy)[None, :]
    inside, least = 2 * s / np.sqrt(both), 2 * np.sqrt(both) - 1
    # Small variances vanish beside the 1, and their errors with them.
    error = error * 2 * np.sqrt(xx[:, None] * yy[None, :] / both) + tiny
    gap = np.maximum(both - 4 * s * s, least)
    low, high = (
        np.maximum(gap - 3 * error * both, least * (1 - np.minimum(error, 0.5))),
        gap + 3 * error * both,
    )
    return (
        (2 / np.pi) * np.arcsin(inside),
        (2 / np.pi) * angle_error(inside, error),
        (4 / np.pi) / np.sqrt(gap),
        (4 / np.pi) * (1 / np.sqrt(low) - 1 / np.sqrt(high)),
    )


def network_bound(xy, xx, yy, kernel, tangent, features, dtype, terms=None) -> Bound:
    """NNGP or NTK of an infinitely wide network, from the inner products.

    The cosine <x, y>/(|x|·|y|) errs by d·eps/2 through <x, y>, by as much through both norms together, and by
    some operations: (d + 8)·eps, and 8·eps more a layer. A layer of ReLU passes it on unenlarged: E has the
    slope E' <= 1/2 in the cosine, and the variances halve likewise. So NNGP stays at the error e of the
    cosine, while E' = (pi - t)/(2 pi) has that of the angle, up to sqrt(2e)/(2 pi) for nearly equal frames:

        NTK' = NNGP' + w·NTK·E'   errs by   e(NNGP') + w·(e(NTK)·E' + |NTK|·e(E')),

    at depth h by up to (e + h·sqrt(2e)/(2 pi))·sqrt(k(x, x)·k(y, y)). For erf, E' = (4/pi)/sqrt(gap) with
    gap = (1 + 2a)(1 + 2b) - 4S², which cancels to 1 + 2a + 2b for equal frames, and E is an arcsin near its
    steep end. Here the recursion is followed in float64, beside the one of the errors.
    """
    w, c = kernel.weight_std**2, kernel.bias_std**2
    s, xx, yy = (w * p / features + c for p in (xy, xx, yy))
    value, value_error = s, 0.0
    tiny = 8 * eps(dtype)
    error = (features if terms is None else terms) * eps(dtype) + tiny
    for depth in range(kernel.depth):
        scale = np.sqrt(xx[:, None] * yy[None, :])
        if depth == 0:
            value_error = error * scale
        e, e_error, slope, slope_error = _layer(kernel.activation, s, xx, yy, error, tiny)
        s, s_error = w * e + c, w * (e_error + tiny * np.abs(e)) + tiny * c
        slope_error = slope_error + tiny * slope
        value_error = s_error + w * (value_error * (slope + slope_error) + np.abs(value) * slope_error)
        value = s + w * value * slope
        if kernel.activation == "relu":
            xx, yy = (w * v / 2 + c for v in (xx, yy))
        else:
            xx, yy = (w * (2 / np.pi) * np.arcsin(2 * v / (1 + 2 * v)) + c for v in (xx, yy))
        # S errs relative to its scale, and the variances as they did before.
        error = np.maximum(error, s_error / np.sqrt(xx[:, None] * yy[None, :])) + tiny
    if not tangent:
        return Bound(s, s_error)
    return Bound(value, value_error + tiny * np.abs(value))


def projection_of(kernel, dim, seed=0, dtype=np.float32):
    """A kernel's random draws as arrays of NumPy, each drawn once, or None; also while others are traced."""
    return _projection(kernel.name, dim, seed, np.dtype(dtype))


@cache
def _projection(name, dim, seed, dtype):
    from dkva import Kernel

    with jax.ensure_compile_time_eval():
        # The seed is an argument: of constants alone each operation would be a program of its own.
        draws = unoptimised(lambda seed: Kernel(name).projection(dim, seed, dtype))(np.uint32(seed))
    return jax.tree.map(np.asarray, draws)


def _embedded(x, kernel, seed, dtype):
    """Frames as the network sees them in float64, and the relative error of their inner products beyond e.

    SNTK's features are sqrt(0.1/d)·cos(xW + u): the argument errs by (d + 4)·eps of |x|·|w| + |u|, and so
    does the cosine, absolutely. An inner product has the relative errors of both its frames' norms.
    """
    projection = projection_of(kernel, x.shape[1], seed, np.dtype(dtype))
    if projection is None:
        return x, 0.0
    w, u = (part.astype(np.float64) for part in projection)
    d = len(u)
    argument = x @ w + u
    moved = (d + 4) * eps(dtype) * (np.abs(x) @ np.abs(w) + np.abs(u))
    features = np.sqrt(0.1 / d) * np.cos(argument)
    norms = np.sqrt(np.mean(np.cos(argument) ** 2, axis=1))
    return features, 2 * float((np.sqrt(np.mean(moved**2, axis=1)) / norms).max())


def _median_error(value, error) -> float:
    """A median lies between those of the entries all moved down and all moved up."""
    return float(
        max(np.median(value + error) - np.median(value), np.median(value) - np.median(value - error))
    )


def gram_bound(kernel, x, y=None, *, length_scale=1.0, rescale=None, seed=0, dtype=None, inputs=0.0) -> Bound:
    """`kernel(x, y)` in float64 and how far the one computed in `dtype`, by default x's, may be from it.

    The diagonal of y=None is taken to err as much as any other place, though the program knows it exactly. A
    product errs by the sum of its factors' errors, each times the other factor, and r relatively by as much
    as the two medians do. `inputs` is the relative error that the frames bring with them.
    """
    from dkva.base.kernel_parts import KERNELS

    dtype = np.dtype(dtype or np.asarray(x).dtype)
    parts = KERNELS[kernel.name]
    x = np.asarray(x, np.float64)
    if parts.view == "divided_batches":  # x is the batch; each norm is a sum over its frames
        lengths = np.linalg.norm(x, axis=0)
        x = x / np.where(lengths > 0, lengths, 1)
        inputs = inputs + sum_error(len(x), dtype)
    y = x if y is None else np.asarray(y, np.float64)

    def factors(a, b):
        (a, more), (b, more_b) = (_embedded(each, kernel, seed, dtype) for each in (a, b))
        d = a.shape[1]
        xy, xx, yy = a @ b.T, np.sum(a * a, axis=1), np.sum(b * b, axis=1)
        gauss = gaussian_bound(xy, xx, yy, length_scale, d, dtype) if parts.gaussian else None
        if parts.neural is None:
            return gauss, None
        if parts.sphere:
            long, long_b = (v > np.finfo(dtype).tiny ** 0.5 for v in (xx, yy))
            size, size_b = (np.sqrt(np.where(k, v, 1)) for k, v in ((long, xx), (long_b, yy)))
            xy = np.where(long[:, None] & long_b[None, :], xy / (size[:, None] * size_b[None, :]), 0)
            xx, yy = long.astype(float), long_b.astype(float)
        # Errors of the frames themselves count as if there were so many more terms.
        terms = d + (max(more, more_b) + 2 * inputs) / eps(dtype)
        return gauss, network_bound(xy, xx, yy, kernel, parts.neural == "ntk", d, dtype, terms)

    gauss, neural = factors(x, y)
    if gauss is None or neural is None:
        return neural if gauss is None else gauss
    moved = 0.0
    if rescale is None:
        own = factors(x, x)
        medians = [abs(float(np.median(each.value))) for each in own]
        rescale = medians[0] / medians[1]
        moved = sum(_median_error(*each) / median for each, median in zip(own, medians, strict=True))
    value = rescale * gauss.value * neural.value
    error = rescale * (
        gauss.value * neural.error + np.abs(neural.value) * gauss.error + gauss.error * neural.error
    )
    return Bound(value, error + (moved + 4 * eps(dtype)) * (np.abs(value) + error))


# --- learning --------------------------------------------------------------------------------------

#: Adam's, the default of `approximate`.
RATE = 0.05


def adam_error(steps, learning_rate, features, dtype, gradient=None) -> float:
    """How far learned synthetic frames of two programs may lie apart, a mean over their coordinates.

    Adam divides the gradient by its own size: a step is about the rate however small the gradient is. A
    gradient that errs by g of its usual size turns a coordinate's step by rate·g over the coordinate's share
    of that size, and where the share is below g, the step's sign is rounding's: off by up to twice the rate.
    No bound below 2·rate·steps holds for a single coordinate. With shares spread over 0 to 1, the mean is
    rate·(2g + g·log(1/g)) a step. The gradient holds E' = (pi - t)/(2 pi), 1/2 at most, so that by default g
    is the error of the angle of near frames over pi: half of the digits, in float32 5e-4 at 4 features.
    """
    error = (features + 8) * eps(dtype)
    g = angle_error(1.0, error) / np.pi if gradient is None else gradient
    return float(steps * learning_rate * g * (2 + np.log(1 / g)))


def mmd_error(value, *means) -> float:
    """Error of MMD = sqrt(MMD²), from those of the means that MMD² is the sum of (twice for frames × V)."""
    total = float(sum(means))
    return float(min(np.sqrt(total), total / value))


def falls_short(losses, tolerance, epochs, dtype):
    """Of each epoch after which learning may stop: whether it must, and whether it may.

    The rule compares two sums of `epochs` losses; where they differ by the tolerance to rounding, either way
    is right.
    """
    sums = np.convolve(np.asarray(losses, np.float64), np.ones(epochs), "valid")
    before, last = sums[:-epochs], sums[epochs:]
    slack = 4 * sum_error(epochs, dtype) * before
    gain = before - last - tolerance * before
    return gain < -slack, gain < slack


def assert_learned_alike(one, other) -> None:
    """One learning by two programs, or of frames in two orders: V and the losses agree to rounding.

    A loss moves with V by no more than V's mean embedding does, to first order its norm times the share by
    which V moves, and by the rounding of the means of Gram matrices that MMD² is the sum of.
    """
    d, dtype = one.synthetic.shape[1], one.synthetic.dtype
    error = adam_error(one.steps, RATE, d, dtype)
    assert error < RATE  # below a step, or nothing would be tested
    assert other.steps == one.steps
    assert np.abs(one.synthetic - other.synthetic).mean() <= error
    own = gram_bound(one.kernel, one.initial, length_scale=one.length_scale, rescale=one.rescale)
    least = max(float(np.min(one.loss_curve)), float(np.sqrt(eps(dtype))))
    rounding = mmd_error(least, *[own.error.mean()] * 8)
    slope = d * np.sqrt(own.value.max())
    assert np.abs(one.loss_curve - other.loss_curve).mean() <= rounding + slope * error
