"""RTK's loss, by loops over stages and frames; and which parts of the network learn from which part of it."""

from unittest import mock

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from made_videos import made_videos
from unoptimised import unoptimised_modules

from dkva.nn.trees import arrays_of
from dkva.supervised.frame_losses import frame_loss
from dkva.supervised.labelled_videos import VideoBatches, load_labelled
from dkva.supervised.refining import refinement_loss
from dkva.supervised.rtk_batches import RtkBatches
from dkva.supervised.rtk_loss import RtkLoss
from dkva.supervised.rtk_network import RtkNetwork
from dkva.supervised.rtk_settings import RtkSettings

SMALL = {
    "maps": 8,
    "layers": 1,
    "decoders": 1,
    "decoder_layers": 1,
    "dropout": 0.0,
    "channel_dropout": 0.0,
    "graph_width": 6,
    "graph_layers": 1,
    "refiner_width": 5,
    "refiner_layers": 1,
    "boundary_region": 9.0,
    "boundary_neighbourhood": 3.0,
    "action_threshold": 0.0,
    "boundary_threshold": 0.0,
}
VIDEOS = load_labelled(made_videos(2, frames=60))


def made(**given):
    """Settings, a network and a batch."""
    settings = RtkSettings(**SMALL | given)
    network = filled(RtkNetwork, VIDEOS.width, len(VIDEOS.classes), settings, seed=3)
    return settings, network, next(RtkBatches.of(VideoBatches(VIDEOS, 0), settings)(0))


@eqx.filter_jit
def parts_of(loss, network, batch):
    return loss.parts(network, batch)


def by_loops(logits, batch, settings):
    """Equations 1 and 3 of all stages."""
    total = 0.0
    there = np.flatnonzero(batch.video.mask)
    for stage in np.asarray(logits, float):
        entropy, maps = 0.0, {"action": 0.0, "boundary": 0.0}
        for t in there:
            entropy -= stage[t, batch.video.targets[t]] - np.log(np.exp(stage[t, :-2]).sum())
            for name, column, gamma in (
                ("action", -2, settings.action_balance),
                ("boundary", -1, settings.boundary_balance),
            ):
                p, want = 1 / (1 + np.exp(-stage[t, column])), float(getattr(batch, name)[t])
                if want == 1:
                    maps[name] -= (1 - gamma) * (1 - p) ** 2 * np.log(p)
                else:
                    maps[name] -= gamma * (1 - want) ** 4 * p**2 * np.log(1 - p)
        ones = {name: (getattr(batch, name) == 1).sum() for name in maps}
        total += entropy / len(there) + sum(100 * maps[name] / ones[name] for name in maps)
    return total


@pytest.mark.numerics
def test_the_backbone_learns_maps_and_classes_of_all_stages():
    settings, network, batch = made()
    found = parts_of(RtkLoss(settings), network, batch)
    assert set(found) == {"backbone"}
    logits = unoptimised_modules(network.seen)(batch.video.features, batch.video.mask).logits
    np.testing.assert_allclose(found["backbone"], by_loops(logits, batch, settings), rtol=1e-4)


def test_without_keypoints_the_loss_is_that_of_frames():
    settings, network, batch = made(keypoints=False)
    logits = eqx.filter_jit(network)(batch.video.features, batch.video.mask)
    want = eqx.filter_jit(frame_loss)(logits, *map(jnp.asarray, batch.video[1:3]))
    np.testing.assert_allclose(eqx.filter_jit(RtkLoss(settings))(network, batch), want, rtol=1e-6)


@eqx.filter_jit
def slopes_of(network, loss, batch, parts, whole):
    """The gradients by parts of the loss that are named, all parts, and their sum if it is wanted."""
    arrays, rest = eqx.partition(network, eqx.is_inexact_array)

    def named(arrays):
        found = loss.parts(eqx.combine(arrays, rest), batch)
        return tuple(found[name] for name in parts), found

    values, back, found = jax.vjp(named, arrays, has_aux=True)
    total = None
    if whole:  # of the parts that are there
        with mock.patch.object(RtkLoss, "parts", return_value=found):
            total = loss(network, batch)
    slopes = [
        back(tuple(jnp.full_like(value, name == part) for name, value in zip(parts, values, strict=True)))[0]
        for part in parts
    ]
    return slopes, found, total


def slopes(*parts, whole=False, **given):
    """Largest gradient of each attribute of the network by parts of the loss, and the values."""
    settings, network, batch = made(**given)
    loss = RtkLoss(settings, matching=settings.with_matching, refining=True)
    gradients, *values = slopes_of(network, loss, batch, parts, whole)
    largest = []
    for gradient in gradients:
        found: dict[str, float] = {}
        for name, array in arrays_of(gradient).items():
            of = name.split(".")[0]
            found[of] = max(found.get(of, 0.0), float(np.abs(array).max()))
        largest.append(found)
    return *largest, *values


@pytest.fixture(scope="module")
def whole():
    """By the two parts that refine keypoints, all parts, and their sum: one program."""
    return slopes("matching", "refining", whole=True)


def test_matching_stays_away_from_the_backbone_if_it_is_detached(whole):
    found, *_ = whole
    assert found["encoder"] == found["decoders"] == found["head"] == found["refiner"] == 0
    assert found["graph"] > 0
    assert found["affinity"] > 0
    joined, *_ = slopes("matching", detached=False)
    assert joined["encoder"] > 0
    assert joined["decoders"] > 0


def test_refinement_reaches_the_backbone_and_the_graph(whole):
    _, found, *_ = whole
    assert found["affinity"] == 0
    assert min(found[name] for name in ("encoder", "decoders", "graph", "refiner")) > 0
    alone, *_ = slopes("refining", graph=False)
    assert alone["encoder"] > 0


def test_candidates_without_a_label_teach_nothing():
    """Half of the video has no label: what is found there is neither right nor to be rejected."""
    settings, network, batch = made(candidates=1.0)
    half = batch.video.targets.copy()
    half[30:] = -1
    seen = []

    def spied(logits, targets):
        jax.debug.callback(lambda each: seen.append(np.asarray(each)), targets)
        return refinement_loss(logits, targets)

    given = batch._replace(video=batch.video._replace(targets=half))
    with mock.patch("dkva.supervised.rtk_loss.refinement_loss", spied):
        for each in (batch, given):
            jax.block_until_ready(parts_of(RtkLoss(settings, refining=True), network, each))
        jax.effects_barrier()
    whole, less = (int((targets >= 0).sum()) for targets in seen)
    assert 0 < less < whole


def test_all_parts_are_added(whole):
    *_, parts, total = whole
    assert set(parts) == {"backbone", "matching", "refining"}
    np.testing.assert_allclose(total, sum(map(float, parts.values())), rtol=1e-6)
    assert all(np.isfinite(float(each)) and float(each) > 0 for each in parts.values())
