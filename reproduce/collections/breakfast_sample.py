"""Three real Breakfast videos as tasks: P03, P05 and P09 (cam01, coffee)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dkva import FeatureFolder
from dkva.experiments.experiment import Task
from dkva.export.documents import source_of

__all__ = ["VIDEOS", "K", "tasks"]

VIDEOS = ("P03_cam01_P03_coffee", "P05_cam01_P05_coffee", "P09_cam01_P09_coffee")

#: Their true number of actions.
K = 4


def tasks(root: Path, seeds: Sequence[int]) -> list[Task]:
    """The three videos, with their true number of actions.

    Raises:
        DataError: a file that is missing or cannot be used.
    """
    videos = {video.name.rsplit("/", 1)[-1]: video for video in FeatureFolder(root / "breakfast_sample")}
    out = []
    for name in VIDEOS:
        video = videos[name]
        sources = [str(source_of(path)["blake2b"]) for path in (video.path, video.labels_path) if path]
        out.append(Task(name, video.load, "/".join(sources), K, tuple(seeds)))
    return out
