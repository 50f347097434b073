"""SaM against its description written out, and its promises."""

import itertools
import math

import merging_definitions as defined
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rival_corners import CORNERS, ONCE, RETURNING, check_corner, check_refusals, corners, planted

from dkva.base.segments import renumbered, segments
from dkva.baselines import sam
from dkva.baselines.sam_actoms import GRAPH_SIGMAS, SIGMAS
from dkva.baselines.smoothed_boundaries import EDGES, MINIMA

pytestmark = pytest.mark.fast

CHOICES = list(itertools.product(EDGES, MINIMA, (-1.0, -0.5, 0.0), SIGMAS, GRAPH_SIGMAS))
videos = st.builds(
    lambda n, d, seed: np.random.default_rng(seed).standard_normal((n, d)),
    st.integers(1, 25),
    st.integers(2, 5),
    st.integers(0, 2**32 - 1),
)


def by_description(
    features,
    k,
    delta=0.3,
    decay=1e-3,
    edges="replicate",
    minima="windows",
    lowest=-1.0,
    sigma="std",
    graph="fixed",
):
    n = len(features)
    window = defined.window_length(n, k, delta)
    smooth = defined.smoothed(features, window, edges)

    def angle(a, b):
        return math.degrees(math.acos(min(max(defined.cosine(a, b), lowest), 1)))

    def scale(angles):
        return float(np.var(angles) if sigma == "variance" else np.std(angles))

    def log_weight(clusters, i, j):
        """Of a weight the logarithm: exp(-decay |t - t'|) exp(-angle / sigma) may be 0 to a computer."""
        (a, frames_a), (b, frames_b) = clusters[i], clusters[j]
        of_graph = scale(angles)
        if graph == "current":
            of_graph = scale([[angle(p, q) if p is not q else 0 for q, _ in clusters] for p, _ in clusters])
        if of_graph == 0:
            return -angle(a, b)
        apart = abs(np.mean(frames_a) - np.mean(frames_b)) / n
        return -decay * apart - angle(a, b) / of_graph

    angles = [angle(a, b) for a, b in itertools.pairwise(smooth)]
    cut = defined.cut([-each for each in angles], window, minima)
    return defined.merged(smooth, cut, k, lambda *pair: -log_weight(*pair))


@given(videos, st.data())
def test_labels_are_those_of_the_description(features, data):
    k = data.draw(st.integers(1, len(features)))
    np.testing.assert_array_equal(sam(features, k), by_description(features, k))


few = st.builds(
    lambda n, seed: np.random.default_rng(seed).standard_normal((n, 3)),
    st.integers(3, 16),
    st.integers(0, 2**32 - 1),
)


@given(few, st.data(), st.sampled_from(CHOICES), st.floats(0.05, 1), st.sampled_from([0.0, 1e-3, 1.0, 30.0]))
def test_every_choice_is_as_described(features, data, choice, delta, decay):
    k = data.draw(st.integers(1, len(features)))
    names = ("edges", "minima", "lowest_cosine", "sigma", "graph_sigma")
    got = sam(features, k, delta=delta, decay=decay, **dict(zip(names, choice, strict=True)))
    np.testing.assert_array_equal(got, by_description(features, k, delta, decay, *choice))


@pytest.mark.parametrize(("truth", "k"), [(ONCE, 4), (RETURNING, 3)])
def test_a_planted_video_is_cut_right(truth, k):
    labels = sam(planted(truth, units=1), k)
    np.testing.assert_array_equal(np.unique(labels), np.arange(k))
    # The filter blurs a boundary over a window; truth and labels are both numbered in order of time.
    assert (labels == truth).mean() > 0.95


def test_time_counts_with_a_decay():
    """An action that returns is recognised, unless time counts above all."""
    features = planted(RETURNING, units=1)
    assert len(segments(sam(features, 3))) == 4
    assert len(segments(sam(features, 3, decay=1e9))) == 3


@corners
def test_corners(corner):
    check_corner(sam, corner, fewer=True)


@pytest.mark.parametrize("corner", ["two frames", "as many segments as frames"])
def test_as_many_segments_as_frames_are_the_frames(corner):
    features, k, *_ = CORNERS[corner]
    np.testing.assert_array_equal(sam(features, k), np.arange(k))


@pytest.mark.parametrize("settings", [{}, {"graph_sigma": "current"}, {"minima": "nms"}])
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_a_video_in_which_nothing_changes(settings, level):
    """Every sigma is 0."""
    labels = sam(np.full((50, 3), level), 4, **settings)
    assert labels.max() < 4


def test_just_as_many_labels_as_asked_for():
    for n in range(1, 16):
        features = np.random.default_rng(n).standard_normal((n, 2))
        for k in range(1, n + 1):
            labels = sam(features, k)
            assert labels.dtype == np.int64
            assert labels.max() + 1 == k
            np.testing.assert_array_equal(labels, renumbered(labels))


@given(videos, st.data())
def test_what_an_angle_does_not_see_changes_nothing(features, data):
    """Scales, and the order and the signs of columns."""
    k = data.draw(st.integers(1, len(features)))
    expected = sam(features, k)
    for scale in (2.0**-1000, 3.7):
        np.testing.assert_array_equal(sam(scale * features, k), expected)
    np.testing.assert_array_equal(sam(-features[:, ::-1], k), expected)


@given(videos, st.data())
def test_time_may_run_backwards_if_windows_have_no_beginning(features, data):
    k = data.draw(st.integers(1, len(features)))
    forwards = sam(features, k, minima="nms")
    np.testing.assert_array_equal(renumbered(sam(features[::-1], k, minima="nms")[::-1]), forwards)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(
        sam,
        ({"delta": 0}, "delta is 0: give a positive number, at most 1"),
        ({"decay": -1}, "decay is -1: give a number >= 0"),
        ({"edges": "wrap"}, "unknown edges 'wrap'"),
        ({"minima": "all"}, "unknown minima 'all'"),
        ({"lowest_cosine": -2}, "lowest_cosine is -2: give a number from -1 to 0"),
        ({"lowest_cosine": "0"}, "lowest_cosine is '0'"),
        ({"sigma": "iqr"}, "unknown sigma 'iqr': choose one of std, variance"),
        ({"graph_sigma": "old"}, "unknown graph_sigma 'old': choose one of fixed, current"),
    )
