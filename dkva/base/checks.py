"""Checks of arguments at the public door: one error that names the argument, its value and the remedy."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable

import numpy as np

__all__ = [
    "check_choice",
    "check_features",
    "check_number",
    "check_segments",
    "check_unmasked",
    "check_whole",
]


def check_choice(argument: str, value, choices: Iterable[str], *, or_else: str | None = None) -> None:
    """Raise ValueError if `value` is none of the names in `choices`; the message lists them and `or_else`."""
    known = list(choices)
    if value not in known:
        listed = ", ".join(known if or_else is None else [*known, or_else])
        raise ValueError(f"unknown {argument} {value!r}: choose one of {listed}")


def check_features(features) -> np.ndarray:
    """One video's features as an array [n, d], or ValueError if they are masked or no finite real numbers."""
    check_unmasked("the matrix of features", features)
    try:
        array = np.asarray(features)
    except ValueError as error:  # rows of unequal lengths
        kind = type(features).__name__
        raise ValueError(f"features are {kind}: give numbers [frames, features]") from error
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        raise ValueError(
            f"features are {array.dtype} of shape {array.shape}: give finite numbers [frames, features]"
        )
    return array


def check_number(argument: str, value, *, positive: bool = False, most: float = math.inf) -> None:
    """Raise ValueError where `value` is no finite real number from 0, or above 0 if `positive`, to `most`."""
    real = isinstance(value, numbers.Real) and math.isfinite(value)
    if not real or value < 0 or (positive and value == 0) or value > most:
        limits = "positive number" if positive else "number >= 0"
        upper = "" if most == math.inf else f", at most {most:g}"
        raise ValueError(f"{argument} is {value!r}: give a {limits}{upper}")


def check_segments(n_segments, n_frames: int) -> None:
    """Raise ValueError where `n_segments` is no whole number from 1 to the number of frames."""
    check_whole("n_segments", n_segments, least=1)
    if n_segments > n_frames:
        raise ValueError(
            f"n_segments is {n_segments} and the video has {n_frames} frames (n_samples={n_frames}): "
            f"ask for at most {n_frames} segments"
        )


def check_unmasked(argument: str, values) -> None:
    """Raise ValueError if `values` are an array with a mask, behind which there may be any numbers."""
    if np.ma.is_masked(values):
        raise ValueError(f"{argument} has masked values: fill them, as by interpolation over time")


def check_whole(argument: str, value, *, least: int, most: int | None = None) -> None:
    """Raise ValueError where `value` is no whole number from `least` to `most`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{argument} is {value!r}: give a whole number {limits}")
