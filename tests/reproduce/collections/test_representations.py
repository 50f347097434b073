"""Sets of the tables of representations: their videos, and the settings of their models."""

import pytest

from dkva.datasets import ALIGNMENT_SETS, DataError
from dkva.experiments.method_settings import learner
from dkva.experiments.registry import find
from reproduce.collections.at_once import at_once
from reproduce.collections.representations import (
    LRPROP_SETS,
    MASA_SETS,
    SMALL,
    clips_of,
    of_activities,
    settings_of,
    true_alignment,
)
from synthetic.poses import JOINTS

MADE = [each for each in (LRPROP_SETS | MASA_SETS).values() if each.variant or each.kind]


def test_settings_of_the_synthetic_sets_are_settings_of_their_methods():
    for given in MADE:
        for method in SMALL:
            found = settings_of(given, method, "A", None)
            assert learner(find(method), found).settings.items() >= found.items()
    assert settings_of(MASA_SETS["many_both"], "masa", "A", None)["joints"] == len(JOINTS)
    assert "joints" not in settings_of(MASA_SETS["many_features"], "masa", "A", None)


def test_settings_of_released_sets_are_published():
    penn = LRPROP_SETS["penn_action"]
    squat = settings_of(penn, "lrprop", "squat", None)
    assert (squat["frames"], squat["other_weight"], squat["soft_dtw_weight"]) == (80, 0.8, 0.001)
    assert settings_of(penn, "lrprop", "jumping_jacks", None)["frames"] == 20
    assert settings_of(penn, "carl", "squat", None) == {"frames": 80, "layers": 3, "epochs": 300}
    assert settings_of(penn, "tcc", "squat", None) == {"frames": 20, "epochs": 300}
    assert settings_of(penn, "tcn", "squat", None) == {}
    with pytest.raises(DataError):
        settings_of(MASA_SETS["h2o"], "masa", "pouring_milk", None)
    for key, given in (LRPROP_SETS | MASA_SETS).items():
        if key in ALIGNMENT_SETS:
            assert given.stride == ALIGNMENT_SETS[key].stride
            with pytest.raises(DataError):
                of_activities(given, None, (0,))


@pytest.mark.parametrize("given", MADE, ids=lambda each: each.key)
def test_a_collection_an_activity_and_its_true_alignment(given):
    found, true = of_activities(given, None, (0, 1)), true_alignment(given)
    assert len(found) == (6 if given.several else 1)
    assert [each.columns for each in found] == [each.columns for each in true]
    for one, other in zip(found, true, strict=True):
        assert one.seeds == (0, 1)
        assert one.columns["dataset"] == given.title
        assert [video.name for video in one.test] == [video.name for video in other.test]
        features, phases = one.test[0].labelled()
        times, same = other.test[0].labelled()
        assert (phases == same).all()
        assert times.shape == (len(features), 2)


def test_clips_are_of_all_activities_by_models_of_all():
    apart = of_activities(MASA_SETS["many_poses"], None, (0,))
    whole = at_once(apart)
    together, activities = clips_of(whole)
    assert (together.train, together.known) == (whole[0].train, None)
    assert [video.name for video in together.test] == [video.name for each in apart for video in each.test]
    assert activities["test_activities"] == [video.activity for video in together.test]
    assert activities["train_activities"] == [video.activity for video in together.train]
    assert len(set(activities["test_activities"])) == 6
