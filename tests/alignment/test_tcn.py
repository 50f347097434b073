"""TCN: its loss on pairs that have both frames, and models of one activity and of several."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_progress import SMALL, made_progress, right, with_and_without

from dkva.alignment.frame_training import ViewBatch
from dkva.alignment.n_pairs import tcn_loss
from dkva.alignment.tcn import TcnLoss, TcnModel, train_tcn


@pytest.mark.fast
def test_the_loss_is_of_pairs_that_have_both_frames():
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(2, 2, 6, 4)).astype(np.float32)
    mask = np.ones((2, 2, 6), bool)
    mask[:, 1, 0] = False  # before the first frame
    batch = ViewBatch(np.zeros((2, 2, 6, 1)), mask * 1, mask, np.full(2, 30), np.zeros(3, np.uint32))
    wanted = jax.jit(lambda *given: tcn_loss(*given, weight=0.3))(frames[:, 0], frames[:, 1], mask[:, 1])
    np.testing.assert_allclose(jax.jit(TcnLoss(0.3).of_frames)(jnp.asarray(frames), batch), wanted, rtol=1e-6)


def test_training_aligns_better_than_a_network_without_and_can_be_restored():
    videos = [*made_progress(5), *made_progress(1, activity="coffee")]
    few, none = with_and_without(train_tcn, videos, **SMALL)
    assert right(few, videos) > right(none, videos) + 0.05
    again = TcnModel.restore(few.arrays())
    np.testing.assert_array_equal(again.embed(videos[0].frames), few.embed(videos[0].frames))
