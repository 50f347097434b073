"""How far from 1 the Gaussian factor of the paper's kernel is (method: section 10.2).

Run: `python -m reproduce.gaussian_factor --data-root DATA` (ten seconds); or set DKVA_DATA. Writes
results/gaussian_factor.csv and .json, from which `reproduce.figures` draws gaussian_factor.

With the paper's length scale, l itself the median of the squared distances, the exponent |x - y|² / l² is
about 1 / l, and the factor nearly constant. A row a video: l, the lowest and the median factor over pairs of
frames, and the share of pairs in each range of it. On the videos of `reproduce.figure3a_kernels`, smoothed
and standardised as there; 200 frames of a video, evenly spaced, are paired, none with itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import scipy

from dkva.approximation.length_scale import length_scale
from dkva.approximation.preprocessing import smooth_and_standardise, smoothing_window
from dkva.base.provenance import versions
from dkva.experiments.experiment import Outcome, Task, merged
from reproduce.base.store import Table
from reproduce.collections.benchmarks import options_of, request_of
from reproduce.tables.factor_ranges import FACTOR_EDGES, FACTOR_RANGES
from reproduce.tables.kernels import DATASETS, LIKE, kernel_parts
from reproduce.tables.studies import end_study, open_studied

COMMAND = "python -m reproduce.gaussian_factor"

#: Frames of a video, evenly spaced, that are paired at most.
PAIRED_FRAMES = 200

TABLE = Table(
    "gaussian_factor",
    "The Gaussian factor exp(-|x - y|² / l²) over pairs of frames",
    COMMAND,
    by=("dataset",),
    measures=("length_scale", "lowest", "median", *FACTOR_RANGES),
    percent=False,
)


def factors(frames: np.ndarray) -> tuple[float, np.ndarray]:
    """The length scale of standardised frames [n, d], and the factor of each pair of up to 200 of them."""
    scale = length_scale(frames)
    some = frames[:: -(-len(frames) // PAIRED_FRAMES)].astype(np.float64)
    return scale, np.exp(-scipy.spatial.distance.pdist(some, "sqeuclidean") / scale**2)


def describe(tasks: Sequence[Task], smoothing: float) -> Outcome:
    """One row a video."""
    rows, digests = [], []
    for task in {task.video: task for task in tasks}.values():
        features, _ = task.load()
        window = smoothing_window(len(features), task.n_segments, smoothing)
        _, frames = smooth_and_standardise(np.asarray(features), window, np.dtype(np.float32))
        scale, found = factors(frames)
        counts, _ = np.histogram(found, FACTOR_EDGES)
        shares = dict(zip(FACTOR_RANGES, (counts / len(found)).tolist(), strict=True))
        numbers = {"length_scale": scale, "lowest": float(found.min()), "median": float(np.median(found))}
        place = {"dataset": task.columns["dataset"], "video": task.video, "n_frames": len(features)}
        rows.append({**place, **numbers, **shares})
        digests.append(f"{task.video} {task.checksum}")
    data = hashlib.sha256("\n".join(digests).encode()).hexdigest()[:32]
    provenance = {"videos": len(rows), "data": data, "smoothing": smoothing}
    return Outcome(rows, provenance | {"runs": [{"versions": versions()}]}, len(rows))


def main(arguments: list[str] | None = None) -> int:
    """Describe what is there, store and print."""
    options = options_of(__doc__, seeds=1).parse_args(arguments)
    request = request_of(options, DATASETS)
    opened = open_studied(request, LIKE)
    found = [describe(tasks, settings["smoothing"]) for settings, tasks in kernel_parts(request, opened)]
    end_study(TABLE, merged(found), opened, request, {"frames_paired": PAIRED_FRAMES})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
