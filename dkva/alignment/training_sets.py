"""Features of the videos that a model which embeds frames is trained on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dkva.base.video import Video
from dkva.nn.training_videos import load_frames

__all__ = ["load_mixed", "load_paired"]


def load_mixed(videos: Sequence[Video], *, standardise: bool) -> list[np.ndarray]:
    """Features [n, d] of every video of a training set in float32, checked, in the order of the videos.

    Args:
        videos: of one activity or of several.
        standardise: whether each is `dkva.nn.training_videos.standardised`.

    Raises:
        ValueError: no video, or features that are no finite numbers or of unequal widths.
    """
    if not videos:
        return load_frames(videos, 1, standardise=standardise)  # it says what is missing
    places: dict[str | None, list[int]] = {}
    for place, video in enumerate(videos):
        places.setdefault(video.activity, []).append(place)
    found: dict[int, np.ndarray] = {}
    for of_activity in places.values():
        features = load_frames([videos[place] for place in of_activity], 1, standardise=standardise)
        width = found[0].shape[1] if found else features[0].shape[1]
        if features[0].shape[1] != width:
            raise ValueError(
                f"{videos[of_activity[0]].name} has {features[0].shape[1]} features a frame, and "
                f"{videos[0].name} has {width}: give videos whose features were made the same way"
            )
        found.update(zip(of_activity, features, strict=True))
    return [found[place] for place in range(len(videos))]


def load_paired(videos: Sequence[Video], *, standardise: bool) -> list[np.ndarray]:
    """Features [n, d] of every video of one activity in float32, checked, for losses between videos.

    Args:
        videos: two at least.
        standardise: whether each is `dkva.nn.training_videos.standardised`.

    Raises:
        ValueError: one video alone, or as `dkva.nn.training_videos.load_frames`.
    """
    if len(videos) == 1:
        raise ValueError(
            f"{videos[0].name} is the only video: give two at least, as each is compared with another one"
        )
    return load_frames(videos, 1, standardise=standardise)
