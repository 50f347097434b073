"""Alignment as tables measure it."""

import itertools

import numpy as np
import pytest

from dkva.metrics.alignment import alignment_rows
from dkva.transport import align_frames
from reproduce.tables.alignment import BY_PHASES, IN_TIME, MEASURES, measure, phase_numbers


def videos(count, seed):
    """Frames near the corner of their phase, and the names of phases."""
    rng = np.random.default_rng(seed)
    truths = [np.repeat(["pour", "stir", "add"], rng.integers(6, 14, 3)) for _ in range(count)]
    corner = {"pour": 0, "stir": 1, "add": 2}
    frames = [
        np.eye(4)[[corner[name] for name in truth]] + 0.3 * rng.normal(size=(len(truth), 4))
        for truth in truths
    ]
    return frames, truths


@pytest.mark.fast
def test_phases_are_numbered_by_when_they_come():
    truths = [["b", "b", "a", "c"], ["b", "a", "a", "a", "c", "c"]]
    assert phase_numbers(truths) == {"b": 0, "a": 1, "c": 2}


def test_rows_are_those_of_the_metrics_and_of_matched_frames():
    (train, train_truths), (test, test_truths) = videos(4, 0), videos(3, 1)
    rows = measure(train, train_truths, test, test_truths)
    order = {"pour": 0, "stir": 1, "add": 2}
    numbered = [
        [np.array([order[name] for name in truth]) for truth in of] for of in (train_truths, test_truths)
    ]
    plain = alignment_rows(train, numbered[0], test, numbered[1])
    for row, same in zip(rows, plain, strict=True):
        assert set(row) == {*MEASURES, "tau_dropped"}
        assert {name: row[name] for name in same} == same
    units = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in test]
    relaxed = {"relax_y": True, "lambda_y": 0.01}
    for name, given in (("matched", relaxed), ("matched_balanced", {})):
        shares = np.zeros((3, 3))
        for i, j in itertools.permutations(range(3), 2):
            partner = align_frames(units[i].astype(np.float32), units[j].astype(np.float32), **given)
            shares[i, j] = np.mean(test_truths[j][partner.assignment.argmax(1)] == test_truths[i])
        of_videos = (shares.sum(0) + shares.sum(1)) / 4
        figure = shares.sum() / 6
        assert [row[name] for row in rows] == pytest.approx(list(2 * of_videos - figure))
        assert np.mean([row[name] for row in rows]) == pytest.approx(figure)


def test_frames_are_left_out_by_a_stride_before_all_else():
    (train, train_truths), (test, test_truths) = videos(4, 2), videos(2, 3)
    every = [[each[::2] for each in of] for of in (train, train_truths, test, test_truths)]
    assert measure(train, train_truths, test, test_truths, stride=2) == measure(*every)


@pytest.mark.fast
def test_all_measures_are_shown_once():
    assert len(set(MEASURES)) == len(IN_TIME) + len(BY_PHASES)
