"""ASOT: a training step as published, models that find planted actions, and what they refuse."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from filled_networks import filled
from made_videos import made_videos

from dkva.metrics.activities import evaluate_together
from dkva.nn.encoder import Encoder
from dkva.nn.optimising import adam
from dkva.nn.training import fit
from dkva.nn.trees import arrays_of, with_arrays
from dkva.transport import align_frames
from dkva.transport.asot import (
    AsotLoss,
    AsotModel,
    AsotNetwork,
    assignment_of,
    centres,
    cross_entropy,
    embedded,
    train_asot,
    with_unit_actions,
)
from dkva.transport.asot_settings import AsotSettings, Decoding
from dkva.transport.training_frames import Batch, FrameBatches

#: Our names of the arrays, and those of the published program.
NAMES = {
    "encoder.layers.0.weight": "mlp.0.0.weight",
    "encoder.layers.0.bias": "mlp.0.0.bias",
    "encoder.layers.1.weight": "mlp.1.weight",
    "encoder.layers.1.bias": "mlp.1.bias",
    "actions": "clusters",
}


class Case:
    """One stored step of the published training, in float64."""

    def __init__(self, stored, number):
        self._stored, self._number = stored, number
        hidden, width = self["param.mlp.0.0.weight"].shape
        blank = AsotNetwork(
            filled(Encoder, (width, hidden, self["param.mlp.1.weight"].shape[0])),
            jnp.zeros(self["param.clusters"].shape),
        )
        blank = jax.tree.map(lambda leaf: leaf.astype(float) if eqx.is_array(leaf) else leaf, blank)
        given = {mine: self[f"param.{theirs}"].astype(float) for mine, theirs in NAMES.items()}
        self.network = with_arrays(blank, given)
        self.batch = Batch(self["features"].astype(float), self["mask"])

    def __getitem__(self, name):
        return self._stored[f"case{self._number}_{name}"]

    def number(self, name):
        return float(self[name])

    def decoding(self, when):
        weights = (self.number(f"{name}_{when}") for name in ("eps", "alpha", "lambda_actions"))
        return Decoding(*weights, self.number("radius"), self.number("rho"), 25)


@pytest.fixture(scope="module", params=[0, 1])
def case(reference_root, request):
    with enable_x64():
        return Case(np.load(reference_root / "asot_training_case.npz"), request.param)


def test_a_training_step_is_the_published_one(x64, case):
    network = with_unit_actions(case.network)
    np.testing.assert_allclose(network.actions, case["actions_normalised"], atol=1e-12)
    frames, mask = jnp.asarray(case.batch.frames), jnp.asarray(case.batch.mask)

    @eqx.filter_jit
    def found(network):
        embeddings = network.encoder(frames)
        cosines = embeddings @ network.actions.T
        codes = jax.nn.softmax(cosines / case.number("temp"))
        return embeddings, codes, assignment_of(1 - cosines, mask, case.decoding("train"))

    embeddings, codes, pseudo_labels = found(network)
    np.testing.assert_allclose(embeddings, case["embeddings"], atol=1e-12)
    np.testing.assert_allclose(codes, case["codes"], atol=1e-11)
    np.testing.assert_allclose(pseudo_labels, case["pseudo_labels"], atol=1e-11)
    loss = AsotLoss(case.decoding("train"), case.number("temp"))
    value, gradient = eqx.filter_jit(eqx.filter_value_and_grad(loss))(network, case.batch)
    np.testing.assert_allclose(value, case["losses_5_steps"][0], atol=1e-12)
    for mine, theirs in NAMES.items():
        np.testing.assert_allclose(arrays_of(gradient)[mine], case[f"grad.{theirs}"], atol=1e-12)


def test_five_steps_are_the_published_ones(x64, case):
    loss = AsotLoss(case.decoding("train"), case.number("temp"))
    optimiser = adam(case.number("lr"), case.number("weight_decay"))
    for steps in (1, 5):
        fitted = fit(
            case.network,
            loss,
            lambda _: [case.batch],
            optimiser=optimiser,
            epochs=steps,
            prepare=with_unit_actions,
        )
        np.testing.assert_allclose(fitted.losses, case["losses_5_steps"][:steps], atol=1e-11)
        for mine, theirs in NAMES.items():
            want = case[f"after{steps}.{theirs}"]  # kept in float32
            np.testing.assert_allclose(arrays_of(fitted.model)[mine], want, rtol=2.0**-24, atol=1e-11)


def test_a_model_segments_as_the_published_one(case):
    sizes = case["param.mlp.0.0.weight"].shape[0], case["param.mlp.1.weight"].shape[0]
    applied = case.decoding("eval")
    settings = AsotSettings(
        hidden=sizes[0],
        outputs=sizes[1],
        eps_applied=applied.eps,
        alpha_applied=applied.alpha,
        lambda_applied=applied.lambda_actions,
        radius=applied.radius,
        rho=applied.rho,
        standardise=False,
    )
    network = jax.tree.map(lambda leaf: leaf.astype(np.float32) if eqx.is_array(leaf) else leaf, case.network)
    got = AsotModel(network, settings).segment(case["features"][0])
    np.testing.assert_array_equal(got, case["eval_segmentation_start_weights"])


def test_cross_entropy_counts_padding_in_the_mean():
    assignment = jnp.array([[[1.0, 0.0], [0.5, 0.5], [1.0, 0.0]]])
    similarity = jnp.array([[[0.2, 0.1], [0.0, 0.3], [9.0, 0.0]]])
    mask = jnp.array([[True, True, False]])
    logs = np.log(np.exp([[2, 1], [0, 3]]) / np.exp([[2, 1], [0, 3]]).sum(1, keepdims=True))
    want = -(logs[0, 0] + logs[1].mean()) / 3
    np.testing.assert_allclose(cross_entropy(assignment, similarity, mask, 0.1), want, rtol=1e-5)


@pytest.mark.filterwarnings("ignore:radius 0.02 is less")
@pytest.mark.parametrize(("stored", "radius"), [("case4", 0.02), ("case4_r015", 0.15)])
def test_cross_entropy_is_the_published_loss_of_aligned_frames_too(x64, reference_root, stored, radius):
    cases = np.load(reference_root / "vaot_alignment_cases.npz")
    x, y = (jnp.asarray(cases[f"case4_emb_{name}"].astype(float)) for name in "xy")
    masks = {f"mask_{name}": cases[f"case4_mask_{name}"] for name in "xy"}
    weights = {name: float(cases[f"case4_{name}"]) for name in ("eps", "alpha", "rho", "zeta")}
    matched = align_frames(x, y, radius=radius, **masks, **weights).assignment

    def loss(x, y):
        mask = jnp.asarray(masks["mask_x"])[None]
        return cross_entropy(jnp.asarray(matched)[None], (x @ y.T)[None], mask, 0.1)

    value, slopes = jax.jit(jax.value_and_grad(loss, (0, 1)))(x, y)
    np.testing.assert_allclose(value, cases[f"{stored}_align_loss"], atol=1e-12)
    for name, slope in zip("xy", slopes, strict=True):
        np.testing.assert_allclose(slope, cases[f"{stored}_grad_emb_{name}"], atol=1e-12)


def test_pseudo_labels_have_no_gradient():
    def total(cost):
        mask = jnp.ones((1, 12), bool)
        return jnp.sum(assignment_of(cost, mask, Decoding(0.07, 0.3, 0.1, 0.1, 0.2, 3))[..., 0])

    cost = jnp.asarray(np.random.default_rng(0).random((1, 12, 3)), jnp.float32)
    assert not np.asarray(jax.jit(jax.grad(total))(cost)).any()


# Some actions take a ninth of a video and some two thirds, so the order has a small weight.
SMALL = {"n_segments": 4, "hidden": 16, "outputs": 8, "frames": 64, "rho": 0.05, "learning_rate": 1e-2}


@pytest.fixture(scope="module")
def trained():
    videos = made_videos()
    return videos, train_asot(videos, epochs=15, **SMALL)


def test_training_finds_planted_actions_and_shares_them_among_videos(trained):
    videos, model = trained
    labels = [model.segment(video.frames) for video in videos]
    scores = evaluate_together([video.labels for video in videos], labels, n_clusters=4)
    assert min(each.mof for each in scores) > 0.9


def test_embedded_frames_have_unit_norm_and_do_not_depend_on_padding(trained):
    videos, model = trained
    found = model.embed(videos[0].frames)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    encoder = model.network.encoder
    np.testing.assert_allclose(
        embedded(encoder, videos[0].frames)[:5], embedded(encoder, videos[0].frames[:5]), atol=1e-6
    )


def test_a_restored_model_segments_alike(trained):
    videos, model = trained
    again = AsotModel.restore(model.arrays())
    assert again.settings == model.settings
    np.testing.assert_array_equal(again.assignment(videos[0].frames), model.assignment(videos[0].frames))


def test_the_seed_decides_the_model():
    videos = made_videos(2)
    first, again, other = (train_asot(videos, seed=seed, epochs=1, **SMALL).arrays() for seed in (1, 1, 2))
    assert all((first[name] == again[name]).all() for name in first)
    assert (first["actions"] != other["actions"]).any()


def test_centres_are_of_all_frames_of_an_epoch():
    videos = [video.frames for video in made_videos(3)]
    encoder = Encoder((8, 8, 4), key=jax.random.key(0))
    found = centres(encoder, FrameBatches(videos, 90, 2, 0)(-1), 1, 0)
    rows = np.concatenate([embedded(encoder, each) for each in videos])
    np.testing.assert_allclose(found[0], rows.mean(0), atol=1e-5)


def test_refuses_features_of_another_width(trained):
    with pytest.raises(ValueError, match="trained on 8 features a frame, and these have 3"):
        trained[1].segment(np.ones((9, 3), np.float32))


def test_refuses_settings_before_videos_are_read():
    with pytest.raises(ValueError, match="alpha is 3"):
        train_asot([], n_segments=2, alpha=3)
