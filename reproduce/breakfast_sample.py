"""Parity with the authors' program on three real Breakfast videos (method: section 11).

Run: `python -m reproduce.breakfast_sample --data-root DATA`, where DATA/breakfast_sample holds features/,
groundTruth/ and mapping/ of P03, P05 and P09 (cam01, coffee); or set DKVA_DATA. About a minute on two cores.
Writes results/breakfast_sample.csv. K = 4, smoothing 2.5, 100 epochs, Gauss × NTK, seeds 0 to 4, both
estimators. The authors' figures are of one run of their program each: its seed option has no effect there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dkva import FeatureFolder, VideoSegmenter, evaluate
from reproduce.paths import RESULTS, data_root
from reproduce.store import read_rows, write_rows

#: MoF, IoU and F1 in % of the authors' public program (measured; one run).
AUTHORS = {
    "P03_cam01_P03_coffee": (78.95, 66.27, 79.27),
    "P05_cam01_P05_coffee": (70.42, 60.41, 59.69),
    "P09_cam01_P09_coffee": (56.39, 34.16, 46.75),
}
K = 4
EPOCHS = 100
SETTINGS = {"n_segments": K, "kernel": "gauss_ntk", "smoothing": 2.5, "epochs": EPOCHS}
ESTIMATORS = ("video", "batch")
SEEDS = range(5)
_SCORES = ("mof", "iou", "f1")


def run(root: Path, seeds=SEEDS, epochs: int = EPOCHS) -> list[dict]:
    """One row a video × estimator × seed."""
    folder = FeatureFolder(root / "breakfast_sample")
    loaded = {video.name.rsplit("/", 1)[-1]: video.load() for video in folder}
    jobs = [(e, name, seed) for e in ESTIMATORS for name in AUTHORS for seed in seeds]
    rows = []
    for estimator, name, seed in track(jobs, "segmenting", console=Console(stderr=True), transient=True):
        frames, truth = loaded[name]
        settings = SETTINGS | {"epochs": epochs, "estimator": estimator, "random_state": seed}
        labels = VideoSegmenter(**settings).fit_predict(frames, name=name)
        scores = evaluate(truth, labels, n_clusters=K)
        rows.append(
            {"video": name, "estimator": estimator, "seed": seed, "frames": len(frames)}
            | {field: getattr(scores, field) for field in _SCORES}
        )
    return rows


def table(rows: list[dict]) -> Table:
    """Ours beside theirs: mean ± standard deviation over seeds, and the range of MoF."""
    out = Table(title="MoF / IoU / F1 in %", title_justify="left")
    out.add_column("video")
    for column in ("authors' program", *(f'ours, "{e}"' for e in ESTIMATORS)):
        out.add_column(column, justify="right")
    for name, theirs in AUTHORS.items():
        cells = [" / ".join(f"{value:.1f}" for value in theirs)]
        for estimator in ESTIMATORS:
            chosen = [r for r in rows if r["video"] == name and r["estimator"] == estimator]
            values = 100 * np.array([[float(row[field]) for field in _SCORES] for row in chosen])
            spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.zeros(3)
            means = (f"{m:.1f}±{s:.1f}" for m, s in zip(values.mean(axis=0), spread, strict=True))
            low, high = values[:, 0].min(), values[:, 0].max()
            cells.append(f"{' / '.join(means)}  (MoF {low:.1f} to {high:.1f})")
        out.add_row(name, *cells)
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run, store and print; without the data, print what is stored."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data-root", type=Path, help="folder that holds breakfast_sample/ (else DKVA_DATA)")
    parser.add_argument("--smoke", action="store_true", help="one epoch and seed, nothing stored")
    options = parser.parse_args(arguments)
    console = Console(width=160)
    root = data_root(options.data_root)
    path = RESULTS / "breakfast_sample.csv"
    if root is None:
        console.print("needs data: python -m reproduce.breakfast_sample --data-root DATA; stored results:")
        console.print(table(read_rows(path)))
        return 0
    if options.smoke:
        console.print(table(run(root, seeds=range(1), epochs=1)))
        return 0
    rows = run(root)
    settings = SETTINGS | {"seeds": list(SEEDS), "estimators": list(ESTIMATORS)}
    write_rows(path, rows, command="python -m reproduce.breakfast_sample", settings=settings)
    console.print(table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
