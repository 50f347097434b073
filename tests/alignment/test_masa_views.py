"""Views that MASA is trained on: which frames they have, and what is changed in them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.alignment.masa_settings import MasaSettings
from dkva.alignment.masa_views import ViewBatches, dual_views, scaled
from dkva.alignment.poses import BodyModel, normalised
from dkva.nn.training_videos import standardised

pytestmark = pytest.mark.fast


@given(
    st.integers(1, 200),
    st.integers(0, 5),
    st.sampled_from([0.0, 0.5, 0.9]),
    st.sampled_from([0.1, 0.5, 1.0]),
    st.sampled_from([None, 1, 20]),
    st.booleans(),
)
def test_views_are_frames_in_order(n_frames, seed, drop, trim_least, most, own_trims):
    rng = np.random.default_rng(seed)
    for view in dual_views(n_frames, rng, trim_least=trim_least, drop=drop, most=most, own_trims=own_trims):
        assert 1 <= len(view) <= min(n_frames, most or n_frames)
        assert (np.diff(view) > 0).all()
        assert 0 <= view[0] <= view[-1] < n_frames
        least = math.ceil(trim_least * n_frames) - int(drop * n_frames)
        assert len(view) >= min(least, most or least)


@given(st.integers(1, 60), st.integers(0, 20))
def test_with_the_released_share_both_views_have_a_frame_in_common(n_frames, seed):
    first, second = dual_views(n_frames, np.random.default_rng(seed))
    assert set(first) & set(second)


def drawn(count=800, n_frames=20, **settings):
    rng = np.random.default_rng(0)
    return [dual_views(n_frames, rng, **settings) for _ in range(count)]


def test_without_dropping_views_are_parts_of_every_length_and_place():
    views = drawn(drop=0)
    assert all(np.array_equal(*pair) for pair in views)
    lengths = np.bincount([len(first) for first, _ in views], minlength=21)
    assert not lengths[:10].any()
    share = 1 / 11
    np.testing.assert_allclose(lengths[10:], 800 * share, atol=5 * math.sqrt(800 * share * (1 - share)))
    starts = [first[0] for first, _ in views if len(first) == 16]
    assert set(starts) == {0, 1, 2, 3, 4}
    own = drawn(drop=0, own_trims=True)
    assert np.mean([np.array_equal(*pair) for pair in own]) < 0.1


def test_frames_are_left_out_of_each_view_by_itself():
    views = drawn(trim_least=1, n_frames=40)
    left_out = np.array([[40 - len(each) for each in pair] for pair in views])
    # floor(40 u) for u below 0.5: 0 to 19, each as likely.
    counts = np.bincount(left_out.ravel(), minlength=20)
    assert len(counts) == 20
    np.testing.assert_allclose(counts, 80, atol=5 * math.sqrt(1600 * 0.05 * 0.95))
    assert abs(np.corrcoef(left_out.T)[0, 1]) < 5 / math.sqrt(800)
    of_each = np.bincount(np.concatenate([first for first, _ in views]), minlength=40) / 800
    np.testing.assert_allclose(of_each, 1 - 9.5 / 40, atol=5 * 0.43 / math.sqrt(800))


def test_a_view_alone_is_augmented_if_asked_for():
    views = drawn(50, dual=False, trim_least=1)
    assert all(np.array_equal(first, np.arange(20)) for first, _ in views)
    assert any(len(second) < 20 for _, second in views)
    trimmed = drawn(50, dual=False)
    assert all((np.diff(first) == 1).all() for first, _ in trimmed)
    assert any(len(first) < 20 for first, _ in trimmed)
    assert all(len(first) == 7 for first, _ in drawn(50, dual=False, most=7))


def test_features_and_poses_are_scaled_each_in_their_way():
    frames = np.random.default_rng(0).normal(3, 2, (9, 10))
    found = scaled(frames, 2, standardise=True)
    np.testing.assert_array_equal(found[:, :4], standardised(frames[:, :4]))
    np.testing.assert_array_equal(found[:, 4:].reshape(9, 2, 3), normalised(frames[:, 4:].reshape(9, 2, 3)))
    np.testing.assert_array_equal(scaled(frames, 0, standardise=True), standardised(frames))
    assert scaled(frames[:, 4:], 2, standardise=True).shape == (9, 6)
    assert scaled(frames, 2, standardise=False) is frames


def videos(lengths=(30, 12, 7), width=5):
    """Each value is its video's number and frame."""
    return [
        (100 * index + np.tile(np.arange(n)[:, None], (1, width))).astype(np.float32)
        for index, n in enumerate(lengths)
    ]


def test_batches_hold_what_was_drawn():
    settings = MasaSettings(batch=2, repeats=2)
    batches = ViewBatches(videos(), settings, 0)
    assert (batches.longest, batches.frames, batches.size, batches.steps) == (30, 30, 2, 3)
    found = list(batches(0))
    assert len(found) == 3
    seen = []
    for batch in found:
        for x, indices, mask in (batch[0:5:2], batch[1:6:2]):
            assert x.shape == (2, 30, 5)
            assert not x[~mask].any()
            assert (mask[:, :-1] >= mask[:, 1:]).all()
            of_video = x[..., 0] - indices
            for row, there in zip(of_video, mask, strict=True):
                assert len(set(row[there])) == 1
        seen += [x[0, 0] // 100 for x in batch.x]
        np.testing.assert_array_equal(batch.lengths, [(30, 12, 7)[int(each)] for each in seen[-2:]])
    assert sorted(seen) == [0, 0, 1, 1, 2, 2]


def test_the_last_batch_is_filled_up_and_a_small_set_is_one_batch():
    first, last = ViewBatches(videos(), MasaSettings(batch=2), 0)(0)
    number = [int(x[0, 0] // 100) for batch in (first, last) for x in batch.x]
    assert sorted(number[:3]) == [0, 1, 2]
    assert number[3] == number[0]
    (batch,) = ViewBatches(videos(), MasaSettings(), 0)(0)
    assert batch.x.shape == (3, 30, 5)


def test_an_epoch_is_the_same_again_and_another_is_not():
    def epoch(seed, number):
        return np.concatenate(
            [batch.x for batch in ViewBatches(videos(), MasaSettings(batch=2), seed)(number)]
        )

    np.testing.assert_array_equal(epoch(0, 1), epoch(0, 1))
    assert not np.array_equal(epoch(0, 1), epoch(0, 2))
    assert not np.array_equal(epoch(0, 1), epoch(1, 1))


def test_long_videos_are_thinned_to_the_frames_asked_for():
    (batch,) = ViewBatches(videos(), MasaSettings(frames=10), 0)(0)
    assert batch.x.shape[1] == 10
    assert batch.mask_x.any(1).all()
    assert batch.indices_x.max() > 12


CERTAIN = {"flip": 1, "translation": 0, "angles": 0, "latent": 0, "trim": False, "left_out": 0}


def views_of(settings, **given_):
    width = 3 * settings.joints + 2
    frames = np.random.default_rng(0).normal(size=(8, width)).astype(np.float32)
    (batch,) = ViewBatches([frames], settings, 0, **given_)(0)
    return frames, batch.x[0], batch.y[0]


def test_poses_are_changed_and_features_never():
    frames, x, y = views_of(MasaSettings(joints=2, **CERTAIN))
    for view in (x, y):
        np.testing.assert_array_equal(view[:, :2], frames[:, :2])
        mirrored = 2 * frames[:, [2, 5]].mean() - frames[:, [2, 5]]
        np.testing.assert_allclose(view[:, [2, 5]], mirrored, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(view[:, [3, 4, 6, 7]], frames[:, [3, 4, 6, 7]])
    moved = views_of(MasaSettings(joints=2, **CERTAIN | {"translation": 1}))[1:]
    assert not np.array_equal(*moved)
    frames, x, y = views_of(MasaSettings(joints=2, dual_augmentation=False, **CERTAIN))
    np.testing.assert_array_equal(x, frames)
    assert not np.array_equal(y, frames)


def test_a_body_model_is_used():
    model = BodyModel(lambda poses: poses[:, 0], lambda points: np.zeros((len(points), 2, 3), np.float32))
    settings = MasaSettings(joints=2, **CERTAIN | {"flip": 0, "latent": 1})
    frames, x, _ = views_of(settings, body_model=model)
    np.testing.assert_array_equal(x[:, :2], frames[:, :2])
    assert not x[:, 2:].any()


def test_views_of_poses_alone_are_not_trimmed():
    settings = MasaSettings(joints=2, left_out=0)
    poses = [np.random.default_rng(0).normal(size=(20, 6)).astype(np.float32)]
    assert all(next(iter(ViewBatches(poses, settings, seed)(0))).mask_x.all() for seed in range(5))
    both = [np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)]
    assert not all(next(iter(ViewBatches(both, settings, seed)(0))).mask_x.all() for seed in range(5))
