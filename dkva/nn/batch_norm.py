"""Batch normalisation as PyTorch has it: by the batch in training, by running statistics afterwards."""

from __future__ import annotations

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, PyTree

__all__ = ["BatchNorm", "blind_to_statistics", "carried_by_gradient", "masked_norm", "stepping_statistics"]

#: Added to the variance.
_EPS = 1e-5

#: Weight of a batch in the running statistics.
_MOMENTUM = 0.1


class BatchNorm(eqx.Module):
    """Each channel to mean 0 and variance 1, then scaled and shifted (Ioffe & Szegedy 2015).

    `eqx.nn.BatchNorm` counts its statistics otherwise from version to version, and keeps them apart from the
    module. Here they are arrays of the module, by PyTorch's names, and a call gives the module with new ones.

    Attributes:
        weight: scale of each channel, learned [c].
        bias: shift of each channel, learned [c].
        running_mean: of the batches so far, exponentially weighted [c].
        running_var: likewise, of the unbiased variance [c].
    """

    weight: Float[Array, " c"]
    bias: Float[Array, " c"]
    running_mean: Float[Array, " c"]
    running_var: Float[Array, " c"]

    def __init__(self, channels: int):
        """One that has seen no batch."""
        self.weight, self.running_var = jnp.ones(channels), jnp.ones(channels)
        self.bias, self.running_mean = jnp.zeros(channels), jnp.zeros(channels)

    def __call__(self, inputs: Float[Array, "b c *axes"], *, training: bool) -> tuple[Array, BatchNorm]:
        """The inputs normalised, and this module with its statistics after them.

        Args:
            inputs: channels on the second axis.
            training: whether mean and variance are the batch's, and count for the running ones; else the
                running ones are taken and stay.

        Raises:
            ValueError: one value a channel in training, which has no variance.
        """
        if not training:
            return self._applied(inputs, self.running_mean, self.running_var), self
        axes = (0, *range(2, inputs.ndim))
        count = inputs.size // inputs.shape[1]
        if count < 2:
            raise ValueError(f"a batch of shape {inputs.shape} has one value a channel: give two at least")
        mean, variance = jnp.mean(inputs, axes), jnp.var(inputs, axes)
        now = (
            (1 - _MOMENTUM) * self.running_mean + _MOMENTUM * mean,
            (1 - _MOMENTUM) * self.running_var + _MOMENTUM * variance * (count / (count - 1)),
        )
        seen = eqx.tree_at(_statistics, self, jax.lax.stop_gradient(now))
        return self._applied(inputs, mean, variance), seen

    def _applied(self, inputs, mean, variance):
        def along(values):
            return values.reshape(1, -1, *(1,) * (inputs.ndim - 2))

        scale = self.weight / jnp.sqrt(variance + _EPS)
        return (inputs - along(mean)) * along(scale) + along(self.bias)


def masked_norm(
    norm: BatchNorm, inputs: Float[Array, "*axes c"], mask: Bool[Array, "*axes"], *, training: bool
) -> tuple[Float[Array, "*axes c"], BatchNorm]:
    """Batch normalisation of frames of which some are padding, which count for no mean and no variance.

    PyTorch has no such thing: what counts is as if the others were not there.

    Args:
        norm: what is applied.
        inputs: channels on the last axis.
        mask: False for frames that are padding; they come out finite and mean nothing.
        training: as that of `BatchNorm`. A batch of one frame is shifted to the bias and leaves the running
            variance as it is, one of none leaves all statistics as they are.

    Returns:
        The inputs normalised, and the module with its statistics after them.
    """
    rows, there = inputs.reshape(-1, inputs.shape[-1]), mask.reshape(-1, 1)
    if not training:
        found, seen = norm(rows, training=False)
        return found.reshape(inputs.shape), seen
    rows = jnp.where(there, rows, 0)
    count = jnp.sum(there, dtype=rows.dtype)
    mean = jnp.sum(rows, 0) / jnp.maximum(count, 1)
    centred = jnp.where(there, rows - mean[None], 0)
    squares = jnp.sum(centred * centred, 0)
    variance = squares / jnp.maximum(count, 1)
    unbiased = squares / jnp.maximum(count - 1, 1)
    now = (
        jnp.where(count > 0, _moved(norm.running_mean, mean), norm.running_mean),
        jnp.where(count > 1, _moved(norm.running_var, unbiased), norm.running_var),
    )
    seen = eqx.tree_at(_statistics, norm, jax.lax.stop_gradient(now))
    return norm._applied(rows, mean, variance).reshape(inputs.shape), seen


def _moved(running: Float[Array, " c"], batch: Float[Array, " c"]) -> Float[Array, " c"]:
    return (1 - _MOMENTUM) * running + _MOMENTUM * batch


def carried_by_gradient(loss: Float[Array, ""], model: PyTree, seen: PyTree) -> Float[Array, ""]:
    """A loss as it is, whose gradient by the running statistics is by how much the batch lowers them.

    So they go where gradients go, and `stepping_statistics` makes steps of them; Flax has it as "overwrite
    with gradient".

    Args:
        loss: of the batch.
        model: whose gradient is taken.
        seen: what it became by the batch.
    """
    for mine, other in zip(_all_statistics(model), _all_statistics(seen), strict=True):
        now = jax.lax.stop_gradient(mine)
        loss = loss + jnp.sum((mine - now) * (now - jax.lax.stop_gradient(other)))
    return loss


@functools.cache  # one object for the same optimiser, so that trainings alike share a compiled program
def stepping_statistics(optimiser: optax.GradientTransformation) -> optax.GradientTransformation:
    """An optimiser that steps from running statistics to those after the batch; see `carried_by_gradient`."""

    def update(gradient, state, weights):
        steps, state = optimiser.update(gradient, state, weights)
        return jax.tree.map(_with_statistics, steps, gradient, is_leaf=_is_norm), state

    return optax.GradientTransformation(optimiser.init, update)


@functools.cache  # as above
def blind_to_statistics(optimiser: optax.GradientTransformation) -> optax.GradientTransformation:
    """An optimiser for which gradients by running statistics are 0; see `carried_by_gradient`.

    They are no gradients, and would count in the norm of all by which gradients are clipped.
    """

    def update(gradient, state, weights):
        return optimiser.update(jax.tree.map(_without_statistics, gradient, is_leaf=_is_norm), state, weights)

    return optax.GradientTransformation(optimiser.init, update)


def _without_statistics(gradient):
    """The gradient, but for running statistics 0."""
    if not _is_norm(gradient):
        return gradient
    return eqx.tree_at(_statistics, gradient, tuple(map(jnp.zeros_like, _statistics(gradient))))


def _with_statistics(step, gradient):
    """The optimiser's step, but for running statistics their gradient's whole."""
    if not _is_norm(step):
        return step
    return eqx.tree_at(_statistics, step, tuple(-each for each in _statistics(gradient)))


def _all_statistics(model) -> list[Array]:
    norms = filter(_is_norm, jax.tree.leaves(model, is_leaf=_is_norm))
    return [array for norm in norms for array in _statistics(norm)]


def _statistics(norm: BatchNorm):
    return norm.running_mean, norm.running_var


def _is_norm(node) -> bool:
    return isinstance(node, BatchNorm)
