"""Learners × collections × seeds in, rows out, one a video or one a pair of videos; each is computed once.

A learner is trained once on a collection's training videos. Its model is kept as a file, and the state of a
training that is under way as well, so that a run that is killed goes on where it was. Then the model is
applied to the test videos: it segments them or embeds them, and a `Scoring` measures what comes out.

A row is found again by the hash of all that decides it: of the model (see `Learner.key`), of the code that
restores and measures, of the scoring, and of the data of the video, of the pair, or of the whole activity or
collection. The model's hash has the data of the training videos, too.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dkva.base.checks import check_whole
from dkva.base.errors import ExperimentError
from dkva.experiments.code_version import code_version
from dkva.experiments.collection_work import (
    BY_ACTIVITY,
    BY_COLLECTION,
    BY_PAIR,
    BY_VIDEO,
    Group,
    Scoring,
    Trained,
    measure_group,
    train_model,
)
from dkva.experiments.experiment import Outcome
from dkva.experiments.keys import key_of
from dkva.experiments.learners import Learner, Member, training_digest
from dkva.experiments.models import ModelStore, read_facts
from dkva.experiments.row_cache import RowCache
from dkva.experiments.running import Unit, check_told_apart, compute_rows, facts_of_run, numbers_of, runs_of
from dkva.metrics.activities import activity_rows
from dkva.metrics.segmentation import score_row
from dkva.workers.crew import PROCESSES, check_scheduler

__all__ = [
    "BY_ACTIVITY",
    "BY_COLLECTION",
    "BY_PAIR",
    "BY_VIDEO",
    "PER_ACTIVITY",
    "PER_VIDEO",
    "Collection",
    "Scoring",
    "run",
]


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
        known: of `train`, the videos that a measure by collection learns of, such as those of the test
            videos' activity if the model was trained on several; None means all.
    """

    name: str
    train: tuple[Member, ...]
    test: tuple[Member, ...]
    n_segments: int
    seeds: tuple[int, ...] = (0,)
    columns: Mapping[str, str | int | float] = field(default_factory=dict)
    known: tuple[Member, ...] | None = None

    @property
    def learned_of(self) -> tuple[Member, ...]:
        """The videos that a measure by collection learns of."""
        return self.train if self.known is None else self.known


#: Scores of `dkva.evaluate`, of each video under a matching of its own.
PER_VIDEO = Scoring(BY_VIDEO, score_row)

#: The same scores under one matching for all videos of an activity.
PER_ACTIVITY = Scoring(BY_ACTIVITY, activity_rows)


def _groups(collection: Collection, scoring: Scoring, model_key: str, learner: Learner) -> list[Group]:
    """The rows of one model."""
    decisive = {
        "model": model_key,
        "restore": code_version(learner.restore),
        "measure": code_version(scoring.measure),
        "by": scoring.by,
        "options": dict(scoring.options),
    }
    known: tuple[Member, ...] = ()
    if scoring.by == BY_COLLECTION:
        known = collection.learned_of
        if known != collection.train:
            decisive["known"] = training_digest(known)

    def key(videos: Sequence[Member], row: object) -> str:
        data = [[video.name, video.checksum] for video in videos]
        return key_of(decisive | {"data": data, "row": row})

    def about(video: Member) -> dict:
        return {"video": video.name} | ({} if video.activity is None else {"activity": video.activity})

    if scoring.by == BY_VIDEO:
        return [Group((video,), (key([video], 0),), (about(video),)) for video in collection.test]
    activities: dict[str | None, list[Member]] = {}
    for video in collection.test:
        activities.setdefault(video.activity, []).append(video)
    if scoring.by in (BY_ACTIVITY, BY_COLLECTION):
        together = activities.values() if scoring.by == BY_ACTIVITY else [collection.test]
        return [
            Group(
                tuple(videos),
                tuple(key(videos, index) for index in range(len(videos))),
                tuple(about(video) for video in videos),
                known,
            )
            for videos in together
        ]
    groups = []
    for videos in activities.values():
        for first in videos:
            others = [video for video in videos if video is not first]
            if others:
                groups.append(
                    Group(
                        (first, *others),
                        tuple(key([first, other], 0) for other in others),
                        tuple(about(first) | {"other": other.name} for other in others),
                    )
                )
    return groups


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
        learners: any two differ in their label or their columns, by which their rows are told apart.
        collections: training and test videos; any two differ in their name and in their columns.
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
        ValueError: learners or collections whose rows could not be told apart, a column that rows have
            already, a collection without training or test videos or with two videos of one name, known ones
            that are not trained on, n_segments below 1, or an unknown scheduler.
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
            trained.key: Unit(f"{collection.name}: {trained.described()}", 1, (trained, force))
            for collection, trained, groups in plan
            if any(missing.intersection(group.keys) for group in groups)
        }
        if force:
            for key in needed:
                models.checkpoint(key).clear()
        lacking = [key for key in needed if force or not models.has(key)]
        trainings = [needed[key] for key in lacking]
        untrained = compute_rows(train_model, trainings, cache, about, sent, progress) if trainings else {}
        for index, key in enumerate(lacking):
            if index not in untrained and not models.has(key):
                untrained[index] = (
                    f"  {needed[key].name}: was trained, but {models.path(key)} is not here; give a "
                    "folder of models that all workers share"
                )
        without = {lacking[index] for index in untrained}
        measuring = code_version(scoring.measure)
        units = {
            group.keys: Unit(
                f"{collection.name}: {group.videos[0].name}",
                len(missing.intersection(group.keys)),
                (trained, scoring, group, missing.intersection(group.keys), measuring),
            )
            for collection, trained, groups in plan
            for group in groups
            if missing.intersection(group.keys) and trained.key not in without
        }
        unmeasured = compute_rows(measure_group, list(units.values()), cache, about, sent, progress)
        if failed := [*untrained.values(), *unmeasured.values()]:
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
            rows.append({**collection.columns, **learner.columns, **about_row, **numbers_of(row)})
    facts = _provenance(learners, collections, [trained for _, trained, _ in plan])
    return Outcome(rows, facts | {"runs": runs_of(cache, seconds)}, len(missing))


def _models(collection: Collection, learner: Learner, store: ModelStore) -> list[Trained]:
    """The models of a learner on a collection, one a seed or one in all."""
    digest = training_digest(collection.train)
    seeds: Sequence[int | None] = collection.seeds if learner.uses_seed else (None,)
    return [
        Trained(
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
    taken = {"video", "activity", "other", "method", "seed", "n_segments"}
    check_told_apart(learners, taken.union(*(collection.columns for collection in collections)))
    for index, collection in enumerate(collections):
        for other in collections[:index]:
            if collection.name == other.name or collection.columns == other.columns:
                raise ValueError(
                    f"collections {other.name!r} and {collection.name!r} could not be told apart: give each "
                    'a name and columns of its own, such as {"dataset": …}'
                )
    for collection in collections:
        check_whole(f"n_segments of {collection.name!r}", collection.n_segments, least=1)
        sets = {"train": collection.train, "test": collection.test}
        if collection.known is not None:
            sets["known"] = collection.known
        for what, videos in sets.items():
            try:
                training_digest(videos)
            except ValueError as error:
                raise ValueError(f"{what} of {collection.name!r}: {error}") from error
        for video in collection.known or ():
            if video not in collection.train:
                raise ValueError(
                    f"known of {collection.name!r}: {video.name!r} is not in its train; give videos of train"
                )


def _provenance(
    learners: Sequence[Learner], collections: Sequence[Collection], models: Sequence[Trained]
) -> dict:
    trained = []
    for model in models:
        if model.store.has(model.key):  # rows may outlive the model that they are of
            trained.append({"key": model.key, **read_facts(model.store.path(model.key))})
    names = Counter(learner.label for learner in learners)
    return {
        "methods": {
            learner.label if names[learner.label] == 1 else f"{learner.label}, {dict(learner.columns)}": {
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
            | ({} if collection.known is None else {"known": len(collection.known)})
            for collection in collections
        },
        "models": trained,
        "seeds": sorted({seed for collection in collections for seed in collection.seeds}),
    }
