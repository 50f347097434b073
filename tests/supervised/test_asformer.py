"""ASFormer against the released code's outputs, losses and gradients; padding, dropout, bad arguments."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from filled_networks import filled
from unoptimised import unoptimised_modules

from dkva.nn.optimising import adam
from dkva.nn.trees import arrays_of
from dkva.supervised.asformer import ASFormer, torch_name
from dkva.supervised.frame_losses import frame_loss


@pytest.fixture(scope="module")
def stored(reference_root):
    with np.load(reference_root / "asformer_case.npz") as file:
        return {name: file[name] for name in file.files}


def state_of(stored, number):
    return {
        name.removeprefix("state."): array.astype(number)
        for name, array in stored.items()
        if name.startswith("state.")
    }


def released(stored, number=np.float64):
    return ASFormer.from_torch_state(state_of(stored, number), n_decoders=2, n_layers=4)


def video(stored, case, number=np.float64):
    features = jnp.asarray(stored[f"{case}_input"].T.astype(number))
    targets = stored[f"{case}_target"]
    mask = jnp.asarray(stored[f"{case}_mask"][0].astype(number))
    return features, jnp.asarray(np.where(targets < 0, -1, targets)), mask


def loss_and_stages(model, features, targets, mask):
    seen = model.seen(features, mask)
    return frame_loss(seen.logits, targets, mask, over_padding=True), seen


def with_gradient(model, features, targets, mask):
    """Loss, what the stages give, and the gradient."""
    evaluate = eqx.filter_value_and_grad(loss_and_stages, has_aux=True)
    (value, seen), gradient = evaluate(model, features, targets, mask)
    return value, seen, gradient


def learned(model, features, targets, mask):
    """The same and the weights after a step."""
    value, seen, gradient = with_gradient(model, features, targets, mask)
    weights, steps = eqx.filter(model, eqx.is_array), adam(5e-4, 1e-5)
    moves, _ = steps.update(gradient, steps.init(weights), weights)
    return value, seen, gradient, optax.apply_updates(weights, moves)


@pytest.mark.numerics
def test_stages_and_loss_of_a_video_without_padding_are_the_released_ones(x64, stored):
    # In float64 the formulas are compared, and with optimisation, which takes longest, in float32 below.
    value, seen = unoptimised_modules(loss_and_stages)(released(stored), *video(stored, "T97"))
    want = np.swapaxes(stored["T97_stages"], 1, 2)
    np.testing.assert_allclose(seen.logits, want, rtol=1e-9, atol=1e-9)
    for place, name in enumerate(("encoder", "decoder0", "decoder1")):
        want = stored[f"T97_features_{name}"].T
        np.testing.assert_allclose(seen.features[place], want, rtol=1e-9, atol=1e-9)
    assert float(value) == pytest.approx(float(stored["T97_loss"]), rel=1e-9)


@pytest.mark.numerics
def test_stages_loss_gradients_and_a_step_are_the_released_ones(x64, stored):
    run = unoptimised_modules(learned)
    value, seen, gradient, after = run(released(stored), *video(stored, "T64"))
    want = np.swapaxes(stored["T64_stages"], 1, 2)
    np.testing.assert_allclose(seen.logits, want, rtol=1e-9, atol=1e-9)
    assert float(value) == pytest.approx(float(stored["T64_loss"]), rel=1e-9)
    for name, found in arrays_of(gradient).items():
        norm = float(stored[f"T64_gradnorm.{torch_name(name)}"])
        assert np.linalg.norm(found) == pytest.approx(norm, rel=1e-9, abs=1e-9), name
        of_each = stored[f"T64_grad.{torch_name(name)}"].reshape(found.shape)  # in float32
        np.testing.assert_allclose(found, of_each, rtol=1e-7, atol=1e-9, err_msg=name)
    moved = {torch_name(name): array for name, array in arrays_of(after).items()}
    of_step = [name for name in stored if name.startswith("T64_after_adam_step.")]
    assert of_step
    for name in of_step:
        found = moved[name.partition(".")[2]].reshape(stored[name].shape)
        np.testing.assert_allclose(found, stored[name], rtol=1e-9, atol=1e-9)


@pytest.mark.numerics
def test_single_precision_is_as_near_as_it_can_be(stored):
    run = eqx.filter_jit(with_gradient)
    value, seen, gradient = run(released(stored, np.float32), *video(stored, "T64", np.float32))
    want = np.swapaxes(stored["T64_stages"], 1, 2)
    np.testing.assert_allclose(seen.logits, want, rtol=1e-5, atol=1e-5)
    assert float(value) == pytest.approx(float(stored["T64_loss"]), rel=1e-5)
    # Of a gradient that is a sum of terms that cancel, the error is that of its terms: it is taken over all.
    gradients = arrays_of(gradient)
    total = np.linalg.norm([float(stored[f"T64_gradnorm.{torch_name(name)}"]) for name in gradients])
    for name, found in gradients.items():
        of_each = stored[f"T64_grad.{torch_name(name)}"].reshape(found.shape)
        np.testing.assert_allclose(found, of_each, rtol=0, atol=1e-5 * total, err_msg=name)


@pytest.mark.numerics
def test_frames_of_the_first_layers_are_the_released_ones(x64, stored):
    features, _, mask = video(stored, "T97")
    encoder = released(stored).encoder
    cut = eqx.tree_at(lambda each: each.layers, encoder, encoder.layers[:2])
    want = stored["T97_features_encoder_layer1"].T
    np.testing.assert_allclose(unoptimised_modules(cut)(features, mask), want, rtol=1e-9, atol=1e-9)


SMALL = {"maps": 4, "layers": 1, "decoders": 1, "decoder_layers": 1}


def small(**sizes):
    return filled(ASFormer, 6, 3, **SMALL | sizes)


def drawn(n):
    return np.random.default_rng(0).normal(size=(n, 6))


def padded(features, n):
    return np.pad(features, ((0, n - len(features)), (0, 0))), np.arange(n) < len(features)


@pytest.mark.numerics
def test_padding_changes_nothing_unless_released(x64):
    features, model = drawn(3), small(layers=3)  # a block of the last holds the video

    def seen(model, features, mask):
        return model.seen(features, mask)

    run, cheaply = eqx.filter_jit(seen), unoptimised_modules(seen)
    short, long = cheaply(model, features, None), run(model, *padded(features, 16))
    for one, other in zip(short, long, strict=True):
        np.testing.assert_allclose(other[:, :3], one, rtol=1e-10, atol=1e-12)
        assert not other[:, 3:].any()
    model = small(ignores_padding=False)
    short, long = cheaply(model, features, None), cheaply(model, *padded(features, 16))
    assert np.abs(long.logits[:, :3] - short.logits).max() > 1e-3


@pytest.mark.fast
def test_parameters_are_as_many_as_published():
    """RTK's paper tells 1.134 million for ASFormer, which are those for the classes of 50 Salads."""

    def count(**sizes):
        made = eqx.filter_eval_shape(ASFormer, 2048, 19, key=jax.random.key(0), **sizes)
        return sum(leaf.size for leaf in jax.tree.leaves(made))

    assert round(count() / 1e6, 3) == 1.134
    assert count(layers=2, decoders=1, decoder_layers=1) < count(layers=2, decoders=1)
    assert count(layers=2, decoders=0) < count(layers=2, decoders=1, decoder_layers=1)


def test_dropout_is_drawn_from_the_key():
    model, features = small(), jnp.asarray(drawn(6), jnp.float32)
    run = eqx.filter_jit(lambda model, key: model(features, key=key))
    first, again, other = (run(model, jax.random.key(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    without = small(dropout=0.0, channel_dropout=0.0)
    np.testing.assert_allclose(run(without, jax.random.key(1)), run(model, None), atol=1e-6)


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"maps": 1}, "maps is 1"),
        ({"layers": 0}, "layers is 0"),
        ({"decoders": -1}, "decoders is -1"),
        ({"decoder_layers": 0}, "layers is 0"),
        ({"dropout": 1.0}, "dropout is 1.0: give a number below 1"),
        ({"channel_dropout": 1.0}, "channel_dropout is 1.0: give a number below 1"),
    ],
)
def test_bad_arguments(change, message):
    with pytest.raises(ValueError, match=message):
        small(**change)


@pytest.mark.fast
def test_arrays_that_are_not_of_such_a_network(stored):
    state = state_of(stored, np.float32)

    def read(state, **sizes):
        ASFormer.from_torch_state(state, **{"n_decoders": 2, "n_layers": 4} | sizes)

    with pytest.raises(ValueError, match=r"array 'encoder.conv_1x1.weight' is missing: give the state dict"):
        read({})
    with pytest.raises(ValueError, match=r"array 'encoder.layers.4.feed_forward.layer.0.weight' is missing"):
        read(state, n_layers=5)
    with pytest.raises(ValueError, match=r"array 'decoders.2.*' is missing"):
        read(state, n_decoders=3)
    name = "decoders.1.layers.3.att_layer.conv_out.weight"
    with pytest.raises(
        ValueError, match=rf"array '{name}' is of shape \(16, 7, 1\), and the network has"
    ) as told:
        read(state | {name: np.zeros((16, 7, 1))})
    assert "\n" not in str(told.value)
    with pytest.raises(ValueError, match=r"array 'encoder.conv_1x1.weight' is of shape \(16,\)"):
        read(state | {"encoder.conv_1x1.weight": np.zeros(16)})
