"""Work on a collection, in whichever process: train a model, or measure it on videos."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dkva.base.checks import check_choice
from dkva.base.provenance import device, versions
from dkva.experiments.learners import Learner, Member
from dkva.experiments.models import ModelStore, read_model, write_model
from dkva.experiments.running import Done, check_same_code, plain_row
from dkva.workers.crew import described

__all__ = [
    "BY_ACTIVITY",
    "BY_COLLECTION",
    "BY_PAIR",
    "BY_VIDEO",
    "Group",
    "Scoring",
    "Trained",
    "measure_group",
    "train_model",
]

#: What a row is of, and what is matched together.
BY_VIDEO, BY_ACTIVITY, BY_PAIR, BY_COLLECTION = BY = ("video", "activity", "pair", "collection")

#: Rows of these are measured on embedded frames, the others on segments.
_OF_EMBEDDED = (BY_PAIR, BY_COLLECTION)


@dataclass(frozen=True)
class Scoring:
    """How what a model gives is measured.

    Attributes:
        by: what a row is of. "video": `measure(truth, labels, n_segments, **options) -> dict`, so that each
            video has a matching of its own. "activity": one row a video, too, but all test videos of an
            activity are measured at once, under one matching:
            `measure(truths, labels, n_segments, **options) -> list of dicts`. "pair": one row for every
            ordered pair of test videos of an activity, of their embedded frames [n, e] and [m, e]:
            `measure(embedded, other_embedded, truth, other_truth, **options) -> dict`. "collection": one row
            a video, too, but all test videos are measured at once, beside the training videos, of whose
            embedded frames [n, e] and truths a measure may learn:
            `measure(train, train_truths, test, test_truths, **options) -> list of dicts`.
        measure: a function of a module.
        options: further keywords of `measure`, plain enough for JSON.
    """

    by: str
    measure: Callable
    options: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choice("by", self.by, BY)


@dataclass(frozen=True)
class Trained:
    """A model: who trains it, on what, and where it is kept."""

    learner: Learner
    videos: tuple[Member, ...]
    n_segments: int
    seed: int | None
    key: str
    store: ModelStore
    code: tuple[str, str]

    def check_code(self) -> None:
        """Refuse a worker that has, or loaded, other code of the learner."""
        for function, code in zip((self.learner.train, self.learner.restore), self.code, strict=True):
            check_same_code(function, code)

    def described(self) -> str:
        """What problems with it are called."""
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.learner.label}{seed}"


@dataclass(frozen=True)
class Group:
    """Videos that are measured at once: rows of each, or of each pair (first, other).

    Attributes:
        videos: that are measured.
        keys: of the rows.
        about: columns of the rows that say what they are of.
        known: training videos of whose embedded frames and truths a measure by collection learns.
    """

    videos: tuple[Member, ...]
    keys: tuple[str, ...]
    about: tuple[dict, ...]
    known: tuple[Member, ...] = ()


def train_model(given: tuple[Trained, bool]) -> Done:
    """Train a model and write it; the state of the training is deleted after that.

    Args:
        given: the model, and whether it is trained anew if another run has trained it meanwhile.
    """
    model, anew = given
    if model.store.has(model.key) and not anew:
        return Done({}, [], None)
    checkpoint = model.store.checkpoint(model.key)
    start = time.perf_counter()
    try:
        model.check_code()
        trained = model.learner.trained(model.videos, model.n_segments, model.seed, checkpoint)
        facts = {
            "learner": model.learner.id,
            "settings": dict(model.learner.settings),
            "n_segments": model.n_segments,
            "seed": model.seed,
            "videos": len(model.videos),
            "seconds": round(time.perf_counter() - start, 1),
            "device": device() if "jax" in sys.modules else None,
            "versions": versions(),
        }
        if anew or not model.store.has(model.key):  # of two runs at once the first one's model stays
            write_model(model.store.path(model.key), trained.arrays(), facts)
        checkpoint.clear()
    except Exception as error:  # noqa: BLE001 -- a learner may fail in any way, and the others go on
        return Done({}, [described(error)], None)
    return Done({}, [], None)


@functools.lru_cache(maxsize=2)
def _restored(learner_restore: Callable, path: Path, written: int):
    """The model of a file; `written` tells a file that was replaced."""
    del written
    arrays, _ = read_model(path)
    return learner_restore(arrays)


@functools.lru_cache(maxsize=256)
def _embedded(restore: Callable, path: Path, written: int, video: Member):
    """A video's embedded frames and truth; it may be in many pairs, or be tested and trained on."""
    features, truth = video.labelled()
    return _restored(restore, path, written).embed(features), truth


def _all_embedded(place: tuple, videos: Sequence[Member]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Embedded frames of each video, and truths, by the model at a place."""
    both = [_embedded(*place, video) for video in videos]
    return [embedded for embedded, _ in both], [truth for _, truth in both]


def measure_group(given: tuple[Trained, Scoring, Group, frozenset[str], str]) -> Done:
    """Rows of one group of videos, as many of them as are missing.

    Args:
        given: the model, the scoring, the group, the keys of the rows that are missing, and the version of
            the code that measures.
    """
    trained, scoring, group, missing, code = given
    start = time.perf_counter()
    does = "embed" if scoring.by in _OF_EMBEDDED else "segment"
    try:
        trained.check_code()
        check_same_code(scoring.measure, code)
        path = trained.store.path(trained.key)
        place = (trained.learner.restore, path, path.stat().st_mtime_ns)
        model = _restored(*place)
        if not hasattr(model, does):
            raise TypeError(f"its model cannot {does} a video, which rows by {scoring.by} need")
        if scoring.by == BY_PAIR:
            first, *others = (_embedded(*place, video) for video in _wanted(group, missing))
            wanted = [key for key in group.keys if key in missing]
            rows = [
                scoring.measure(first[0], other[0], first[1], other[1], **scoring.options) for other in others
            ]
            measured = dict(zip(wanted, rows, strict=True))
        elif scoring.by == BY_COLLECTION:
            train, test = (_all_embedded(place, videos) for videos in (group.known, group.videos))
            rows = scoring.measure(*train, *test, **scoring.options)
            measured = dict(zip(group.keys, rows, strict=True))
        else:
            loaded = [video.labelled() for video in group.videos]
            labels = [np.asarray(model.segment(features)) for features, _ in loaded]
            truths = [truth for _, truth in loaded]
            if scoring.by == BY_VIDEO:
                rows = [scoring.measure(truths[0], labels[0], trained.n_segments, **scoring.options)]
            else:
                rows = scoring.measure(truths, labels, trained.n_segments, **scoring.options)
            measured = dict(zip(group.keys, rows, strict=True))
    except Exception as error:  # noqa: BLE001 -- a model may fail in any way, and the others go on
        return Done({}, [f"{trained.described()}: {described(error)}"], None)
    each = (time.perf_counter() - start) / max(1, len(measured))
    done = {key: (plain_row(row), each) for key, row in measured.items() if key in missing}
    return Done(done, [], device() if "jax" in sys.modules else None)


def _wanted(group: Group, missing: frozenset[str]) -> list[Member]:
    """The first video of a group of pairs, and the others whose pair is missing."""
    first, *others = group.videos
    return [first, *(other for key, other in zip(group.keys, others, strict=True) if key in missing)]
