"""Videos whose actions are clear, for tests."""

import numpy as np

__all__ = ["video"]


def video(n=60, d=4, seed=0):
    """Three actions of unequal length, in units of their own."""
    rng = np.random.default_rng(seed)
    truth = np.searchsorted([n // 2, 2 * n // 3], np.arange(n), side="right")
    return 100 + 5 * (rng.standard_normal((3, d))[truth] + 0.1 * rng.standard_normal((n, d)))
