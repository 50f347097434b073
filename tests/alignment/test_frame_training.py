"""Batches of views, what a step sees, and an optimiser that clips gradients alone."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.alignment.frame_settings import FrameSettings
from dkva.alignment.frame_training import ViewBatches, drawn_key, optimiser_of, start
from dkva.alignment.view_settings import ViewSettings
from dkva.nn.trees import arrays_of

pytestmark = pytest.mark.fast

SETTINGS = ViewSettings(
    hidden=6, width=8, heads=2, layers=1, feed_forward=8, outputs=4, frames=6, dropout=0.2
)
#: Of a network of the size, and of 8 features, of those of other tests, for the programs that start it.
LEARNED = ViewSettings(
    hidden=32, width=16, heads=2, layers=1, feed_forward=32, outputs=16, frames=6, dropout=0.2
)

#: The first feature says which video, the second which frame.
VIDEOS = [np.stack([np.full(n, v), np.arange(n)], 1).astype(np.float32) for v, n in enumerate((9, 5, 12))]


def batches(size=2, seed=0):
    return ViewBatches(VIDEOS, SETTINGS.drawn, size, seed)


def test_every_video_comes_once_and_the_last_batch_is_filled_up():
    (first, last) = batches()(0)
    assert batches().steps == 2
    drawn = [batch.frames[:, 0, 0, 0].astype(int).tolist() for batch in (first, last)]
    assert sorted(drawn[0] + drawn[1][:1]) == [0, 1, 2]
    assert drawn[1][1] == drawn[0][0]


def test_a_batch_has_the_frames_that_it_says():
    for batch in batches()(3):
        assert batch.frames.shape == (2, 2, 6, 2)
        np.testing.assert_array_equal(batch.frames[..., 1], batch.times)
        videos = batch.frames[:, 0, 0, 0].astype(int)
        np.testing.assert_array_equal(batch.lengths, [len(VIDEOS[video]) for video in videos])
        np.testing.assert_array_equal(batch.mask.sum(-1), np.minimum(batch.lengths, 6)[:, None] * [1, 1])
        np.testing.assert_array_equal(batch.draw[:2], [0, 3])


def test_an_epoch_is_the_same_whenever_it_is_asked_for_and_others_differ():
    one, again, other, seed = batches()(1), batches()(1), batches()(2), batches(seed=5)(1)
    one, again, other, seed = (
        np.concatenate([batch.times for batch in each]) for each in (one, again, other, seed)
    )
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    assert (one != seed).any()


def test_random_numbers_of_a_step_are_its_own():
    keys = {
        tuple(jax.random.key_data(drawn_key(np.array(each, np.uint32))).tolist())
        for each in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 0)]
    }
    assert len(keys) == 4


@eqx.filter_jit
def seen(learned, batch):
    return learned(batch)


def test_what_is_learned_gives_frames_of_every_view_of_unit_norm_behind_a_head():
    batch = jax.tree.map(jnp.asarray, next(iter(batches()(0))))
    batch = batch._replace(frames=jnp.pad(batch.frames, ((0, 0),) * 3 + ((0, 6),)))
    headed, bare = (start(8, LEARNED, projected, jax.random.key(0)) for projected in (True, False))
    frames, after = seen(headed, batch)
    assert frames.shape == (2, 2, 6, 16)
    np.testing.assert_allclose(np.linalg.norm(frames, axis=-1)[batch.mask], 1, rtol=1e-5)
    assert (after.head.norm.running_mean != headed.head.norm.running_mean).any()
    assert bare.head is None
    for name, array in arrays_of(bare.network).items():
        np.testing.assert_array_equal(array, arrays_of(headed.network)[name])
    frames, after = seen(bare, batch)
    assert np.ptp(np.linalg.norm(frames, axis=-1)) > 1e-3
    assert after.head is None
    other, _ = seen(bare, batch._replace(draw=batch.draw + 1))
    assert (frames != other).any()  # other values are dropped


def test_the_rate_falls_to_0_or_stays():
    falling, staying = (optimiser_of(FrameSettings(decay=decay), 10) for decay in ("cosine", "none"))
    assert optimiser_of(FrameSettings(), 10) is falling
    weights = {"w": jnp.ones(2)}
    gradient = weights
    sizes = {}
    for name, optimiser in (("falling", falling), ("staying", staying)):
        state, update = optimiser.init(weights), jax.jit(optimiser.update)
        steps = []
        for _ in range(11):
            step, state = update(gradient, state, weights)
            steps.append(float(-step["w"][0]))
        sizes[name] = steps
    # Adam's steps under one gradient are the rate.
    np.testing.assert_allclose(sizes["staying"], 1e-4, rtol=1e-3)
    np.testing.assert_allclose(
        sizes["falling"], 1e-4 * (1 + np.cos(np.pi * np.arange(11) / 10)) / 2, atol=1e-7
    )
