"""TCC: its loss by shares of each video's time, models, and what they refuse."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from made_progress import SMALL, made_progress, right, with_and_without

from dkva.alignment.cycle_back import tcc_loss
from dkva.alignment.frame_training import ViewBatch
from dkva.alignment.tcc import TccLoss, TccModel, train_tcc
from dkva.alignment.tcc_settings import TccSettings


@pytest.mark.fast
def test_the_loss_is_given_times_as_shares_of_each_video():
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(2, 1, 6, 4)).astype(np.float32)
    times, mask = np.sort(rng.integers(0, 30, (2, 1, 6)), -1), np.arange(6) < np.array([[[6]], [[4]]])
    batch = ViewBatch(np.zeros((2, 1, 6, 1)), times, mask, np.array([30, 40]), np.zeros(3, np.uint32))
    weights = {"temperature": 0.3, "smoothing": 0.2, "variance_weight": 0.1}
    found = eqx.filter_jit(TccLoss.of(TccSettings(**weights)).of_frames)(jnp.asarray(frames), batch)
    shares = jnp.asarray(times[:, 0] / np.array([[30], [40]]), jnp.float32)
    wanted = eqx.filter_jit(tcc_loss)(jnp.asarray(frames[:, 0]), shares, jnp.asarray(mask[:, 0]), **weights)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_training_aligns_better_than_a_network_without_and_can_be_restored():
    videos = made_progress(6)
    few, none = with_and_without(train_tcc, videos, **SMALL)
    assert right(few, videos) > right(none, videos) + 0.02  # which is at 0.78 as it is, without positions
    again = TccModel.restore(few.arrays())
    np.testing.assert_array_equal(again.embed(videos[0].frames), few.embed(videos[0].frames))


def test_refuses_one_video_and_several_activities():
    with pytest.raises(ValueError, match="is the only video"):
        train_tcc(made_progress(1), **SMALL)
    with pytest.raises(ValueError, match="mixes activities"):
        train_tcc([*made_progress(2), *made_progress(1, activity="coffee")], **SMALL)
