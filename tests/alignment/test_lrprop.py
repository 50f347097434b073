"""LRProp: its loss by its parts, each of which can be left out, models, and what they refuse."""

import functools
from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from made_progress import SMALL, TRAINING, made_progress, right, with_and_without
from short_training import for_epochs

from dkva.alignment.frame_training import ViewBatch
from dkva.alignment.lrprop import LrpropLoss, compared, train_lrprop
from dkva.alignment.lrprop_settings import LrpropSettings
from dkva.alignment.position_propagation import other_video, same_video, soft_warping

#: One is shorter than a view, and of the released views some frames lie behind the end of others, too.
VIDEOS = [*made_progress(5), *made_progress(1, frames=20)]
HEADED = SMALL | {"projection": True, "views": "released"}
SETTINGS = LrpropSettings(same_weight=0.5, other_weight=0.7, soft_dtw_weight=0.3, gamma=0.2, variance=5.0)


@pytest.mark.fast
def test_which_views_are_compared():
    assert compared(2, "three").tolist() == [[[0, 0], [1, 1]]]
    every = {tuple(map(tuple, pair)) for pair in compared(3, "all").tolist()}
    views = [(video, view) for video in range(3) for view in range(2)]
    assert every == {(one, two) for one in views for two in views if one[0] < two[0]}


@pytest.fixture(scope="module")
def drawn():
    """Frames of unit norm of two views of each of two videos, and their batch."""
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(2, 2, 6, 4)).astype(np.float32)
    frames /= np.linalg.norm(frames, axis=-1, keepdims=True)
    times = np.sort(rng.integers(0, 30, (2, 2, 6)), -1)
    mask = np.arange(6) < rng.integers(4, 7, (2, 2, 1))
    batch = ViewBatch(np.zeros((2, 2, 6, 1)), times, mask, np.full(2, 30), np.zeros(3, np.uint32))
    return jnp.asarray(frames), batch


def total(drawn, settings):
    return jax.jit(LrpropLoss(settings).of_frames)(*drawn)


jitted = functools.cache(eqx.filter_jit)


def one_by_one(drawn, settings):
    """Of each two views on their own."""
    frames, batch = drawn
    how = {
        "temperature": settings.temperature,
        "variance": settings.variance,
        "reduction": settings.reduction,
    }

    def of(loss, first, second):
        arrays = map(np.asarray, (frames, batch.times, batch.mask))
        given = [each[place][None] for each in arrays for place in (first, second)]
        if loss is soft_warping:
            return float(jitted(loss)(*given[:2], *given[4:], gamma=settings.gamma)[0])
        return float(jitted(loss)(*given, **how)[0])

    within = [((0, 0), (0, 1)), ((1, 0), (1, 1))]
    between = [((0, 0), (1, 1))]
    if settings.view_pairs == "all":
        between = [((0, i), (1, j)) for i in range(2) for j in range(2)]
    found = settings.same_weight * sum(of(same_video, *pair) for pair in within)
    found += settings.other_weight * sum(of(other_video, *pair) for pair in between)
    found += settings.soft_dtw_weight * sum(of(soft_warping, *pair) for pair in between)
    return found / (len(within) + len(between))


@pytest.mark.fast
@pytest.mark.parametrize(("view_pairs", "reduction"), [("all", "mean"), ("three", "sum")])
def test_the_loss_is_the_mean_over_pairs_of_views(drawn, view_pairs, reduction):
    settings = replace(SETTINGS, view_pairs=view_pairs, reduction=reduction)
    np.testing.assert_allclose(total(drawn, settings), one_by_one(drawn, settings), rtol=1e-5)


@pytest.mark.fast
def test_each_part_can_be_left_out(drawn):
    names = ("same_weight", "other_weight", "soft_dtw_weight")
    parts = [
        total(drawn, replace(SETTINGS, **{name: 0.0 for name in names if name != kept})) for kept in names
    ]
    assert all(part != 0 for part in parts)
    np.testing.assert_allclose(sum(parts), total(drawn, SETTINGS), rtol=1e-5)


def test_training_aligns_better_than_a_network_without():
    few, none = with_and_without(train_lrprop, VIDEOS, **HEADED)
    assert right(few, VIDEOS) > right(none, VIDEOS) + 0.05


def test_the_seed_decides_the_model_and_a_head_is_learned_from_short_videos():
    assert min(len(video.frames) for video in VIDEOS) < HEADED["frames"]
    with for_epochs(1, TRAINING):
        first, again, other = (train_lrprop(VIDEOS, seed=seed, **HEADED).arrays() for seed in (1, 1, 2))
    assert all((first[name] == again[name]).all() for name in first)
    assert all(np.isfinite(array).all() for name, array in first.items() if name != "settings")
    assert (first["network.last.weight"] != other["network.last.weight"]).any()


def test_refuses_one_video_and_several_activities():
    with pytest.raises(ValueError, match="is the only video"):
        train_lrprop(made_progress(1), **SMALL)
    with pytest.raises(ValueError, match="mixes activities"):
        train_lrprop([*made_progress(2), *made_progress(1, activity="coffee")], **SMALL)
