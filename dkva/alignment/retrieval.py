"""Frames of many videos that are nearest to one frame, by embedded frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from dkva.base.checks import check_whole

__all__ = ["Retrieved", "frame_distances", "nearest_frames"]


class Retrieved(NamedTuple):
    """One frame that was found.

    Attributes:
        video: its place among the videos.
        frame: its number in the video.
        distance: to the frame that was asked for.
    """

    video: int
    frame: int
    distance: float


def frame_distances(query: Float[np.ndarray, " e"], frames: Float[np.ndarray, "n e"]) -> np.ndarray:
    """Euclidean distance of each embedded frame of a video to one, in float64 [n], as AP@K takes it.

    Args:
        query: the embedded frame that is asked for.
        frames: those of a video.
    """
    return np.linalg.norm(frames.astype(np.float64) - query, axis=1)


def nearest_frames(distances: Sequence[np.ndarray], top: int, *, several: bool = False) -> list[Retrieved]:
    """The frames nearest to a query, nearest first; of equally near ones, first in order of videos and time.

    Args:
        distances: of each video, those of its frames [n_i], one at least; see `frame_distances`.
        top: how many are wanted at most.
        several: whether a video may give several of its frames, and not its nearest one alone.

    Raises:
        ValueError: `top` below 1.
    """
    check_whole("top", top, least=1)
    if several:
        videos = np.repeat(np.arange(len(distances)), [len(each) for each in distances])
        frames = np.concatenate([np.arange(len(each)) for each in distances])
    else:
        videos = np.arange(len(distances))
        frames = np.array([each.argmin() for each in distances], int)
    found = np.array([distances[video][frame] for video, frame in zip(videos, frames, strict=True)])
    order = np.argsort(found, kind="stable")[:top]
    return [Retrieved(int(videos[i]), int(frames[i]), float(found[i])) for i in order]
