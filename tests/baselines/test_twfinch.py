"""TW-FINCH against the published program's labels, its definition written out, and its promises."""

import json
import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from dkva import evaluate, read_features, read_labels
from dkva.baselines import tw_finch, tw_finch_partitions

VIDEOS = ("P03_cam01_P03_coffee", "P05_cam01_P05_coffee", "P09_cam01_P09_coffee")


def sizes(partitions):
    return [len(np.unique(labels)) for labels in partitions]


def same(a, b):
    """The same partition, up to the names of the clusters."""
    return len(set(zip(a, b, strict=True))) == len(set(a)) == len(set(b))


def quietly(features, k):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tw_finch(features, k)


# --- the published program -------------------------------------------------------------------------


def read(data_root, video):
    features = read_features(data_root / "breakfast_sample/features/coffee" / f"{video}.txt")
    return np.asarray(features), read_labels(data_root / "breakfast_sample/groundTruth" / video)


@pytest.mark.data
@pytest.mark.parametrize("video", VIDEOS)
def test_labels_of_the_published_program(video, data_root, reference_root):
    features, _ = read(data_root, video)
    reference = json.loads((reference_root / "tw_finch_labels.json").read_text())[video]
    assert sizes(tw_finch_partitions(features)) == reference.pop("partition_sizes")
    assert len(reference) == 6
    for name, labels in reference.items():
        assert same(tw_finch(features, int(name.removeprefix("K="))).tolist(), labels), name


@pytest.mark.data
@pytest.mark.parametrize(
    ("video", "expected"),
    list(zip(VIDEOS, [(67.2, 56.3, 70.6), (85.7, 80.3, 70.9), (73.0, 48.5, 58.8)], strict=True)),
)
def test_scores_of_the_published_program(video, expected, data_root):
    features, truth = read(data_root, video)
    scores = evaluate(truth, tw_finch(features, 4), n_clusters=4)
    got = np.array([scores.mof, scores.iou, scores.f1])
    np.testing.assert_array_equal((100 * got).round(1), expected)


@pytest.mark.fast
def test_golden_example():
    time = np.arange(60)
    angle = 1.1 * (time // 15) + 0.35 * np.sin(1.7 * time)
    features = np.column_stack([np.cos(angle), np.sin(angle), 0.5 * np.cos(2 * angle)])
    partitions = tw_finch_partitions(features)
    assert sizes(partitions) == [23, 6, 2]
    np.testing.assert_array_equal(partitions[-1], np.repeat([0, 1], 30))
    np.testing.assert_array_equal(tw_finch(features, 4), np.repeat([0, 1, 2, 3], 15))
    np.testing.assert_array_equal(tw_finch(features, 3), np.repeat([0, 1, 2], [15, 30, 15]))


# --- the definition, with all the distances --------------------------------------------------------


def single_precision(features, times):
    """Round 0's distances [n, n]: all in float32, u·v added up feature by feature."""
    norms = np.sqrt(np.einsum("nd,nd->n", features, features))
    units = (features / np.where(norms == 0, 1, norms)[:, None]).astype(np.float64)
    dot = np.zeros((len(units), len(units)), np.float32)
    for column in units.T:
        dot = (dot + column[:, None] * column).astype(np.float32)
    return (1 - dot).clip(0) * np.abs(times[:, None] - times)


def double_precision(means, times):
    """Later rounds' distances [s, s]; sums in numpy's einsum order, so that ties break alike."""
    norms = np.sqrt(np.einsum("sd,sd->s", means, means))
    units = means / np.where(norms == 0, 1, norms)[:, None]
    apart = units[:, None] - units
    cosine = np.einsum("ijd,ijd->ij", apart, apart) / 2
    cosine[norms == 0], cosine[:, norms == 0] = 1, 1
    return cosine * np.abs(times[:, None] - times)


def all_means(frames, labels):
    clusters = [frames[labels == label] for label in range(labels.max() + 1)]
    means = np.array([cluster.mean(axis=0, dtype=np.float64) for cluster in clusters])
    return means[:, :-1].copy(), means[:, -1]


def joined(distances):
    np.fill_diagonal(distances, np.inf)
    s = len(distances)
    share = np.eye(s, dtype=int)
    share[np.arange(s), distances.argmin(axis=1)] = 1
    return connected_components(share @ share.T, directed=False)[1]


def plain_partitions(features):
    """Frames with their times, and labels [n] of each natural partition, by the definition."""
    n = len(features)
    frames = np.column_stack([features, np.arange(1, n + 1) / n]).astype(np.float32)
    if n == 1:
        return frames, [np.zeros(1, int)]
    partitions = [joined(single_precision(frames[:, :-1], frames[:, -1]))]
    while partitions[-1].max() > 0:
        labels = joined(double_precision(*all_means(frames, partitions[-1])))
        if labels.max() == 0:
            break
        partitions.append(labels[partitions[-1]])
    return frames, partitions


def plain_tw_finch(features, k):
    """Labels [n] by the definition; a pair merged at a time, from all pairs."""
    frames, partitions = plain_partitions(features)
    labels = [p for p in partitions if p.max() + 1 >= min(k, partitions[0].max() + 1)][-1].copy()
    while labels.max() + 1 > k:
        distances = double_precision(*all_means(frames, labels))
        np.fill_diagonal(distances, np.inf)
        kept, gone = sorted(divmod(int(distances.argmin()), len(distances)))
        labels[labels == gone] = kept
        labels[labels > gone] -= 1
    return labels


# Few different rows, so that frames repeat and distances tie; or all of them different.
rows = st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (2, 2, 0), (-1, 0, 0), (1, 2, 3)])
repeating = st.lists(rows, min_size=1, max_size=40).map(lambda chosen: np.array(chosen, np.float64))
videos = st.builds(
    lambda n, d, seed, walk: (
        np.random.default_rng(seed).standard_normal((n, d)).cumsum(axis=0)
        if walk
        else np.random.default_rng(seed).standard_normal((n, d))
    ),
    st.integers(1, 60),
    st.integers(1, 9),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)


@pytest.mark.fast
@given(st.data(), repeating | videos)
def test_labels_are_those_of_the_definition(data, features):
    k = data.draw(st.integers(1, len(features)))
    _, expected = plain_partitions(features)
    partitions = tw_finch_partitions(features)
    assert sizes(partitions) == sizes(expected)
    for got, wanted in zip(partitions, expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert same(quietly(features, k).tolist(), plain_tw_finch(features, k).tolist())


@pytest.mark.fast
@pytest.mark.parametrize("n", [1, 2, 3])
def test_shortest_videos(n):
    features = np.arange(2.0 * n).reshape(n, 2)
    for k in range(1, n + 1):
        np.testing.assert_array_equal(quietly(features, k), np.zeros(n))
    assert sizes(tw_finch_partitions(features)) == [1]


# --- promises --------------------------------------------------------------------------------------


@pytest.mark.fast
@given(st.data(), repeating | videos)
def test_as_many_labels_as_asked_for_in_order_of_time(data, features):
    k = data.draw(st.integers(1, len(features)))
    most = int(tw_finch_partitions(features)[0].max()) + 1
    labels = quietly(features, k)
    assert labels.dtype == np.int64
    first = [labels.tolist().index(label) for label in range(min(k, most))]
    assert first == sorted(first)
    assert set(labels) == set(range(min(k, most)))


@pytest.mark.fast
@given(videos)
def test_partitions_are_nested_and_halve(features):
    partitions = tw_finch_partitions(features)
    for fine, coarse in pairwise(partitions):
        assert 1 < coarse.max() + 1 <= (fine.max() + 1) / 2
        assert len(set(zip(fine, coarse, strict=True))) == fine.max() + 1


@pytest.mark.fast
def test_scaled_rows_are_the_same_video():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((300, 6)).cumsum(axis=0)
    expected = [labels.tolist() for labels in tw_finch_partitions(features)]
    for scale in (2.0**-100, 2.0**100):
        got = tw_finch_partitions(features * scale)
        assert [labels.tolist() for labels in got] == expected
    first = tw_finch_partitions(features * 2.0 ** rng.integers(-20, 20, (300, 1)))[0]
    np.testing.assert_array_equal(first, expected[0])  # later rounds average the rows


@pytest.mark.fast
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.uint8])
def test_any_numbers_may_be_given_and_are_not_written_to(dtype):
    features = np.random.default_rng(1).integers(0, 9, (80, 4)).astype(dtype)
    features.flags.writeable = False
    before = features.copy()
    labels = tw_finch(features, 3)
    np.testing.assert_array_equal(features, before)
    np.testing.assert_array_equal(labels, tw_finch(features.astype(np.float64), 3))
    np.testing.assert_array_equal(labels, tw_finch(np.asfortranarray(features), 3))


@pytest.mark.fast
def test_more_segments_than_the_first_round_leaves():
    features = np.random.default_rng(2).standard_normal((30, 3))
    first = tw_finch_partitions(features)[0]
    with pytest.warns(UserWarning, match=rf"leaves {first.max() + 1} clusters.*n_segments=30"):
        labels = tw_finch(features, 30)
    np.testing.assert_array_equal(labels, first)


@pytest.mark.fast
@pytest.mark.parametrize("level", [0.0, 0.1, 1.0])
def test_a_video_in_which_nothing_happens(level):
    labels = quietly(np.full((50, 3), level), 2)
    assert len(labels) == 50
    assert set(labels) <= {0, 1}


@pytest.mark.fast
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("features", "k", "message"),
    [
        (np.ones(5), 1, r"features are float64 of shape \(5,\): give finite numbers"),
        (np.full((5, 2), np.nan), 1, "give finite numbers"),
        (np.full((5, 2), 1e39), 1, "beyond float32's range"),
        (np.ones((0, 2)), 1, r"of shape \(0, 2\)"),
        (np.array([["a", "b"]]), 1, "give finite numbers"),
        ([[1, 2], [3]], 1, "features are list: give numbers"),
        (np.ones((5, 2)), 6, "n_segments is 6 and the video has 5 frames"),
        (np.ones((5, 2)), 0, "n_segments is 0: give a whole number of at least 1"),
        (np.ones((5, 2)), 2.0, "n_segments is 2.0"),
    ],
)
def test_bad_arguments(features, k, message):
    with pytest.raises(ValueError, match=message):
        tw_finch(features, k)
    if "n_segments" not in message:
        with pytest.raises(ValueError, match=message):
            tw_finch_partitions(features)
