"""A video ready to be learned: its sizes, its padding, and what is refused before it is learned."""

import numpy as np
import pytest

from dkva import Kernel, LearningSettings
from dkva.approximation.losses import MMDByBatch, MMDByVideo
from dkva.approximation.padding import MAX_BATCH
from dkva.approximation.prepare import (
    _LOSSES,
    CONSTANT_FRAMES,
    MAX_STEPS,
    batch_size_of,
    check_video,
    prepare,
)
from dkva.approximation.settings import ESTIMATORS

pytestmark = pytest.mark.fast


def frames(n, d=4):
    return np.random.default_rng(0).standard_normal((n, d)).astype(np.float32)


def job(n=60, m=3, *, pad=True, d=4, **changed):
    return prepare(frames(n, d), m, LearningSettings(length_scale=1.0, **changed), pad=pad)


def test_there_is_a_loss_for_every_estimator():
    assert tuple(_LOSSES) == ESTIMATORS
    assert job().program.loss == MMDByVideo(Kernel())
    assert job(estimator="batch", kernel="ntk").program.loss == MMDByBatch(Kernel("ntk"))


@pytest.mark.parametrize(
    ("n", "m", "given", "expected"),
    [
        (60, 3, None, 20),
        (10_000, 4, None, MAX_BATCH),
        (60, 60, None, 1),
        (60, 3, 7, 7),
        (60, 3, 1000, 60),
        (60, 3, "video", 60),
    ],
)
def test_frames_a_step(n, m, given, expected):
    assert batch_size_of(n, m, given) == expected
    if n < 100:
        prepared = job(n, m, batch_size=given)
        assert int(prepared.arguments.sizes.batch) == expected
        assert prepared.program.whole == (given == "video")
        assert int(prepared.arguments.sizes.steps_per_epoch) == n // expected


def test_true_sizes_are_data_and_what_is_added_is_zero():
    prepared = job(60, 3)
    arguments, sizes = prepared.arguments, prepared.arguments.sizes
    rows, features, synthetic = prepared.shape
    assert (rows, features, synthetic) == (512, 4, 8)
    assert (int(sizes.frames), int(sizes.synthetic)) == (60, 3)
    np.testing.assert_array_equal(arguments.frames[:60], frames(60))
    assert not arguments.frames[60:].any()
    assert not arguments.start[3:].any()
    assert sizes.edges.tolist() == [0, 20, 40, 60, 60, 60, 60, 60, 60]
    assert arguments.sample[:60].tolist() == list(range(60))
    assert int(sizes.constant_frames) == 60


def test_without_padding_sizes_are_exact():
    prepared = job(60, 3, pad=False)
    assert prepared.shape == (60, 4, 3)
    assert prepared.program.slots == 20


def test_long_videos_give_their_constants_by_a_thinned_sample():
    prepared = job(5000, 3)
    sample = prepared.arguments.sample[: int(prepared.arguments.sizes.constant_frames)]
    assert len(sample) == CONSTANT_FRAMES
    assert np.unique(np.diff(sample)).tolist() == [4, 5]


def test_steps_and_room_for_losses():
    prepared = job(60, 3, epochs=200)
    assert prepared.steps == 600
    assert prepared.program.trace_length == 512
    assert not prepared.program.stops
    assert job(tolerance=0.1).program.stops
    assert not prepared.program.snapshots


@pytest.mark.parametrize(
    ("video", "message"),
    [
        (np.zeros(5, np.float32), r"frames are float32 of shape \(5,\): give finite"),
        (np.zeros((5, 2), np.int64), r"frames are int64 of shape \(5, 2\)"),
        (np.full((5, 2), np.nan, np.float32), "frames are float32"),
    ],
)
def test_frames_that_cannot_be_learned_are_refused(video, message, unchecked):
    with pytest.raises(ValueError, match=message):
        prepare(video, 1, LearningSettings())


@pytest.mark.parametrize(
    ("m", "seed", "changed", "message"),
    [
        (0, 0, {}, "n_segments is 0"),
        (61, 0, {}, "n_segments is 61 and the video has 60 frames"),
        (3, -1, {}, "seed is -1"),
        (3, 2**32, {}, "seed is 4294967296"),
        (3, 0, {"batch_size": 1, "epochs": MAX_STEPS // 60 + 1}, "epochs is 35791395"),
    ],
)
def test_what_only_the_video_shows_is_checked_too(m, seed, changed, message):
    with pytest.raises(ValueError, match=message):
        check_video(LearningSettings(**changed), m, 60, seed)


def test_a_name_is_text(unchecked):
    with pytest.raises(ValueError, match="name is 3: give text"):
        prepare(frames(5), 1, LearningSettings(), name=3)
