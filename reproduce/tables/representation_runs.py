"""Runs of the tables of representations that align: models of lines on a set, measured, shown and stored."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from dkva.experiments.code_version import code_version
from dkva.experiments.collection_work import Trained, train_model
from dkva.experiments.collections import BY_COLLECTION, Collection, Scoring
from dkva.experiments.experiment import Outcome, merged
from dkva.experiments.learners import Learner, training_digest
from dkva.experiments.models import ModelStore, read_model
from dkva.metrics.alignment import alignment_rows
from reproduce.base.labels import ON_ACTIVITY, RAW_FEATURES, TRUE_ALIGNMENT
from reproduce.base.options import compute_trained, console
from reproduce.base.paths import MODELS
from reproduce.base.show import summary_table
from reproduce.base.store import Table, publish
from reproduce.collections.at_once import at_once
from reproduce.collections.representations import (
    RepresentationSet,
    clips_of,
    of_activities,
    true_alignment,
)
from reproduce.tables.alignment import BY_PHASES
from reproduce.tables.clip_recognition import CLIP_MEASURES, clip_rows
from reproduce.tables.joint import RAW, Line
from reproduce.tables.representations import IN_TIME, MEASURES, made

__all__ = [
    "Embedder",
    "clips",
    "embedded",
    "learners_of",
    "model_of",
    "show_and_store",
    "true_rows",
    "untrained",
    "videos_of",
]

_ABOUT = ("dataset", "activity", "video", "method", "training", "seed")

# Of each split of a smoke run, which has one activity, so that a model of it is one of all.
_SMOKE_VIDEOS = 2


def videos_of(given: RepresentationSet, options: argparse.Namespace) -> list[Collection]:
    """A collection for each activity of a set; of a smoke run few and with few videos.

    Raises:
        DataError: see `reproduce.collections.representations.of_activities`.
    """
    found = of_activities(given, options.root, range(1 if options.smoke else options.seeds or given.seeds))
    if not options.smoke:
        return found
    return [
        replace(each, train=each.train[:_SMOKE_VIDEOS], test=each.test[:_SMOKE_VIDEOS]) for each in found[:1]
    ]


def learners_of(
    given: RepresentationSet,
    lines: Mapping[str, Line],
    training: str,
    options: argparse.Namespace,
    activity: str = "",
) -> list[Learner]:
    """What the options name of the lines of a set.

    Args:
        given: the set.
        lines: by what tables call them.
        training: the column of that name.
        options: of the command.
        activity: whose published settings count, of a method that has some.
    """
    return [
        made(name, line, given, training, activity, options.root, smoke=options.smoke)
        for name, line in lines.items()
        if name in options.methods
    ]


def untrained(options: argparse.Namespace) -> list[Learner]:
    """Features as they are, if the options name them."""
    return [replace(RAW, columns={"training": ""})] if RAW_FEATURES in options.methods else []


def embedded(
    given: RepresentationSet,
    lines: Mapping[str, Line],
    training: str,
    collections: Sequence[Collection],
    options: argparse.Namespace,
) -> Outcome:
    """Rows of test videos, each measured among those of its activity; of features as they are, too.

    Features as they are stand beside models of each activity. Collections whose learners have the same
    settings are run at once.

    Args:
        given: the set.
        lines: by what tables call them.
        training: the column of that name.
        collections: of an activity each.
        options: of the command.
    """
    scoring = _scoring(given)
    runs: list[tuple[list[Learner], list[Collection]]] = []
    for each in collections:
        learners = learners_of(given, lines, training, options, str(each.columns["activity"]))
        if training == ON_ACTIVITY:
            learners = [*untrained(options), *learners]
        if runs and runs[-1][0] == learners:
            runs[-1][1].append(each)
        else:
            runs.append((learners, [each]))
    found = merged([compute_trained(*run, scoring, options) for run in runs if run[0]])
    return _kept(found, (*MEASURES, "tau_dropped"))


def true_rows(given: RepresentationSet, options: argparse.Namespace) -> list[Outcome]:
    """Rows of the true alignment, if the options name it and the set has one."""
    collections = true_alignment(given)
    if TRUE_ALIGNMENT not in options.methods or not collections:
        return []
    true = replace(RAW, id="true_alignment", label=TRUE_ALIGNMENT, columns={"training": ""})
    found = compute_trained([true], collections, _scoring(given), options)
    return [_kept(found, (*MEASURES, "tau_dropped"))]


def _scoring(given: RepresentationSet) -> Scoring:
    return Scoring(BY_COLLECTION, alignment_rows, {"stride": given.stride, "classifier": given.classifier})


def clips(
    collections: Sequence[Collection], learners: Sequence[Learner], options: argparse.Namespace
) -> Outcome:
    """Rows of test videos, all activities measured at once by models of all.

    Args:
        collections: of an activity each.
        learners: of models of all.
        options: of the command.
    """
    if not learners:
        return Outcome([], {}, 0)
    together, activities = clips_of(at_once(collections))
    found = compute_trained(learners, [together], Scoring(BY_COLLECTION, clip_rows, activities), options)
    return _kept(found, CLIP_MEASURES)


def _kept(found: Outcome, measures: Iterable[str]) -> Outcome:
    names = (*_ABOUT, *measures)
    return replace(found, rows=[{name: row[name] for name in names} for row in found.rows])


def show_and_store(
    table: Table, outcome: Outcome, given: RepresentationSet, options: argparse.Namespace
) -> None:
    """Print a table, in halves if it is wide, and store it if the run is a whole one; not without rows."""
    if not outcome.rows:
        return
    halves = (IN_TIME, BY_PHASES) if table.measures == MEASURES else (table.measures,)
    for half in halves:
        console().print(summary_table(replace(table, measures=half), outcome.rows))
    if options.whole:
        publish(table, outcome, {"stride": given.stride, "classifier": given.classifier})


class Embedder(Protocol):
    """A model that embeds."""

    def embed(self, features) -> np.ndarray:
        """Embedded frames [n, e] of a video of features [n, d]."""
        ...


def model_of(learner: Learner, collection: Collection, options: argparse.Namespace) -> Embedder:
    """The first model of a learner on a collection, that of the tables: trained here if it is not there.

    Exits with one message if the training failed. A smoke run keeps no model.
    """
    seed = collection.seeds[0] if learner.uses_seed else None
    key = learner.key(training_digest(collection.train), collection.n_segments, seed)
    code = code_version(learner.train), code_version(learner.restore)
    with tempfile.TemporaryDirectory() as folder:
        store = ModelStore(Path(folder) if options.smoke else MODELS)
        trained = Trained(learner, collection.train, collection.n_segments, seed, key, store, code)
        if problems := train_model((trained, options.force)).problems:
            raise SystemExit(f"error: {problems[0]}")
        arrays, _ = read_model(store.path(key))
    return cast(Embedder, learner.restore(arrays))
