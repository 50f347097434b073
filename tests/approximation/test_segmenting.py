"""One video, whole, without scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest
from clear_videos import video
from small_buckets import small_buckets  # noqa: F401 -- of each test

from dkva import Settings, VideoSegmenter
from dkva.approximation.segmenting import check_settings, checked_similarity, prepare_video, segment_video


@pytest.mark.parametrize("settings", [{}, {"assignment": "l2", "batch_size": "video"}, {"kernel": "ntk"}])
def test_segment_video_is_the_estimator_in_a_baselines_form(settings):
    x = video(seed=2)
    x.flags.writeable = False
    settings = {"epochs": 2} | settings
    for seed, name in ((0, ""), (3, "a")):
        expected = VideoSegmenter(3, random_state=seed, **settings).fit_predict(x, name=name)
        np.testing.assert_array_equal(segment_video(x, 3, seed=seed, name=name, **settings), expected)


@pytest.mark.fast
@pytest.mark.parametrize("options", [{"seed": -1}, {"smoothing": -1}, {"kernel": "none"}])
def test_segment_video_names_bad_settings(options):
    with pytest.raises(ValueError, match=r"seed is -1|smoothing is -1|unknown kernel"):
        segment_video(video(), 3, **options)


@pytest.mark.fast
@pytest.mark.parametrize("bad", [np.full((9, 2), np.nan), np.zeros(9), np.array([["a", "b"]])])
def test_features_that_are_no_finite_numbers_are_refused(bad):
    with pytest.raises(ValueError, match=r"give finite numbers|give numbers"):
        segment_video(bad, 2)


@pytest.mark.fast
def test_whole_numbers_are_features_too():
    x = np.round(video())
    np.testing.assert_array_equal(segment_video(x.astype(int), 3, epochs=1), segment_video(x, 3, epochs=1))


@pytest.mark.fast
def test_what_is_prepared_is_what_the_settings_say():
    made = prepare_video(video(), 3, Settings(smoothing=0.5), seed=2, name="v")
    assert (made.window, made.job.n_segments, made.job.seed) == (10, 3, 2)
    np.testing.assert_allclose(made.frames.mean(axis=0), 0, atol=1e-5)
    with pytest.raises(ValueError, match="ask for at most 60 segments"):
        prepare_video(video(), 61, Settings())


@pytest.mark.fast
def test_numbers_too_large_are_said():
    x = video()
    fitted = VideoSegmenter(3, epochs=1).fit(x)
    frames = np.full((4, 4), np.float32(3e38))
    with pytest.raises(ValueError, match="numbers too large: lower learning_rate"), np.errstate(all="ignore"):
        checked_similarity(frames, fitted._learned, Settings())


@pytest.mark.fast
def test_settings_that_do_not_go_together_are_refused_before():
    check_settings(3, 60, 0, epochs=2)
    for settings, says in (
        ({"epochs": 3_000_000_000}, "epochs is 3000000000"),
        ({"smoothing": -1}, "smoothing"),
    ):
        with pytest.raises(ValueError, match=says):
            check_settings(3, 60, 0, **settings)


def test_scikit_learn_is_not_imported():
    """It takes a second, for which `dkva segment` need not wait."""
    code = (
        "import sys, numpy as np; from dkva.approximation.segmenting import segment_video; "
        "segment_video(np.eye(8, 2), 2, kernel='gaussian', epochs=1); "
        "print([m for m in sys.modules if m == 'sklearn'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
