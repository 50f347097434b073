"""Features for training and for a trained model: standardised as published, and what is refused."""

import numpy as np
import pytest
from made_videos import Made, made_videos
from sklearn.preprocessing import StandardScaler

from dkva.nn.training_videos import load_frames, prepared, standardised

pytestmark = pytest.mark.fast


def test_standardises_the_rows_that_are_not_0():
    features = np.random.default_rng(0).normal(3, 2, (20, 4))
    features[5] = 0
    got = standardised(features)
    kept = np.arange(20) != 5
    np.testing.assert_allclose(got[kept], StandardScaler().fit_transform(features[kept]) / 2, atol=1e-12)
    assert not got[5].any()


def test_features_that_do_not_vary_become_0():
    features = np.random.default_rng(0).normal(size=(6, 2))
    features[:, 1] = 0.1
    assert not standardised(features)[:, 1].any()
    assert not standardised(np.zeros((3, 2))).any()


def test_loads_in_float32_as_asked():
    videos = made_videos(2)
    plain = load_frames(videos, 4, standardise=False)
    np.testing.assert_array_equal(plain[1], videos[1].frames)
    scaled = load_frames(videos, 4, standardise=True)
    np.testing.assert_array_equal(scaled[1], standardised(videos[1].frames))
    assert scaled[1].dtype == np.float32


def other(**changed):
    given = {"name": "tea/w", "frames": np.ones((5, 8), np.float32), "labels": None}
    return Made(**given | changed)


@pytest.mark.parametrize(
    ("videos", "k", "says"),
    [
        ([], 2, "the training set is empty"),
        ([*made_videos(2), other(name="coffee/w")], 2, r"mixes activities, tea \(2\), coffee \(1\)"),
        (
            [*made_videos(2), other(frames=np.ones((5, 3)))],
            2,
            "tea/w has 3 features a frame, and tea/v0 has 8",
        ),
        ([other(frames=np.full((5, 8), np.nan))], 2, "tea/w: features are float64"),
        ([other()], 6, "5 frames in all"),
        ([other()], 0, "n_segments is 0"),
    ],
)
def test_refuses_training_sets_that_cannot_be_used(videos, k, says):
    with pytest.raises(ValueError, match=says):
        load_frames(videos, k, standardise=True)


def test_frames_for_a_model_are_those_of_the_training():
    features = np.random.default_rng(0).normal(size=(20, 5))
    found = prepared(features, 5, standardise=False)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, features.astype(np.float32))
    np.testing.assert_array_equal(prepared(features, 5, standardise=True), standardised(found))


@pytest.mark.parametrize(
    ("features", "says"),
    [
        (np.ones((3, 32)), "trained on 64 features a frame, and these have 32"),
        (np.full((3, 64), np.nan), "give finite numbers"),
    ],
)
def test_refuses_features_that_a_model_cannot_take(features, says):
    with pytest.raises(ValueError, match=says):
        prepared(features, 64, standardise=True)
