"""Cycle-back regression against CARL's public code, and by loops; what must not change it."""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva.alignment.cycle_back import tcc_loss

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


@pytest.fixture(scope="module")
def case(reference_root):
    stored = np.load(reference_root / "scl_loss_cases.npz")
    return {name.removeprefix("tcc_"): stored[name] for name in stored.files if name.startswith("tcc_")}


def test_loss_and_gradients_are_those_of_the_public_code(x64, case):
    frames = jnp.asarray(case["emb"], float)
    times = jnp.asarray(case["steps"] / case["seq_len"][:, None])

    def loss(frames):
        return tcc_loss(
            frames,
            times,
            jnp.ones(times.shape, bool),
            temperature=float(case["temperature"]),
            smoothing=float(case["label_smoothing"]),
            variance_weight=float(case["variance_lambda"]),
        )

    value, slope = unoptimised(jax.value_and_grad(loss))(frames)
    np.testing.assert_allclose(value, case["loss"], rtol=1e-12)
    np.testing.assert_allclose(slope, case["grad_emb"], rtol=1e-10, atol=1e-13)


with_slope, cheaply_with_slope = (
    compiled(jax.value_and_grad(tcc_loss)) for compiled in (jax.jit, unoptimised)
)


def looped(videos, temperature=0.1, smoothing=0.1, variance_weight=0.001):
    """The loss of videos as pairs of frames and times of different lengths."""

    def softmax(values):
        weights = np.exp(values - values.max())
        return weights / weights.sum()

    found = []
    for (x, times), (y, _) in itertools.permutations(videos, 2):
        scale = temperature * x.shape[1]
        for i, frame in enumerate(x):
            neighbour = softmax(-((frame - y) ** 2).sum(1) / scale) @ y
            back = softmax(-((neighbour - x) ** 2).sum(1) / scale)
            mean = back @ times
            variance = back @ (times - mean) ** 2
            wanted = (1 - smoothing) * times[i] + smoothing * np.delete(times, i).mean()
            found.append((wanted - mean) ** 2 / variance + variance_weight * np.log(variance))
    return np.mean(found)


def of_lengths(*lengths, e=3, seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(n, e)), np.sort(rng.random(n))) for n in lengths]


def as_batch(videos, size, filling=7.0):
    frames = np.full((len(videos), size, videos[0][0].shape[1]), filling)
    times, mask = np.full(frames.shape[:2], filling), np.zeros(frames.shape[:2], bool)
    for place, (video, its_times) in enumerate(videos):
        frames[place, : len(video)], times[place, : len(video)] = video, its_times
        mask[place, : len(video)] = True
    return frames, times, mask


def test_masked_frames_do_not_count(x64):
    videos = of_lengths(6, 4, 9)
    slopes = []
    for size, filling, run in ((9, 7.0, with_slope), (12, -0.5, cheaply_with_slope)):
        value, slope = run(*as_batch(videos, size, filling))
        np.testing.assert_allclose(value, looped(videos), rtol=1e-12)
        slopes.append(np.asarray(slope))
    np.testing.assert_allclose(slopes[1][:, :9], slopes[0], atol=1e-13)
    assert not slopes[0][0, 6:].any()
    assert not slopes[1][:, 9:].any()


def test_a_video_of_which_nothing_is_there_adds_nothing(x64):
    frames, times, mask = as_batch(of_lengths(5, 5, 5), 9)  # by the program of the test above
    value, slope = with_slope(frames, times, mask & (np.arange(3) < 2)[:, None])
    np.testing.assert_allclose(value, unoptimised(tcc_loss)(frames[:2], times[:2], mask[:2]), rtol=1e-13)
    assert not np.asarray(slope)[2].any()
    value, slope = with_slope(frames, times, np.zeros_like(mask))
    assert value == 0
    assert not slope.any()


@pytest.mark.parametrize("scale", [0.0, 100.0])
def test_equal_and_far_frames_stay_finite(scale):
    # All of a softmax on one frame has no variance; equal frames have it all over.
    frames, times, mask = as_batch(of_lengths(5, 7), 7)
    value, slope = with_slope(scale * frames.astype("float32"), times.astype("float32"), mask)
    assert np.isfinite(value)
    assert np.isfinite(slope).all()


def test_a_video_of_one_frame_leads_back_to_it(x64):
    frames, times, mask = as_batch(of_lengths(1, 1), 3)
    eps = np.finfo(float).eps
    found = unoptimised(partial(tcc_loss, variance_weight=1.0))(frames, times, mask)
    np.testing.assert_allclose(found, 2 * np.log(eps), rtol=1e-12)


def test_one_video_has_no_pair():
    frames, times, mask = map(jnp.asarray, as_batch(of_lengths(4), 4))
    with pytest.raises(ValueError, match="a batch of 1 videos has no pair: give two at least"):
        tcc_loss(frames, times, mask)
