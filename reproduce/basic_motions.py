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

import argparse
import itertools

import numpy as np
from aeon.datasets import load_basic_motions
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dkva import VideoSegmenter, evaluate
from dkva.atomic import write_atomically
from dkva.metrics import bootstrap_interval
from dkva.timeline import timeline
from dkva.uniform import uniform_edges
from reproduce.paths import RENDERED, RESULTS
from reproduce.store import write_rows

K = 4
EPOCHS = 100
SMOOTHINGS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.5)
SEQUENCES = 10
METHODS = ("uniform split", "initial", "dkva")
_SCORES = ("mof", "iou", "f1")


def sequence(split: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames [4000, 12] and labels [4000] of one joined recording.

    Args:
        split: "train" or "test".
        seed: of the bouts' lengths and order.
    """
    pieces, names = load_basic_motions(split=split)
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


def segment(frames: np.ndarray, method: str, smoothing: float, epochs: int, seed: int) -> np.ndarray:
    """Labels [n] of one sequence by one of `METHODS`."""
    if method == "uniform split":
        return np.repeat(np.arange(K), np.diff(uniform_edges(len(frames), K)))
    epochs = 0 if method == "initial" else epochs
    return VideoSegmenter(K, smoothing=smoothing, epochs=epochs, random_state=seed).fit_predict(frames)


def run(split: str, jobs: list[tuple[str, float]], sequences: range, epochs: int = EPOCHS) -> list[dict]:
    """One row a sequence × (method, smoothing)."""
    rows = []
    for seed in track(sequences, f"{split} sequences", console=Console(stderr=True), transient=True):
        frames, truth = sequence(split, seed)
        for method, smoothing in jobs:
            scores = evaluate(truth, segment(frames, method, smoothing, epochs, seed), n_clusters=K)
            rows.append(
                {"sequence": seed, "method": method, "smoothing": smoothing}
                | {field: getattr(scores, field) for field in _SCORES}
            )
    return rows


def values_of(rows: list[dict], **chosen) -> np.ndarray:
    """MoF, IoU and F1 in % of the rows that match [sequences, 3]."""
    fitting = [row for row in rows if all(row[k] == v for k, v in chosen.items())]
    return 100 * np.array([[row[field] for field in _SCORES] for row in fitting])


def with_interval(values: np.ndarray) -> str:
    """Mean and 95 % interval (percentile bootstrap over sequences) of values [sequences]."""
    mean = f"{values.mean():.1f}"
    if len(values) < 2:
        return mean
    low, high = bootstrap_interval(values)
    return f"{mean} [{low:.1f}, {high:.1f}]"


def draw(smoothing: float) -> None:
    """Time line of the first test sequence, to figures/rendered/basic_motions.png."""
    frames, truth = sequence("test", 0)
    rows = {"truth": truth}
    for method in reversed(METHODS):
        labels = segment(frames, method, smoothing, EPOCHS, 0)
        matching = evaluate(truth, labels, n_clusters=K).matching
        rows[method] = np.array([matching[label] for label in labels])
    figure = timeline(
        rows, title="BasicMotions (real sensor readings), first test sequence", unit="frame (10 a second)"
    )
    path = RENDERED / "basic_motions.png"
    write_atomically(path, lambda file: figure.savefig(file, format="png", dpi=150))


def main(arguments: list[str] | None = None) -> int:
    """Choose the smoothing on training sequences, score on test sequences, store, draw and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="one sequence and epoch, nothing stored")
    smoke = parser.parse_args(arguments).smoke
    sequences, epochs = (range(1), 1) if smoke else (range(SEQUENCES), EPOCHS)
    choice = run("train", [("dkva", smoothing) for smoothing in SMOOTHINGS], sequences, epochs)
    means = {smoothing: values_of(choice, smoothing=smoothing)[:, 0].mean() for smoothing in SMOOTHINGS}
    best = max(means, key=lambda smoothing: means[smoothing])
    rows = run("test", [(method, best) for method in METHODS], sequences, epochs)

    console = Console(width=120)
    console.print("Mean MoF on training sequences by smoothing: ", end="")
    console.print(", ".join(f"{smoothing:g}: {mof:.1f}" for smoothing, mof in means.items()))
    table = Table(
        title=f"BasicMotions, {len(sequences)} test sequences, smoothing {best:g}: mean [95 % interval], in %"
    )
    for column in ("method", "MoF", "IoU", "F1"):
        table.add_column(column, justify="left" if column == "method" else "right")
    scores = {method: values_of(rows, method=method) for method in METHODS}
    for method, values in scores.items():
        table.add_row(method, *(with_interval(column) for column in values.T))
    for other in METHODS[:-1]:
        gain = scores["dkva"] - scores[other]
        table.add_row(f"dkva - {other}", *(with_interval(column) for column in gain.T))
    console.print(table)
    if not smoke:
        command = "python -m reproduce.basic_motions"
        settings = {"n_segments": K, "epochs": EPOCHS, "sequences": SEQUENCES, "smoothings": list(SMOOTHINGS)}
        write_rows(RESULTS / "basic_motions_choice.csv", choice, command=command, settings=settings)
        chosen = settings | {"smoothing": best}
        write_rows(RESULTS / "basic_motions.csv", rows, command=command, settings=chosen)
        draw(best)
        console.print("wrote figures/rendered/basic_motions.png and results/basic_motions*.csv")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
