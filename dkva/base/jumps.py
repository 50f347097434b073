"""Numbers of frames that jump: frames that are missing shift the times of all that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

__all__ = ["Jumps", "jumps_of"]


class Jumps(NamedTuple):
    """Where the numbers of frames jump.

    Attributes:
        times: how many.
        first: the numbers before and after the first jump.
    """

    times: int
    first: tuple[float, float]

    def told(self, called: str, what: str) -> str:
        """One line for people.

        Args:
            called: what holds the numbers.
            what: what is numbered, such as rows.
        """
        before, after = self.first
        return (
            f"{called} jumps {self.times} time{'s' * (self.times > 1)}, first from {before:.15g} to "
            f"{after:.15g}; {what} are taken as frames that follow one another: fill in the missing ones if "
            "times matter, or if the labels are of all frames"
        )


def jumps_of(numbers: Float[np.ndarray, " n"] | Sequence[int], step: float) -> Jumps | None:
    """Where numbers that rise do so by more than a step; None if nowhere."""
    values = np.asarray(numbers, np.float64)
    found = np.flatnonzero(np.diff(values) > step)
    return Jumps(len(found), (float(values[found[0]]), float(values[found[0] + 1]))) if len(found) else None
