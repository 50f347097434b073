"""A real recording cut into its activities: BasicMotions, which the PyPI package aeon ships.

Run: `python -m reproduce.basic_motions` (under a minute on two cores; needs no data but the package).
A watch's accelerometer and gyroscope recorded four activities (standing, walking, running, badminton) in
pieces of 10 s at 10 Hz. The pieces are joined end to end: each activity comes in two bouts of random
lengths, eight bouts in random order, 4000 frames. A frame is what the six sensors read and, because an
oscillation averages to nothing, the logarithm of their squared change since the frame before: 12 features.

The smoothing is chosen on sequences joined from the package's training pieces, by mean MoF, and the scores
come from sequences joined from its test pieces: both tables are stored, results/basic_motions_choice.csv and
results/basic_motions.csv. Beside ours: the same assignment before learning, and a uniform split into M = 4.
"""

from __future__ import annotations

import functools
import hashlib
import itertools

import numpy as np

from dkva.approximation.segmenter import segment_video
from dkva.baselines import uniform
from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Method, Task
from reproduce.base.effects import effect, paired
from reproduce.base.methods import method
from reproduce.base.options import compute, console, parser
from reproduce.base.show import lines, percent, summary_table, with_interval
from reproduce.base.store import Table, best, publish, summarise

COMMAND = "python -m reproduce.basic_motions"
TABLE = Table("basic_motions", "BasicMotions (real sensor readings), 10 test sequences", COMMAND)
CHOICE = Table(
    "basic_motions_choice",
    "Choice for BasicMotions: 10 training sequences, learned approximation",
    COMMAND,
    by=("smoothing",),
    choose="mof",
)
K = 4
EPOCHS = 100
SMOOTHINGS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.5)
SEQUENCES = 10
GAINS = (("learned", "uniform split"), ("learned", "initial"))


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


def methods(smoothing: float, epochs: int = EPOCHS) -> list[Method]:
    """The table's rows."""
    settings = {"smoothing": smoothing, "epochs": epochs}
    return [
        method("uniform split", uniform),
        method("initial", segment_video, settings | {"epochs": 0}, seeded=False),
        method("learned", segment_video, settings),
    ]


def gains_table(rows: list[dict]):
    """Differences of the learned approximation to the others, paired by sequence."""
    out = lines("Differences, paired: mean [95 % interval]", ["", "MoF", "IoU", "F1"])
    for a, b in GAINS:
        out.add_row(f"{a} − {b}", *gains(rows, a, b))
    return out


def gains(rows: list[dict], a: str, b: str) -> list[str]:
    """One line of differences, in percentage points."""
    cells = []
    for measure in TABLE.measures:
        found = effect(paired(rows, {"method": a}, {"method": b}, measure))
        cells.append(with_interval({"mean": found.mean, "low": found.low, "high": found.high}))
    return cells


def main(arguments: list[str] | None = None) -> int:
    """Choose the smoothing on training sequences, score on test sequences, store and print."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    sequences, epochs = (range(1), 1) if options.smoke else (range(SEQUENCES), EPOCHS)
    named = {f"smoothing {smoothing:g}": smoothing for smoothing in SMOOTHINGS}
    candidates = [
        method(name, segment_video, {"smoothing": smoothing, "epochs": epochs})
        for name, smoothing in named.items()
    ]
    choice = compute(candidates, tasks("train", sequences), options)
    for row in choice.rows:
        row["smoothing"] = named[row["method"]]
    smoothing = best(summarise(choice.rows, CHOICE.by, CHOICE.measures), "mof")["smoothing"]
    outcome = compute(methods(smoothing, epochs), tasks("test", sequences), options)

    out = console()
    means = summarise(choice.rows, CHOICE.by, ("mof",))
    out.print("Mean MoF on training sequences by smoothing: ", end="")
    out.print(", ".join(f"{record['smoothing']:g}: {percent(record['mean'])}" for record in means))
    out.print(summary_table(TABLE, outcome.rows))
    out.print(gains_table(outcome.rows))
    if not options.smoke:
        publish(CHOICE, choice, {"n_segments": K})
        publish(TABLE, outcome, {"n_segments": K, "smoothing": smoothing})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
