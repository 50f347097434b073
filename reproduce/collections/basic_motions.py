"""BasicMotions as tasks: real sensor readings joined end to end, and the smoothing chosen on them."""

from __future__ import annotations

import functools
import hashlib
import itertools

import numpy as np

from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Task
from reproduce.base.store import Table, chosen

__all__ = ["CHOICE", "SEQUENCES", "K", "chosen_smoothing", "digest", "sequence", "tasks"]

CHOICE = Table(
    "basic_motions_choice",
    "Choice for BasicMotions: 10 training sequences, learned approximation",
    "python -m reproduce.basic_motions",
    by=("smoothing",),
    choose="mof",
)

#: Activities, each in two bouts; and joined recordings of each split.
K = 4
SEQUENCES = 10


def chosen_smoothing() -> float:
    """The strength that `python -m reproduce.basic_motions` chose on training sequences.

    Raises:
        SystemExit: the choice has not been made, with its command.
    """
    return chosen(CHOICE)["smoothing"]


@functools.lru_cache(maxsize=2)
def _pieces(split: str) -> tuple[np.ndarray, np.ndarray]:
    from aeon.datasets import load_basic_motions  # takes seconds to import

    return load_basic_motions(split=split)


@functools.lru_cache(maxsize=32)
def sequence(split: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames [4000, 12] and labels [4000] of one joined recording.

    Args:
        split: "train" or "test".
        seed: of the bouts' lengths and order.
    """
    pieces, names = _pieces(split)
    rng = np.random.default_rng(seed)
    bouts = []
    for name in np.unique(names):
        mine = rng.permutation(np.flatnonzero(names == name))
        cut = int(rng.integers(2, len(mine) - 1))
        bouts += [(name, mine[:cut]), (name, mine[cut:])]
    order = rng.permutation(len(bouts))
    while any(bouts[a][0] == bouts[b][0] for a, b in itertools.pairwise(order)):
        order = rng.permutation(len(bouts))
    readings = np.concatenate([pieces[i].T for bout in order for i in bouts[bout][1]])
    labels = np.concatenate([np.repeat(bouts[b][0], 100 * len(bouts[b][1])) for b in order])
    change = np.diff(readings, axis=0, prepend=readings[:1])
    return np.concatenate([readings, np.log(change**2 + 1e-3)], axis=1), labels


def digest(split: str, seed: int) -> str:
    """sha256 of all that decides a joined recording: the pieces, how they are joined, and the seed.

    Not of its frames: the last bits of the logarithms in them differ from one processor to another.
    """
    pieces, names = _pieces(split)
    what = hashlib.sha256(f"{split}\n{seed}\n{code_version(sequence)}\n{pieces.shape}\n".encode())
    what.update(np.ascontiguousarray(pieces, "<f8").tobytes())
    what.update("\n".join(names.tolist()).encode())
    return what.hexdigest()


def tasks(split: str, sequences: range) -> list[Task]:
    """Joined recordings, each with the seed it was joined with."""
    out = []
    for seed in sequences:
        load = functools.partial(sequence, split, seed)
        out.append(Task(f"{split}{seed + 1:02d}", load, digest(split, seed), K, (seed,)))
    return out
