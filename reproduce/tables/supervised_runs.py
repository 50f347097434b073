"""Runs of the tables of supervised segmentation: models of lines on the splits of a set, measured."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dkva.experiments.collections import BY_VIDEO, Collection, Scoring
from dkva.experiments.experiment import Outcome
from dkva.experiments.learners import Learner, Member
from reproduce.base import labels
from reproduce.base.options import compute_trained, console
from reproduce.base.paths import RESULTS
from reproduce.base.show import summary_table
from reproduce.base.store import Table, publish, write_arrays
from reproduce.collections.supervised import KEYPOINTS, SplitSet, collections_of
from reproduce.tables.representation_runs import model_of
from reproduce.tables.split_scores import scored
from reproduce.tables.supervised import (
    LINES,
    MAIN,
    MEASURES,
    SCORES,
    length_rows_of,
    lengths_table,
    made,
    measure,
    scores_table,
)
from reproduce.tables.supervised_points import (
    OF_METHODS,
    POINT,
    RATIOS,
    measure_points,
    pointing,
    points_table,
)

__all__ = ["drawn_arrays", "lines_of", "run_set", "splits_of"]

# Videos of each side of the one split of a smoke run.
_SMOKE_VIDEOS = 2


def splits_of(given: SplitSet, options: argparse.Namespace) -> list[Collection]:
    """A collection for each split of a set; of a smoke run one, with few videos.

    Raises:
        DataError: see `reproduce.collections.supervised.collections_of`.
    """
    found = collections_of(given, options.root, range(1 if options.smoke else options.seeds or given.seeds))
    if not options.smoke:
        return found
    return [
        replace(each, train=each.train[:_SMOKE_VIDEOS], test=each.test[:_SMOKE_VIDEOS]) for each in found[:1]
    ]


def lines_of(given: SplitSet, options: argparse.Namespace) -> list[str]:
    """Names of the lines of a set that the options name."""
    found = [name for name in LINES if name in options.methods and (given.parts or name in MAIN)]
    # With one of eight frames a tenth of all leaves no candidate out, and more is the same.
    return [name for name in found if not (given.small and name == labels.RTK_CANDIDATES[1.0])]


def run_set(given: SplitSet, command: str, options: argparse.Namespace) -> None:
    """Compute, show and, if the run is a whole one, store all of a set.

    Args:
        given: the set.
        command: of the tables.
        options: of the command.

    Raises:
        DataError: as `splits_of`.
    """
    collections = splits_of(given, options)
    learners = {
        name: made(name, LINES[name], given, smoke=options.smoke) for name in lines_of(given, options)
    }
    scoring = Scoring(BY_VIDEO, measure, {"lengths": list(given.lengths)})
    found = compute_trained(list(learners.values()), collections, scoring, options)
    _show_and_store(scores_table(given, command), found, scored(found.rows, SCORES), options)
    rows = length_rows_of([row for row in found.rows if row["method"] in MAIN], given.lengths)
    _show_and_store(lengths_table(given, command), found, rows, options)

    pointed = [pointing(name, learners[line]) for name, (line, _) in OF_METHODS.items() if line in learners]
    if pointed:
        scoring = Scoring(BY_VIDEO, measure_points, {"within": given.within})
        found = compute_trained(pointed, collections, scoring, options)
        _show_and_store(points_table(given, command), found, scored(found.rows, RATIOS), options)
    if given.drawn and {labels.ASFORMER, labels.RTK} <= learners.keys():
        arrays = drawn_arrays(learners, collections[0], options)
        if options.whole:
            write_arrays(RESULTS / KEYPOINTS, arrays)


def _show_and_store(table: Table, found: Outcome, rows: list[dict], options: argparse.Namespace) -> None:
    """Print a table, in halves if it is wide; store it if the run is a whole one; nothing without rows."""
    if not rows:
        return
    halves = (MEASURES[:5], MEASURES[5:]) if table.measures == MEASURES else (table.measures,)
    for half in halves:
        console().print(summary_table(replace(table, measures=half), rows))
    if options.whole:
        publish(table, replace(found, rows=rows), {"protocol": "ms-tcn", "mean": "over splits"})


def drawn_arrays(
    learners: Mapping[str, Learner], collection: Collection, options: argparse.Namespace
) -> dict[str, np.ndarray]:
    """What the picture of keypoints shows, by name: the test video with the most true segments.

    Args:
        learners: of the lines by their names.
        collection: whose first models are used.
        options: of the command.
    """
    video = max(collection.test, key=_segments)
    features, truth = video.labelled()
    out = {"keypoints/video": np.array(video.name), "keypoints/truth": truth}
    for name in (labels.ASFORMER, labels.RTK):
        out[f"keypoints/frames of {name}"] = _segmented(learners[name], collection, features, options)
    for name in (labels.RTK_BEFORE, labels.RTK):
        line, _ = OF_METHODS[name]
        points = _segmented(pointing(name, learners[line]), collection, features, options)
        for column in POINT.names or ():
            out[f"keypoints/{column} of {name}"] = points[column]
    return out


def _segmented(
    learner: Learner, collection: Collection, features: np.ndarray, options: argparse.Namespace
) -> np.ndarray:
    """What the first model of a learner gives for a video."""
    model: Any = model_of(learner, collection, options)
    return model.segment(features)


def _segments(video: Member) -> int:
    truth = video.truth()
    return int(np.count_nonzero(truth[1:] != truth[:-1]))
