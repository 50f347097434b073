"""The two estimators of the MMD as losses, against the MMD of the same frames."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from unoptimised import unoptimised

from dkva import Kernel
from dkva.approximation.kernels import combine, rescaling
from dkva.approximation.losses import BoundLoss, Loss, MMDByBatch, MMDByVideo, VideoArrays, norm, used_rows

N, M, D, SCALE, DECAY = 20, 3, 4, 3.0, 0.01

#: In float64 the angle of near frames errs by some 1e-8 (tests/tolerances.py) and so do means of kernels;
#: the root of their difference, which is a hundred times smaller, by a hundred times as much.
CLOSE = 1e-5


def video(x, rows=N + 4, m=M + 2):
    """A video whose batch is all of it, padded."""
    frames = np.zeros((rows, D))
    frames[:N] = x
    sample = np.zeros(rows, np.int32)
    sample[:N] = np.arange(N)
    counted = jnp.int32(N)
    return VideoArrays(
        frames=jnp.asarray(frames),
        sample=jnp.asarray(sample),
        sampled=used_rows(rows, counted),
        synthetic=used_rows(m, jnp.int32(M)),
        batch=used_rows(rows, counted),
        batch_size=jnp.float64(N),
        length_scale=jnp.float64(SCALE),
        weight_decay=jnp.float64(DECAY),
        seed=jnp.uint32(0),
    )


@pytest.fixture(scope="module")
def arrays():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((N, D))
    v = np.zeros((M + 2, D))
    v[:M] = rng.standard_normal((M, D))
    return x, v


@pytest.mark.numerics
@pytest.mark.parametrize("name", ["gauss_ntk", "ntk", "sntk", "ntk_sphere_authors"])
def test_the_loss_of_a_whole_video_is_its_mmd_and_the_norm(name, arrays, x64):
    x, v = arrays
    kernel = Kernel(name)

    def values_of(video, v):
        values = []
        for kind in (MMDByVideo, MMDByBatch):
            assert isinstance(kind(kernel), Loss)
            loss = kind(kernel).bind(video)
            assert isinstance(loss, BoundLoss)
            with loss.promotion():
                value, _ = loss.value(v, loss.frames, loss.state)
            values.append((value, loss.rescale))
        (by_video, rescale), (by_batch, _) = values
        return by_video, by_batch, rescale

    @unoptimised
    def grams_of(x, v, rescale):
        projection = kernel.projection(D, 0, np.float64)
        mine, theirs = kernel.batch(kernel.embed(x, projection)), kernel.embed(v, projection)
        factors = [
            kernel.factors(*pair, length_scale=SCALE)
            for pair in ((mine, None), (mine, theirs), (theirs, None))
        ]
        # Of the batch with pairs of a frame with itself.
        ratios = rescale, rescaling(factors[0])
        return [[combine(each, ratio) for each in factors] for ratio in ratios]

    # With optimisation the kernel of the method, of which the others are parts.
    compiled = jax.jit if name == "gauss_ntk" else unoptimised
    by_video, by_batch, rescale = compiled(values_of)(video(x), jnp.asarray(v))
    of_video, of_batch = jax.tree.map(np.asarray, grams_of(jnp.asarray(x), jnp.asarray(v[:M]), rescale))
    decay = DECAY * np.linalg.norm(v)
    # The constant by video is the expectation for batches drawn with replacement.
    gram = of_video[0]
    off = (gram.sum() - np.trace(gram)) / (N * (N - 1))
    constants = (1 - 1 / N) * off + np.trace(gram) / N / N, of_batch[0].mean()
    for value, constant, grams in zip((by_video, by_batch), constants, (of_video, of_batch), strict=True):
        squared = constant + grams[2].mean() - 2 * grams[1].mean()
        assert float(value) == pytest.approx(np.sqrt(max(squared, 0)) + decay, rel=CLOSE)


@pytest.mark.parametrize("kind", [MMDByVideo, MMDByBatch])
def test_unused_rows_have_no_part_in_the_loss(kind, arrays, x64):
    x, v = arrays

    @jax.jit
    def values_of(video, v):
        loss = kind(Kernel("gauss_ntk")).bind(video)
        batch = jnp.where(video.batch[:, None], loss.frames, 7.0)
        with loss.promotion():
            return [loss.value(v, frames, loss.state)[0] for frames in (loss.frames, batch)], batch

    (value, same), batch = values_of(video(x), jnp.asarray(v))
    assert (np.asarray(batch[N:]) == 7).all()
    assert float(value) == pytest.approx(float(same), rel=CLOSE)


def test_only_the_estimator_by_video_carries_a_mean(arrays, x64):
    x, v = arrays

    @jax.jit
    def state_of(video, v):
        states = {}
        for kind in (MMDByVideo, MMDByBatch):
            loss = kind(Kernel("ntk")).bind(video)
            with loss.promotion():
                states[kind.__name__] = loss.value(v, loss.frames, loss.state)[1]
        return states

    states = state_of(video(x), jnp.asarray(v))
    assert int(states["MMDByVideo"].count) == 1
    assert int(states["MMDByBatch"].count) == 0


def test_losses_are_equal_by_their_kernels():
    assert MMDByVideo(Kernel()) == MMDByVideo(Kernel())
    assert len({MMDByVideo(Kernel()), MMDByVideo(Kernel("ntk")), MMDByBatch(Kernel())}) == 3


def test_the_norm_has_no_gradient_at_0():
    assert float(norm(jnp.full((2, 2), 2.0))) == 4
    np.testing.assert_array_equal(jax.grad(norm)(jnp.zeros((2, 2))), 0)


def test_used_rows_are_the_first():
    assert used_rows(4, jnp.int32(3)).tolist() == [True, True, True, False]
