"""Labels of one video for the frames of another one that matches it."""

from __future__ import annotations

from collections import Counter

import numpy as np
from jaxtyping import Float, Shaped

from dkva.alignment.matching import distances
from dkva.base.checks import check_choice, check_features, check_whole
from dkva.base.dtw import dtw

__all__ = ["BY", "stretched", "transferred"]

#: Which frames of the labelled video a frame takes its label from.
BY = ("path", "nearest")


def transferred(
    x: Float[np.ndarray, "n e"],
    labels: Shaped[np.ndarray, " n"],
    y: Float[np.ndarray, "m e"],
    by: str = "path",
) -> Shaped[np.ndarray, " m"]:
    """The label of each frame of a video, from the frames of a labelled one.

    By "path" these are its partners on the path of time warping, and the label is that of most of them, of
    equally many the first in time: labels come in the order that they have in the labelled video. By
    "nearest" it is the nearest frame, the first of equally near ones, whenever it comes.

    Args:
        x: embedded frames of the labelled video.
        labels: of its frames, integers or strings.
        y: embedded frames of the other video.
        by: one of `BY`.

    Raises:
        ValueError: an unknown `by`, labels that are not one a frame, or embedded frames that are no finite
            numbers, none, or of unequal sizes.
    """
    check_choice("by", by, BY)
    x, y = check_features(x), check_features(y)
    if labels.shape != (len(x),):
        raise ValueError(f"labels have shape {labels.shape} for {len(x)} frames: give one label a frame")
    costs = distances(x, y)
    if by == "nearest":
        return labels[costs.argmin(0)]
    partners: list[list] = [[] for _ in y]
    for i, j in dtw(costs).path.tolist():
        partners[j].append(i)
    chosen = [Counter(labels[mine].tolist()).most_common(1)[0][0] for mine in partners]  # first of equals
    return np.array(chosen, labels.dtype)


def stretched(labels: Shaped[np.ndarray, " n"], frames: int) -> Shaped[np.ndarray, " m"]:
    """Labels of a video stretched in time to another one's length, whatever its frames are.

    What labels are worth that do not look at the frames: a transfer must be better.

    Args:
        labels: of the labelled video's frames.
        frames: m, of the other video.

    Raises:
        ValueError: no labels, or a number of frames below 1.
    """
    check_whole("frames", frames, least=1)
    if not len(labels):
        raise ValueError("labels are none: give one label a frame")
    return np.asarray(labels)[(2 * np.arange(frames) + 1) * len(labels) // (2 * frames)]
