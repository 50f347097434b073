"""Random numbers of segments."""

import pytest

from dkva.experiments.experiment import Task
from reproduce.collections.random_k import random_k, with_random_k

pytestmark = pytest.mark.fast


def test_draws_are_within_bounds_and_each_has_a_seed_of_its_own():
    assert {random_k(f"v{i}", 3, 0) for i in range(300)} == {2, 3, 4, 5, 6}
    tasks = with_random_k([Task("v1", list, "", 3, (0, 1), {"dataset": "made"})])
    assert [task.seeds for task in tasks] == [(0,), (1,)]
    assert [task.n_segments for task in tasks] == [random_k("v1", 3, draw) for draw in (0, 1)]
    assert [task.columns for task in tasks] == [{"dataset": "made", "draw": draw} for draw in (0, 1)]
