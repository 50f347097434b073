"""One activity as collections: models are trained on its training videos, rows are of its test videos."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dkva.base.checks import check_choice
from dkva.experiments.code_version import code_version
from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member
from reproduce.base.paths import GENERATED
from reproduce.collections.made import made
from synthetic import one_activity
from synthetic.aligned_videos import SPLITS
from synthetic.one_activity import PHASES, Settings

__all__ = [
    "IN_ORDER",
    "REPEATS",
    "VARIANTS",
    "collections_of",
    "dataset",
    "load_video",
    "on_circle",
    "times_of",
    "title",
    "varied",
]

#: Names of the variants: each phase once and at one pace; or some stand still, and some are done again.
IN_ORDER, REPEATS = "in order", "with pauses and repeats"

#: Pauses and repeats of each video.
VARIANTS: Mapping[str, tuple[int, int]] = {IN_ORDER: (0, 0), REPEATS: (2, 2)}

# The activity's name, which stands before a video's.
_ACTIVITY = "digits"


def title(variant: str) -> str:
    """What the column "dataset" calls a variant."""
    return f"One activity (synthetic), {variant}"


def varied(variant: str, settings: Settings | None = None) -> Settings:
    """Settings of a variant.

    Args:
        variant: one of `VARIANTS`.
        settings: all others; None means the default.

    Raises:
        ValueError: another variant.
    """
    check_choice("variant", variant, VARIANTS)
    pauses, repeats = VARIANTS[variant]
    return replace(settings or Settings(), pauses=pauses, repeats=repeats)


def dataset(settings: Settings | None = None, folder: Path = GENERATED) -> tuple[Path, str]:
    """Folder and checksum of One activity under these settings; made if it is not there or is damaged."""
    return made(one_activity, settings or Settings(), folder)


@functools.lru_cache(maxsize=4)
def _arrays(folder: Path, split: str) -> tuple[np.ndarray, ...]:
    return tuple(
        np.load(folder / split / f"{name}.npy", allow_pickle=False)
        for name in ("features", "phases", "times", "starts")
    )


def load_video(folder: Path, split: str, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 49] and the phase of each frame [n]."""
    features, phases, _, starts = _arrays(folder, split)
    part = slice(starts[index], starts[index + 1])
    return features[part], phases[part]


def times_of(folder: Path, split: str) -> list[np.ndarray]:
    """Canonical time of each frame [n] of each video of a split: its true alignment with any other."""
    *_, times, starts = _arrays(folder, split)
    return np.split(times, starts[1:-1])


def on_circle(times: np.ndarray, phases: int) -> np.ndarray:
    """Canonical times [n] as points of a quarter of a circle [n, 2].

    They have unit norm, and times nearer to each other are nearer to each other there.

    Args:
        times: from 0 to below the number of phases.
        phases: their number.
    """
    angles = times.astype(float) / phases * (np.pi / 2)
    return np.column_stack([np.cos(angles), np.sin(angles)])


def collections_of(
    variant: str, seeds: Sequence[int], settings: Settings | None = None, folder: Path = GENERATED
) -> list[Collection]:
    """The one collection of a variant; the truth of its videos is the phase.

    Args:
        variant: one of `VARIANTS`, which decides pauses and repeats.
        seeds: of the learners that take one.
        settings: all others; None means the default.
        folder: where data sets are made.

    Raises:
        ValueError: another variant, or a setting out of range.
    """
    chosen = varied(variant, settings)
    place, checksum = dataset(chosen, folder)
    code = code_version(load_video)
    train, test = (
        tuple(
            Member(
                f"{_ACTIVITY}/{split}{index + 1:02d}",
                functools.partial(load_video, place, split, index),
                f"{checksum}/{split}/{index}/{code}",
            )
            for index in range(getattr(chosen, split))
        )
        for split in SPLITS
    )
    columns = {"dataset": title(variant), "activity": _ACTIVITY}
    return [Collection(f"one_activity, {variant}", train, test, PHASES, tuple(seeds), columns)]
