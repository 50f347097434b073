import pytest

from dkva.experiments.experiment import Task
from reproduce.collections.subsets import subset

pytestmark = pytest.mark.fast


def nothing():
    """What no test loads."""


def test_a_subset_is_drawn_once_and_keeps_the_order():
    tasks = [Task(f"v{i:03d}", nothing, "", 2) for i in range(300)]
    drawn = [task.video for task in subset(tasks, 100)]
    assert drawn == [task.video for task in subset(tasks, 100)]
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 100
    assert drawn[-1] > "v250"
    assert subset(tasks[:5], 100) == tasks[:5]
