"""Models as named arrays, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

__all__ = ["arrays_of", "blank", "with_arrays"]


def arrays_of(tree: PyTree) -> dict[str, np.ndarray]:
    """All arrays of a tree by their paths, such as "encoder.layers.0.weight".

    Raises:
        ValueError: two arrays have one path, as those of {"a": {"b": x}, "a.b": y}.
    """
    leaves, _ = jax.tree_util.tree_flatten_with_path(eqx.filter(tree, eqx.is_array))
    arrays = {_name(path): np.asarray(leaf) for path, leaf in leaves}
    if len(arrays) < len(leaves):
        raise ValueError(f"two of {len(leaves)} arrays of a tree have one path: rename a key with a dot")
    return arrays


def blank(make: Callable, *arguments: Any, **settings: Any) -> PyTree:
    """What `make(*arguments, **settings)` gives, with zeros in all arrays: `with_arrays` fills them.

    Nothing is computed, as to draw the weights of a network that are then replaced takes seconds.
    """
    shapes = eqx.filter_eval_shape(make, *arguments, **settings)

    def zeros(leaf: Any) -> Any:
        if not isinstance(leaf, jax.ShapeDtypeStruct):
            return leaf
        return jnp.asarray(np.zeros(leaf.shape, leaf.dtype))

    return jax.tree.map(zeros, shapes)


def with_arrays(tree: PyTree, arrays: Mapping[str, np.ndarray]) -> PyTree:
    """The tree with these arrays in place of its own, each as the type of number that it takes.

    Args:
        tree: whose arrays name what is taken and which shapes they have.
        arrays: as `arrays_of` gives them; further ones are left alone.

    Raises:
        ValueError: an array is missing or of another shape.
    """

    def replaced(path: tuple, leaf: Any) -> Any:
        if not eqx.is_array(leaf):
            return leaf
        name = _name(path)
        if name not in arrays:
            raise ValueError(f"array {name!r} is missing: give the arrays of such a model")
        array = np.asarray(arrays[name])
        if array.shape != leaf.shape:
            raise ValueError(
                f"array {name!r} is of shape {array.shape}, and the model has {leaf.shape}: "
                "give the arrays of such a model"
            )
        return jnp.asarray(array, leaf.dtype)

    return jax.tree_util.tree_map_with_path(replaced, tree)


def _name(path: tuple) -> str:
    return ".".join(str(_step(entry)) for entry in path)


def _step(entry: Any) -> Any:
    """The attribute, place or key that a step of a path goes to; JAX has a class for each."""
    return next(getattr(entry, kind) for kind in ("name", "idx", "key") if hasattr(entry, kind))
