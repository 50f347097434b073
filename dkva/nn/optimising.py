"""Optimisers as PyTorch has them."""

from __future__ import annotations

import functools

import jax
import optax

__all__ = ["adam", "clipped_adam", "halving_adam"]


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


@functools.cache  # as above
def clipped_adam(
    learning_rate: float, weight_decay: float = 0.0, *, clip: float, steps: int | None = None
) -> optax.GradientTransformation:
    """`adam` of gradients whose norm, that of all together, is at most `clip`, with a rate that may fall.

    Gradients are clipped before weight decay is added, as by `torch.nn.utils.clip_grad_norm_`.

    Args:
        learning_rate: of the first step.
        weight_decay: λ.
        clip: the largest norm; longer gradients are scaled down to it.
        steps: after which the rate has fallen to 0, as half a cosine (Loshchilov & Hutter 2017, without
            restarts); None keeps it as it is.
    """
    rate = learning_rate if steps is None else optax.cosine_decay_schedule(learning_rate, max(steps, 1))
    decayed = optax.chain(
        optax.clip_by_global_norm(clip), optax.add_decayed_weights(weight_decay), optax.adam(rate)
    )

    def update(gradient, state, weights):
        with jax.numpy_dtype_promotion("standard"):  # optax mixes integers and floats
            return decayed.update(gradient, state, weights)

    return optax.GradientTransformation(decayed.init, update)


@functools.cache  # as above
def halving_adam(learning_rate: float, *, every: int, times: int) -> optax.GradientTransformation:
    """`adam` without weight decay, whose rate is halved after every so many steps, so many times.

    Args:
        learning_rate: of the first steps.
        every: steps with one rate.
        times: how often it is halved; the last rate stays.
    """
    halved = optax.piecewise_constant_schedule(
        learning_rate, {every * time: 0.5 for time in range(1, times + 1)}
    )
    steps = optax.adam(halved)

    def update(gradient, state, weights):
        with jax.numpy_dtype_promotion("standard"):  # optax mixes integers and floats
            return steps.update(gradient, state, weights)

    return optax.GradientTransformation(steps.init, update)
