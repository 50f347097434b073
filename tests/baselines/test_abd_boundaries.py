"""ABD against its description written out, an unofficial program's example, and its promises."""

import itertools

import merging_definitions as defined
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rival_corners import CORNERS, ONCE, RETURNING, check_corner, check_refusals, corners, planted

from dkva import segments
from dkva.base.segments import renumbered
from dkva.baselines import abd
from dkva.baselines.abd_boundaries import DESCRIPTORS, MERGED_DESCRIPTORS
from dkva.baselines.bottom_up import Clusters, merge_nearest
from dkva.baselines.smoothed_boundaries import EDGES, MINIMA, smoothed

pytestmark = pytest.mark.fast

CHOICES = list(itertools.product(EDGES, MINIMA, DESCRIPTORS, MERGED_DESCRIPTORS))
videos = st.builds(
    lambda n, d, seed: np.random.default_rng(seed).standard_normal((n, d)),
    st.integers(1, 25),
    st.integers(2, 5),
    st.integers(0, 2**32 - 1),
)


def by_description(features, k, alpha=0.4, edges="truncate", minima="nms", descriptor="raw", merged="frames"):
    n = len(features)
    window = defined.window_length(n, k, alpha)
    smooth = defined.smoothed(features, window, edges)
    alike = [defined.cosine(a, b) for a, b in itertools.pairwise(smooth)]
    cut = defined.cut(alike, window, minima)
    return defined.merged(
        smooth if descriptor == "smoothed" else features,
        cut,
        k,
        lambda clusters, i, j: -defined.cosine(clusters[i][0], clusters[j][0]),
        by_frames=merged == "frames",
    )


@given(videos, st.data())
def test_labels_are_those_of_the_description(features, data):
    k = data.draw(st.integers(1, len(features)))
    np.testing.assert_array_equal(abd(features, k), by_description(features, k))


@given(videos, st.data(), st.sampled_from(CHOICES), st.floats(0.05, 1))
def test_every_choice_is_as_described(features, data, choice, alpha):
    k = data.draw(st.integers(1, len(features)))
    names = ("edges", "minima", "descriptor", "merged_descriptor")
    got = abd(features, k, alpha=alpha, **dict(zip(names, choice, strict=True)))
    np.testing.assert_array_equal(got, by_description(features, k, alpha, *choice))


def golden_video():
    time = np.arange(60)
    angle = 1.1 * (time // 15) + 0.35 * np.sin(1.7 * time)
    return np.column_stack([np.cos(angle), np.sin(angle), 0.5 * np.cos(2 * angle)])


def unofficial_boundaries(features, window):
    """As a program of others finds them: windows that leave out frames, and a boundary at t, not t + 1."""
    n = len(features)
    smooth = np.stack(
        [np.convolve(column, np.ones(window) / window, "same") for column in features.T], axis=1
    )
    units = smooth / np.linalg.norm(smooth, axis=1, keepdims=True)
    alike = (units[:-1] * units[1:]).sum(axis=1)
    alike = np.append(alike, alike[-1])
    half = window // 2
    found = [
        middle - half + int(np.argmin(alike[middle - half : middle + half]))
        for middle in range(half, n - half, window)
    ]
    found.append(n - window - 1 + int(np.argmin(alike[n - window :])))
    return smooth, sorted({0, *found, n})


def test_an_unofficial_programs_example():
    """Its boundaries are not ours; its filter and its merging are, with "zero" edges and smoothed frames."""
    features = golden_video()
    window = defined.window_length(60, 4, 0.3)
    assert window == 5
    smooth, found = unofficial_boundaries(features, window)
    assert found == [0, 3, 5, 13, 16, 20, 27, 31, 38, 42, 45, 53, 54, 55, 60]
    ours = smoothed(features, window, "zero")
    np.testing.assert_allclose(2 * ours, smooth, rtol=0, atol=1e-15)  # features of up to 1 are halved
    clusters = Clusters(ours, np.array(found))
    merge_nearest(clusters, 4, lambda cosine, _: -cosine)
    labels = renumbered(np.repeat(clusters.group, np.diff(found)))
    assert [run.end - run.start for run in segments(labels)] == [16, 15, 14, 15]


@pytest.mark.parametrize(("truth", "k"), [(ONCE, 4), (RETURNING, 3)])
def test_a_planted_video_is_cut_right(truth, k):
    labels = abd(planted(truth, units=1), k)
    np.testing.assert_array_equal(np.unique(labels), np.arange(k))
    # The filter blurs a boundary over a window; truth and labels are both numbered in order of time.
    assert (labels == truth).mean() > 0.95


@corners
def test_corners(corner):
    check_corner(abd, corner, fewer=True)


@pytest.mark.parametrize("corner", ["two frames", "as many segments as frames"])
def test_as_many_segments_as_frames_are_the_frames(corner):
    features, k, *_ = CORNERS[corner]
    np.testing.assert_array_equal(abd(features, k), np.arange(k))


def test_a_video_in_which_nothing_changes_is_one_segment():
    np.testing.assert_array_equal(abd(np.full((200, 3), 0.1), 5), np.zeros(200))
    np.testing.assert_array_equal(abd(np.zeros((200, 3)), 5), np.zeros(200))


def test_frames_of_zeros_are_an_action_of_their_own():
    features = np.repeat([[1.0, 2.0], [0.0, 0.0], [1.0, 2.1], [0.0, 0.0]], 25, axis=0)
    labels = abd(features, 2, alpha=0.1)
    assert labels[[0, 40, 60, 90]].tolist() == [0, 1, 0, 1]


@given(videos, st.data())
def test_at_most_as_many_labels_as_asked_for_in_order_of_time(features, data):
    k = data.draw(st.integers(1, len(features)))
    labels = abd(features, k)
    assert labels.dtype == np.int64
    np.testing.assert_array_equal(labels, renumbered(labels))
    assert labels.max() < k


@given(videos, st.data())
def test_what_a_cosine_does_not_see_changes_nothing(features, data):
    """Scales, the order and the signs of columns, and the direction of time."""
    k = data.draw(st.integers(1, len(features)))
    expected = abd(features, k)
    for scale in (2.0**-1000, 3.7):
        np.testing.assert_array_equal(abd(scale * features, k), expected)
    np.testing.assert_array_equal(abd(-features[:, ::-1], k), expected)
    np.testing.assert_array_equal(renumbered(abd(features[::-1], k)[::-1]), expected)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(
        abd,
        ({"alpha": 0}, "alpha is 0: give a positive number, at most 1"),
        ({"alpha": 1.1}, "alpha is 1.1"),
        ({"edges": "wrap"}, "unknown edges 'wrap': choose one of truncate, zero, replicate"),
        ({"minima": "all"}, "unknown minima 'all': choose one of nms, windows"),
        ({"descriptor": "max"}, "unknown descriptor 'max': choose one of raw, smoothed"),
        ({"merged_descriptor": "sum"}, "unknown merged_descriptor 'sum': choose one of frames, mean"),
    )
