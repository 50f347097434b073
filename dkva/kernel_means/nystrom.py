"""The Gaussian kernel of frames as inner products of short vectors (Nyström; Williams & Seeger 2001)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from dkva.kernel_means.whitening import leading_eigenpairs

__all__ = ["KernelFeatures", "fit_kernel", "median_squared_distance"]

# Eigenvalues of less than this share of the largest are left out.
_LEAST_EIGENVALUE = 1e-6


class KernelFeatures(NamedTuple):
    """A Gaussian kernel and its landmarks.

    Attributes:
        landmarks: [l, c].
        width: w of k(x, y) = exp(-|x - y|² / w).
        axes: from kernels with the landmarks to features phi [l, q]: k(x, y) is about phi(x)·phi(y), and
            exactly so where y is a landmark and no eigenvalue was left out.
    """

    landmarks: Float[np.ndarray, "l c"]
    width: float
    axes: Float[np.ndarray, "l q"]

    def to_landmarks(self, frames: Float[np.ndarray, "b c"]) -> Float[np.ndarray, "b l"]:
        """Kernel of each frame and each landmark [b, l]; phi is linear in it."""
        return _gaussian(frames, self.landmarks, self.width)


def fit_kernel(landmarks: Float[np.ndarray, "l c"], width: float) -> KernelFeatures:
    """The kernel's features by some landmarks: phi(x) = k(x, P) U Λ^(-1/2), k(P, P) = U Λ Uᵀ."""
    values, vectors = leading_eigenpairs(_gaussian(landmarks, landmarks, width), len(landmarks))
    enough = values > _LEAST_EIGENVALUE * values[0]
    return KernelFeatures(landmarks, width, vectors[:, enough] / np.sqrt(values[enough]))


def median_squared_distance(frames: Float[np.ndarray, "m c"]) -> float:
    """Median of |x - y|² over all pairs of frames; their mean where it is 0, and 1 where that is 0 too."""
    from scipy.spatial.distance import pdist

    if len(frames) < 2:
        return 1.0
    squared = pdist(frames, "sqeuclidean")
    return float(np.median(squared)) or float(squared.mean()) or 1.0


def _gaussian(x, y, width: float):
    """exp(-|x - y|² / width) of all pairs; of a point with itself it is 1 to some roundings."""
    gram = x @ y.T
    gram *= 2
    gram -= np.einsum("nc,nc->n", x, x)[:, None]
    gram -= np.einsum("mc,mc->m", y, y)
    np.minimum(gram, 0, out=gram)
    gram /= width
    return np.exp(gram, out=gram)
