"""Every picture from what is stored: results in, figures out. Nothing is segmented and nothing saved here.

`reproduce.figures` saves them, the notebooks show them, and the reviewer's report holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from reproduce.base.labels import STUDIES
from reproduce.base.paths import RESULTS
from reproduce.collections.breakfast_sample import VIDEOS as BREAKFAST
from reproduce.pictures.base import Picture
from reproduce.pictures.costs import many_videos, memory, reading, scaling, speed, transport, tw_finch
from reproduce.pictures.failure_cases import failures
from reproduce.pictures.keypoints import keypoints_assembled, overlaps_by_length
from reproduce.pictures.learning import gram, losses, motion, moving5_frames, similarity
from reproduce.pictures.moving5 import VIDEOS
from reproduce.pictures.representations import aligned_videos, embedding_maps
from reproduce.pictures.scores import table_bars
from reproduce.pictures.studies import gaussian_factor, kernels, seeds, settings_study, smoothing, study
from reproduce.pictures.time_lines import breakfast_seeds, moving5_time_lines, recording

__all__ = [
    "STUDIES",
    "Picture",
    "aligned_videos",
    "breakfast_seeds",
    "embedding_maps",
    "every",
    "failures",
    "gaussian_factor",
    "gram",
    "kernels",
    "keypoints_assembled",
    "losses",
    "many_videos",
    "memory",
    "motion",
    "moving5_frames",
    "moving5_time_lines",
    "overlaps_by_length",
    "reading",
    "recording",
    "scaling",
    "seeds",
    "settings_study",
    "similarity",
    "smoothing",
    "speed",
    "study",
    "table_bars",
    "transport",
    "tw_finch",
]


def every(folder: Path = RESULTS) -> Iterator[Picture | str]:
    """All pictures whose results are there; a sentence in place of each of the others."""
    tables = ["table2_moving5", "table3_moving5_random_k"]
    tables += sorted(path.stem for table in (4, 5) for path in folder.glob(f"table{table}_*.csv"))
    makers: list[tuple[str, Callable[[], Picture]]] = []
    makers += [(name, partial(table_bars, name, folder)) for name in tables if not name.endswith("_choice")]
    for video in VIDEOS:
        for kind in ("true K", "random K"):
            makers.append((f"time lines, video {video}", partial(moving5_time_lines, video, kind, folder)))
    for one in (moving5_frames, similarity, motion):
        makers += [(f"{one.__name__}, video {video}", partial(one, video, folder)) for video in VIDEOS]
    for whole in (gram, losses, failures, study, kernels, gaussian_factor, smoothing, seeds, recording):
        makers.append((whole.__name__, partial(whole, folder=folder)))
    makers += [(name, partial(settings_study, name, folder)) for name in STUDIES]
    makers += [(f"seeds, {name}", partial(breakfast_seeds, name, folder)) for name in BREAKFAST]
    of_frames = (embedding_maps, aligned_videos, keypoints_assembled, overlaps_by_length)
    makers += [(one.__name__, partial(one, folder)) for one in of_frames]
    for whole in (speed, reading, memory, tw_finch, scaling, many_videos, transport):
        makers.append((whole.__name__, partial(whole, folder)))
    for name, make in makers:
        try:
            yield make()
        except FileNotFoundError as error:
            yield f"{name}: nothing to draw yet ({Path(error.filename).name if error.filename else error})"
