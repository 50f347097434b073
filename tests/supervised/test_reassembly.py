"""Re-assembly by hand, its rules for any points, and points of which nothing can be made."""

import itertools
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.supervised.candidates import ACTION, BOUNDARY
from dkva.supervised.reassembly import assembled, assembled_candidates, reassembled

pytestmark = pytest.mark.fast

#: Classes that no point has here.
FALLBACK = 99


class Points(NamedTuple):
    """Arguments of `assembled`, in their order."""

    n_frames: int
    action_places: list
    action_classes: list
    action_confidences: list
    boundary_places: list
    boundary_confidences: list


#: With weights that tie, that vanish, and that leave the range of their sums.
confidence = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0, 5e-324, 1e308]), st.floats(0, 1))


@st.composite
def any_points(draw):
    n_frames = draw(st.integers(1, 40))
    actions = draw(
        st.lists(st.tuples(st.integers(0, n_frames - 1), st.integers(0, 3), confidence), max_size=12)
    )
    edges = draw(st.lists(st.tuples(st.integers(0, n_frames), confidence), max_size=12))
    return Points(
        n_frames, *([each[part] for each in actions] for part in range(3)), *map(list, parts(edges, 2))
    )


def parts(rows, count):
    return zip(*rows, strict=True) if rows else [[]] * count


def random_points(rng):
    """Many points of few frames, or few of many."""
    n_frames = int(rng.integers(1, 200))
    n_actions, n_edges = rng.integers(0, 20, 2)
    return Points(
        n_frames,
        rng.integers(0, n_frames, n_actions),
        rng.integers(0, 4, n_actions),
        rng.choice([0, 0.5, 1, rng.random()], n_actions),
        rng.integers(0, n_frames + 1, n_edges),
        rng.random(n_edges),
    )


def check(found, points):
    """What the paper asks of a segmentation."""
    boundaries, places, classes, confidences = found
    assert len(boundaries) == len(places) + 1 == len(classes) + 1 == len(confidences) + 1
    assert (boundaries[0], boundaries[-1]) == (0, points.n_frames)
    assert (boundaries[:-1] <= places).all()
    assert (places < boundaries[1:]).all()
    assert (classes[1:] != classes[:-1]).all()
    assert all(each.dtype.kind == "i" for each in (boundaries, places, classes))
    assert set(classes.tolist()) <= {*np.asarray(points.action_classes).tolist(), FALLBACK}
    assert (FALLBACK in classes) == (len(points.action_places) == 0)
    labels = found.labels()
    assert labels.shape == found.frame_confidences().shape == (points.n_frames,)
    assert (labels[places] == classes).all()


def again(found, n_frames, weight=0.3):
    inner = found.boundaries
    return assembled(n_frames, *found[1:], inner, np.full(len(inner), weight), fallback=FALLBACK)


@settings(max_examples=120)
@given(any_points(), st.randoms(use_true_random=False))
def test_any_points_give_a_segmentation_that_stays(points, random):
    found = assembled(*points, fallback=FALLBACK)
    check(found, points)
    for one, other in zip(again(found, points.n_frames), found, strict=True):
        np.testing.assert_array_equal(one, other)
    shuffled = [points.n_frames]
    for some in (points[1:4], points[4:]):
        rows = list(zip(*some, strict=True))
        random.shuffle(rows)
        shuffled += map(list, parts(rows, len(some)))
    for one, other in zip(assembled(*shuffled, fallback=FALLBACK), found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_ten_thousand_random_point_sets(unchecked):
    rng = np.random.default_rng(0)
    sizes = set()
    for _ in range(10_000):
        points = random_points(rng)
        found = assembled(*points, fallback=FALLBACK)
        check(found, points)
        sizes.add(len(found.classes))
    assert {1, 2, 3, 4, 5, 6} <= sizes


@settings(max_examples=80)
@given(st.integers(1, 40), st.data())
def test_points_of_a_segmentation_give_it_back(n_frames, data):
    labels = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n_frames, max_size=n_frames)))
    edges = np.flatnonzero(np.diff(labels)) + 1
    ends = [0, *edges.tolist(), n_frames]
    places = [data.draw(st.integers(a, b - 1)) for a, b in itertools.pairwise(ends)]
    found = reassembled(
        n_frames, places, labels[places], np.ones(len(places)), edges, np.ones(len(edges)), fallback=9
    )
    np.testing.assert_array_equal(found, labels)


@settings(max_examples=80)
@given(any_points())
def test_the_rules_one_at_a_time(points):
    """The paper's rules as loops, that take one pair after the other."""
    found = assembled(*points, fallback=FALLBACK)
    if not len(points.action_places):
        return
    actions = sorted(zip(*points[1:4], strict=True), key=lambda each: (each[0], -each[2], each[1]))
    edges = sorted(zip(*points[4:], strict=True))

    def weighted(group):
        top = max(each[-1] for each in group) or 1.0
        weights = [each[-1] / top for each in group]
        if not any(weights):
            weights = [1.0] * len(group)
        mean = sum(w * each[0] for w, each in zip(weights, group, strict=True)) / sum(weights)
        return round(mean)

    merged = []
    for start, end in zip(
        [0, *(e[0] for e in edges)], [*(e[0] for e in edges), points.n_frames], strict=True
    ):
        group = [each for each in actions if start <= each[0] < end]
        if group:
            best = max(group, key=lambda each: each[2])
            merged.append((weighted(group), best[1], best[2]))
    inner = [
        weighted([edge for edge in edges if one[0] < edge[0] <= other[0]])
        for one, other in itertools.pairwise(merged)
    ]
    place = 0
    while place < len(inner):
        if merged[place][1] == merged[place + 1][1]:
            merged[place : place + 2] = [max(merged[place : place + 2], key=lambda each: each[2])]
            del inner[place]
        else:
            place += 1
    # A mean that is half of a frame but for rounding may go either way.
    np.testing.assert_allclose(found.boundaries, [0, *inner, points.n_frames], atol=1)
    np.testing.assert_allclose(found.places, [each[0] for each in merged], atol=1)
    assert [*zip(found.classes, found.confidences, strict=True)] == [each[1:] for each in merged]


def test_by_hand():
    # | 2 a.5 a'.25 8 | 10 b.9 | . . | 16 c.4 18 c.6 | with boundaries 8, 12, 14 (twice as sure), 20.
    found = assembled(
        24,
        [2, 5, 10, 16, 18],
        [0, 1, 1, 2, 2],
        [0.5, 0.25, 0.9, 0.4, 0.6],
        [8, 12, 15, 20],
        [0.7, 0.3, 0.6, 0.9],
        fallback=FALLBACK,
    )
    # (i) 2 and 5 become (2·.5 + 5·.25)/.75 = 3, class 0; 16 and 18 become 17.2.
    assert found.places.tolist() == [3, 10, 17]
    assert found.classes.tolist() == [0, 1, 2]
    assert found.confidences.tolist() == [0.5, 0.9, 0.6]
    # (ii) 12 and 15 become (12·.3 + 15·.6)/.9 = 14; 20 is after the last action.
    assert found.boundaries.tolist() == [0, 8, 14, 24]
    assert found.labels().tolist() == [0] * 8 + [1] * 6 + [2] * 10
    assert found.frame_confidences().tolist() == [0.5] * 8 + [0.9] * 6 + [0.6] * 10


def test_neighbours_of_one_class_become_one():
    found = assembled(
        12, [1, 4, 7, 10], [5, 5, 5, 6], [0.2, 0.8, 0.8, 0.1], [3, 6, 9], [1, 1, 1], fallback=FALLBACK
    )
    assert found.boundaries.tolist() == [0, 9, 12]
    assert found.places.tolist() == [4, 10]  # the earlier of two that are as sure
    assert found.confidences.tolist() == [0.8, 0.1]


def test_a_boundary_at_the_frame_of_an_action_is_before_it():
    found = assembled(6, [1, 3], [0, 1], [1, 1], [3], [1], fallback=FALLBACK)
    assert found.labels().tolist() == [0] * 3 + [1] * 3


def test_actions_without_a_boundary_between_are_one():
    assert reassembled(5, [0, 4], [3, 2], [0.4, 0.6], [], [], fallback=FALLBACK).tolist() == [2] * 5


def test_without_an_action_all_is_the_fallback():
    found = assembled(5, [], [], [], [2, 4], [1, 1], fallback=FALLBACK)
    assert found.labels().tolist() == [FALLBACK] * 5
    assert (found.places.tolist(), found.confidences.tolist()) == ([2], [0])


def test_candidates_below_their_thresholds_do_not_count():
    kinds = np.array([ACTION, BOUNDARY, ACTION, BOUNDARY, ACTION, ACTION])
    candidates = (
        np.array([1, 4, 6, 7, 8, 0]),
        kinds,
        np.array([0.5, 0.3, 0.4, 0.1, 0.9, 1], np.float32),
        np.array([2, -1, 0, -1, 1, 3]),
        np.array([True] * 5 + [False]),
    )
    all_of_them = assembled_candidates(candidates, 10, fallback=FALLBACK)
    assert all_of_them.labels().tolist() == [2] * 4 + [0] * 3 + [1] * 3
    sure = assembled_candidates(
        candidates, 10, fallback=FALLBACK, action_threshold=0.45, boundary_threshold=0.2
    )
    assert sure.labels().tolist() == [2] * 4 + [1] * 6
    none = assembled_candidates(candidates, 10, fallback=FALLBACK, action_threshold=1)
    assert none.labels().tolist() == [FALLBACK] * 10


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"n_frames": 0}, "n_frames is 0: give a whole number"),
        ({"action_places": [10]}, "action_places are from 10 to 10: give frames from 0 to 9"),
        (
            {"action_places": [1.5]},
            "action_places are float64 of shape .*: give a whole number for each point",
        ),
        ({"boundary_places": [11]}, "boundary_places are from 11 to 11: give frames from 0 to 10"),
        ({"boundary_places": [-1]}, "boundary_places are from -1 to -1: give frames from 0 to 10"),
        ({"action_classes": ["a"]}, "action_classes are <U1 of shape"),
        ({"action_confidences": [np.nan]}, "action_confidences of shape .*: give a finite number >= 0"),
        ({"boundary_confidences": [-0.1]}, "boundary_confidences of shape .*: give a finite number >= 0"),
        ({"action_classes": [1, 2]}, "1 places, 2 classes and 1 confidences .*: give one a point"),
        ({"boundary_confidences": [1, 1]}, "1 places and 2 confidences of boundaries: give one a point"),
    ],
)
def test_points_that_are_none_are_refused(changes, problem):
    points = Points(10, [3], [1], [1.0], [5], [1.0])._replace(**changes)
    with pytest.raises(ValueError, match=problem):
        assembled(*points, fallback=0)
