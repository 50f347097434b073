"""MS-TCN against a plain program in NumPy; padding, dropout, bad arguments."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_networks import filled
from scipy.special import softmax
from unoptimised import unoptimised_modules

from dkva.nn.trees import arrays_of
from dkva.supervised.ms_tcn_network import MsTcn


def made(**change):
    return MsTcn(6, 3, **{"stages": 2, "layers": 3, "maps": 4, "key": jax.random.key(0)} | change)


def drawn(n):
    return np.random.default_rng(0).normal(size=(n, 6))


def in_numpy(model, features):
    """Frame by frame, as the paper tells it."""
    arrays, inputs, found = arrays_of(model), features, []
    for stage in range(len(model.stages)):

        def of(name, stage=stage):
            return arrays[f"stages.{stage}.{name}"]

        frames = inputs @ of("enter.weight").T + of("enter.bias")
        for place in range(len(model.stages[stage].mixes)):
            weight, wide = of(f"convolutions.{place}.weight"), np.zeros_like(frames)
            for t in range(len(frames)):
                wide[t] = of(f"convolutions.{place}.bias")[:, 0]
                for tap, other in enumerate((t - 2**place, t, t + 2**place)):
                    if 0 <= other < len(frames):
                        wide[t] += weight[:, :, tap] @ frames[other]
            mixed = np.maximum(wide, 0) @ of(f"mixes.{place}.weight").T + of(f"mixes.{place}.bias")
            frames = frames + mixed
        found.append(frames @ of("leave.weight").T + of("leave.bias"))
        inputs = softmax(found[-1], axis=1)
    return np.stack(found)


def called(model, features, mask=None, key=None):
    return model(features, mask, key=key)


run = eqx.filter_jit(called)


@pytest.mark.numerics
def test_stages_are_those_of_a_plain_program_and_padding_changes_nothing(x64):
    features, model = drawn(11), filled(MsTcn, 6, 3, stages=2, layers=3, maps=4)
    want = in_numpy(model, features)
    np.testing.assert_allclose(unoptimised_modules(called)(model, features), want, rtol=1e-10, atol=1e-12)
    found = run(model, np.pad(features, ((0, 9), (0, 0))), np.arange(20) < 11)
    np.testing.assert_allclose(found[:, :11], want, rtol=1e-10, atol=1e-12)
    assert not found[:, 11:].any()


def test_dropout_is_drawn_from_the_key():
    features, model = jnp.asarray(drawn(9), jnp.float32), made()
    first, again, other = (run(model, features, key=jax.random.key(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


@pytest.mark.fast
def test_parameters_are_as_many_as_published():
    """0.8 million, as in the paper of MS-TCN++ (Li et al., TPAMI 2020)."""
    shapes = eqx.filter_eval_shape(MsTcn, 2048, 19, key=jax.random.key(0))
    assert round(sum(leaf.size for leaf in jax.tree.leaves(shapes)) / 1e6, 1) == 0.8


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stages": 0}, "stages is 0"),
        ({"layers": 0}, "layers is 0"),
        ({"dropout": 1.0}, "dropout is 1.0: give a number below 1"),
    ],
)
def test_bad_arguments(change, message):
    with pytest.raises(ValueError, match=message):
        made(**change)
