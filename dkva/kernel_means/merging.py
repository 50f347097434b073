"""Ward's criterion on mean embeddings: which groups of points to merge, whatever their place in time."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int, Real

__all__ = ["merged"]


def merged(
    means: Float[np.ndarray, "g r"], sizes: Real[np.ndarray, " g"], to: int
) -> Int[np.ndarray, "levels g"]:
    """Groups merged pair by pair, from all of them down to `to`.

    Each time the pair of least n_a n_b / (n_a + n_b) · |mu_a - mu_b|² is merged: what the scatter around the
    groups' means grows by (Ward 1963). Between mean embeddings the distance is the maximum mean discrepancy.

    Args:
        means: of the groups [g, r].
        sizes: of the groups, above 0 [g].
        to: groups that are left in the end, from 1 to g.

    Returns:
        Of each number of groups g, g - 1, …, `to` the group that each of the first ones is in: the lowest
        index of those merged [g - to + 1, g].
    """
    g = len(means)
    means, sizes = means.copy(), sizes.astype(np.float64)
    squared = np.stack([np.square(mean - means).sum(axis=1) for mean in means])  # never [g, g, r] at once
    growth = squared * (sizes[:, None] * sizes / (sizes[:, None] + sizes))
    growth[np.tri(g, dtype=bool)] = np.inf
    groups = np.empty((g - to + 1, g), np.int64)
    groups[0] = np.arange(g)
    for level in range(1, g - to + 1):
        kept, gone = divmod(int(growth.argmin()), g)
        groups[level] = np.where(groups[level - 1] == gone, kept, groups[level - 1])
        size = sizes[kept] + sizes[gone]
        means[kept] = (sizes[kept] * means[kept] + sizes[gone] * means[gone]) / size
        sizes[kept], sizes[gone] = size, 0
        growth[gone], growth[:, gone] = np.inf, np.inf
        left = np.flatnonzero(sizes)
        left = left[left != kept]
        grown = np.square(means[left] - means[kept]).sum(axis=1) * (sizes[left] * size / (sizes[left] + size))
        growth[np.minimum(left, kept), np.maximum(left, kept)] = grown
    return groups
