"""Stored cases of the metrics of alignment, by published evaluation programs."""

import json
from typing import NamedTuple

import numpy as np

#: Actions of the cases.
ACTIONS = ("pouring", "pushup")

#: The fractions of the training videos.
FRACTIONS = (0.1, 0.5, 1.0)


class Case(NamedTuple):
    """Videos of one action, five to train on and five to test, and all published figures of them."""

    train: list
    train_truths: list
    test: list
    test_truths: list
    figures: dict
    arrays: dict


def alignment_case(root, action):
    """The case of an action from the folder of reference cases."""
    figures = json.loads((root / "alignment_metrics_cases.json").read_text())[action]
    with np.load(root / "alignment_metrics_cases.npz") as stored:
        videos = (
            [stored[f"{action}_{part}{index}_{what}"] for index in range(5)]
            for part in ("train", "val")
            for what in ("emb", "label")
        )
        arrays = {name: stored[f"{action}_{name}"] for name in ("nn_0_1", "dtw_path_0_1")}
        return Case(*videos, figures, arrays)


def first(case, fraction):
    """The training videos that a fraction is, with their truths."""
    n = max(1, int(fraction * len(case.train)))
    return case.train[:n], case.train_truths[:n]


def drawn(seed, n_videos=4, n_phases=3, e=3):
    """Videos [n_i, e] whose frames are near their phases' means, and all phases in their order."""
    draw = np.random.default_rng(seed)
    truths = [np.repeat(np.arange(n_phases), draw.integers(1, 6, n_phases)) for _ in range(n_videos)]
    return [3 * np.eye(n_phases, e)[truth] + draw.normal(size=(len(truth), e)) for truth in truths], truths
