"""Batches of frames: standardised as published, the same ones whenever they are asked for."""

import warnings

import numpy as np
import pytest
from made_videos import Made, made_videos
from sklearn.preprocessing import StandardScaler

from dkva.transport.training_frames import FrameBatches, load_frames, prepared, standardised, warn_of_draws

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


def test_batches_hold_every_video_once_an_epoch():
    videos = [np.full((length, 2), index, np.float32) for index, length in enumerate((9, 4, 30, 7, 5))]
    batches = FrameBatches(videos, frames=6, size=2, seed=3)
    for epoch in (-1, 0, 4):
        found = batches(epoch)
        assert [each.frames.shape for each in found] == [(2, 6, 2), (2, 6, 2), (1, 6, 2)]
        seen = np.concatenate([each.frames[:, 0, 0] for each in found])
        assert sorted(seen.tolist()) == [0, 1, 2, 3, 4]
        for each in found:
            lengths = np.array([len(videos[int(index)]) for index in each.frames[:, 0, 0]])
            np.testing.assert_array_equal(each.mask.sum(1), np.minimum(lengths, 6))
    again, other = batches(4), batches(5)
    assert all((a.frames == b.frames).all() for a, b in zip(found, again, strict=True))
    assert any((a.frames != b.frames).any() for a, b in zip(found, other, strict=True))


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


def test_short_videos_are_warned_of():
    videos = [np.ones((n, 2)) for n in (5, 7, 9)]
    with pytest.warns(UserWarning, match=r"2 of 3 videos have fewer frames .* set frames to 5 or fewer"):
        warn_of_draws(videos, 8, 0.2, 0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_draws(videos, 5, 0.2, 0.3)
        warn_of_draws(videos, 5, 0.1, 0.0)
    with pytest.warns(UserWarning, match="radius 0.1 is less than one of the 5 frames .* at least 0.2"):
        warn_of_draws(videos, 5, 0.1, 0.3)
