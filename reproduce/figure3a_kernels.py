"""Figure 3a: the seven kernels (paper section 4.2), and how far from 1 the Gaussian factor is.

Run: `python -m reproduce.figure3a_kernels --data-root DATA` (about ten minutes on two cores without 50
Salads, seconds once computed); or set DKVA_DATA. Writes results/figure3a_kernels.csv and .json, from which
`reproduce.figures` draws figure3a_kernels.

The paper compares the kernels on 50 Salads, and its curves have no numbers in its text. Beside 50 Salads, or
where it is absent in its place: Moving5 (test videos, settings of Table 2), three real Breakfast videos, 100
Breakfast-like ones (synthetic features) and joined sensor readings, at the settings of Table 4. The length
scale of the paper's Gauss is fixed and lost from its text, so that several are tried, and the median of the
squared distances as in the product. Left out are the authors' program's own readings of "sphere" and of SNTK,
which draws its random features anew between learning and assignment.

With the paper's length scale, l itself the median of the squared distances, the exponent |x - y|² / l² is
about 1 / l. Quantiles of the Gaussian factor over pairs of frames are stored for each data set under
"gaussian_factor" in the settings of the .json file. `--datasets` runs less, without Moving5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.spatial.distance import pdist

from dkva.experiment import Method, Outcome, Task, merged
from dkva.length_scale import length_scale
from dkva.preprocessing import smooth_and_standardise, smoothing_window
from dkva.segmentation import segment_video
from reproduce import moving5, table2_moving5
from reproduce.benchmarks import options_of, smoothing_of
from reproduce.options import compute, console
from reproduce.show import lines
from reproduce.store import Table, chosen
from reproduce.studies import LEARNED, end_study, open_studied, with_columns
from reproduce.table4_benchmarks import EPOCHS

COMMAND = "python -m reproduce.figure3a_kernels"
TABLE = Table("figure3a_kernels", "Figure 3a: kernels", COMMAND, by=("dataset", "kernel"))
DATASETS = ("50salads", "breakfast_sample", "breakfast_like", "basic_motions")
MOVING5 = "Moving5"
LIKE = 100
COLUMNS = (
    "dataset", "kernel", "video", "method", "seed", "n_segments", "n_frames", "found", "mof", "iou", "f1",
)  # fmt: skip

LENGTH_SCALES = (1.0, 10.0, 100.0)

#: What each kernel changes of the method's own settings: those that are theirs already are left out, so that
#: rows of Tables 2 and 4 are not computed twice.
KERNELS: Mapping[str, dict] = {
    "NNGP": {"kernel": "nngp"},
    "NTK": {"kernel": "ntk"},
    "NTK sphere": {"kernel": "ntk_sphere"},
    "SNTK": {"kernel": "sntk"},
    **{f"Gauss, l = {scale:g}": {"kernel": "gaussian", "length_scale": scale} for scale in LENGTH_SCALES},
    "Gauss, l = median squared": {"kernel": "gaussian"},
    "GaussNTK sphere": {"kernel": "gauss_ntk_sphere"},
    "GaussNTK": {},
}

#: The smallest run of the code.
SMOKE = ("Gauss, l = 10", "GaussNTK")

#: Quantiles of the Gaussian factor in %, and how many frames of a video are paired at most.
QUANTILES = (0, 1, *range(5, 100, 5), 99, 100)
PAIRED_FRAMES = 200


def methods(settings: dict, names: Iterable[str] = KERNELS) -> list[Method]:
    """One a kernel, called by its name."""
    return [Method(name, segment_video, settings | KERNELS[name]) for name in names]


def gaussian_factor(tasks: Sequence[Task], smoothing: float) -> dict:
    """Quantiles of exp(-|x - y|² / l²) over pairs of frames of the same video.

    Returns:
        "videos", "length_scale" (the median over videos), "frames" (paired at most, evenly spaced) and
        "quantiles", from the percentage to the factor.
    """
    factors, scales = [], []
    for task in {task.video: task for task in tasks}.values():
        features, _ = task.load()
        window = smoothing_window(len(features), task.n_segments, smoothing)
        _, frames = smooth_and_standardise(np.asarray(features), window, np.dtype(np.float32))
        scale = length_scale(frames)
        some = frames[:: -(-len(frames) // PAIRED_FRAMES)].astype(np.float64)
        factors.append(np.exp(-pdist(some, "sqeuclidean") / scale**2))
        scales.append(scale)
    found = np.percentile(np.concatenate(factors), QUANTILES)
    return {
        "videos": len(scales),
        "length_scale": round(float(np.median(scales)), 2),
        "frames": PAIRED_FRAMES,
        "quantiles": {str(q): round(float(value), 5) for q, value in zip(QUANTILES, found, strict=True)},
    }


def _moving5_settings(smoke: bool) -> dict:
    choice = chosen(table2_moving5.CHOICE)
    epochs = 1 if smoke else int(choice["epochs"])
    return table2_moving5.BASE | {"weight_decay": choice["weight_decay"], "epochs": epochs}


def factor_table(factors: Mapping[str, dict]):
    """Some quantiles of the Gaussian factor, a line a data set."""
    shown = ("0", "5", "50", "95")
    out = lines("The Gaussian factor over pairs of frames", ["data set", "l", *(f"{q} %" for q in shown)])
    for name, found in factors.items():
        out.add_row(name, f"{found['length_scale']:g}", *(f"{found['quantiles'][q]:.4f}" for q in shown))
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    options = options_of(__doc__, seeds=1).parse_args(arguments)
    opened = open_studied(options, DATASETS, LIKE)
    parts: list[tuple[str, dict, list[Task]]] = []
    if not options.datasets:
        seeds, videos = (range(1), 2) if options.smoke else (range(options.seeds), options.videos)
        tasks = moving5.tasks(seeds=seeds, videos=videos, columns={"dataset": MOVING5})
        parts.append((MOVING5, _moving5_settings(options.smoke), tasks))
    for each in opened:
        settings = {"smoothing": smoothing_of(each.source), "epochs": 1 if options.smoke else EPOCHS}
        parts.append((str(each.tasks[0].columns["dataset"]), settings, each.tasks))

    outcomes: list[Outcome] = []
    factors = {}
    for title, settings, tasks in parts:
        outcome = compute(methods(settings, SMOKE if options.smoke else KERNELS), tasks, options)
        for row in outcome.rows:
            row["kernel"], row["method"] = row["method"], LEARNED
        outcomes.append(with_columns(outcome, COLUMNS))
        factors[title] = gaussian_factor(tasks, settings["smoothing"])
    end_study(TABLE, merged(outcomes), opened, DATASETS, options, {"gaussian_factor": factors})
    if factors:
        console().print(factor_table(factors))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
