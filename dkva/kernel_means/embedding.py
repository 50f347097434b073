"""A video's pieces as points: mean embeddings in the kernel's feature space, averaged over time.

The distance of two pieces' means is the maximum mean discrepancy of their frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.base.uniform import uniform_edges
from dkva.kernel_means.nystrom import KernelFeatures, fit_kernel, median_squared_distance
from dkva.kernel_means.settings import KernelMeanSettings
from dkva.kernel_means.whitening import Whitening, blocks, evenly_spaced, fit_whitening, leading_eigenpairs

__all__ = ["Embedding", "embed", "local_means"]

# Frames that the median distance is taken from.
_COMPARED = 1000

# Kernels in a block of frames.
_BLOCK = 2**20

# The filter over time reaches so many standard deviations, and one shorter than this many pieces is left out.
_REACH, _LEAST_DEVIATION = 3.0, 0.3

# Mean squares of embeddings below this are rounding: those of frames that differ are at most 1.
_ROUNDING = 1e-22


@dataclass(frozen=True)
class Embedding:
    """A video's frames and pieces in the same r coordinates.

    Attributes:
        points: mean embedding of each piece, centred [n, r]; r is 0 where all frames are equal.
        edges: first frames of the pieces, and N last [n + 1].
        whitening: from features to components.
        kernel: from components to kernels with the landmarks.
        centre: mean of these over the pieces [l].
        axes: from there to coordinates [l, r].
    """

    points: Float[np.ndarray, "n r"]
    edges: Int[np.ndarray, " n_plus_1"]
    whitening: Whitening
    kernel: KernelFeatures
    centre: Float[np.ndarray, " l"]
    axes: Float[np.ndarray, "l r"]

    def frames(self, features: Real[np.ndarray, "b d"]) -> Float[np.ndarray, "b r"]:
        """Coordinates of some frames; the mean over a piece's frames is its point."""
        kernels = self.kernel.to_landmarks(self.whitening.apply(features))
        return (kernels - self.centre) @ self.axes


def embed(features: Real[np.ndarray, "n d"], n_pieces: int, settings: KernelMeanSettings) -> Embedding:
    """Embed a video's pieces.

    Args:
        features: finite frames in order of time [n, d]; read in blocks, and not written.
        n_pieces: at most N.
        settings: of the method; the whitening, the bandwidth and the sizes count here.
    """
    n = len(features)
    whitening = fit_whitening(features, settings.whitening)
    some = whitening.apply(features[evenly_spaced(n, _COMPARED)])
    width = 2 * settings.bandwidth * median_squared_distance(some)
    kernel = fit_kernel(whitening.apply(features[evenly_spaced(n, settings.landmarks)]), width)
    edges = uniform_edges(n, n_pieces)
    means = _piece_means(features, edges, whitening, kernel)
    centre = means.mean(axis=0)
    means -= centre
    points = means @ kernel.axes
    variances, vectors = leading_eigenpairs(points.T @ points / n_pieces, settings.components)
    axes = kernel.axes @ vectors[:, variances > _ROUNDING]
    return Embedding(means @ axes, edges, whitening, kernel, centre, axes)


def _piece_means(features, edges, whitening, kernel) -> Float[np.ndarray, "n l"]:
    """Mean of the kernels with the landmarks over each piece, some frames at a time."""
    n, width = len(edges) - 1, len(kernel.landmarks)
    sums = np.zeros((n, width))
    for rows in blocks(int(edges[-1]), max(1, _BLOCK // width)):
        kernels = kernel.to_landmarks(whitening.apply(features[rows]))
        first, last = np.searchsorted(edges, [rows.start, rows.stop - 1], side="right") - 1
        for piece in range(first, last + 1):
            start, stop = max(edges[piece] - rows.start, 0), edges[piece + 1] - rows.start
            sums[piece] += kernels[start:stop].sum(axis=0)
    return sums / np.diff(edges)[:, None]


def local_means(points: Float[np.ndarray, "n r"], deviation: float) -> Float[np.ndarray, "n r"]:
    """Points averaged over time by a Gaussian, centred, and scaled to a mean square of 1.

    Args:
        points: of the pieces [n, r].
        deviation: standard deviation of the Gaussian in pieces; up to 0.3 nothing is averaged. The first and
            the last point are repeated beyond the ends.

    Returns:
        The averaged points; zeros where all are equal.
    """
    averaged = points
    if deviation > _LEAST_DEVIATION:
        from scipy.ndimage import gaussian_filter1d

        averaged = gaussian_filter1d(points, deviation, axis=0, mode="nearest", truncate=_REACH)
    averaged = averaged - averaged.mean(axis=0)
    square = np.einsum("nr,nr->", averaged, averaged) / len(averaged)
    return averaged / np.sqrt(square) if square > _ROUNDING else np.zeros_like(averaged)
