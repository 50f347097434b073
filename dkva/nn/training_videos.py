"""Features of videos as networks take them: read, checked, and standardised if asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dkva.base.checks import check_features, check_whole
from dkva.base.video import Video

__all__ = ["load_frames", "prepared", "standardised"]


def standardised(features: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Features of mean 0 and variance 1 over the video, divided by sqrt(d) (ASOT, its public code).

    Rows whose sum is exactly 0 stay as they are and are left out of mean and variance; a feature that does
    not vary becomes 0.
    """
    features = np.asarray(features)
    kept = features.sum(1) != 0
    found = features[kept]
    scaled = np.zeros_like(features)
    if len(found):
        varies = found.max(0) > found.min(0)  # by rounding, the deviation of a constant may be above 0
        centred = (found - found.mean(0)) / np.where(varies, found.std(0), 1)
        scaled[kept] = np.where(varies, centred, 0) / np.sqrt(features.shape[1])
    return scaled


def prepared(features, width: int, *, standardise: bool) -> Float[np.ndarray, "n d"]:
    """Features of one video in float32, as a trained model takes them.

    Args:
        features: in order of time [n, d].
        width: of those of the training.
        standardise: whether they are `standardised`.

    Raises:
        ValueError: features that are no finite numbers, or of another width.
    """
    frames = check_features(features).astype(np.float32)
    if frames.shape[1] != width:
        raise ValueError(
            f"the model was trained on {width} features a frame, and these have {frames.shape[1]}: give "
            "features made the same way"
        )
    return standardised(frames) if standardise else frames


def load_frames(videos: Sequence[Video], n_segments: int, *, standardise: bool) -> list[np.ndarray]:
    """Features of every video of a training set in float32, checked.

    Args:
        videos: of one activity.
        n_segments: K.
        standardise: whether each is `standardised`.

    Raises:
        ValueError: no video, several activities, features that are no finite numbers or of unequal widths,
            or fewer frames in all than segments.
    """
    check_whole("n_segments", n_segments, least=1)
    if not videos:
        raise ValueError("the training set is empty: give at least one video")
    activities = Counter(video.activity for video in videos)
    if len(activities) > 1:
        listed = ", ".join(f"{name or 'none'} ({count})" for name, count in activities.items())
        raise ValueError(
            f"the training set mixes activities, {listed}: train one model for each, as they share no actions"
        )
    found: list[np.ndarray] = []
    for video in videos:
        try:
            features = check_features(video.features()).astype(np.float32)
        except ValueError as error:
            raise ValueError(f"{video.name}: {error}") from error
        if found and features.shape[1] != found[0].shape[1]:
            raise ValueError(
                f"{video.name} has {features.shape[1]} features a frame, and {videos[0].name} has "
                f"{found[0].shape[1]}: give videos whose features were made the same way"
            )
        found.append(standardised(features) if standardise else features)
    total = sum(map(len, found))
    if total < n_segments:
        raise ValueError(
            f"n_segments is {n_segments} and the videos have {total} frames in all: ask for fewer"
        )
    return found
