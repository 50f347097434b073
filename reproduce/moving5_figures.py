"""Arrays of Tables 2 and 3's figures: time lines of the 5th and 35th test video, and their learned frames.

Run: `python -m reproduce.moving5_figures` (half a minute). Segments the two videos with the methods and
settings of the tables (seed 0, draw 0) and stores what is drawn in results/moving5_figures.npz, from which
`reproduce.figures` draws. Learned frames stand below the true mean frames of the actions they are matched to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from dkva import evaluate
from dkva.base.files import write_atomically
from dkva.experiments.experiment import code_version
from reproduce.base.labels import CHOSEN_DECAY, INITIAL, LEARNED, TW_FINCH, UNIFORM
from reproduce.base.options import console, parser
from reproduce.base.paths import RESULTS, ROWS
from reproduce.base.store import chosen, write_arrays
from reproduce.collections import moving5
from reproduce.collections.random_k import random_k
from reproduce.pictures.base import MOVING5
from reproduce.pictures.learned import fitted
from reproduce.pictures.moving5 import VIDEOS, images, named
from reproduce.tables.moving5 import (
    CHOICE,
    CHOICE_RANDOM_K,
    Chosen,
    chosen_settings,
    random_k_methods,
    true_k_methods,
)
from synthetic.moving5 import DIGITS

__all__ = ["arrays", "main"]

# What the arrays were made from when this checkout made them last.
_MADE = ROWS.parent / "moving5_figures.json"
_SHOWN = {
    "true K": (UNIFORM, TW_FINCH, INITIAL, LEARNED),
    "random K": (UNIFORM, TW_FINCH, CHOSEN_DECAY),
}


def arrays(videos: Sequence[int] = VIDEOS) -> dict[str, np.ndarray]:
    """What is drawn: labels [n] of each video, method and number of segments; pictures [5, 28, 28, 3]."""
    choice = chosen_settings()
    methods = {"true K": [*true_k_methods(choice).values()], "random K": random_k_methods()}
    tasks = moving5.tasks(seeds=(0,))
    out: dict[str, np.ndarray] = {}
    for number in videos:
        task = tasks[number - 1]
        features, truth = task.load()
        out[f"{number}/truth"] = truth
        for kind, shown in _SHOWN.items():
            n_segments = moving5.K if kind == "true K" else random_k(task.video, moving5.K, 0)
            for method in methods[kind]:
                if method.label in shown:
                    labels = method.labels(features, n_segments, 0, task.video)
                    out[f"{number}/{kind}/{method.label}"] = named(truth, labels, n_segments)
            out[f"{number}/{kind}/segments"] = np.array(n_segments)
        means = np.stack([features[truth == digit].mean(axis=0) for digit in DIGITS])
        learned = _learned(features, truth, task.video, choice)
        out[f"{number}/mean frames"] = images(means)
        out[f"{number}/learned frames"] = images(learned)
    return out


def _decisive() -> str:
    """All that decides the arrays, as text."""
    choices = [chosen(choice) for choice in (CHOICE, CHOICE_RANDOM_K)]
    return json.dumps([choices, code_version(arrays), moving5.dataset()[1], VIDEOS])


def _learned(features, truth, name: str, choice: Chosen) -> np.ndarray:
    """Learned frames in the order of the digits they are matched to [5, 2352]; zeros where none is."""
    segmenter = fitted(choice, features, name)
    matching = evaluate(truth, segmenter.labels_, n_clusters=moving5.K).matching
    out = np.zeros((len(DIGITS), features.shape[1]))
    for label, digit in matching.items():
        out[DIGITS.index(digit)] = segmenter.approximation_[label]
    return out


def main(arguments: list[str] | None = None) -> int:
    """Compute what is drawn and store it."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    if options.smoke:
        found = arrays(VIDEOS[:1])
        console().print(f"computed {len(found)} arrays for test video {VIDEOS[0]}")
        return 0
    decisive = _decisive()
    if options.force or not (_MADE.is_file() and _MADE.read_text() == decisive):
        write_arrays(RESULTS / MOVING5, arrays())
        write_atomically(_MADE, lambda file: file.write(decisive.encode()))
    console().print(f"results/{MOVING5} is there; draw it with python -m reproduce.figures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
