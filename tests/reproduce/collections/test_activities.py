"""Videos of a data set as collections, one an activity."""

from functools import partial

import pytest
from made_release import release

from dkva.experiments.collections import BY_VIDEO
from dkva.experiments.experiment import Task
from dkva.metrics.segmentation import score_row
from reproduce.collections.activities import by_activity, scoring_of
from reproduce.collections.benchmarks import SOURCES, Opened, open_all, options_of, request_of

pytestmark = pytest.mark.fast

SOURCE = next(source for source in SOURCES if source.key == "breakfast")


def nothing(name):
    return [], name


def opened(ks, activities):
    """A data set of a video for each of these K."""
    tasks = [
        Task(f"v{i}", partial(nothing, i), f"c{i}", k, (0, 2), {"dataset": "made"}, {"ignore": ["-1"]})
        for i, k in enumerate(ks)
    ]
    return Opened(SOURCE, tasks, [], activities)


def test_there_is_a_collection_for_each_activity():
    found = by_activity(opened([4, 6, 4], {"v0": "tea", "v1": "milk", "v2": "tea"}))
    milk, tea = found
    assert (milk.name, tea.name) == ("Breakfast, milk", "Breakfast, tea")
    assert (milk.n_segments, tea.n_segments) == (6, 4)
    assert [video.name for video in tea.test] == ["v0", "v2"]
    assert [video.checksum for video in tea.test] == ["c0", "c2"]
    assert tea.train == tea.test
    assert tea.seeds == (0, 2)
    assert tea.columns == {"dataset": "made", "activity": "tea"}


def test_without_activities_there_is_one_collection():
    (whole,) = by_activity(opened([3, 3, 3], {}))
    assert (whole.name, whole.n_segments) == ("Breakfast", 3)
    assert [video.name for video in whole.test] == ["v0", "v1", "v2"]


def test_some_videos_of_many_are_trained_on_and_scored():
    (whole,) = by_activity(opened([3] * 9, {}), 4)
    assert len(whole.test) == 4
    assert whole.train == whole.test
    (again,) = by_activity(opened([3] * 9, {}), 4)
    assert again.train == whole.train
    assert [len(each.train) for each in by_activity(opened([3] * 2, {}), 4)] == [2]


def test_videos_are_scored_as_the_tasks_are():
    found = scoring_of(opened([4], {}))
    assert (found.by, found.measure, found.options) == (BY_VIDEO, score_row, {"ignore": ["-1"]})


def test_releases_say_the_activities_of_their_videos(tmp_path):
    release(tmp_path, "Breakfast", ["P03_cam01_P03_coffee", "P03_cam01_P03_tea"])
    release(tmp_path, "DesktopAssembly", ["v1"])
    options = ["--data-root", str(tmp_path), "--datasets", "breakfast", "desktop_assembly"]
    breakfast, desktop = open_all(request_of(options_of(None, seeds=1).parse_args(options)))
    assert breakfast.activities == {"P03_cam01_P03_coffee": "coffee", "P03_cam01_P03_tea": "tea"}
    assert desktop.activities == {}
