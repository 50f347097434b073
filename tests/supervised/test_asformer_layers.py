"""Parts of ASFormer by themselves; what they give beside the released ones: test_asformer."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.supervised.asformer_layers import AttentionLayer, Decoder, Encoder, instance_norm


@pytest.mark.fast
@pytest.mark.numerics
def test_maps_are_normalised_over_the_frames_that_are_there(x64):
    frames, mask = np.random.default_rng(0).normal(3, 2, size=(9, 4)), np.arange(9) < 6
    found = instance_norm(jnp.asarray(frames), jnp.asarray(mask, float))
    want = (frames - frames[:6].mean(0)) / np.sqrt(frames[:6].var(0) + 1e-5)
    np.testing.assert_allclose(found, want, rtol=1e-12)
    assert np.isfinite(instance_norm(jnp.asarray(frames), jnp.zeros(9))).all()


@pytest.mark.fast
def test_with_a_scale_of_0_nothing_is_heard(key):
    frames, mask = jax.random.normal(key, (7, 4)), jnp.ones(7)
    layer = AttentionLayer(4, 2, scale=0.0, dropout=0.5, ignores_padding=True, key=key)
    run = eqx.filter_jit(layer)
    heard = [run(frames, earlier, mask, key=None) for earlier in (frames, 5 * frames)]
    np.testing.assert_array_equal(heard[0], heard[1])


def test_a_decoder_reads_inputs_of_any_width_and_the_values_of_the_stage_before(key):
    decoder = Decoder(5, 4, 2, 0.5, key=key)
    inputs, earlier = jax.random.normal(key, (7, 5)), jax.random.normal(jax.random.key(1), (7, 4))
    mask = jnp.arange(7) < 6
    run = eqx.filter_jit(decoder)
    found = run(inputs, earlier, mask)
    assert found.shape == (7, 4)
    assert not found[6:].any()
    assert not np.allclose(found, run(inputs, 2 * earlier, mask))
    assert not np.allclose(found, run(2 * inputs, earlier, mask))
    assert not np.allclose(found, run(inputs, earlier, mask, jax.random.key(2)))


def test_whole_channels_are_dropped(key):
    encoder = Encoder(40, 4, 1, channel_dropout=0.5, dropout=0.0, key=key)
    features = jax.random.normal(key, (6, 40))

    @jax.jit
    def slopes(key):
        return jax.grad(lambda features: jnp.sum(jnp.square(encoder(features, jnp.ones(6), key))))(features)

    read = np.abs(slopes(jax.random.key(1))) > 0
    assert (read.any(0) == read.all(0)).all()
    assert 8 < read.any(0).sum() < 32
    assert (read.any(0) != (np.abs(slopes(jax.random.key(2))) > 0).any(0)).any()


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "message"), [({"inputs": 0}, "inputs is 0"), ({"scale": -1.0}, "scale is")]
)
def test_bad_arguments(change, message, key):
    with pytest.raises(ValueError, match=message):
        Decoder(**{"inputs": 3, "maps": 4, "layers": 1, "scale": 1.0} | change, key=key)
