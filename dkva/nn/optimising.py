"""Optimisers as PyTorch has them."""

from __future__ import annotations

import functools

import jax
import optax

__all__ = ["adam"]


@functools.cache  # one object for the same numbers, so that trainings alike share a compiled program
def adam(learning_rate: float, weight_decay: float = 0.0) -> optax.GradientTransformation:
    """Adam whose weight decay is a part of the gradient: λ·w is added to it, as `torch.optim.Adam` does.

    `optax.adamw` takes the decay apart from the moments, which is another method.

    Args:
        learning_rate: of every step.
        weight_decay: λ.
    """
    steps = optax.chain(optax.add_decayed_weights(weight_decay), optax.adam(learning_rate))

    def update(gradient, state, weights):
        with jax.numpy_dtype_promotion("standard"):  # optax mixes integers and floats
            return steps.update(gradient, state, weights)

    return optax.GradientTransformation(steps.init, update)
