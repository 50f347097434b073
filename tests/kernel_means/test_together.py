"""Several videos with one set of actions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from dkva.experiments.registry import find, load
from dkva.kernel_means.segmenting import kernel_mean_segments
from dkva.kernel_means.together import cut_together

pytestmark = pytest.mark.fast

#: Orders of the same three actions, each of which is in every video; lengths differ.
ORDERS = (([0, 1, 2], 30), ([2, 0, 1, 2], 20), ([1, 2, 0], 40))


def collection(seed=0, noise=0.3):
    """Features and truth of each video; every video has units and a level of its own."""
    rng = np.random.default_rng(seed)
    prototypes = 3 * rng.standard_normal((3, 6))
    truths = [np.repeat(order, length) for order, length in ORDERS]
    videos = [
        (prototypes[truth] + noise * rng.standard_normal((len(truth), 6))) * 10.0 ** rng.uniform(-3, 3, 6)
        + rng.uniform(-5, 5, 6)
        for truth in truths
    ]
    return videos, truths


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pieces", [50, 1200])
def test_a_label_means_the_same_in_every_video(seed, pieces):
    videos, truths = collection(seed)
    found = np.concatenate(cut_together(videos, 3, pieces=pieces))
    # Labels are numbered as they appear, and so are the actions in the first video's order.
    np.testing.assert_array_equal(found, np.concatenate(truths))


@settings(max_examples=15)
@given(seed=st.integers(0, 999), k=st.integers(1, 8), pieces=st.sampled_from([9, 40, 1200]))
def test_of_one_video_the_labels_are_the_method_s(seed, k, pieces):
    x = np.random.default_rng(seed).standard_normal((90, 3)).cumsum(axis=0)
    (found,) = cut_together([x], k, seed=seed, pieces=pieces)
    np.testing.assert_array_equal(found, kernel_mean_segments(x, k, seed=seed, pieces=pieces))


def test_a_copy_of_a_video_is_cut_alike():
    x = collection()[0][1]
    a, b = cut_together([x, 7 * x - 3], 3)
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(a, kernel_mean_segments(x, 3))


def test_no_switch_is_priced_where_videos_meet():
    """Under any price a video of one action keeps its own label."""
    rng = np.random.default_rng(0)
    videos = [np.repeat([[0.0, 5.0], [5.0, 0.0]], 20, axis=0)[:: (-1) ** i] for i in range(4)]
    videos = [video + 0.1 * rng.standard_normal(video.shape) for video in videos]
    found = cut_together(videos, 2, averaging=1.0, switch_price=0.9)
    for index, labels in enumerate(found):
        np.testing.assert_array_equal(labels, np.repeat([index % 2, 1 - index % 2], 20))


def test_labels_depend_on_the_seed_and_not_on_threads_or_memory_order():
    videos = [np.random.default_rng(i).standard_normal((100, 4)).cumsum(axis=0) for i in range(3)]
    before = [video.copy() for video in videos]
    found = cut_together(videos, 6, seed=3)
    with threadpool_limits(1):
        one = cut_together(tuple(map(np.asfortranarray, videos)), 6, seed=3)
    for a, b in zip(found, one, strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(videos, before, strict=True):
        np.testing.assert_array_equal(a, b)


WALK = np.random.default_rng(5).standard_normal((40, 3)).cumsum(axis=0)
CORNERS = {
    "one frame each": ([WALK[:1], WALK[3:4]], 2),
    "a video of one frame": ([WALK, WALK[:1]], 3),
    "one action": ([WALK, WALK[:9]], 1),
    "as many actions as frames": ([WALK[:4], WALK[4:6]], 6),
    "more actions than the longest video has frames": ([WALK[:4], WALK[4:7], WALK[7:9]], 5),
    "equal frames": ([np.ones((9, 3)), np.zeros((4, 3))], 3),
    "one video of equal frames": ([WALK, np.ones((9, 3))], 3),
    "a feature that varies in one video alone": ([WALK, WALK * [1, 0, 1]], 3),
    "more features than frames": ([np.hstack([WALK] * 40), np.hstack([WALK[:7]] * 40)], 3),
    "one feature": ([WALK[:, :1], WALK[:20, :1]], 3),
    "whole numbers and float32": ([(10 * WALK).astype(np.int16), WALK.astype(np.float32)], 3),
    "very many segments": ([WALK.repeat(6, axis=0), WALK.repeat(6, axis=0)], 450),
    "many short videos": ([WALK[i % 30 : i % 30 + 3] for i in range(1100)], 4),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", CORNERS)
def test_corners(name):
    videos, k = CORNERS[name]
    found = cut_together(videos, k, pieces=20)
    assert [len(labels) for labels in found] == [len(video) for video in videos]
    labels, first = np.unique(np.concatenate(found), return_index=True)
    one = name in ("one frame each", "equal frames")  # no frame of theirs differs from its video's level
    np.testing.assert_array_equal(labels, np.arange(1 if one else k))
    assert (np.diff(first) > 0).all()


@pytest.mark.parametrize(
    ("videos", "k", "options", "message"),
    [
        ([], 2, {}, "videos are none: give the features of at least one"),
        ([WALK, WALK[:, :2]], 2, {}, "video 1 has 2 features and video 0 has 3: give the same of each"),
        (list(WALK), 2, {}, r"video 0: features are float64 of shape \(3,\): give finite numbers"),
        ([WALK, WALK * np.nan], 2, {}, "video 1: features are float64 of shape .* give finite numbers"),
        ([WALK, WALK[:0]], 2, {}, r"video 1: features are float64 of shape \(0, 3\)"),
        ([WALK[:3], WALK[:4]], 8, {}, "n_segments is 8 and the 2 videos have 7 frames: ask for at most 7"),
        ([WALK], 0, {}, "n_segments is 0"),
        ([WALK], 2, {"seed": -1}, "seed is -1"),
        ([WALK], 2, {"whitening": 2}, "whitening is 2"),
    ],
)
def test_what_cannot_be_cut_is_said(videos, k, options, message):
    with pytest.raises(ValueError, match=message):
        cut_together(videos, k, **options)


def test_the_registry_names_it():
    assert load(find("kms").together) is cut_together
