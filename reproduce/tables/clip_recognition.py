"""Clips of single phases recognised, and nearest frames by activity, over all activities at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dkva.base.segments import segments
from dkva.metrics.clip_recognition import clip_accuracy
from dkva.metrics.frame_retrieval import frame_retrieval
from dkva.metrics.pooling import pooled

__all__ = ["CLIP_MEASURES", "clip_rows"]

#: Columns of the rows.
CLIP_MEASURES = ("clips", "same_activity")

_NEAREST = 5


def clip_rows(
    train: Sequence,
    train_truths: Sequence,
    test: Sequence,
    test_truths: Sequence,
    *,
    train_activities: Sequence[str],
    test_activities: Sequence[str],
) -> list[dict]:
    """Of each test video the share of its clips that are recognised, and of nearest frames of its activity.

    A clip is a run of frames of one phase, cut from the embedded frames of the whole video; what it shows is
    its activity and phase. `same_activity` is the share of the five nearest frames of the other test videos,
    over the frames of a video, that are of its activity.

    Args:
        train: of each training video, its embedded frames [n_i, e].
        train_truths: of each, the phase of each frame [n_i] within its activity; below 0 for none.
        test: of each test video, its embedded frames.
        test_truths: likewise.
        train_activities: of each training video.
        test_activities: of each test video.
    """
    known, shown, _ = _clips(train, train_truths, train_activities)
    asked, expected, videos = _clips(test, test_truths, test_activities)
    right = clip_accuracy(known, shown, asked, expected).parts
    recognised = pooled(
        np.bincount(videos, right, minlength=len(test)), np.bincount(videos, minlength=len(test))
    )
    numbers = {name: number for number, name in enumerate(dict.fromkeys(test_activities))}
    named = [np.full(len(frames), numbers[name]) for frames, name in zip(test, test_activities, strict=True)]
    near = frame_retrieval(test, named, (_NEAREST,))[_NEAREST]
    columns = [
        [None if np.isnan(part) else part for part in each.parts.tolist()] for each in (recognised, near)
    ]
    return [dict(zip(CLIP_MEASURES, row, strict=True)) for row in zip(*columns, strict=True)]


def _clips(
    embedded: Sequence, truths: Sequence, activities: Sequence[str]
) -> tuple[list[np.ndarray], list[str], list[int]]:
    """Embedded frames of each clip of videos [n_i, e], what it shows, and the index of its video."""
    clips, shown, videos = [], [], []
    for index, (frames, truth, activity) in enumerate(zip(embedded, truths, activities, strict=True)):
        for start, end, _ in segments(truth):
            if truth[start] >= 0:
                clips.append(np.asarray(frames)[start:end])
                shown.append(f"{activity}, {truth[start]}")
                videos.append(index)
    return clips, shown, videos
