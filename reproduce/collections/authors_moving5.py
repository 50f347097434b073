"""The authors' own Moving5 as tasks, for those who have their pickle, and the option that names it."""

from __future__ import annotations

import argparse
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Task
from reproduce.collections.authors_pickle import read_authors_pickle, split_indices
from reproduce.collections.moving5 import K, features_of, measure
from reproduce.collections.random_k import random_k

__all__ = ["add_authors_pickle", "authors_tasks", "authors_videos", "load_authors_video"]


def add_authors_pickle(cli: argparse.ArgumentParser) -> None:
    """Add --authors-pickle to the scripts that run on Moving5."""
    cli.add_argument(
        "--authors-pickle",
        type=Path,
        metavar="FILE",
        help="run on the authors' own Moving5, their pickle; nothing is stored",
    )


def authors_videos(path: Path, seeds: Sequence[int], random: bool) -> list[Task]:
    """The test videos of the authors' file; exits with one message where it cannot be read."""
    try:
        return authors_tasks(path, seeds=seeds, random=random)
    except (OSError, ValueError) as error:
        raise SystemExit(f"error: {error}") from error


@functools.lru_cache(maxsize=1)
def _authors(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    return read_authors_pickle(path)


def load_authors_video(path: Path, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [n, 2352] and the digit of each frame [n] of one video of the authors' file."""
    frames, labels = _authors(path)[index]
    return features_of(frames), labels.astype(np.int64)


def authors_tasks(
    path: Path, split: str = "test", *, seeds: Sequence[int], random: bool = False
) -> list[Task]:
    """The videos of a split of the authors' own Moving5, for those who have their pickle.

    Args:
        path: their file.
        split: one of `reproduce.collections.authors_pickle.SPLITS`.
        seeds: of the batches.
        random: cut each video with a random number of segments a seed, as `random_k_tasks` does.

    Raises:
        OSError, ValueError: as `reproduce.collections.authors_pickle.read_authors_pickle`.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    code = code_version(load_authors_video)
    out = []
    for index in split_indices(len(_authors(path)))[split].tolist():
        name, load = f"video{index}", functools.partial(load_authors_video, path, index)
        for seed in seeds if random else (None,):
            n_segments = K if seed is None else random_k(name, K, seed)
            mine = tuple(seeds) if seed is None else (seed,)
            columns = {} if seed is None else {"draw": seed}
            checksum = f"{digest}/{index}/{code}"
            out.append(Task(name, load, checksum, n_segments, mine, columns, measure=measure))
    return out
