"""A video's pieces as points: mean embeddings in the kernel's feature space, averaged over time.

The distance of two pieces' means is the maximum mean discrepancy of their frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.base.uniform import uniform_edges
from dkva.kernel_means.nystrom import KernelFeatures, fit_kernel, median_squared_distance
from dkva.kernel_means.settings import KernelMeanSettings
from dkva.kernel_means.whitening import (
    Whitening,
    blocks,
    evenly_spaced,
    fit_whitenings,
    leading_eigenpairs,
)

__all__ = ["Embedding", "embed", "embed_together", "local_means"]

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
        points: mean embedding of each piece, centred over all videos [n, r]; r is 0 where all frames
            are equal.
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
    return embed_together([features], [n_pieces], settings)[0]


def embed_together(
    videos: Sequence[Real[np.ndarray, "_ d"]], n_pieces: Sequence[int], settings: KernelMeanSettings
) -> list[Embedding]:
    """Embed the pieces of several videos in the same coordinates.

    Each video is standardised by itself; all else is fitted to the frames of all, each of which counts once.

    Args:
        videos: finite frames of each in order of time [n_i, d]; read in blocks, and not written.
        n_pieces: of each video, at most n_i.
        settings: of the method, as in `embed`.
    """
    whitenings = fit_whitenings(videos, settings.whitening)
    width = 2 * settings.bandwidth * median_squared_distance(_sample(videos, whitenings, _COMPARED))
    kernel = fit_kernel(_sample(videos, whitenings, settings.landmarks), width)
    edges = [uniform_edges(len(features), number) for features, number in zip(videos, n_pieces, strict=True)]
    means = np.concatenate(
        [_piece_means(*each, kernel) for each in zip(videos, edges, whitenings, strict=True)]
    )
    centre = means.mean(axis=0)
    means -= centre
    points = means @ kernel.axes
    variances, vectors = leading_eigenpairs(points.T @ points / len(points), settings.components)
    axes = kernel.axes @ vectors[:, variances > _ROUNDING]
    split = np.split(means @ axes, np.cumsum(n_pieces)[:-1])
    return [Embedding(*each, kernel, centre, axes) for each in zip(split, edges, whitenings, strict=True)]


def _sample(videos, whitenings, most: int) -> Float[np.ndarray, "m c"]:
    """Components of frames that are evenly spaced over the videos, one after the other."""
    ends = np.cumsum([len(features) for features in videos])
    chosen = np.split(found := evenly_spaced(int(ends[-1]), most), np.searchsorted(found, ends[:-1]))
    return np.concatenate(
        [
            whitening.apply(features[rows - (end - len(features))])
            for features, whitening, end, rows in zip(videos, whitenings, ends, chosen, strict=True)
        ]
    )


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


def local_means(
    points: Float[np.ndarray, "n r"], deviation: float, borders: Sequence[int] = ()
) -> Float[np.ndarray, "n r"]:
    """Points averaged over time by a Gaussian, centred, and scaled to a mean square of 1.

    Args:
        points: of the pieces [n, r].
        deviation: standard deviation of the Gaussian in pieces; up to 0.3 nothing is averaged. The first and
            the last point of a video are repeated beyond its ends.
        borders: first points of further videos, across which nothing is averaged.

    Returns:
        The averaged points; zeros where all are equal.
    """
    averaged = points
    if deviation > _LEAST_DEVIATION:
        from scipy.ndimage import gaussian_filter1d

        averaged = np.concatenate(
            [
                gaussian_filter1d(video, deviation, axis=0, mode="nearest", truncate=_REACH)
                for video in np.split(points, borders)
            ]
        )
    averaged = averaged - averaged.mean(axis=0)
    square = np.einsum("nr,nr->", averaged, averaged) / len(averaged)
    return averaged / np.sqrt(square) if square > _ROUNDING else np.zeros_like(averaged)
