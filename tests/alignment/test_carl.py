"""CARL: its loss, models of one activity and of several, and a training that is killed."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from killed_training import kill_training, resumed_and_through
from made_progress import SMALL, TRAINING, made_progress, right, with_and_without
from short_training import for_epochs

from dkva.alignment.carl import CarlLoss, train_carl
from dkva.alignment.carl_settings import CarlSettings
from dkva.alignment.frame_training import ViewBatch
from dkva.alignment.sequence_contrast import scl_loss

#: Of two activities, one of them shorter than what is drawn of each.
VIDEOS = [*made_progress(5), *made_progress(1, frames=20, activity="coffee")]
SETTINGS = SMALL | {"batch": 2, "dropout": 0.1}


@pytest.mark.fast
def test_the_loss_is_that_of_both_views_by_the_settings():
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(3, 2, 6, 4)).astype(np.float32)
    times = np.sort(rng.integers(0, 30, (3, 2, 6)), -1)
    mask = np.arange(6) < rng.integers(3, 7, (3, 2, 1))
    batch = ViewBatch(np.zeros((3, 2, 6, 1)), times, mask, np.full(3, 30), np.zeros(3, np.uint32))
    settings = CarlSettings(temperature=0.3, variance=4.0, masked_weight=1e-3)
    found = eqx.filter_jit(CarlLoss.of(settings).of_frames)(jnp.asarray(frames), batch)
    views = [jnp.asarray(each[:, view]) for each in (frames, times, mask) for view in range(2)]
    wanted = eqx.filter_jit(scl_loss)(*views, temperature=0.3, variance=4.0, masked_weight=1e-3)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_training_aligns_better_than_a_network_without():
    few, none = with_and_without(train_carl, VIDEOS, **SETTINGS)
    assert right(few, VIDEOS) > right(none, VIDEOS) + 0.08


def test_the_seed_decides_the_model_and_videos_may_be_short_and_of_several_activities():
    assert any(len(video.frames) < SETTINGS["frames"] for video in VIDEOS)
    with for_epochs(1, TRAINING):
        first, again, other = (
            train_carl(VIDEOS, seed=seed, **SETTINGS).arrays() for seed in (1, 1, 2**32 - 1)
        )
    assert all(np.isfinite(array).all() for name, array in first.items() if name != "settings")
    assert all((first[name] == again[name]).all() for name in first)
    assert (first["network.blocks.0.weight"] != other["network.blocks.0.weight"]).any()


def test_refuses_unknown_settings_and_no_videos():
    with pytest.raises(TypeError, match="unheard"):
        train_carl(made_progress(2), unheard=1)
    with pytest.raises(ValueError, match="the training set is empty"):
        train_carl([])


def test_a_training_goes_on_after_a_kill_and_gives_the_same_model(tmp_path):
    path = tmp_path / "state.npz"
    kill_training(train_carl, VIDEOS, path, batches=f"{TRAINING}.ViewBatches", **SETTINGS)
    with for_epochs(3, TRAINING):
        resumed, through = resumed_and_through(train_carl, VIDEOS, path, **SETTINGS)
    for name, array in through.items():
        np.testing.assert_array_equal(resumed[name], array)
