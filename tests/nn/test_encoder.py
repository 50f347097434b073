import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled

from dkva.nn.encoder import Encoder

pytestmark = pytest.mark.fast


def by_hand(encoder, frame):
    for layer in encoder.layers[:-1]:
        frame = np.maximum(np.asarray(layer.weight) @ frame + np.asarray(layer.bias), 0)
    last = encoder.layers[-1]
    out = np.asarray(last.weight) @ frame + np.asarray(last.bias)
    return out / np.linalg.norm(out)


@pytest.mark.numerics
@pytest.mark.parametrize("sizes", [(6, 4), (6, 9, 4), [6, 9, 5, 4]])
def test_frames_are_embedded_one_by_one_with_unit_norm(sizes):
    encoder = filled(Encoder, sizes)
    frames = np.random.default_rng(0).normal(size=(2, 7, 6)).astype(np.float32)
    embed = eqx.filter_jit(encoder)
    found = np.asarray(embed(jnp.asarray(frames)))
    assert found.shape == (2, 7, 4)
    for video, rows in zip(frames, found, strict=True):
        np.testing.assert_allclose(rows, [by_hand(encoder, f) for f in video], atol=1e-6)
    np.testing.assert_allclose(embed(jnp.asarray(frames[0, 0])), found[0, 0], atol=1e-6)


def test_the_weights_start_as_in_pytorch(key):
    for layer, inputs in zip(Encoder((400, 100, 50), key=key).layers, (400, 100), strict=True):
        for array in (layer.weight, layer.bias):
            assert np.abs(array).max() <= inputs**-0.5
        assert np.abs(layer.weight).max() > 0.99 * inputs**-0.5
        assert np.std(layer.weight) == pytest.approx((3 * inputs) ** -0.5, rel=0.03)
    other = Encoder((400, 100, 50), key=jax.random.key(1))
    assert not np.array_equal(other.layers[0].weight, Encoder((400, 100, 50), key=key).layers[0].weight)


@pytest.mark.numerics
def test_frames_of_one_video_of_the_asot_program(reference_root, x64):
    case = np.load(reference_root / "asot_training_case.npz")
    encoder = filled(Encoder, (64, 128, 40))
    names = [layer.format(kind) for layer in ("mlp.0.0.{}", "mlp.1.{}") for kind in ("weight", "bias")]
    arrays = [jnp.asarray(case[f"case0_param.{name}"], float) for name in names]
    loaded = jax.tree.unflatten(jax.tree.structure(encoder), arrays)
    found = eqx.filter_jit(loaded)(jnp.asarray(case["case0_features"], float))
    np.testing.assert_allclose(found, case["case0_embeddings"], atol=1e-12)


@pytest.mark.parametrize("sizes", [(6,), (6, 0, 4)])
def test_sizes_that_are_none(sizes, key):
    with pytest.raises(ValueError, match="give at least two, each at least 1"):
        Encoder(sizes, key=key)
