"""Checks of arguments at the public door: one error that names the argument, its value and the remedy."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable

import numpy as np

__all__ = ["check_choice", "check_number", "check_whole"]


def check_choice(argument: str, value, choices: Iterable[str]) -> None:
    """Raise ValueError where `value` is none of the names in `choices`, and list them."""
    known = list(choices)
    if value not in known:
        raise ValueError(f"unknown {argument} {value!r}: choose one of {', '.join(known)}")


def check_number(argument: str, value, *, positive: bool = False, most: float = math.inf) -> None:
    """Raise ValueError where `value` is no finite real number from 0, or above 0 if `positive`, to `most`."""
    real = isinstance(value, numbers.Real) and math.isfinite(value)
    if not real or value < 0 or (positive and value == 0) or value > most:
        limits = "positive number" if positive else "number >= 0"
        upper = "" if most == math.inf else f", at most {most:g}"
        raise ValueError(f"{argument} is {value!r}: give a {limits}{upper}")


def check_whole(argument: str, value, *, least: int, most: int | None = None) -> None:
    """Raise ValueError where `value` is no whole number from `least` to `most`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{argument} is {value!r}: give a whole number {limits}")
