import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.recordings.grid import GridBuilder
from dkva.recordings.reading import Recording
from dkva.recordings.representatives import representative_frames, sampled_frames

pytestmark = pytest.mark.fast


def recording(times, rate, features=None):
    """A recording of frames at these times, the last of them its end, and which frames were sampled."""
    builder = GridBuilder(rate)
    shown = []
    for frame, time in enumerate(times[:-1]):
        shown += [frame - 1 for _ in builder.add(time)]
    shown += [len(times) - 2 for _ in builder.finish(times[-1] - times[-2])]
    grid = builder.grid()
    n = len(grid.edges) - 1
    features = np.zeros((n, 2), np.float32) if features is None else features
    return Recording(features[:n], grid.edges, grid.times, rate, {}, ()), shown


@given(
    st.lists(st.integers(1, 4000), min_size=2, max_size=60),
    st.sampled_from([1.0, 2.0, 5.0, 12.5]),
    st.integers(0, 9),
)
def test_sampled_frames_are_those_that_were_taken(steps, rate, start):
    times = np.array([start, *start + np.cumsum(steps)]) / 1000
    found, shown = recording(times, rate)
    np.testing.assert_array_equal(sampled_frames(found), shown)


def test_images_without_times_are_a_row_each():
    images = Recording(np.zeros((3, 1), np.float32), np.arange(4), None, None, {}, ())
    np.testing.assert_array_equal(sampled_frames(images), [0, 1, 2])


def test_the_frame_nearest_to_the_mean_stands_for_a_segment():
    features = np.array([[0, 0], [4, 0], [5, 0], [9, 1], [9, 9], [9, 3]], np.float32)
    film, shown = recording(np.arange(31) / 10, 2.0, features)  # a row in five frames
    assert shown == [2, 7, 12, 17, 22, 27]
    found = representative_frames(film, [(0, 15), (15, 30), (0, 30), (0, 1)])
    assert found == {(0, 15): shown[1], (15, 30): shown[5], (0, 30): shown[2]}  # the last has no row


def test_long_segments_are_compared_in_parts():
    features = np.random.default_rng(0).normal(size=(2500, 3)).astype(np.float32)
    images = Recording(features, np.arange(2501), None, None, {}, ())
    mean = features.astype(np.float64).mean(axis=0)
    nearest = int(np.argmin(np.linalg.norm(features - mean, axis=1)))
    assert representative_frames(images, [(0, 2500)]) == {(0, 2500): nearest}
