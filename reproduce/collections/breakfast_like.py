"""Breakfast-like as tasks: synthetic features on real label sequences, K by activity as on Breakfast."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dkva.datasets import BENCHMARKS
from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Task
from reproduce.base.paths import GENERATED
from synthetic.breakfast_labels import LabelSet, Video, load_label_set
from synthetic.breakfast_like import Settings, chosen_videos, features_of, load_video, read_facts, save

__all__ = ["activity_of", "dataset", "digest", "n_segments", "tasks", "title"]


def title(labels_source: str) -> str:
    """What the column "dataset" calls it, such as "Breakfast-like (synthetic features on real …)"."""
    return f"Breakfast-like (synthetic features on {labels_source})"


def activity_of(video: str) -> str:
    """The activity of a video such as P15_cam01_P15_tea."""
    return video.rsplit("_", 1)[-1]


def n_segments(video: str) -> int:
    """K of a video by its name's activity.

    Raises:
        ValueError: an activity that Breakfast has not.
    """
    known = BENCHMARKS["breakfast"].authors
    activity = activity_of(video)
    if isinstance(known, int):
        return known
    if activity not in known:
        raise ValueError(f"{video}: is of no activity of Breakfast; name it for one of {', '.join(known)}")
    return known[activity]


def dataset(
    settings: Settings | None = None, folder: Path = GENERATED, labels: LabelSet | None = None
) -> Path:
    """Folder of Breakfast-like; made where it is not there, not whole, or of another version.

    Args:
        settings: None means the default.
        folder: where data sets are made.
        labels: None means the real ones where they are found, else the grammar's.
    """
    settings = settings or Settings()
    labels = labels or load_label_set()
    text = json.dumps([asdict(settings), labels.sha256], sort_keys=True)
    place = folder / f"breakfast-like-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    try:
        read_facts(place)
    except (FileNotFoundError, ValueError):
        save(labels, settings, place)
    return place


def digest(video: Video, settings: Settings) -> str:
    """sha256 of all that decides a video's features and labels: its segments, the settings, the generator.

    Not of the features: the last bits of some differ from one processor to another.
    """
    decisive = asdict(settings) | {"videos": None, "code": code_version(features_of)}  # others do not matter
    text = json.dumps([video.name, video.segments, decisive], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def tasks(
    settings: Settings | None = None,
    *,
    seeds: Sequence[int],
    labels: LabelSet | None = None,
    folder: Path = GENERATED,
    columns: dict | None = None,
) -> list[Task]:
    """The videos with K by activity, their frames and labels as they are in `dataset`."""
    settings = settings or Settings()
    labels = labels or load_label_set()
    place = dataset(settings, folder, labels)
    written = read_facts(place)["sha256"]
    named = {"dataset": title(labels.source)} | (columns or {})
    return [
        Task(
            video.name,
            functools.partial(load_video, place, video.name, written[video.name]),
            digest(video, settings),
            n_segments(video.name),
            tuple(seeds),
            named,
        )
        for video in chosen_videos(labels.videos, settings)
    ]
