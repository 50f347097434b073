"""k-means on smoothed features, of one video and of several at once."""

import numpy as np
import pytest
from rival_corners import ONCE, RETURNING, check_corner, check_refusals, check_units, corners, planted
from scipy.ndimage import gaussian_filter1d
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from dkva.base.segments import renumbered
from dkva.baselines import kmeans, smoothed_kmeans, smoothed_kmeans_together
from dkva.baselines import smoothed_k_means as module
from dkva.baselines.standardising import standardised

pytestmark = pytest.mark.fast

rng = np.random.default_rng(1)


def test_a_planted_video_is_cut_right_and_labels_return():
    labels = smoothed_kmeans(planted(RETURNING), 3)
    # The filter blurs a boundary by its standard deviation, 150 / 36 frames.
    assert np.count_nonzero(labels != RETURNING) <= 6
    np.testing.assert_array_equal(smoothed_kmeans(planted(RETURNING), 3, smoothing=0), RETURNING)


def test_noise_is_averaged_out():
    features = planted(ONCE) + 3 * rng.standard_normal((150, 4)) * [1e-3, 1, 1e4, 7]
    plain, smoothed = (
        adjusted_rand_score(ONCE, labels)
        for labels in (kmeans(standardised(features), 4), smoothed_kmeans(features, 4))
    )
    assert smoothed > plain + 0.2


def test_its_steps_one_by_one():
    features = rng.standard_normal((90, 3)).cumsum(axis=0)
    rows = (features - features.mean(axis=0)) / features.std(axis=0)
    rows = gaussian_filter1d(rows, 90 / 3 / 12, axis=0, mode="nearest")
    expected = KMeans(3, n_init=10, random_state=5).fit(rows).labels_
    np.testing.assert_array_equal(smoothed_kmeans(features, 3, seed=5), renumbered(expected))


def test_the_seed_is_the_only_chance():
    features = rng.standard_normal((80, 3))
    first, again, *others = (
        smoothed_kmeans(features, 6, seed=seed, n_init=1, smoothing=0) for seed in (0, 0, 1, 2, 3)
    )
    np.testing.assert_array_equal(first, again)
    assert min(adjusted_rand_score(first, other) for other in others) < 1


@corners
def test_corners(corner):
    check_corner(smoothed_kmeans, corner)


def test_units_do_not_count():
    check_units(smoothed_kmeans, planted(RETURNING), 3)


SETTINGS = (
    ({"seed": -1}, "seed is -1"),
    ({"smoothing": -0.1}, "smoothing is -0.1"),
    ({"smoothing": 1.5}, "smoothing is 1.5: give a number >= 0, at most 1"),
    ({"n_init": 0}, "n_init is 0"),
)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(smoothed_kmeans, *SETTINGS)


# --- several videos at once ------------------------------------------------------------------------


def test_one_video_together_is_that_video():
    features = planted(RETURNING)
    (labels,) = smoothed_kmeans_together([features], 3)
    np.testing.assert_array_equal(labels, smoothed_kmeans(features, 3))


def test_a_label_means_the_same_in_every_video():
    # The same three actions in other orders, lengths and units: each video has units of its own.
    orders = [[0, 1, 2], [2, 0, 1, 0], [1, 2, 0]]
    truths = [np.repeat(order, 30 + 7 * len(order)) for order in orders]
    videos = [
        scale * planted(truth) + shift
        for truth, scale, shift in zip(truths, [1, 50, 0.1], [0, 9, -4], strict=True)
    ]
    found = smoothed_kmeans_together(videos, 3)
    for labels, truth in zip(found, truths, strict=True):
        assert len(labels) == len(truth)
        # Boundaries are blurred, and a video's mean depends on how often it shows each action.
        assert np.mean(labels == truth) > 0.9
    alone = [smoothed_kmeans(video, 3) for video in videos]
    assert np.mean(alone[1] == truths[1]) < 0.5  # numbered by its own order


def test_each_video_has_a_filter_of_its_own(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "gaussian_filtered", lambda rows, deviation: seen.append(deviation) or rows)
    smoothed_kmeans_together([planted(ONCE), planted(ONCE)[:60]], 3, smoothing=0.25)
    assert seen == [150 / 12, 60 / 12]


def test_long_videos_count_by_their_frames(monkeypatch):
    truths = [RETURNING.repeat(8), ONCE.repeat(3) % 3]
    videos = [planted(truth) for truth in truths]
    whole = smoothed_kmeans_together(videos, 3)
    monkeypatch.setattr(module, "PIECES", 100)
    for coarse, fine in zip(smoothed_kmeans_together(videos, 3), whole, strict=True):
        assert np.mean(coarse == fine) > 0.98
    weights = []
    fit = KMeans.fit

    def kept(self, rows, sample_weight):
        weights.append((len(rows), sample_weight.sum()))
        return fit(self, rows, sample_weight=sample_weight)

    monkeypatch.setattr(KMeans, "fit", kept)
    smoothed_kmeans_together(videos, 3)
    assert weights == [(200, 1650)]


def test_more_segments_than_a_short_video_has_frames():
    labels = smoothed_kmeans_together([planted(ONCE), planted(ONCE)[:2]], 4)
    assert [len(each) for each in labels] == [150, 2]
    assert np.unique(labels[0]).tolist() == [0, 1, 2, 3]


@pytest.mark.usefixtures("unchecked")
def test_bad_videos():
    features = planted(ONCE)
    with pytest.raises(ValueError, match="there is no video"):
        smoothed_kmeans_together([], 2)
    with pytest.raises(ValueError, match=r"videos\[2\] has 3 features and videos\[0\] has 4: give videos"):
        smoothed_kmeans_together([features, features, features[:, :3]], 2)
    with pytest.raises(ValueError, match="ask for at most 300"):
        smoothed_kmeans_together([features, features], 301)
    for given, message in SETTINGS:
        with pytest.raises(ValueError, match=message):
            smoothed_kmeans_together([features], 2, **given)
