"""Learning against an independent loop, finite differences, and its promises on sizes, seeds and programs."""

import itertools
import subprocess
import sys
import textwrap
import zlib
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from batches import sizes
from small_buckets import small_buckets  # noqa: F401 -- of each test
from tolerances import (
    RATE,
    adam_error,
    assert_learned_alike,
    eps,
    falls_short,
    gram_bound,
    mmd_error,
    projection_of,
)
from unoptimised import learning_unoptimised, unoptimised

from dkva import KERNELS, Kernel, Standardiser, approximate
from dkva.approximation.assigning import labels_of, similarity
from dkva.approximation.learning import TOLERANCE_EPOCHS, draw
from dkva.approximation.length_scale import length_scale
from dkva.approximation.mmd import mmd, mmd_squared
from dkva.approximation.settings import ESTIMATORS, INITS
from dkva.base.uniform import uniform_edges

NAMES = sorted(KERNELS)


def clusters(n, m, d=4, seed=0, spread=0.3):
    """m runs of frames around m centres [n, d], standardised."""
    rng = np.random.default_rng(seed)
    centres = 3 * rng.standard_normal((m, d))
    x = centres[np.arange(n) * m // n] + spread * rng.standard_normal((n, d))
    return ((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-7)).astype(np.float32)


def assign(frames, learned, pad=True):
    return labels_of(similarity(frames, learned, pad=pad))


def assert_clear_labels_equal(frames, padded, exact):
    """Labels are equal wherever the most similar synthetic frame leads by more than learning may err."""
    with_padding, without = similarity(frames, padded), similarity(frames, exact, pad=False)
    m, d = padded.synthetic.shape
    error = 100 * adam_error(padded.steps, RATE, d, frames.dtype) * np.abs(without).max()
    two = np.sort(without, axis=1)[:, -2:]
    clear = two[:, -1] - two[:, 0] > error if m > 1 else np.ones(len(frames), bool)
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(labels_of(with_padding)[clear], labels_of(without)[clear])


def of(kernel):
    """A kernel as settings of learning."""
    flat = asdict(kernel)
    return {"kernel": flat.pop("name")} | flat


# --- learning, by another route --------------------------------------------------------------------

SEED = 5


def with_gradient(function, kernel, at, *others, step=1e-5):
    """Value and gradient in `at` of a function of a kernel and arrays, by central differences."""
    steps = step * np.eye(at.size).reshape(-1, *at.shape)
    places = at[None] + np.concatenate([steps, -steps, 0 * steps[:1]])
    values = np.asarray(function(kernel, places, *others))
    ahead, behind = values[:-1].reshape(2, *at.shape)
    return values[-1], (ahead - behind) / (2 * step)


def as_seen(kernel, frames):
    return kernel.embed(jnp.asarray(frames), projection_of(kernel, frames.shape[-1], SEED, np.float64))


@partial(unoptimised, static_argnums=0)
def factors_of(kernel, frames, scale):
    return kernel.factors(as_seen(kernel, frames), length_scale=scale)


def gram_of(kernel, a, b, scale, r):
    seen = as_seen(kernel, a), None if b is None else as_seen(kernel, b)
    return kernel.gram(*seen, length_scale=scale, rescale=r)


own_gram = unoptimised(lambda kernel, *given: gram_of(kernel, given[0], None, *given[1:]), static_argnums=0)


@partial(unoptimised, static_argnums=0)
@partial(jax.vmap, in_axes=(None, 0, None, None, None, None))
def squared(kernel, v, b, constant, scale, r):
    return mmd_squared(constant, gram_of(kernel, b, v, scale, r), gram_of(kernel, v, None, scale, r))


@partial(unoptimised, static_argnums=0)
@partial(jax.vmap, in_axes=(None, 0, None, None, None))
def distance(kernel, v, b, scale, r):
    return mmd(*(gram_of(kernel, *pair, scale, r) for pair in ((b, None), (b, v), (v, None))))


@partial(unoptimised, static_argnums=(2, 3, 4, 5))
def drawn(t, name, seed, n, m, batch):
    key = jax.random.fold_in(jax.random.key(np.uint32(seed)), name)
    return draw(jax.random.fold_in(key, t), sizes(n, m, batch=batch), batch)


def median_ratio(kernel, frames, scale, pairs):
    gauss, neural = factors_of(kernel, frames, scale)
    if gauss is None or neural is None:
        return 1.0
    return abs(np.median(np.asarray(gauss)[pairs]) / np.median(np.asarray(neural)[pairs]))


def learn_by_hand(
    x, start, kernel, estimator, epochs, name, batch=None, weight_decay=1e-3, rate=0.05, whole=False
):
    """The loop of method.md section 2 in NumPy: finite differences for gradients, Adam written out."""
    n, m = len(x), len(start)
    scale = length_scale(x)
    batch = n if whole else batch or min(512, n // m)
    off = ~np.eye(n, dtype=bool)
    divided = kernel.name == "ntk_sphere_authors"
    all_frames = x / (np.sqrt(batch / n) * np.linalg.norm(x, axis=0)) if divided else x
    r_video = median_ratio(kernel, all_frames, scale, off)
    k_ff = np.asarray(own_gram(kernel, all_frames, scale, r_video))
    diagonal, other = np.diagonal(k_ff).mean(), k_ff[off].mean()
    constant = (1 - 1 / batch) * other + diagonal / batch
    checksum = np.uint32(zlib.crc32(name.encode()))
    v, first, second, running, losses = start.copy(), 0.0, 0.0, 0.0, []
    for t in range(epochs * (n // batch)):
        b = x if whole else x[np.asarray(drawn(t, checksum, SEED, n, m, batch))]
        b = b / np.linalg.norm(b, axis=0) if divided else b
        if estimator == "video":
            value, gradient = with_gradient(squared, kernel, v, b, constant, scale, r_video)
            running = 0.9 * running + 0.1 * value
            level = max(running / (1 - 0.9 ** (t + 1)), (diagonal - other) / batch)
            value, gradient = np.sqrt(max(value, 0)), gradient / (2 * np.sqrt(level))
        else:
            r = median_ratio(kernel, b, scale, np.ones((batch, batch), bool))
            value, gradient = with_gradient(distance, kernel, v, b, scale, r)
        losses.append(value + weight_decay * np.linalg.norm(v))
        gradient = gradient + weight_decay * v / np.linalg.norm(v)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        corrected = first / (1 - 0.9 ** (t + 1)), second / (1 - 0.999 ** (t + 1))
        v = v - rate * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
    return v, np.reshape(losses, (epochs, -1)).mean(axis=1)


@pytest.mark.numerics
@pytest.mark.parametrize(
    ("kernel", "n", "m", "epochs"),
    [
        (Kernel("gauss_ntk"), 24, 1, 1),  # one step: its gradient alone
        (Kernel("gauss_ntk"), 24, 3, 2),
        (Kernel("gauss_ntk_sphere", activation="erf", depth=2), 24, 3, 1),
        (Kernel("sntk"), 24, 3, 1),
        (Kernel("ntk_sphere_authors"), 24, 3, 1),
    ],
    ids=lambda value: value.name if isinstance(value, Kernel) else str(value),
)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_learning_equals_a_loop_by_hand_with_finite_differences(estimator, kernel, n, m, epochs, x64):
    x = clusters(n, m, seed=2, spread=1.0).astype(np.float64)
    options = {"estimator": estimator, "epochs": epochs, "name": "video"}
    # With optimisation once an estimator: another kernel is compiled with it in tests of kernels.
    with nullcontext() if (kernel, m) == (Kernel(), 3) else learning_unoptimised():
        learned = approximate(x, m, seed=SEED, **of(kernel), **options)
    assert learned.kernel == kernel
    v, losses = learn_by_hand(x, learned.initial, kernel, **options)
    assert learned.steps == epochs * (n // (n // m))
    assert np.abs(learned.synthetic - learned.initial).max() > 0.01
    # Differences of values near 1 over a step of 1e-5: the gradient is known to eps·100/1e-5 and 1e-10.
    error = adam_error(learned.steps, RATE, 4, np.float64, 1000 * eps(np.float64) / 1e-5)
    assert error < 1e-5
    assert np.abs(learned.synthetic - v).mean() <= error
    np.testing.assert_allclose(learned.loss_curve, losses, rtol=100 * error)


def learning(whole, estimator):
    """With optimisation, which takes seconds, for the whole video at once by one of the estimators."""
    return nullcontext() if whole and estimator == "video" else learning_unoptimised()


@pytest.mark.numerics
@pytest.mark.parametrize(("estimator", "batch_size"), [("video", 9), ("video", "video"), ("batch", "video")])
def test_learning_with_batches_of_any_size_equals_a_loop_by_hand(estimator, batch_size, x64):
    x = clusters(24, 3, seed=2, spread=1.0).astype(np.float64)
    options = {"estimator": estimator, "epochs": 2, "name": "video"}
    whole = batch_size == "video"
    with learning(whole, estimator):
        learned = approximate(x, 3, seed=SEED, **options, batch_size=batch_size)
    v, losses = learn_by_hand(
        x, learned.initial, Kernel(), **options, batch=None if whole else batch_size, whole=whole
    )
    assert learned.batch_size == (24 if whole else batch_size)
    assert learned.steps == (2 if whole else 2 * (24 // batch_size))
    assert np.abs(learned.synthetic - learned.initial).max() > 0.01
    # Differences of values near 1 over a step of 1e-5: the gradient is known to eps·100/1e-5 and 1e-10.
    error = adam_error(learned.steps, RATE, 4, np.float64, 1000 * eps(np.float64) / 1e-5)
    assert error < 1e-5
    assert np.abs(learned.synthetic - v).mean() <= error
    np.testing.assert_allclose(learned.loss_curve, losses, rtol=100 * error)


@pytest.mark.numerics
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_whole_video_has_no_chance_in_it_and_an_epoch_is_a_step(estimator, x64):
    frames = clusters(61, 3).astype(np.float64)  # by the program of the loop by hand above

    def learn(x, **options):
        with learning(True, estimator):
            return approximate(x, 3, estimator=estimator, epochs=2, batch_size="video", **options)

    learned = learn(frames, seed=1, name="a")
    assert (learned.batch_size, learned.steps, learned.loss_curve.shape) == (61, 2, (2,))
    np.testing.assert_array_equal(learned.synthetic, learn(frames, seed=2, name="b").synthetic)
    # The first loss is that of the initialisation and every frame.
    scales = {"length_scale": learned.length_scale, "rescale": learned.rescale}
    x, v = frames, learned.initial
    kernel = learned.kernel
    if estimator == "video":  # the other one takes its r over all pairs, equal ones too
        pairs = (x, x), (x, v), (v, v)
        distance = unoptimised(lambda *pairs: mmd(*(kernel(*pair, **scales) for pair in pairs)))(*pairs)
        expected = distance + 1e-3 * np.linalg.norm(learned.initial)
        # Both sides err: here the angles of equal frames, which learning knows exactly.
        errors = [gram_bound(kernel, *pair, **scales).error.mean() for pair in pairs]
        atol = 2 * mmd_error(distance, *errors, errors[1])
        assert atol < 0.05 * expected  # far below what another constant or another r would do
        np.testing.assert_allclose(learned.loss_curve[0], expected, rtol=0, atol=atol)
    # Frames have no order but in the initialisation, which here is the same.
    edges = uniform_edges(61, 3)
    mixed = np.concatenate(
        [np.random.default_rng(0).permutation(frames[a:b]) for a, b in itertools.pairwise(edges)]
    )
    other = learn(mixed, seed=1, name="a")
    largest = np.abs(frames).max()  # means of 21 frames in another order
    np.testing.assert_allclose(other.initial, learned.initial, rtol=0, atol=21 * eps(np.float64) * largest)
    assert_learned_alike(other, learned)


@pytest.mark.parametrize(
    ("n", "m", "batch_size", "estimator"),
    [(60, 3, "video", "video"), (60, 9, 5, "video")],
)
def test_padded_video_gets_the_labels_of_the_unpadded_with_any_batch(n, m, batch_size, estimator, x64):
    frames = clusters(n, m, 4, seed=3, spread=0.8).astype(np.float64)
    padded, exact = (
        approximate(frames, m, pad=pad, estimator=estimator, epochs=4, name="a", batch_size=batch_size)
        for pad in (True, False)
    )
    assert_learned_alike(padded, exact)
    assert_clear_labels_equal(frames, padded, exact)


def test_batch_size_is_at_most_the_video_and_none_is_the_papers():
    frames, kernel = clusters(60, 3), "gaussian"  # is compiled in least time
    large, whole = (
        approximate(frames, 3, kernel=kernel, epochs=2, batch_size=size) for size in (1000, "video")
    )
    assert (large.batch_size, large.steps) == (60, 2)
    assert not np.array_equal(large.synthetic, whole.synthetic)  # drawn with replacement
    own, papers = (
        approximate(frames, 3, kernel=kernel, epochs=2, batch_size=size, pad=False) for size in (20, None)
    )
    assert (own.batch_size, own.steps) == (papers.batch_size, papers.steps) == (20, 6)
    np.testing.assert_array_equal(own.synthetic, papers.synthetic)


# --- corners ---------------------------------------------------------------------------------------


def corner_videos():
    rng = np.random.default_rng(0)
    frame = rng.standard_normal((1, 4)).astype(np.float32)
    plain = rng.standard_normal((12, 4)).astype(np.float32)
    constant = plain.copy()
    constant[:, 1:] = 0
    return {
        "equal": (np.repeat(frame, 12, axis=0), 3),
        "opposite": (np.concatenate([frame, -frame] * 6), 2),
        "zero": (np.zeros((12, 4), np.float32), 3),
        "some zero": (plain * (np.arange(12) % 2)[:, None].astype(np.float32), 4),
        "constant features": (constant, 3),
        "large": (1e4 * plain, 3),
        "M = N": (plain[:8], 8),
        "two frames": (plain[:2], 2),
    }


def assert_finite(learned, frames):
    assert np.isfinite(learned.synthetic).all()
    assert np.isfinite(learned.loss_curve).all()
    assert np.isfinite([learned.length_scale, learned.rescale]).all()
    gram = similarity(frames, learned)
    assert np.isfinite(gram).all()
    assert gram.shape == (len(frames), len(learned.synthetic))


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize(("name", "activation"), [*((name, "relu") for name in NAMES), ("gauss_ntk", "erf")])
def test_corners_are_finite(name, activation, estimator):
    for frames, m in corner_videos().values():
        learned = approximate(frames, m, kernel=name, activation=activation, estimator=estimator, epochs=1)
        assert learned.steps > 1
        assert_finite(learned, frames)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_one_segment_and_one_frame_are_finite(estimator):
    for n in (1, 2, 30):
        frames = clusters(30, 2)[:n]
        learned = approximate(frames, 1, estimator=estimator, epochs=3)
        assert_finite(learned, frames)
        assert set(assign(frames, learned)) == {0}


# --- padding ---------------------------------------------------------------------------------------


@pytest.mark.numerics
@pytest.mark.parametrize(
    ("n", "m", "d", "estimator"),
    [
        (60, 3, 4, "video"),
        (60, 3, 4, "batch"),
        (37, 1, 4, "video"),
        (9, 9, 4, "video"),
        (513, 9, 17, "video"),
        (1, 1, 4, "batch"),
    ],
)
def test_padded_video_gets_the_labels_of_the_unpadded(n, m, d, estimator, x64):
    """In float64, where rounding is far below what a padded row that counts would do."""
    frames = clusters(n, m, d, seed=3, spread=0.8).astype(np.float64)
    options = {"estimator": estimator, "epochs": 2, "name": "a"}
    with nullcontext() if m == 3 else learning_unoptimised():  # by the program of the loop by hand above
        padded = approximate(frames, m, **options)
    with learning_unoptimised():
        exact = approximate(frames, m, **options, pad=False)
    assert_learned_alike(padded, exact)
    assert_clear_labels_equal(frames, padded, exact)


@pytest.mark.numerics
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_padding_leaves_only_rounding_behind_in_float32(estimator):
    frames, options = clusters(60, 3), {"estimator": estimator, "epochs": 3, "name": "a"}
    padded = approximate(frames, 3, **options)
    with learning_unoptimised():
        exact = approximate(frames, 3, **options, pad=False)
    np.testing.assert_array_equal(padded.initial, exact.initial)
    assert_learned_alike(padded, exact)


COMPILE_COUNT = """
    import jax
    import numpy as np

    programs = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, *_, **__: programs.append(event) if event.endswith("backend_compile_duration") else 0
    )
    from dkva import VideoSegmenter

    rng = np.random.default_rng(0)
    lengths = np.concatenate([np.arange(60, 510, 9), np.linspace(600, 3000, 10).astype(int)])
    assert len(lengths) == 60
    for i, n in enumerate(lengths):
        segmenter = VideoSegmenter((4, 9, 19)[i % 3], kernel="gaussian", epochs=1)
        labels = segmenter.fit_predict(rng.standard_normal((n, 16)))
        assert len(labels) == n
    print(len(programs))
"""


def test_sixty_lengths_and_three_m_compile_few_programs():
    """In a process of its own, so that every program is counted and none is left over from other tests."""
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(COMPILE_COUNT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 2 <= int(done.stdout) <= 8


# --- randomness ------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_result_depends_on_seed_and_name_and_nothing_else(estimator):
    frames = clusters(60, 3)

    def learn(seed, name):
        return approximate(frames, 3, estimator=estimator, epochs=2, seed=seed, name=name).synthetic

    first = learn(1, "a")
    assert not np.array_equal(first, learn(2, "a"))
    assert not np.array_equal(first, learn(1, "b"))
    approximate(clusters(47, 5), 5, estimator=estimator, epochs=1, seed=1, name="a")
    np.random.seed(0)  # noqa: NPY002 -- the global state must not matter
    np.testing.assert_array_equal(first, learn(1, "a"))  # one program, the same numbers


@pytest.mark.parametrize("init", sorted(INITS))
def test_frames_are_not_written(init):
    frames = clusters(128, 3)  # exactly one bucket: the array is handed on as it is
    frames.flags.writeable = False
    learned = approximate(frames, 3, init=init, epochs=1)
    similarity(frames, learned)
    np.testing.assert_array_equal(frames, clusters(128, 3))


# --- what it learns --------------------------------------------------------------------------------


@pytest.mark.numerics
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_loss_falls_and_clusters_are_found(estimator):
    truth = np.repeat([0, 1, 2], [30, 10, 20])  # uniform thirds are wrong
    rng = np.random.default_rng(0)
    frames = (np.eye(3)[truth][:, [0, 1, 2, 0]] + 0.05 * rng.standard_normal((60, 4))).astype(np.float32)
    frames = (frames - frames.mean(axis=0)) / frames.std(axis=0)
    learned = approximate(frames, 3, estimator=estimator, epochs=100)
    assert learned.loss_curve.shape == (100,)
    assert learned.loss_curve[-10:].mean() < 0.8 * learned.loss_curve[0]
    labels = assign(frames, learned)
    assert len(set(zip(truth.tolist(), labels.tolist(), strict=True))) == 3


@pytest.mark.numerics
@pytest.mark.parametrize("m", [2, 5])
def test_estimators_agree_on_clear_clusters(m):
    frames = clusters(150, m, seed=1)
    labels = [
        assign(frames, approximate(frames, m, estimator=estimator, epochs=40)) for estimator in ESTIMATORS
    ]
    assert np.mean(labels[0] == labels[1]) > 0.95


def test_no_epochs_return_the_initialisation():
    frames = clusters(60, 3)
    learned = approximate(frames, 3, epochs=0)
    np.testing.assert_array_equal(learned.synthetic, learned.initial)
    assert (learned.loss_curve.shape, learned.steps) == ((0,), 0)


def test_snapshots_are_what_fewer_epochs_give():
    frames, settings = clusters(40, 3), {"seed": 1, "name": "v", "kernel": "gaussian"}
    learned = approximate(frames, 3, epochs=4, snapshots=True, **settings)
    assert learned.path.shape == (5, 3, 4)
    np.testing.assert_array_equal(learned.path[0], learned.initial)
    np.testing.assert_array_equal(learned.path[-1], learned.synthetic)
    stops = [approximate(frames, 3, epochs=epochs, **settings) for epochs in range(5)]
    assert stops[-1].path is None
    for stop, there in zip(stops, learned.path, strict=True):
        # Another program, as it keeps more: rounding may differ.
        error = adam_error(learned.steps, RATE, 4, np.float32)
        assert np.abs(stop.synthetic - there).mean() <= error


def test_result_says_how_it_was_made():
    frames = clusters(60, 3)
    learned = approximate(frames, 3, epochs=2, seed=7)
    assert learned.synthetic.shape == learned.initial.shape == (3, 4)
    assert (learned.batch_size, learned.steps, learned.seed) == (20, 6, 7)
    assert learned.kernel == Kernel("gauss_ntk")
    assert learned.length_scale == length_scale(frames)
    given = approximate(frames, 3, epochs=0, length_scale=2.5)
    assert given.length_scale == 2.5


def test_rescaling_is_1_for_kernels_that_are_no_product():
    assert approximate(clusters(60, 3), 3, epochs=0, kernel="ntk").rescale == 1


# --- errors ----------------------------------------------------------------------------------------


@pytest.mark.fast
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_segments": 0}, "n_segments is 0"),
        ({"n_segments": -2}, "n_segments is -2"),
        ({"n_segments": 61}, "n_segments is 61 and the video has 60 frames"),
        ({"n_segments": 2.0}, "n_segments is 2.0: give a whole number"),
        ({"n_segments": True}, "n_segments is True"),
        ({"epochs": -1}, "epochs is -1"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32}, "seed is 4294967296"),
        ({"estimator": "exact"}, "unknown estimator 'exact': choose one of video, batch"),
        ({"init": "middle"}, "unknown init 'middle': choose one of uniform, kmeans, random"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"weight_decay": -1e-3}, "weight_decay is -0.001"),
        ({"weight_decay": float("inf")}, "weight_decay is inf"),
        ({"length_scale": "mean"}, "unknown length_scale 'mean': choose one of median_squared, median"),
        ({"length_scale": -1.0}, "length_scale is -1.0"),
        ({"batch_size": 0}, "batch_size is 0: give a whole number of at least 1"),
        ({"batch_size": -3}, "batch_size is -3"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"batch_size": True}, "batch_size is True"),
        ({"batch_size": "whole"}, "unknown batch_size 'whole': choose one of video, a number"),
        ({"batch_size": 1, "epochs": 2**31 // 60 + 1}, "epochs is 35791395"),
    ],
)
def test_bad_setting_is_named(settings, message, unchecked):
    with pytest.raises(ValueError, match=message):
        approximate(clusters(60, 3), **({"n_segments": 3} | settings))


def test_whole_numbers_of_numpy_are_taken(unchecked):
    learned = approximate(clusters(60, 3), np.int64(3), epochs=np.int32(0), seed=np.uint8(1))
    assert learned.synthetic.shape == (3, 4)


def standardised(frames):
    return Standardiser.fit(frames).apply(frames)


@pytest.mark.numerics
def test_tolerance_stops_where_the_loss_stands_still(x64):
    frames = standardised(np.random.default_rng(0).normal(size=(400, 4)).cumsum(axis=0)).astype(np.float64)
    all_epochs = approximate(frames, 4, epochs=120)
    with learning_unoptimised():
        stopped = approximate(frames, 4, epochs=120, tolerance=0.01)
    taken = len(stopped.loss_curve)
    assert 2 * TOLERANCE_EPOCHS <= taken < 120
    assert stopped.steps == taken * (400 // stopped.batch_size)
    # Two programs in float64: half of the digits and more.
    rel = 100 * adam_error(stopped.steps, RATE, 4, np.float64)
    assert rel < 1e-3
    assert stopped.loss_curve == pytest.approx(all_epochs.loss_curve[:taken], rel=rel)
    # The rule, by hand: the first epoch after which the last five fall no lower than the five before.
    must, may = falls_short(stopped.loss_curve, 0.01, TOLERANCE_EPOCHS, np.float64)
    assert may[-1]
    assert not must[:-1].any()


@pytest.mark.numerics
def test_an_approximation_that_stopped_is_that_of_as_many_epochs(x64):
    frames = standardised(np.random.default_rng(1).normal(size=(300, 4)).cumsum(axis=0)).astype(np.float64)
    with learning_unoptimised():
        stopped = approximate(frames, 3, epochs=100, tolerance=0.05)
    again = approximate(frames, 3, epochs=len(stopped.loss_curve))
    assert_learned_alike(again, stopped)


def test_tolerance_0_takes_all_epochs():
    frames, epochs = standardised(np.zeros((50, 4))), 2 * TOLERANCE_EPOCHS + 2
    assert len(approximate(frames, 2, epochs=epochs).loss_curve) == epochs
