"""Against the decoder of CLOT's public program, value and gradient, and what must not change anything."""

import operator

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.nn.decoder import Decoder, attention

pytestmark = [pytest.mark.fast, pytest.mark.numerics]


@pytest.fixture
def case(reference_root):
    return np.load(reference_root / "clot_cases.npz")


def loaded(case):
    """A decoder with the weights of PyTorch's, in which those of query, key and value are one array."""
    number = int(case["decoder_layers"])
    decoder = Decoder(
        16,
        heads=int(case["decoder_heads"]),
        layers=number,
        hidden=int(case["decoder_ffn"]),
        key=jax.random.key(0),
    )
    state = {
        name.removeprefix("decoder_state.decoder."): case[name] for name in case.files if "_state." in name
    }

    def put(module, weight, bias):
        arrays = jnp.asarray(weight, float), jnp.asarray(bias, float)
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

    arrays, rest = eqx.partition(decoder.layers, eqx.is_array)
    layers = [
        layer(eqx.combine(jax.tree.map(operator.itemgetter(i), arrays), rest), f"layers.{i}")
        for i in range(number)
    ]
    filled = jax.tree.map(lambda *x: jnp.stack(x) if eqx.is_array(x[0]) else x[0], *layers)
    decoder = eqx.tree_at(
        lambda each: (each.layers, each.norm), decoder, (filled, taken(decoder.norm, "norm"))
    )
    assert not state  # every stored array has its place
    return decoder


def inputs(case, *names):
    """Arrays of PyTorch's order [n, batch, d], as [batch, n, d]."""
    return [jnp.asarray(np.swapaxes(case[f"decoder_{name}"], 0, 1), float) for name in names]


def test_layers_and_gradients_are_those_of_the_public_program(case, x64):
    decoder = loaded(case)
    start, memory, query, positions = inputs(case, "tgt", "memory", "query_embed", "pos_embed")
    mask = ~jnp.asarray(case["decoder_memory_padding"])

    def call(memory, query):
        def each(start, memory, query, positions, mask):
            return decoder(start, memory, query_positions=query, memory_positions=positions, mask=mask)

        return jax.vmap(each)(start, memory, query, positions, mask)

    found = call(memory, query)
    np.testing.assert_allclose(jnp.moveaxis(found, 0, 2), case["decoder_out_layers"], atol=1e-12)
    (cotangent,) = inputs(case, "cotangent")
    gradients = jax.grad(lambda *given: jnp.sum(call(*given)[:, -1] * cotangent), argnums=(0, 1))(
        memory, query
    )
    for gradient, name in zip(gradients, ("memory", "query"), strict=True):
        np.testing.assert_allclose(jnp.swapaxes(gradient, 0, 1), case[f"decoder_grad_{name}"], atol=1e-12)


def test_without_start_positions_and_mask(case, x64):
    memory, query = inputs(case, "memory", "query_embed")
    decoder = loaded(case)
    found = [decoder(jnp.zeros_like(q), m, query_positions=q) for q, m in zip(query, memory, strict=True)]
    stored = case["decoder_out_zero_tgt_no_pos_no_mask"]
    np.testing.assert_allclose(np.stack(found, 2), stored, atol=1e-12)


def test_padding_changes_nothing(key):
    decoder = Decoder(8, heads=2, layers=2, hidden=16, key=key)
    queries, memory = jax.random.normal(key, (3, 8)), jax.random.normal(key, (10, 8))
    padded = jnp.concatenate([memory, jnp.full((4, 8), 1e3)])
    found = decoder(queries, padded, query_positions=queries, mask=jnp.arange(14) < 10)
    np.testing.assert_allclose(found, decoder(queries, memory, query_positions=queries), atol=1e-5)


def test_dropout_acts_in_training_alone(key):
    decoder = Decoder(8, heads=2, layers=2, hidden=16, dropout=0.5, key=key)
    queries, memory = jax.random.normal(key, (3, 8)), jax.random.normal(key, (10, 8))

    def call(key=None):
        return decoder(queries, memory, query_positions=queries, key=key)

    first, again, other = (call(jax.random.key(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    without = Decoder(8, heads=2, layers=2, hidden=16, key=key)
    np.testing.assert_array_equal(call(), without(queries, memory, query_positions=queries))


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
