"""Learners × collections × seeds in, rows out, one a video or one a pair of videos; each is computed once.

A learner is trained once on a collection's training videos. Its model is kept as a file, and the state of a
training that is under way as well, so that a run that is killed goes on where it was. Then the model is
applied to the test videos: it segments them or embeds them, and a `Scoring` measures what comes out.

A row is found again by the hash of all that decides it: of the model (see `Learner.key`), of the code that
restores and measures, of the scoring, and of the data of the video, of the pair, or of the whole activity.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dkva.base.checks import check_choice, check_whole
from dkva.base.errors import ExperimentError
from dkva.base.provenance import device, versions
from dkva.base.video import Video
from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Outcome
from dkva.experiments.learners import Learner, training_digest
from dkva.experiments.models import ModelStore, read_model, write_model
from dkva.experiments.row_cache import RowCache
from dkva.experiments.running import (
    Done,
    Unit,
    check_same_code,
    compute_rows,
    facts_of_run,
    plain_row,
    runs_of,
)
from dkva.metrics.activities import activity_rows
from dkva.metrics.segmentation import score_row
from dkva.workers.crew import PROCESSES, check_scheduler, described

__all__ = ["BY_ACTIVITY", "BY_PAIR", "BY_VIDEO", "PER_ACTIVITY", "PER_VIDEO", "Collection", "Scoring", "run"]

_KEY_DIGITS = 32

#: What a row is of, and what is matched together.
BY_VIDEO, BY_ACTIVITY, BY_PAIR = BY = ("video", "activity", "pair")


@dataclass(frozen=True)
class Collection:
    """Videos that a learner is trained on, and videos that its model is applied to.

    Attributes:
        name: of the collection.
        train: its training videos, in the order in which learners are given them.
        test: the videos that rows are of. They may be the training videos.
        n_segments: M, of all videos.
        seeds: of the learners that take one.
        columns: further columns of its rows.
    """

    name: str
    train: tuple[Video, ...]
    test: tuple[Video, ...]
    n_segments: int
    seeds: tuple[int, ...] = (0,)
    columns: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scoring:
    """How what a model gives is measured.

    Attributes:
        by: what a row is of. "video": `measure(truth, labels, n_segments, **options) -> dict`, so that each
            video has a matching of its own. "activity": one row a video, too, but all test videos of an
            activity are measured at once, under one matching:
            `measure(truths, labels, n_segments, **options) -> list of dicts`. "pair": one row for every
            ordered pair of test videos of an activity, of their embedded frames [n, e] and [m, e]:
            `measure(embedded, other_embedded, truth, other_truth, **options) -> dict`.
        measure: a function of a module.
        options: further keywords of `measure`, plain enough for JSON.
    """

    by: str
    measure: Callable
    options: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choice("by", self.by, BY)


#: Scores of `dkva.evaluate`, of each video under a matching of its own.
PER_VIDEO = Scoring(BY_VIDEO, score_row)

#: The same scores under one matching for all videos of an activity.
PER_ACTIVITY = Scoring(BY_ACTIVITY, activity_rows)


# --- what is to be done ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Trained:
    """A model: who trains it, on what, and where it is kept."""

    learner: Learner
    videos: tuple[Video, ...]
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
        seed = "" if self.seed is None else f", seed {self.seed}"
        return f"{self.learner.label}{seed}"


@dataclass(frozen=True)
class _Group:
    """Videos that are measured at once: rows of each, or of each pair (first, other)."""

    videos: tuple[Video, ...]
    keys: tuple[str, ...]
    about: tuple[dict, ...]


def _groups(collection: Collection, scoring: Scoring, model_key: str, learner: Learner) -> list[_Group]:
    """The rows of one model."""
    decisive = {
        "model": model_key,
        "restore": code_version(learner.restore),
        "measure": code_version(scoring.measure),
        "by": scoring.by,
        "options": dict(scoring.options),
    }

    def key(videos: Sequence[Video], row: object) -> str:
        data = [[video.name, video.checksum] for video in videos]
        text = json.dumps(decisive | {"data": data, "row": row}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]

    def about(video: Video) -> dict:
        return {"video": video.name} | ({} if video.activity is None else {"activity": video.activity})

    if scoring.by == BY_VIDEO:
        return [_Group((video,), (key([video], 0),), (about(video),)) for video in collection.test]
    activities: dict[str | None, list[Video]] = {}
    for video in collection.test:
        activities.setdefault(video.activity, []).append(video)
    if scoring.by == BY_ACTIVITY:
        return [
            _Group(
                tuple(videos),
                tuple(key(videos, index) for index in range(len(videos))),
                tuple(about(video) for video in videos),
            )
            for videos in activities.values()
        ]
    groups = []
    for videos in activities.values():
        for first in videos:
            others = [video for video in videos if video is not first]
            if others:
                groups.append(
                    _Group(
                        (first, *others),
                        tuple(key([first, other], 0) for other in others),
                        tuple(about(first) | {"other": other.name} for other in others),
                    )
                )
    return groups


# --- at the worker -----------------------------------------------------------------------------------


def _train(model: _Trained) -> Done:
    """Train a model and write it; the state of the training is deleted after that."""
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
            "versions": versions(),
        }
        write_model(model.store.path(model.key), trained.arrays(), facts)
        checkpoint.clear()
    except Exception as error:  # noqa: BLE001 -- a learner may fail in any way, and the others go on
        return Done({}, [described(error)], None)
    return Done({}, [], device() if "jax" in sys.modules else None)


@functools.lru_cache(maxsize=2)
def _restored(learner_restore: Callable, path: Path, written: int):
    """The model of a file; `written` tells a file that was replaced."""
    del written
    arrays, _ = read_model(path)
    return learner_restore(arrays)


def _measure(given: tuple[_Trained, Scoring, _Group, frozenset[str]]) -> Done:
    """Rows of one group of videos, as many of them as are missing."""
    trained, scoring, group, missing = given
    start = time.perf_counter()
    does = "embed" if scoring.by == BY_PAIR else "segment"
    try:
        trained.check_code()
        path = trained.store.path(trained.key)
        model = _restored(trained.learner.restore, path, path.stat().st_mtime_ns)
        if not hasattr(model, does):
            raise TypeError(f"its model cannot {does} a video, which rows by {scoring.by} need")
        if scoring.by == BY_PAIR:
            measured = _pairs(model, scoring, group, missing)
        else:
            loaded = [video.load() for video in group.videos]
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


def _pairs(model, scoring: Scoring, group: _Group, missing: frozenset[str]) -> dict[str, dict]:
    """Rows of the pairs of the first video with others."""
    first, *others = group.videos
    features, truth = first.load()
    embedded = model.embed(features)
    rows = {}
    for key, other in zip(group.keys, others, strict=True):
        if key in missing:
            other_features, other_truth = other.load()
            rows[key] = scoring.measure(
                embedded, model.embed(other_features), truth, other_truth, **scoring.options
            )
    return rows


# --- running -----------------------------------------------------------------------------------------


def run(
    learners: Sequence[Learner],
    collections: Sequence[Collection],
    scoring: Scoring,
    cache: RowCache,
    models: ModelStore,
    *,
    workers: int = 1,
    scheduler: str = PROCESSES,
    force: bool = False,
    progress: bool = True,
    code_root: Path | None = None,
) -> Outcome:
    """Rows of every learner, collection and seed, from the cache or computed and kept there.

    Args:
        learners: which differ in id, settings or columns.
        collections: training and test videos.
        scoring: what a row is of, and what is measured.
        cache: where rows are kept as they come.
        models: where trained models are kept; all workers must reach its folder.
        workers: processes; one of "processes" is this process itself. Rows do not depend on it.
        scheduler: see `dkva.experiments.experiment.run`.
        force: train and compute anew what is there.
        progress: show a bar on stderr if it is a terminal.
        code_root: checkout whose commit the rows are said to come from; None means dkva's own.

    Returns:
        Rows in the order of collections, learners, seeds and videos or pairs: the columns of the collection
        and of the learner, video, activity (if it has one), other (of a pair), method, seed, n_segments, and
        what was measured. `Outcome.computed` counts rows.

    Raises:
        ValueError: learners that do not differ, a collection without training or test videos or with two
            videos of one name, n_segments below 1, or an unknown scheduler.
        ExperimentError: some trainings or videos failed (all are listed); what was computed is kept.
        SchedulerError: an ExperimentError; see `dkva.workers.carry_out.carry_out`.
    """
    _check(learners, collections)
    check_whole("workers", workers, least=1)
    check_scheduler(scheduler)
    plan = [
        (collection, trained, _groups(collection, scoring, trained.key, learner))
        for collection in collections
        for learner in learners
        for trained in _models(collection, learner, models)
    ]
    keys = {key for _, _, groups in plan for group in groups for key in group.keys}
    known = {} if force else cache.get(keys)
    missing = frozenset(keys - set(known))
    if missing:
        about = facts_of_run(code_root, workers, scheduler)
        sent = {"scheduler": scheduler, "workers": workers, "group": 1}
        needed = {
            trained.key: Unit(f"{collection.name}: {trained.described()}", 1, trained)
            for collection, trained, groups in plan
            if any(missing.intersection(group.keys) for group in groups)
        }
        if force:
            for key in needed:
                models.checkpoint(key).clear()
        trainings = [unit for key, unit in needed.items() if force or not models.has(key)]
        failed = compute_rows(_train, trainings, cache, about, sent, progress) if trainings else []
        units = {
            group.keys: Unit(
                f"{collection.name}: {group.videos[0].name}",
                len(missing.intersection(group.keys)),
                (trained, scoring, group, missing.intersection(group.keys)),
            )
            for collection, trained, groups in plan
            for group in groups
            if missing.intersection(group.keys) and models.has(trained.key)
        }
        failed += compute_rows(_measure, list(units.values()), cache, about, sent, progress)
        if failed:
            listed = "\n".join(failed)
            raise ExperimentError(
                f"{len(failed)} of {len(trainings) + len(units)} trainings and videos failed; "
                f"what the others gave is kept\n{listed}"
            )
        known = cache.get(keys)
    rows, seconds = [], {}
    for collection, trained, groups in plan:
        for key, of in itertools.chain.from_iterable(zip(g.keys, g.about, strict=True) for g in groups):
            row, run_id, took = known[key]
            seconds[key] = (run_id, took)
            learner = trained.learner
            about_row = {
                **of,
                "method": learner.label,
                "seed": trained.seed,
                "n_segments": trained.n_segments,
            }
            numbers = {name: float("nan") if value is None else value for name, value in row.items()}
            rows.append({**collection.columns, **learner.columns, **about_row, **numbers})
    return Outcome(rows, _provenance(learners, collections, cache, seconds), len(missing))


def _models(collection: Collection, learner: Learner, store: ModelStore) -> list[_Trained]:
    """The models of a learner on a collection, one a seed or one in all."""
    digest = training_digest(collection.train)
    seeds: Sequence[int | None] = collection.seeds if learner.uses_seed else (None,)
    return [
        _Trained(
            learner,
            collection.train,
            collection.n_segments,
            seed,
            learner.key(digest, collection.n_segments, seed),
            store,
            (code_version(learner.train), code_version(learner.restore)),
        )
        for seed in seeds
    ]


def _check(learners: Sequence[Learner], collections: Sequence[Collection]) -> None:
    told = [
        json.dumps([each.id, dict(each.settings), dict(each.columns)], sort_keys=True) for each in learners
    ]
    if len(set(told)) != len(told):
        ids = [each.id for each in learners]
        raise ValueError(f"learners are {ids}: let those of one id differ in settings or columns")
    for collection in collections:
        check_whole(f"n_segments of {collection.name!r}", collection.n_segments, least=1)
        for what, videos in (("train", collection.train), ("test", collection.test)):
            try:
                training_digest(videos)
            except ValueError as error:
                raise ValueError(f"{what} of {collection.name!r}: {error}") from error


def _provenance(
    learners: Sequence[Learner],
    collections: Sequence[Collection],
    cache: RowCache,
    seconds: Mapping[str, tuple[str, float]],
) -> dict:
    return {
        "methods": {
            learner.label: {
                "id": learner.id,
                "settings": dict(learner.settings),
                "code": code_version(learner.train),
                "supervised": learner.supervised,
            }
            for learner in learners
        },
        "collections": {
            collection.name: {
                "trained_on": len(collection.train),
                "training": training_digest(collection.train),
                "videos": len(collection.test),
            }
            for collection in collections
        },
        "seeds": sorted({seed for collection in collections for seed in collection.seeds}),
        "runs": runs_of(cache, seconds),
    }
