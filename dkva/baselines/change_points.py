"""Kernel change points: the best cut into M segments by dynamic programming (Arlot et al. 2019; ruptures)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Real

from dkva.approximation.length_scale import length_scale
from dkva.base.checks import check_choice, check_features, check_segments, check_whole

__all__ = ["KERNELS", "kernel_change_points"]

#: Kernels by ruptures' names.
KERNELS = ("rbf", "linear")


def kernel_change_points(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    kernel: str = "rbf",
    min_size: int = 1,
    max_frames: int = 4000,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of M segments with the least scatter around their means in the kernel's feature space.

    Every segment is an action of its own: none returns.

    Args:
        features: frames in order of time [n, d], taken as they are: standardise them first where their units
            differ.
        n_segments: M, 1 <= M <= N.
        kernel: "rbf", a Gaussian that sees any change of the distribution, exp(-|x - y|² / the median of the
            squared distances); or "linear", which sees changes of the mean.
        min_size: least length of a segment in compared frames; shortened to what M segments leave room for.
        max_frames: frames compared at most (M where that is more), since time grows with their square: longer
            videos are thinned with an even stride, and a boundary is as exact as the stride.

    Raises:
        ValueError: features that are not finite numbers [n, d], a setting out of range or unknown.
    """
    features = check_features(features)
    n = len(features)
    check_segments(n_segments, n)
    check_choice("kernel", kernel, KERNELS)
    check_whole("min_size", min_size, least=1)
    check_whole("max_frames", max_frames, least=2)
    if n_segments == 1:
        return np.zeros(n, np.int64)
    import ruptures

    stride = max(1, min(-(-n // max_frames), n // n_segments))
    thinned = features[::stride].astype(np.float64)
    # Neither kernel's optimum depends on the scale, and squares then stay within range.
    thinned = np.ldexp(thinned, -np.frexp(np.abs(thinned).max())[1])
    params = {"gamma": 1 / length_scale(thinned)} if kernel == "rbf" else None
    least = min(min_size, len(thinned) // n_segments)
    search = ruptures.KernelCPD(kernel, min_size=least, params=params).fit(thinned)
    starts = stride * np.asarray(search.predict(n_bkps=n_segments - 1)[:-1])
    return np.searchsorted(starts, np.arange(n), side="right")
