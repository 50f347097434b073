"""Labelled sequences by domain as tasks: the development half of the real ones, and stand-ins beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dkva.datasets import DataError
from dkva.datasets.sequences import find_sequences
from dkva.experiments.comparing import task_of
from dkva.experiments.experiment import Task
from reproduce.collections import basic_motions, breakfast_like, moving5
from reproduce.collections.subsets import subset

__all__ = ["LIKE_VIDEOS", "SETS", "Group", "development", "sequences_in", "tasks_of"]

#: Videos of Breakfast-like; all 1460 would take hours.
LIKE_VIDEOS = 40

# Folders of the development half below the data's root, and the domain if it is not the sequences' own.
_FOLDERS = {"real_sequences": "", "breakfast_sample": "Breakfast"}


@dataclass(frozen=True)
class Group:
    """Sequences that are compared together.

    Attributes:
        key: its name on the command line and in file names.
        title: what tables call it.
        needs_root: whether it is read from the data's root.
    """

    key: str
    title: str
    needs_root: bool = False


#: The development half first, on which kernel mean segments were developed.
SETS = {
    each.key: each
    for each in (
        Group("development", "the development half of the real sequences", needs_root=True),
        Group("basic_motions", "BasicMotions, joined sensor readings"),
        Group("moving5", "Moving5, drawn digits"),
        Group("breakfast_like", "Breakfast-like, synthetic features"),
    )
}


def tasks_of(group: Group, root: Path | None, seeds: Sequence[int]) -> list[Task]:
    """The tasks of one of `SETS`, with their true numbers of actions and their domains.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    if group.key == "development":
        if root is None:
            raise DataError("DKVA_DATA", "is not set", "give the folder that holds real_sequences/")
        return development(root, seeds)
    if group.key == "basic_motions":
        found = basic_motions.tasks("test", range(basic_motions.SEQUENCES))
    elif group.key == "moving5":
        found = moving5.tasks(seeds=seeds)
    else:
        found = subset(breakfast_like.tasks(seeds=seeds), LIKE_VIDEOS)
    return [_plain(task, group.key, seeds) for task in found]


def development(root: Path, seeds: Sequence[int]) -> list[Task]:
    """The 21 sequences that methods may be developed on, of five domains.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    out = []
    for folder, domain in _FOLDERS.items():
        for task in sequences_in(root / folder, seeds):
            named = {"domain": domain or task.columns["domain"]}
            out.append(replace(task, video=task.video.rsplit("/", 1)[-1], columns=named))
    return out


def sequences_in(folder: Path, seeds: Sequence[int]) -> list[Task]:
    """The labelled sequences of a folder, in either layout of `dkva.datasets.sequences`.

    Raises:
        DataError: files that are missing or cannot be used.
    """
    return [task_of(each, each.open(), seeds) for each in find_sequences(folder)]


def _plain(task: Task, domain: str, seeds: Sequence[int]) -> Task:
    """A task of another table with the columns and the measure of this one."""
    measured = Task(task.video, task.load, task.checksum, task.n_segments)
    return replace(measured, seeds=tuple(seeds), columns={"domain": domain})
