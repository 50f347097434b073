import numpy as np
import pytest

from dkva.metrics.phases import checked_embedded, first_videos, labelled_frames, strided

pytestmark = pytest.mark.fast

FRAMES = np.arange(6, dtype=np.float32).reshape(3, 2)


def test_frames_below_zero_are_dropped():
    frames, truths = labelled_frames([FRAMES, FRAMES], [[0, -1, 2], [1, 1, 1]])
    np.testing.assert_array_equal(frames[0], [[0, 1], [4, 5]])
    assert [truth.tolist() for truth in truths] == [[0, 2], [1, 1, 1]]
    assert all(each.dtype == np.float64 for each in frames)


def test_a_video_is_left_without_frames_only_if_asked():
    frames, truths = labelled_frames([FRAMES], [[-1, -1, -1]], empty=True)
    assert (frames[0].shape, truths[0].shape) == ((0, 2), (0,))
    with pytest.raises(ValueError, match="video 0 has no frame with a label of 0 or more: leave it out"):
        labelled_frames([FRAMES], [[-1, -1, -1]])


@pytest.mark.parametrize(
    ("embedded", "truths", "problem"),
    [
        ([FRAMES], [], "1 embedded videos and 0 truths: give one truth a video"),
        ([FRAMES], [[0, 1]], r"video 0 has 3 frames and labels of shape \(2,\): give one label a frame"),
        ([FRAMES], [["a", "b", "c"]], "labels of video 0 are .*: give phases as whole numbers"),
        ([FRAMES], [[0.0, 1.0, 2.0]], "labels of video 0 are float64: give phases as whole numbers"),
        ([FRAMES, FRAMES[:, :1]], [[0] * 3] * 2, r"embedded frames have \[1, 2\] numbers each"),
        ([FRAMES * np.nan], [[0] * 3], "give finite numbers"),
    ],
)
def test_what_is_no_video_with_phases_is_refused(embedded, truths, problem):
    with pytest.raises(ValueError, match=problem):
        labelled_frames(embedded, truths)


def test_no_video_is_no_problem():
    assert checked_embedded([]) == []
    assert labelled_frames([], []) == ([], [])


@pytest.mark.parametrize(("n", "fraction", "first"), [(70, 0.1, 7), (5, 0.1, 1), (5, 0.5, 2), (5, 1.0, 5)])
def test_a_fraction_is_rounded_down_and_one_at_least(n, fraction, first):
    assert first_videos(n, fraction) == first


@pytest.mark.parametrize("fraction", [0, -0.5, 1.5])
def test_other_fractions_are_refused(fraction):
    with pytest.raises(ValueError, match="fraction is"):
        first_videos(5, fraction)


def test_a_stride_takes_the_first_frame_and_every_stride_th():
    assert [each.tolist() for each in strided([np.arange(7), np.arange(3)], 3)] == [[0, 3, 6], [0]]
    with pytest.raises(ValueError, match="stride is 0"):
        list(strided([np.arange(3)], 0))
