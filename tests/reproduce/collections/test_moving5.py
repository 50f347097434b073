"""Moving5 as tasks: features, numbers of segments, measures."""

import numpy as np
import pytest

from reproduce.base.store import read_rows
from reproduce.collections import moving5
from reproduce.collections.random_k import random_k
from synthetic.moving5 import REPEATED


def test_frames_are_divided_by_their_norm():
    frames = np.zeros((3, 28, 28, 3), np.uint8)
    frames[0, 0, 0], frames[1] = (3, 4, 0), 7
    features = moving5.features_of(frames)
    assert features.shape == (3, 2352)
    assert np.linalg.norm(features, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert features[0, :3] == pytest.approx([0.6, 0.8, 0])


def test_random_k_is_what_the_paper_says_and_the_same_for_every_method():
    draws = [random_k(f"test{i:02d}", moving5.K, draw) for i in range(300) for draw in range(5)]
    assert set(draws) == set(range(2, 11))
    assert draws.count(2) / len(draws) == pytest.approx(3 / 11, abs=0.04)
    assert draws.count(10) / len(draws) == pytest.approx(1 / 11, abs=0.03)
    rows = read_rows("table3_moving5_random_k")
    by_draw = {}
    for row in rows:
        by_draw.setdefault((row["video"], row["draw"]), set()).add(row["n_segments"])
    assert len(by_draw) == 250
    assert all(len(numbers) == 1 for numbers in by_draw.values())


def test_further_appearances_that_are_joined():
    three = REPEATED
    truth = np.repeat([three, 9, three, 1, three], 4)

    def joined(*labels):
        return moving5.measure(truth, np.repeat(labels, 4), 5)["repeats_joined"]

    assert joined(0, 1, 0, 2, 0) == 1
    assert joined(0, 1, 0, 2, 3) == 0.5
    assert joined(0, 1, 3, 2, 4) == 0
    assert np.isnan(moving5.measure(np.repeat([three, 9], 4), np.repeat([0, 1], 4), 2)["repeats_joined"])


def test_boundary_f1_and_unused():
    truth = np.repeat([9, 3, 7, 5, 1], 4)
    row = moving5.measure(truth, np.repeat([0, 1], [8, 12]), 5)
    assert (row["boundary_accuracy"], row["boundary_precision"]) == (0.25, 1)
    assert row["boundary_f1"] == pytest.approx(0.4)
    assert row["unused"] == pytest.approx(0.6)
    assert moving5.measure(truth, np.zeros(20, int), 5)["boundary_f1"] == 0
