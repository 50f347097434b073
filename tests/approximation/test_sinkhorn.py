"""Learning by optimal transport: its loss against Sinkhorn's iterations by hand, and that it learns."""

from functools import partial

import jax
import numpy as np
import pytest
from scipy.spatial.distance import cdist
from small_buckets import small_buckets  # noqa: F401 -- of each test
from tolerances import eps
from unoptimised import unoptimised

from dkva import VideoSegmenter
from dkva.approximation.approximate import approximation_of
from dkva.approximation.learning import draw
from dkva.approximation.sinkhorn import Sinkhorn, learn_by_transport, segment_by_transport


def video(n=36, seed=0):
    """Frames [n, 4] of three clear actions, and their labels; as wide as those of other files' programs."""
    truth = np.repeat([0, 1, 2], [n // 2, n // 6, n - n // 2 - n // 6])
    return np.random.default_rng(seed).normal(size=(n, 4)) * 0.1 + 4 * np.eye(4)[truth], truth


def log_of_sums(x):
    """Logarithm of the sums of exp(x) over the rows [rows]; scipy's takes ten times as long for so few."""
    top = x.max(axis=1)
    return top + np.log(np.exp(x - top[:, None]).sum(axis=1))


def entropic_cost(x, y, epsilon):
    """Regularised cost of transport between uniform weights, at the fixed point of the dual potentials."""
    cost = cdist(x, y, "sqeuclidean") / epsilon
    a, b = -np.log(len(x)), -np.log(len(y))
    f, g = np.zeros(len(x)), np.zeros(len(y))
    for _ in range(5000):
        before, f = f, -log_of_sums(g[None] - cost + b)
        g = -log_of_sums((f[:, None] - cost).T + a)
        if np.abs(f - before).max() <= 8 * eps(np.float64) * cost.max():  # a fixed point, but for rounding
            break
    return epsilon * (f.mean() + g.mean())


@partial(unoptimised, static_argnums=3)
@partial(jax.vmap, in_axes=(None, 0, None, None))
def drawn(seeds, step, sizes, slots):
    """Places of the frames of each step."""
    key = jax.random.fold_in(jax.random.key(seeds[0], impl="threefry2x32"), seeds[1])
    return draw(jax.random.fold_in(key, step), sizes, slots)


@pytest.mark.numerics
def test_the_loss_is_the_divergence_without_the_batchs_own_term():
    x, _ = video()
    rate, decay, entropy = 1e-9, 0.01, 0.5
    segmenter = VideoSegmenter(3, smoothing=0, epochs=1, learning_rate=rate, weight_decay=decay)
    frames, job = segmenter.prepare(x, "v", Sinkhorn(entropy))
    learned = approximation_of(job, learn_by_transport(job))
    sizes = job.arguments.sizes
    steps = drawn(job.arguments.seeds, np.arange(3), sizes, job.program.slots)
    v = np.asarray(learned.initial, np.float64)
    losses = []
    for places in np.asarray(steps):
        batch = np.asarray(frames[places[: int(sizes.batch)]], np.float64)
        epsilon = entropy * cdist(v, batch, "sqeuclidean").mean()
        losses.append(entropic_cost(v, batch, epsilon) - entropic_cost(v, v, epsilon) / 2)
    expected = np.mean(losses) + decay * np.linalg.norm(v)
    # ott-jax ends where marginals err by 1e-3; a few times that is left in the cost.
    assert learned.loss_curve == pytest.approx([expected], rel=5e-3)
    # Three steps of the rate each, and a rounding of V at each of them.
    atol = 3 * (2 * rate + eps(np.float32) * np.abs(v).max())
    np.testing.assert_allclose(learned.synthetic, v, rtol=0, atol=atol)


def test_the_first_step_goes_against_the_slope_of_the_divergence():
    x, _ = video(seed=1)
    rate, entropy, h = 1e-3, 0.5, 1e-4
    settings = {"smoothing": 0, "epochs": 1, "learning_rate": rate, "weight_decay": 0.0}
    frames, job = VideoSegmenter(3, batch_size="video", **settings).prepare(x, "v", Sinkhorn(entropy))
    learned = approximation_of(job, learn_by_transport(job))
    assert learned.steps == 1
    v, batch = np.asarray(learned.initial, np.float64), np.asarray(frames, np.float64)
    epsilon = entropy * cdist(v, batch, "sqeuclidean").mean()

    def divergence(v):
        return entropic_cost(v, batch, epsilon) - entropic_cost(v, v, epsilon) / 2

    slope = np.zeros_like(v)
    for place in np.ndindex(*v.shape):
        step = np.zeros_like(v)
        step[place] = h
        slope[place] = (divergence(v + step) - divergence(v - step)) / (2 * h)
    steep = np.abs(slope) > 0.02 * np.abs(slope).max()
    assert steep.sum() >= 6
    moved = (learned.synthetic - learned.initial)[steep]  # Adam's first step is the rate, against the slope
    # Adam divides by the slope and 1e-8, and V rounds, before the step and after it.
    rtol = 1e-8 / np.abs(slope[steep]).min() + 2 * eps(np.float32) * np.abs(v).max() / rate
    assert rtol < 0.02
    np.testing.assert_allclose(moved, -rate * np.sign(slope[steep]), rtol=rtol)


def test_it_finds_actions_from_a_start_that_does_not():
    truth = np.repeat([0, 1, 0], [8, 18, 10])
    x = np.random.default_rng(0).normal(size=(36, 3)) * 0.1 + 4 * np.eye(3)[truth]
    settings = {"entropy": 0.05, "smoothing": 0, "init": "random", "name": "v"}

    def pairs(epochs, seed):
        labels = segment_by_transport(x, 2, epochs=epochs, seed=seed, **settings)
        return set(zip(truth.tolist(), labels.tolist(), strict=True))

    seed = next(seed for seed in range(20) if len(pairs(0, seed)) > 2)
    assert len(pairs(100, seed)) == 2


def test_steps_that_did_not_converge_are_said():
    x, _ = video()
    with pytest.warns(UserWarning, match=r"did not converge in \d+ of 6 steps: give more entropy than 1e-05"):
        segment_by_transport(x, 3, entropy=1e-5, smoothing=0, epochs=2, name="v")


def test_it_starts_where_the_method_starts_and_repeats_by_seed_and_name():
    x, _ = video()
    settings = {"entropy": 0.5, "smoothing": 0}
    start = VideoSegmenter(3, smoothing=0, epochs=0).fit_predict(x)
    # The same V and the same program of assignment.
    np.testing.assert_array_equal(segment_by_transport(x, 3, epochs=0, **settings), start)

    def learned(seed, name):
        segmenter = VideoSegmenter(3, smoothing=0, epochs=2, random_state=seed)
        _, job = segmenter.prepare(x, name, Sinkhorn(0.5))
        return np.asarray(learn_by_transport(job).synthetic)

    whole = [
        segment_by_transport(x, 3, epochs=3, batch_size="video", seed=seed, **settings) for seed in (1, 2)
    ]
    np.testing.assert_array_equal(*whole)  # the whole video has no chance in it
    np.testing.assert_array_equal(learned(1, "a"), learned(1, "a"))
    assert not np.array_equal(learned(1, "a"), learned(2, "a"))
    assert not np.array_equal(learned(1, "a"), learned(1, "b"))


def test_bad_settings_and_a_missing_package_are_named(monkeypatch):
    x, _ = video()
    for entropy in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=r"^entropy is"):
            segment_by_transport(x, 3, entropy=entropy)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="needs ott-jax: pip install"):
        segment_by_transport(x, 3, entropy=0.1, smoothing=0, epochs=1)
