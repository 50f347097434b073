"""A learning rate that falls when the loss does not: PyTorch's `ReduceLROnPlateau` with its defaults."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Plateau"]

#: An epoch is better if its loss is below the best by more than this share of it.
_THRESHOLD = 1e-4

#: A rate that would change by no more stays as it is.
_LEAST_CHANGE = 1e-8


class Plateau(NamedTuple):
    """A learning rate, and what decides when it falls.

    Attributes:
        rate: the learning rate.
        best: the least loss so far.
        bad: epochs since then, or since the rate fell, that were not better.
    """

    rate: float
    best: float = np.inf
    bad: int = 0

    def after(self, loss: float, *, factor: float, patience: int) -> Plateau:
        """The state after an epoch.

        Args:
            loss: of the epoch.
            factor: that the rate is multiplied by.
            patience: epochs that are not better and change nothing; the one after them lowers the rate.
        """
        if loss < self.best * (1 - _THRESHOLD):
            return Plateau(self.rate, loss, 0)
        if self.bad < patience:
            return self._replace(bad=self.bad + 1)
        lower = self.rate * factor
        return Plateau(lower if self.rate - lower > _LEAST_CHANGE else self.rate, self.best, 0)
