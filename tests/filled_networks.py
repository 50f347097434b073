"""Networks whose numbers are drawn by NumPy: to start them as they start would compile a program a draw."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

__all__ = ["filled"]


def filled(make, *arguments, seed=0, **settings):
    """What `make(*arguments, **settings, key=…)` gives, with numbers that are those of no start."""
    rng = np.random.default_rng(seed)
    key = jax.eval_shape(jax.random.key, 0)
    made = eqx.filter_eval_shape(lambda key: make(*arguments, **settings, key=key), key)

    def drawn(path, leaf):
        if not isinstance(leaf, jax.ShapeDtypeStruct):
            return leaf
        values = rng.standard_normal(leaf.shape) / np.sqrt(np.prod(leaf.shape[1:]))
        if "running_var" in jax.tree_util.keystr(path):
            values = 0.5 + np.abs(values)
        return jnp.asarray(np.asarray(values, leaf.dtype))

    return jax.tree_util.tree_map_with_path(drawn, made)
