"""One set of actions for several videos, without training: a label means the same in all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from threadpoolctl import threadpool_limits

from dkva.base.checks import check_features, check_whole
from dkva.kernel_means.boundaries import frame_labels, label_means
from dkva.kernel_means.cutting import best_cut
from dkva.kernel_means.embedding import embed_together, local_means
from dkva.kernel_means.segmenting import MAX_SEED
from dkva.kernel_means.settings import KernelMeanSettings

__all__ = ["cut_together"]


def cut_together(
    videos: Sequence[np.ndarray], n_segments: int, *, seed: int = 0, **settings
) -> list[Int[np.ndarray, " _"]]:
    """Cut several videos into the same K actions by kernel mean segments.

    The scatter is around K means that all videos share. Each video is standardised by itself: neither its
    level nor its units count, which differ between cameras and people more than actions do. Whitening, kernel
    and landmarks are fitted to the frames of all, each of which counts once, as in the scatter; so a long
    video counts for more. Pieces are about equally long in all videos. Nothing is averaged across two videos,
    and no switch is between them. The filter over time and the price of a switch are those of a mean segment,
    the mean number of frames over K, in every video: an action is taken to last about as long in a short
    video as in a long one, of which it is then a greater part.

    Args:
        videos: features of each in order of time [n_i, d]; the same d in all.
        n_segments: K, at most the number of all frames. A video need not have every action.
        seed: of the starts by k-means.
        settings: fields of `dkva.kernel_means.settings.KernelMeanSettings`; `pieces` is of the longest video.

    Returns:
        Labels of each video [n_i]: 0, …, K - 1 in order of first appearance in all. For a single video they
        are those of `dkva.kernel_means.segmenting.kernel_mean_segments`.

    Raises:
        ValueError: no video; one whose features are not finite numbers [n, d] or whose d is not that of the
            first; more segments than frames; or a setting out of range.
    """
    chosen = KernelMeanSettings(**settings)
    checked = _checked(videos)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_whole("n_segments", n_segments, least=1)
    lengths = np.array([len(features) for features in checked])
    if n_segments > lengths.sum():
        frames = f"the {len(checked)} videos have {lengths.sum()} frames"
        raise ValueError(f"n_segments is {n_segments} and {frames}: ask for at most {lengths.sum()} segments")
    most = min(int(lengths.max()), max(chosen.pieces, 2 * n_segments))
    n_pieces = -(-lengths * most // lengths.max())
    borders = np.cumsum(n_pieces)[:-1].tolist()
    # Sums of products then have one order, and so one rounding, however many threads there are.
    with threadpool_limits(1, user_api="blas"):
        embeddings = embed_together(checked, n_pieces.tolist(), chosen)
        raw = np.concatenate([embedding.points for embedding in embeddings])
        deviation = chosen.averaging * len(raw) / (len(checked) * n_segments)
        labels = best_cut(local_means(raw, deviation, borders), n_segments, chosen, seed, borders).labels
        means = label_means(raw, labels)
        return [
            frame_labels(features, embedding, own, means)
            for features, embedding, own in zip(checked, embeddings, np.split(labels, borders), strict=True)
        ]


def _checked(videos) -> list[np.ndarray]:
    """The videos as arrays of one width, or ValueError that names the first that is not."""
    checked: list[np.ndarray] = []
    for index, features in enumerate(videos):
        try:
            checked.append(check_features(features))
        except ValueError as error:
            raise ValueError(f"video {index}: {error}") from error
        width, first = checked[-1].shape[1], checked[0].shape[1]
        if width != first:
            raise ValueError(
                f"video {index} has {width} features and video 0 has {first}: give the same of each"
            )
    if not checked:
        raise ValueError("videos are none: give the features of at least one")
    return checked
