import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dkva.experiments.models import read_model, write_model
from dkva.nn.encoder import Encoder
from dkva.nn.optimising import adam
from dkva.nn.trees import arrays_of, blank, with_arrays

pytestmark = pytest.mark.fast


def test_arrays_go_into_a_file_and_back(key, tmp_path):
    encoder = Encoder((3, 4, 2), key=key)
    arrays = arrays_of(encoder)
    assert list(arrays) == [f"layers.{i}.{kind}" for i in (0, 1) for kind in ("weight", "bias")]
    write_model(tmp_path / "model.npz", arrays, {})
    back = with_arrays(Encoder((3, 4, 2), key=jax.random.key(1)), read_model(tmp_path / "model.npz")[0])
    for one, other in zip(jax.tree.leaves(encoder), jax.tree.leaves(back), strict=True):
        assert isinstance(other, jax.Array)
        np.testing.assert_array_equal(one, other)


def test_what_is_blank_has_all_but_the_numbers(key):
    drawn = []

    def made(width, *, key, steps):
        net = Encoder((3, width), key=key)
        drawn.append(not isinstance(net.layers[0].weight, jax.core.Tracer))
        return {"net": net, "steps": steps, "count": jnp.arange(3)}

    full, found = made(4, key=key, steps=5), blank(made, 4, key=key, steps=5)
    assert drawn == [True, False]
    assert jax.tree.structure(found) == jax.tree.structure(full)
    assert found["steps"] == 5
    arrays = arrays_of(found)
    assert arrays.keys() == arrays_of(full).keys()
    for name, array in arrays_of(full).items():
        assert (arrays[name].shape, arrays[name].dtype) == (array.shape, array.dtype)
        assert not arrays[name].any()
    np.testing.assert_array_equal(arrays_of(with_arrays(found, arrays_of(full)))["count"], [0, 1, 2])


def test_trees_of_every_kind(key):
    encoder = Encoder((3, 2), key=key)
    moments = adam(0.1).init(eqx.filter(encoder, eqx.is_inexact_array))
    tree = {"net": encoder, "moments": moments, "rest": [1, "text", None, jnp.arange(3)]}
    arrays = arrays_of(tree)
    assert {"net.layers.0.bias", "rest.3"} <= arrays.keys()
    assert sum(name.endswith("count") for name in arrays) == 1
    doubled = with_arrays(
        tree, {name: np.asarray(2 * array) for name, array in arrays.items()} | {"more": np.zeros(1)}
    )
    assert jax.tree.structure(doubled) == jax.tree.structure(tree)
    assert doubled["rest"][:3] == [1, "text", None]
    np.testing.assert_array_equal(doubled["rest"][3], [0, 2, 4])


def test_numbers_are_of_the_type_that_the_tree_has():
    found = with_arrays({"a": jnp.zeros(2), "n": jnp.zeros(2, jnp.int32)}, {"a": np.ones(2), "n": np.ones(2)})
    assert (found["a"].dtype, found["n"].dtype) == (jnp.float32, jnp.int32)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "array 'layers.0.weight' is missing: give the arrays of such a model"),
        ({"layers.0.weight": np.zeros((2, 4))}, r"is of shape \(2, 4\), and the model has \(2, 3\)"),
    ],
)
def test_arrays_of_another_model(arrays, message, key):
    with pytest.raises(ValueError, match=message):
        with_arrays(Encoder((3, 2), key=key), arrays)


def test_paths_that_are_the_same():
    with pytest.raises(ValueError, match="rename a key with a dot"):
        arrays_of({"a": {"b": jnp.zeros(1)}, "a.b": jnp.ones(1)})
