"""Labels of one video for the others of its activity: the lines of the table, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dkva.alignment.transfer import stretched, transferred
from dkva.approximation.preprocessing import smooth_and_standardise
from dkva.base.video import Video
from dkva.experiments.learners import Learner
from dkva.experiments.method_settings import learner, settings_of
from dkva.experiments.registry import Listed, find
from reproduce.base.labels import RAW_FEATURES
from reproduce.base.raw_features import RawFeatures, train_nothing
from reproduce.base.store import Table
from reproduce.collections.representations import SMALL

__all__ = [
    "MEASURES",
    "STANDARDISED",
    "STRETCHED",
    "TABLE",
    "TRAINED",
    "measure",
    "methods",
    "with_stretched",
]

#: Lines of the table: labels that do not look at the frames, and features as `dkva transfer` compares them.
STRETCHED, STANDARDISED = "labels stretched in time", "features, standardised"

#: Shares of frames that are right, along the path of time warping and by the nearest frame; and at most.
MEASURES = ("path", "nearest", "most")

TABLE = Table(
    "label_transfer",
    "Labels of one real Breakfast video for another one",
    "python -m reproduce.label_transfer --data-root DATA",
    measures=MEASURES,
)

# An epoch of three videos is a step or three: there are more of them than on larger sets.
_EPOCHS = {"epochs": 100}

#: Settings of the trained methods, by their ids: VAOT's published ones, and the small ones of the synthetic
#: sets; none was chosen by a score.
TRAINED: Mapping[str, Mapping[str, object]] = {
    "vaot": {},
    **{name: {**settings, **_EPOCHS} for name, settings in SMALL.items()},
}

# Of a model of a smoke run.
_SMOKE = {"hidden": 8, "width": 8, "heads": 2, "layers": 1, "feed_forward": 8, "outputs": 4}


class StandardisedFeatures(RawFeatures):
    """A model that gives each feature of a video mean 0 and variance 1 over it."""

    def embed(self, features) -> np.ndarray:
        """The features [n, d], standardised."""
        return smooth_and_standardise(np.asarray(features), 1, np.float64)[1]


def train_no_more(videos: Sequence[Video]) -> StandardisedFeatures:
    """The model, which no video is needed for."""
    del videos
    return StandardisedFeatures()


def methods(names: Sequence[str] | None = None, *, smoke: bool = False) -> list[Learner]:
    """The learners of the table: features, and those of `TRAINED`.

    Args:
        names: ids of those trained ones that are wanted; None means all.
        smoke: whether models are small and trained for one epoch.
    """
    features = [
        Learner("raw_features", train_nothing, RawFeatures.restore, label=RAW_FEATURES),
        Learner("standardised_features", train_no_more, StandardisedFeatures.restore, label=STANDARDISED),
    ]
    chosen = [name for name in TRAINED if names is None or name in names]
    return features + [_trained(find(name), smoke=smoke) for name in chosen]


def _trained(method: Listed, *, smoke: bool) -> Learner:
    given = {**TRAINED[method.id], **({**_SMOKE, "epochs": 1} if smoke else {})}
    own = {each.name for each in settings_of(method)}
    settings = {name: value for name, value in given.items() if name in own}
    return replace(learner(method, settings), label=method.label)


def measure(embedded: np.ndarray, other: np.ndarray, truth: np.ndarray, other_truth: np.ndarray) -> dict:
    """How many frames of a video get their true label from another one, as shares; nothing is matched.

    Args:
        embedded: embedded frames of the labelled video [n, e].
        other: of the other one [m, e].
        truth: labels of the first [n].
        other_truth: true labels of the second [m].

    Returns:
        `path` and `nearest`, see `dkva.alignment.transfer.transferred`; `stretched`, by labels stretched to
        the other's length; and `most`, the frames whose true label the labelled video has.
    """
    labels, true = np.asarray(truth), np.asarray(other_truth)
    found = {by: transferred(embedded, labels, other, by) for by in ("path", "nearest")}
    found["stretched"] = stretched(labels, len(true))
    shares = {name: float(np.mean(each == true)) for name, each in found.items()}
    return {**shares, "most": float(np.isin(true, labels).mean())}


def with_stretched(rows: Sequence[Mapping]) -> list[dict]:
    """Rows with a line of labels stretched in time, which all methods have beside theirs."""
    kept = ("activity", "video", "other", "method", "seed", *MEASURES)
    first = rows[0]["method"]
    plain = [
        {**row, "method": STRETCHED, "path": row["stretched"], "nearest": row["stretched"]}
        for row in rows
        if row["method"] == first
    ]
    return [{name: row[name] for name in kept} for row in [*plain, *rows]]
