"""Table 1: what is counted of a video."""

import numpy as np
import pytest

from dkva.experiments.experiment import Task
from reproduce import table1_datasets
from reproduce.base.store import read_rows
from reproduce.collections.benchmarks import SOURCES, Opened

pytestmark = pytest.mark.fast


def test_frames_actions_segments_and_features_are_counted():
    task = Task("v", lambda: (np.zeros((6, 4)), np.array(list("aabbac"))), "", 2, columns={"dataset": "YTI"})
    (row,) = table1_datasets.describe(Opened(SOURCES[0], [task], [])).rows
    counts = {"frames": 6, "actions": 3, "segments": 4, "features": 4}
    assert row == {"dataset": "YTI", "video": "v"} | counts


def test_the_rehearsal_has_all_videos_of_the_ground_truth():
    assert len({row["video"] for row in read_rows("table1_breakfast_like")}) == 1460
