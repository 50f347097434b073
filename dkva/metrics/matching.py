"""Labels of several videos in, checked and with the clusters matched to classes, on all frames together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from jaxtyping import Bool, Int

from dkva.metrics.parts import check_labels, contingency, ignored_labels

__all__ = ["Matched", "checked_videos", "frames_that_count", "matched"]


@dataclass(frozen=True)
class Matched:
    """The scored frames of several videos, joined, under one matching of clusters to classes.

    Attributes:
        classes: the true labels that occur [c], sorted.
        truth: true class of each frame [n], as an index into `classes`.
        mapped: class that each frame's cluster is matched to [n], likewise; a cluster without a class has an
            index from c on, which no class has.
        video: of each frame [n], the place of its video.
        kept: of each video, which of its frames are scored [n_i].
        matching: true label of each cluster that has one.
    """

    classes: np.ndarray
    truth: Int[np.ndarray, " n"]
    mapped: Int[np.ndarray, " n"]
    video: Int[np.ndarray, " n"]
    kept: list[Bool[np.ndarray, " _"]]
    matching: dict


def checked_videos(
    truths: Sequence, labels: Sequence, ignore=None
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Truths and labels as arrays, one label a frame and none missing; "" is missing unless it is ignored.

    Raises:
        ValueError: no video, truths and labels of unequal numbers of videos or frames, a video without
            frames, or a missing label; the message names the video by its place.
    """
    if not len(truths) or len(truths) != len(labels):
        raise ValueError(
            f"there are truths of {len(truths)} videos and labels of {len(labels)}: give both of each"
        )
    arrays: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for place, (truth, found) in enumerate(zip(truths, labels, strict=True)):
        check_labels(f"video {place}: the truth", truth, ignore)
        check_labels(f"video {place}: the prediction", found)
        for kept, given in zip(arrays, (truth, found), strict=True):
            kept.append(np.asarray(given))
        shapes = arrays[0][-1].shape, arrays[1][-1].shape
        if len(shapes[0]) != 1 or shapes[0] != shapes[1] or not shapes[0][0]:
            raise ValueError(
                f"video {place}: truth has shape {shapes[0]} and labels {shapes[1]}: give one label a frame"
            )
    return arrays


def frames_that_count(truths: Sequence[np.ndarray], ignore=None) -> list[Bool[np.ndarray, " n"]]:
    """Of each video, which frames [n_i] have a true label that is not to be left out.

    Raises:
        ValueError: a video without such a frame, or labels to leave out that are of another kind than the
            true ones.
    """
    kept = [~np.isin(truth, ignored_labels(ignore, truth)) for truth in truths]
    for place, of in enumerate(kept):
        if not of.any():
            raise ValueError(
                f"video {place}: no frame is left to score: leave the video out, or ignore fewer labels"
            )
    return kept


def matched(truths: Sequence[np.ndarray], labels: Sequence[np.ndarray], ignore=None) -> Matched:
    """Match clusters to classes one to one, so that most frames of all videos together are right.

    Frames to ignore are left out first. A cluster that is left over stays without a class. If two matchings
    put equally many frames right, it is scipy's choice which is taken.

    Args:
        truths: of each video, the true labels [n_i] (of `checked_videos`).
        labels: of each video, the clusters [n_i].
        ignore: a true label, or a list of them, whose frames are left out.

    Raises:
        ValueError: see `frames_that_count`.
    """
    kept = frames_that_count(truths, ignore)
    classes, truth = np.unique(_joined(truths, kept), return_inverse=True)
    clusters, found = np.unique(_joined(labels, kept), return_inverse=True)
    rows, columns = scipy.optimize.linear_sum_assignment(contingency(found, truth), maximize=True)
    to_class = len(classes) + np.arange(len(clusters))
    to_class[rows] = columns
    video = np.repeat(np.arange(len(kept)), [of.sum() for of in kept])
    matching = dict(zip(clusters[rows].tolist(), classes[columns].tolist(), strict=True))
    return Matched(classes, truth, to_class[found], video, kept, matching)


def _joined(labels: Sequence[np.ndarray], kept: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([each[of] for each, of in zip(labels, kept, strict=True)])
