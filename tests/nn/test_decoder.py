"""Against the decoder of CLOT's public program, value and gradient, and what must not change anything."""

import functools
import operator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from conftest import enable_x64
from filled_networks import filled
from unoptimised import unoptimised, unoptimised_modules

from dkva.nn.decoder import Decoder, attention

pytestmark = pytest.mark.fast


@pytest.fixture(scope="module")
def case(reference_root):
    return np.load(reference_root / "clot_cases.npz")


def _called(decoder, queries, memory, **given):
    return decoder(queries, memory, **given)


called, cheaply_called = eqx.filter_jit(_called), unoptimised_modules(_called)


@pytest.fixture(scope="module")
def loaded(case):
    """A decoder with the weights of PyTorch's, in which those of query, key and value are one array."""
    number = int(case["decoder_layers"])
    decoder = filled(
        Decoder, 16, heads=int(case["decoder_heads"]), layers=number, hidden=int(case["decoder_ffn"])
    )
    state = {
        name.removeprefix("decoder_state.decoder."): case[name] for name in case.files if "_state." in name
    }

    def put(module, weight, bias):
        arrays = np.asarray(weight, float), np.asarray(bias, float)
        return eqx.tree_at(lambda each: (each.weight, each.bias), module, arrays)

    def taken(module, name):
        return put(module, state.pop(f"{name}.weight"), state.pop(f"{name}.bias"))

    def attended(module, name):
        weights = np.split(state.pop(f"{name}.in_proj_weight"), 3)
        biases = np.split(state.pop(f"{name}.in_proj_bias"), 3)
        inputs = (module.query_proj, module.key_proj, module.value_proj)
        parts = [put(*each) for each in zip(inputs, weights, biases, strict=True)]
        parts.append(taken(module.output_proj, f"{name}.out_proj"))
        places = operator.attrgetter(*(f"{name}_proj" for name in ("query", "key", "value", "output")))
        return eqx.tree_at(places, module, parts)

    def layer(module, name):
        parts = (
            attended(module.among, f"{name}.self_attn"),
            attended(module.across, f"{name}.multihead_attn"),
            taken(module.widen, f"{name}.linear1"),
            taken(module.narrow, f"{name}.linear2"),
            tuple(taken(norm, f"{name}.norm{i}") for i, norm in enumerate(module.norms, start=1)),
        )
        return eqx.tree_at(lambda m: (m.among, m.across, m.widen, m.narrow, m.norms), module, parts)

    layers = [layer(decoder.layers, f"layers.{i}") for i in range(number)]
    stacked = jax.tree.map(lambda *x: np.stack(x) if isinstance(x[0], np.ndarray) else x[0], *layers)
    decoder = eqx.tree_at(
        lambda each: (each.layers, each.norm), decoder, (stacked, taken(decoder.norm, "norm"))
    )
    assert not state  # every stored array has its place
    assert not any(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(decoder))  # nor has it others
    with enable_x64():
        return jax.tree.map(lambda leaf: jnp.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf, decoder)


def inputs(case, *names):
    """Arrays of PyTorch's order [n, batch, d], as [batch, n, d]."""
    return [np.swapaxes(case[f"decoder_{name}"], 0, 1).astype(float) for name in names]


@pytest.mark.numerics
def test_layers_and_gradients_are_those_of_the_public_program(case, loaded, x64):
    start, memory, query, positions = map(
        jnp.asarray, inputs(case, "tgt", "memory", "query_embed", "pos_embed")
    )
    mask = jnp.asarray(~case["decoder_memory_padding"])
    (cotangent,) = inputs(case, "cotangent")

    def total(memory, query):
        def each(start, memory, query, positions, mask):
            return loaded(start, memory, query_positions=query, memory_positions=positions, mask=mask)

        found = jax.vmap(each)(start, memory, query, positions, mask)
        return jnp.sum(found[:, -1] * cotangent), found

    gradients, found = jax.jit(jax.grad(total, argnums=(0, 1), has_aux=True))(memory, query)
    np.testing.assert_allclose(np.moveaxis(found, 0, 2), case["decoder_out_layers"], atol=1e-12)
    for gradient, name in zip(gradients, ("memory", "query"), strict=True):
        np.testing.assert_allclose(np.swapaxes(gradient, 0, 1), case[f"decoder_grad_{name}"], atol=1e-12)


@pytest.mark.numerics
def test_without_start_positions_and_mask(case, loaded, x64):
    found = [
        cheaply_called(loaded, jnp.asarray(np.zeros_like(q)), jnp.asarray(m), query_positions=jnp.asarray(q))
        for m, q in zip(*inputs(case, "memory", "query_embed"), strict=True)
    ]
    stored = case["decoder_out_zero_tgt_no_pos_no_mask"]
    np.testing.assert_allclose(np.stack(found, 2), stored, atol=1e-12)


def drawn():
    """Queries and a memory."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal((rows, 8)).astype(np.float32) for rows in (3, 10)]


@pytest.mark.numerics
def test_padding_changes_nothing():
    decoder = filled(Decoder, 8, heads=2, layers=2, hidden=16)
    queries, memory = drawn()
    padded = np.concatenate([memory, np.full((4, 8), 1e3, np.float32)])
    queries = jnp.asarray(queries)
    mask = jnp.asarray(np.arange(14) < 10)
    found = called(decoder, queries, jnp.asarray(padded), query_positions=queries, mask=mask)
    plain = cheaply_called(decoder, queries, jnp.asarray(memory), query_positions=queries)
    np.testing.assert_allclose(found, plain, atol=1e-5)


def test_dropout_acts_in_training_alone():
    queries, memory = map(jnp.asarray, drawn())

    @functools.partial(unoptimised, static_argnames="dropout")  # draws take seconds to compile
    def call(key=None, dropout=0.5):
        decoder = filled(Decoder, 8, heads=2, layers=2, hidden=16, dropout=dropout)
        return decoder(queries, memory, query_positions=queries, key=key)

    first, again, other = (call(jax.random.key(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    np.testing.assert_array_equal(call(), call(dropout=0.0))


def test_weights_start_as_in_the_public_program(key):
    decoder = Decoder(64, heads=4, layers=1, hidden=128, key=key)
    layer = decoder.layers
    # In PyTorch query, key and value are one matrix, of three times as many outputs.
    bounds = {"query": 4 * 64, "key": 4 * 64, "value": 4 * 64, "output": 2 * 64}
    for each in (layer.among, layer.across):
        for name, size in bounds.items():
            part = getattr(each, f"{name}_proj")
            bound = np.sqrt(6 / size)
            assert 0.98 * bound < np.abs(part.weight).max() <= bound
            assert not part.bias.any()
            assert part.weight.shape == (1, 64, 64)
    assert np.abs(layer.widen.weight).max() == pytest.approx(np.sqrt(6 / 192), rel=0.02)
    assert np.abs(layer.narrow.weight).max() == pytest.approx(np.sqrt(6 / 192), rel=0.02)


def test_heads_that_do_not_divide_the_width(key):
    with pytest.raises(ValueError, match="heads are 3, and 8 features a frame: give a divisor"):
        attention(8, 3, key=key)
