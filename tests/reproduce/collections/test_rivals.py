"""Collections on which all methods are compared."""

from functools import partial

import pytest
from made_release import release

from dkva.datasets import BENCHMARKS, DataError
from reproduce.collections import breakfast_like, breakfast_sample
from reproduce.collections.rivals import ACTIONS, ALL_ACTIONS, AVERAGE, RULES, SETS, collections_of
from synthetic.breakfast_labels import LABEL_FILE, from_grammar, read_label_set
from synthetic.breakfast_like import Settings

pytestmark = pytest.mark.fast


@pytest.fixture
def made(monkeypatch, tmp_path):
    """Breakfast-like of some videos on labels from the grammar, wherever the real ones are."""
    tasks = partial(breakfast_like.tasks, labels=from_grammar(), folder=tmp_path)
    monkeypatch.setattr(breakfast_like, "tasks", tasks)
    return Settings(videos=40, features=4)


def test_there_is_a_collection_for_each_activity_and_rule(made):
    found = collections_of(SETS["breakfast_like"], None, range(2), 3, made)
    assert len({each.name for each in found}) == len(found) == 2 * len(ACTIONS)
    for each in found:
        activity, rule = each.columns["activity"], each.columns["k"]
        asked = {AVERAGE: BENCHMARKS["breakfast"].authors[activity], ALL_ACTIONS: ACTIONS[activity]}
        assert each.n_segments == asked[rule]
        assert each.train == each.test  # trained on what is scored
        assert 1 <= len(each.test) <= 3
        assert {video.activity for video in each.test} == {activity}
        assert each.seeds == (0, 1)
    features, truth = found[0].test[0].labelled()
    assert features.shape == (len(truth), 4)
    by_rule = {rule: [each.test for each in found if each.columns["k"] == rule] for rule in RULES}
    assert by_rule[AVERAGE] == by_rule[ALL_ACTIONS]
    again = collections_of(SETS["breakfast_like"], None, range(2), 3, made)
    assert [each.test for each in again] == [each.test for each in found]


def test_the_real_videos_are_those_of_the_sample(tmp_path):
    release(tmp_path, "breakfast_sample", breakfast_sample.VIDEOS)
    average, everything = collections_of(SETS["breakfast_sample"], tmp_path, (0,))
    assert [video.name for video in average.test] == [f"coffee/{name}" for name in breakfast_sample.VIDEOS]
    assert (average.n_segments, everything.n_segments) == (4, 7)
    with pytest.raises(DataError, match="DKVA_DATA: is not set"):
        collections_of(SETS["breakfast_sample"], None, (0,))


@pytest.mark.data
def test_actions_are_those_of_the_real_label_sequences(data_root):
    actions = {}
    for video in read_label_set(data_root / LABEL_FILE).videos:
        actions.setdefault(video.activity, set()).update(segment.action for segment in video.segments)
    assert {activity: len(mine) for activity, mine in actions.items()} == ACTIONS
