"""Figures of Tables 2 and 3: time lines of the 5th and 35th test video, and their learned frames.

Run: `python -m reproduce.moving5_figures` (half a minute). Segments the two videos with the methods and
settings of the tables (seed 0, draw 0), stores what is drawn in results/moving5_figures.npz, and draws from
it, and from results/study_moving5.csv, figures/rendered/moving5_*.png and .svg. Learned frames stand below
the true mean frames of the actions they are matched to. `--draw` draws from what is stored.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

import numpy as np

from dkva import VideoSegmenter, evaluate
from dkva.atomic import write_atomically
from dkva.experiment import code_version
from dkva.timeline import timeline
from figures.moving5 import learned_frames, sensitivity
from reproduce import moving5, table2_moving5, table3_moving5_random_k
from reproduce.draws import random_k
from reproduce.options import console, parser
from reproduce.paths import RENDERED, RESULTS, ROWS
from reproduce.store import chosen, read_rows, summarise, write_arrays
from reproduce.study_moving5 import FACTORS
from synthetic.moving5 import DIGITS

__all__ = ["arrays", "draw", "main"]

#: Of the paper's figures: the 5th and the 35th test video.
VIDEOS = (5, 35)
ARRAYS = "moving5_figures.npz"

# What the arrays were made from when this checkout made them last.
_MADE = ROWS.parent / "moving5_figures.json"
_SHOWN = {
    "true K": ("uniform split", "TW-FINCH", "initial, kernel", "learned, kernel"),
    "random K": ("uniform split", "TW-FINCH", "learned, chosen weight decay"),
}
_AXES = {
    "travel": "half a path's length in pixels",
    "digit_size": "digit's size in pixels",
    "colour": "digits in colour",
    "order": "order of the digits",
    "repeats": "most times that digit 3 comes",
    "returning": "image of a 3 that comes back",
    "epochs": "epochs",
}
_STUDIED = (
    "uniform split",
    "TW-FINCH",
    "initial, kernel",
    "learned, L2",
    "learned, kernel",
    "learned, kernel: 4 × epochs",
)


def arrays(videos: Sequence[int] = VIDEOS) -> dict[str, np.ndarray]:
    """What is drawn: labels [n] of each video, method and number of segments; pictures [5, 28, 28, 3]."""
    choice = chosen(table2_moving5.CHOICE)
    true_k = table2_moving5.methods(int(choice["epochs"]), choice["weight_decay"])
    methods = {"true K": true_k, "random K": table3_moving5_random_k.methods()}
    tasks = moving5.tasks(seeds=(0,))
    out: dict[str, np.ndarray] = {}
    for number in videos:
        task = tasks[number - 1]
        features, truth = task.load()
        out[f"{number}/truth"] = truth
        for kind, names in _SHOWN.items():
            n_segments = moving5.K if kind == "true K" else random_k(task.video, moving5.K, 0)
            for method in methods[kind]:
                if method.name in names:
                    labels = method.labels(features, n_segments, 0, task.video)
                    out[f"{number}/{kind}/{method.name}"] = _named(truth, labels, n_segments)
            out[f"{number}/{kind}/segments"] = np.array(n_segments)
        means = np.stack([features[truth == digit].mean(axis=0) for digit in DIGITS])
        learned = _learned(features, truth, task.video, int(choice["epochs"]), choice["weight_decay"])
        out[f"{number}/mean frames"] = _pictures(means)
        out[f"{number}/learned frames"] = _pictures(learned)
    return out


def _decisive() -> str:
    """All that decides the arrays, as text."""
    choices = [chosen(script.CHOICE) for script in (table2_moving5, table3_moving5_random_k)]
    codes = [
        code_version(name)
        for name in ("reproduce.moving5_figures", "dkva.segmentation", "dkva.baselines.twfinch")
    ]
    return json.dumps([choices, codes, moving5.dataset()[1], VIDEOS])


def _named(truth: np.ndarray, labels: np.ndarray, n_segments: int) -> np.ndarray:
    """Labels as the digits they are matched to; unmatched ones below 0, each its own."""
    matching = evaluate(truth, labels, n_clusters=n_segments).matching
    return np.array([matching.get(label, -1 - label) for label in labels.tolist()], np.int16)


def _learned(features, truth, name: str, epochs: int, weight_decay: float) -> np.ndarray:
    """Learned frames in the order of the digits they are matched to [5, 2352]; zeros where none is."""
    segmenter = VideoSegmenter(
        moving5.K, **table2_moving5.BASE, epochs=epochs, weight_decay=weight_decay, random_state=0
    ).fit(features, name=name)
    matching = evaluate(truth, segmenter.labels_, n_clusters=moving5.K).matching
    out = np.zeros((len(DIGITS), features.shape[1]))
    for label, digit in matching.items():
        out[DIGITS.index(digit)] = segmenter.approximation_[label]
    return out


def _pictures(frames: np.ndarray) -> np.ndarray:
    """Frames [k, 2352] as pictures, each from black to its own brightest value."""
    clipped = np.clip(frames, 0, None).reshape(len(frames), 28, 28, 3)
    brightest = clipped.max(axis=(1, 2, 3), keepdims=True)
    return np.rint(255 * clipped / np.where(brightest, brightest, 1)).astype(np.uint8)


def draw(stored: dict[str, np.ndarray], study: list[dict] | None) -> list[str]:
    """Draw all figures and return their names."""
    drawn = {}
    for number in sorted({int(key.split("/")[0]) for key in stored}):
        truth = stored[f"{number}/truth"]
        for kind, names in _SHOWN.items():
            n_segments = int(stored[f"{number}/{kind}/segments"])
            rows = {"truth": _words(truth)}
            for name in names:
                labels = stored[f"{number}/{kind}/{name}"]
                rows[f"{name.split(',')[0]} ({np.mean(labels == truth):.0%})"] = _words(labels)
            title = (
                f"Moving5, test video {number}, {n_segments} segments asked for, five true actions "
                "(share of frames right)"
            )
            drawn[f"moving5_{kind.replace(' ', '_').lower()}_video{number:02d}"] = timeline(rows, title=title)
        pictures = {
            "mean frame": list(stored[f"{number}/mean frames"]),
            "learned": [p if p.any() else None for p in stored[f"{number}/learned frames"]],
        }
        drawn[f"moving5_frames_video{number:02d}"] = learned_frames(
            pictures,
            [f"digit {digit}" for digit in DIGITS],
            f"Moving5, test video {number}: mean frame of each action, learned frame matched to it",
        )
    if study:
        drawn["moving5_study"] = sensitivity(
            _panels(study),
            "Moving5, one setting varied at a time: mean MoF over 50 test videos with 95 % intervals",
            "MoF in %",
        )
    for name, figure in drawn.items():
        for suffix in ("png", "svg"):
            metadata = {"Date": None} if suffix == "svg" else {"Software": None}
            save = functools.partial(figure.savefig, format=suffix, dpi=150, metadata=metadata)
            write_atomically(RENDERED / f"{name}.{suffix}", save)
    return list(drawn)


def _words(labels: np.ndarray) -> np.ndarray:
    return np.array(
        [f"digit {label}" if label >= 0 else f"no digit ({-1 - label})" for label in labels.tolist()]
    )


def _panels(rows: list[dict]) -> dict:
    panels: dict[str, dict[str, list]] = {}
    for record in summarise(rows, ("factor", "value", "method"), ("mof",)):
        if record["method"] in _STUDIED:
            methods = panels.setdefault(record["factor"], {})
            numbers = (100 * record[k] for k in ("mean", "low", "high"))
            methods.setdefault(record["method"], []).append((record["value"], *numbers))
    for factor, methods in panels.items():
        order = [str(value) for value in FACTORS[factor]]
        for points in methods.values():
            points.sort(key=lambda point: order.index(point[0]))
    return {_AXES[factor]: methods for factor, methods in panels.items()}


def main(arguments: list[str] | None = None) -> int:
    """Compute what is drawn, store it, draw."""
    import matplotlib

    cli = parser(__doc__, seeds=None)
    cli.add_argument("--draw", action="store_true", help="draw from what is stored, compute nothing")
    options = cli.parse_args(arguments)
    if options.smoke:
        found = arrays(VIDEOS[:1])
        console().print(f"computed {len(found)} arrays for test video {VIDEOS[0]}")
        return 0
    matplotlib.rcParams["svg.hashsalt"] = "dkva"  # or every drawing differs
    if not options.draw:
        decisive = _decisive()
        if options.force or not (_MADE.is_file() and _MADE.read_text() == decisive):
            write_arrays(RESULTS / ARRAYS, arrays())
            write_atomically(_MADE, lambda file: file.write(decisive.encode()))
    with np.load(RESULTS / ARRAYS, allow_pickle=False) as stored:
        content = dict(stored)
    try:
        study = read_rows("study_moving5")
    except FileNotFoundError:
        study = None
    names = draw(content, study)
    console().print(f"drew {', '.join(names)} in figures/rendered/")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
