"""Embedded frames of videos and the phases that they are in, checked, for the metrics of alignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dkva.base.checks import check_features, check_number, check_whole

__all__ = ["checked_embedded", "first_videos", "labelled_frames", "strided"]


def checked_embedded(embedded: Sequence) -> list[np.ndarray]:
    """Embedded frames of each video [n_i, e], in float64.

    Raises:
        ValueError: frames that are no finite numbers, or videos that differ in e.
    """
    arrays = [check_features(each).astype(np.float64) for each in embedded]
    if len({array.shape[1] for array in arrays}) > 1:
        sizes = sorted({array.shape[1] for array in arrays})
        raise ValueError(f"embedded frames have {sizes} numbers each: give videos embedded by one model")
    return arrays


def labelled_frames(
    embedded: Sequence, truths: Sequence, *, empty: bool = False
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The frames with a phase: those whose label is not below 0, as published protocols drop the others.

    Args:
        embedded: of each video, its embedded frames [n_i, e].
        truths: of each video, the phase of each frame [n_i].
        empty: whether a video may be left without a frame.

    Returns:
        Of each video, its embedded frames in float64 and their phases.

    Raises:
        ValueError: not as many truths as videos, or labels as frames; labels that are no whole numbers; a
            video without a labelled frame, if it may not be `empty`; or see `checked_embedded`.
    """
    if len(embedded) != len(truths):
        raise ValueError(f"{len(embedded)} embedded videos and {len(truths)} truths: give one truth a video")
    kept = []
    for index, (frames, truth) in enumerate(zip(checked_embedded(embedded), truths, strict=True)):
        labels = np.asarray(truth)
        if labels.shape != (len(frames),):
            raise ValueError(
                f"video {index} has {len(frames)} frames and labels of shape {labels.shape}: "
                "give one label a frame"
            )
        if labels.dtype.kind not in "iu":
            raise ValueError(f"labels of video {index} are {labels.dtype}: give phases as whole numbers")
        if not empty and not (labels >= 0).any():
            raise ValueError(f"video {index} has no frame with a label of 0 or more: leave it out")
        kept.append((frames[labels >= 0], labels[labels >= 0].astype(np.int64)))
    return [frames for frames, _ in kept], [labels for _, labels in kept]


def first_videos(n_videos: int, fraction: float) -> int:
    """How many training videos a fraction is: the first max(1, floor(fraction · n)) of them (CARL).

    Raises:
        ValueError: a fraction that is not above 0 and at most 1.
    """
    check_number("fraction", fraction, positive=True, most=1)
    return max(1, int(fraction * n_videos))


def strided(arrays: Sequence[np.ndarray], stride: int) -> Iterator[np.ndarray]:
    """Every stride-th frame of each video. Raises ValueError if `stride` is no whole number from 1."""
    check_whole("stride", stride, least=1)
    return (array[::stride] for array in arrays)
