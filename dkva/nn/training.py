"""Training that gives the same model whether it ran through or was killed and went on."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from dkva.base.checks import check_whole
from dkva.base.errors import DIVERGED
from dkva.nn.trees import arrays_of, with_arrays

__all__ = ["Fitted", "Keeper", "checked_mean", "fit"]

#: Seconds between two states that are kept, at least.
_KEEP_EVERY = 5.0


@runtime_checkable
class Keeper(Protocol):
    """Where a training keeps its state, such as `dkva.experiments.models.Checkpoint`."""

    def load(self) -> dict[str, np.ndarray] | None:
        """The arrays that were saved last; None before the first."""
        ...

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep arrays in place of those that were saved before."""
        ...


class Fitted(NamedTuple):
    """What training gives.

    Attributes:
        model: the model.
        losses: mean loss of each epoch [epochs].
    """

    model: Any
    losses: np.ndarray


def fit(
    model: Any,
    loss: Callable[[Any, Any], jax.Array],
    batches: Callable[[int], Iterable],
    *,
    optimiser: optax.GradientTransformation,
    epochs: int,
    prepare: Callable[[Any], Any] | None = None,
    checkpoint: Keeper | None = None,
) -> Fitted:
    """Train a model.

    A step is one program, shared with other trainings of the same loss, optimiser and shapes: give functions
    of modules or frozen dataclasses, no lambdas.

    Args:
        model: a tree, whose arrays of real numbers are learned.
        loss: `loss(model, batch) -> scalar`.
        batches: of an epoch, counted from 0, and the same ones whenever it is asked; arrays in trees.
        optimiser: takes the steps.
        epochs: passes over the batches; 0 gives the model as it is.
        prepare: changes the model before each step, outside of the gradient.
        checkpoint: where the state is kept every few seconds, and looked for at the start; nothing is
            deleted.

    Raises:
        ValueError: epochs below 0, an epoch without a batch, or a state that was kept of another model; or a
            loss or weights that are no finite numbers.
    """
    check_whole("epochs", epochs, least=0)
    moments = optimiser.init(eqx.filter(model, eqx.is_inexact_array))
    means: list[float] = []
    values: list[jax.Array | float] = []  # of the batches so far of the epoch that goes on
    kept = checkpoint.load() if checkpoint else None
    if kept is not None:
        model, moments = with_arrays((model, moments), kept)
        means, values = kept["means"].tolist(), kept["values"].tolist()
    last = time.monotonic()
    for epoch in range(len(means), epochs):
        for batch in itertools.islice(batches(epoch), len(values), None):
            arrays = jax.tree.map(jnp.asarray, batch)
            model, moments, value = _step(model, moments, arrays, loss, optimiser.update, prepare)
            values.append(value)
            if checkpoint and time.monotonic() - last >= _KEEP_EVERY:
                # As they are now: an epoch's end, too, is a state between two batches.
                checked_mean(values, epoch)
                checkpoint.save(_state(model, moments, means, values))
                last = time.monotonic()
        if not values:
            raise ValueError(f"epoch {epoch} has no batch: give at least one video")
        means.append(checked_mean(values, epoch))
        values = []
    if epochs and not _finite(model):  # the loss is that before a step
        raise ValueError(f"weights after epoch {epochs - 1} are no finite numbers: {DIVERGED}")
    return Fitted(model, np.array(means))


@eqx.filter_jit
def _step(model, moments, batch, loss, update, prepare):
    """The model and the optimiser's state after a batch, and the loss before it."""
    if prepare is not None:
        model = prepare(model)
    value, gradient = eqx.filter_value_and_grad(loss)(model, batch)
    steps, moments = update(gradient, moments, eqx.filter(model, eqx.is_inexact_array))
    return eqx.apply_updates(model, steps), moments, value


def _state(model, moments, means: list, values: list) -> dict[str, np.ndarray]:
    now = {"means": np.array(means), "values": np.array(values, float)}
    return {**arrays_of((model, moments)), **now}


def checked_mean(values: Sequence, epoch: int) -> float:
    """The mean loss of an epoch's batches. Raises ValueError if it is no finite number."""
    mean = float(np.mean(np.array(values, float)))
    if not np.isfinite(mean):
        raise ValueError(f"the loss of epoch {epoch} is {mean}: {DIVERGED}")
    return mean


def _finite(model) -> bool:
    leaves = jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array))
    return all(np.isfinite(np.asarray(leaf)).all() for leaf in leaves)
