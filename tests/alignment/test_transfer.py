"""Labels given from one video to another one."""

import itertools

import numpy as np
import pytest

from dkva.alignment.transfer import stretched, transferred

pytestmark = pytest.mark.fast

X = np.array([[0.0], [0], [4], [9], [9], [0]])
LABELS = np.array(["rest", "rest", "pour", "stir", "stir", "end"])


def cheapest_path(costs):
    """By trying all paths, of least cost."""
    n, m = costs.shape

    def paths(i, j):
        if (i, j) == (n - 1, m - 1):
            yield [(i, j)]
            return
        for di, dj in ((1, 1), (1, 0), (0, 1)):
            if i + di < n and j + dj < m:
                yield from ([(i, j), *rest] for rest in paths(i + di, j + dj))

    return min(paths(0, 0), key=lambda path: sum(costs[cell] for cell in path))


def test_labels_are_those_of_the_partners_on_the_path():
    y = np.array([[0.2], [3.8], [4.1], [8], [0.1], [0.2]])
    found = transferred(X, LABELS, y)
    assert found.tolist() == ["rest", "pour", "pour", "stir", "end", "end"]
    assert found.dtype == LABELS.dtype


def test_nearest_frames_may_come_at_another_time():
    y = np.array([[9.0], [0.1], [4]])
    assert transferred(X, LABELS, y, "nearest").tolist() == ["stir", "rest", "pour"]
    assert transferred(X, LABELS, y, "path").tolist() != ["stir", "rest", "pour"]


@pytest.mark.parametrize("seed", range(4))
def test_of_several_partners_most_count_and_of_equally_many_the_first(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(6, 2)), rng.normal(size=(3, 2))
    labels = np.array([0, 0, 1, 1, 2, 2])
    path = cheapest_path(np.linalg.norm(x[:, None] - y[None], axis=2))
    want = []
    for j in range(len(y)):
        mine = [labels[i].item() for i, other in path if other == j]
        counts = {label: mine.count(label) for label in mine}
        want.append(next(label for label in mine if counts[label] == max(counts.values())))
    np.testing.assert_array_equal(transferred(x, labels, y), want)


def test_a_tie_of_partners_goes_to_the_first_in_time():
    assert transferred(np.zeros((2, 1)), np.array([1, 0]), np.zeros((1, 1))).tolist() == [1]


@pytest.mark.parametrize("by", ["path", "nearest"])
def test_a_video_gives_itself_its_labels(by):
    x = np.random.default_rng(0).normal(size=(20, 5))
    labels = np.arange(20) // 3
    np.testing.assert_array_equal(transferred(x, labels, x, by), labels)


def test_labels_keep_their_order_on_the_path():
    rng = np.random.default_rng(1)
    labels = np.arange(30) // 6
    for n, m in itertools.product((30,), (5, 30, 80)):
        found = transferred(rng.normal(size=(n, 4)), labels, rng.normal(size=(m, 4)))
        assert (np.diff(found) >= 0).all()
        assert len(found) == m


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"by": "guess"}, "unknown by 'guess': choose one of path, nearest"),
        ({"labels": LABELS[:4]}, r"labels have shape \(4,\) for 6 frames: give one label a frame"),
        ({"y": np.zeros((3, 2))}, "have 1 and 2 numbers: give as many of each"),
        ({"y": np.zeros((0, 1))}, "give finite numbers"),
        ({"x": np.full((6, 1), np.nan), "by": "nearest"}, "give finite numbers"),
    ],
)
def test_what_does_not_fit_is_refused(given, said, unchecked):
    with pytest.raises(ValueError, match=said):
        transferred(**{"x": X, "labels": LABELS, "y": X, **given})


@pytest.mark.parametrize("frames", [1, 2, 3, 6, 7, 20])
def test_stretched_labels_are_those_of_the_middle_of_each_frame(frames):
    edges = np.linspace(0, 1, len(LABELS) + 1)
    middles = (np.arange(frames) + 0.5) / frames
    # A middle on an edge belongs to the later frame; rounding must not decide it.
    want = [LABELS[np.flatnonzero(edges <= middle + 1e-12)[-1]] for middle in middles]
    assert stretched(LABELS, frames).tolist() == want


def test_nothing_cannot_be_stretched():
    with pytest.raises(ValueError, match="labels are none"):
        stretched(LABELS[:0], 3)
    with pytest.raises(ValueError, match="frames is 0: give a whole number of at least 1"):
        stretched(LABELS, 0)
