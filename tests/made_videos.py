"""Videos of one made-up activity: the same actions in each, in one order, of other lengths."""

from dataclasses import dataclass, field

import numpy as np

from dkva.base.video import Video


@dataclass(frozen=True)
class Made(Video):
    """A video that lies in memory."""

    frames: np.ndarray = field(compare=False)
    labels: np.ndarray | None = field(default=None, compare=False)

    def load(self):
        return self.frames, self.labels


def made_videos(count=4, *, frames=90, actions=4, features=8, noise=0.3, activity="tea", near=None):
    """So many videos, their actions planted around points that all share.

    `near` has their lengths differ little, so that no cut is more than so many frames from an even one.
    """
    points = np.random.default_rng(7).normal(size=(actions, features))
    videos = []
    for index in range(count):
        rng = np.random.default_rng([index, 1])
        if near is None:
            cuts = np.sort(rng.choice(np.arange(1, frames // 10), actions - 1, replace=False)) * 10
        else:
            cuts = frames * np.arange(1, actions) // actions + rng.integers(-near, near + 1, actions - 1)
        truth = np.searchsorted(cuts, np.arange(frames), side="right")
        noisy = points[truth] + noise * rng.normal(size=(frames, features))
        videos.append(Made(f"{activity}/v{index}", noisy.astype(np.float32), truth))
    return videos
