"""Clip recognition on hand-sized clips, and by its regression's own condition."""

import numpy as np
import pytest

from dkva.metrics.clip_recognition import POOLINGS, clip_accuracy, clip_vector

pytestmark = pytest.mark.fast


def clips(labels, seed=0, noise=0.1, lengths=(5, 40)):
    """Around a point of each label."""
    rng = np.random.default_rng(seed)
    points = np.random.default_rng(9).normal(size=(5, 3))
    return [points[label] + noise * rng.normal(size=(rng.integers(*lengths), 3)) for label in labels]


def test_frames_at_equal_distances():
    frames = np.arange(31.0)[:, None] * [1, 10]
    np.testing.assert_array_equal(
        clip_vector(frames, frames=4, pooling="concatenation"), [0, 0, 10, 100, 20, 200, 30, 300]
    )
    np.testing.assert_array_equal(clip_vector(frames, frames=4), [15, 150])
    np.testing.assert_array_equal(clip_vector(frames, frames=1), [15, 150])
    np.testing.assert_array_equal(
        clip_vector(frames[:2], frames=4, pooling="concatenation")[::2], [0, 0, 1, 1]
    )
    assert clip_vector(frames, pooling="concatenation").shape == (32,)
    np.testing.assert_array_equal(clip_vector(frames[:1]), frames[0])


@pytest.mark.parametrize("pooling", POOLINGS)
def test_clips_that_lie_apart_are_told_apart(pooling):
    labels = [0, 1, 2] * 4
    train, test = clips(labels), clips(labels, 1)
    found = clip_accuracy(train, labels, test, labels, pooling=pooling)
    assert found.figure == 1
    wrong = clip_accuracy(train, labels, test, [*labels[:-1], 0], pooling=pooling)
    assert wrong.figure == pytest.approx(11 / 12)
    np.testing.assert_allclose(wrong.parts, [1] * 11 + [0], atol=1e-15)
    names = np.array(["pour", "lift", "put"])[labels]
    assert clip_accuracy(train, names, test, names, pooling=pooling).figure == 1


def test_order_in_time_is_seen_by_concatenation_alone():
    """Clips that go up and clips that go down have the same mean."""
    rng = np.random.default_rng(2)
    ramp = np.linspace(-1, 1, 20)[:, None]
    labels = [0, 1] * 10
    train, test = (
        [ramp * (1 - 2 * label) + 0.1 * rng.normal(size=(20, 1)) for label in labels] for _ in range(2)
    )
    assert clip_accuracy(train, labels, test, labels, pooling="concatenation").figure == 1
    assert clip_accuracy(train, labels, test, labels).figure < 0.9


def test_what_cannot_be_had_is_not_a_number():
    found = clip_accuracy(clips([1, 1]), [1, 1], clips([1]), [1])
    assert np.isnan(found.figure)
    assert found.parts.shape == (1,)
    assert np.isnan(clip_accuracy(clips([0, 1]), [0, 1], [], []).figure)


def test_wrong_calls_are_refused():
    given = clips([0, 1])
    with pytest.raises(ValueError, match="unknown pooling 'max': choose one of mean, concatenation"):
        clip_accuracy(given, [0, 1], given, [0, 1], pooling="max")
    with pytest.raises(ValueError, match="frames is 0"):
        clip_accuracy(given, [0, 1], given, [0, 1], frames=0)
    with pytest.raises(ValueError, match="test has 2 clips and 1 labels: give one label a clip"):
        clip_accuracy(given, [0, 1], given, [0])
    with pytest.raises(ValueError, match="train has no clip"):
        clip_accuracy([], [], given, [0, 1])
    with pytest.raises(ValueError, match="give videos embedded by one model"):
        clip_accuracy(given, [0, 1], [np.ones((3, 2))], [0])
