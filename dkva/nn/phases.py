"""Training in phases, each with a loss of its own, by Adam whose learning rate falls on a plateau.

As `dkva.nn.training.fit`, it gives the same model whether it ran through or was killed and went on.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from dkva.base.checks import check_choice, check_number, check_whole
from dkva.nn.optimising import adam
from dkva.nn.plateau import Plateau
from dkva.nn.training import Keeper, checked_mean
from dkva.nn.trees import arrays_of, with_arrays

__all__ = ["FittedInPhases", "Phase", "fit_phases"]

#: Seconds between two states that are kept within an epoch, at least.
_KEEP_EVERY = 5.0


@dataclass(frozen=True)
class Phase:
    """Some epochs of a training.

    Attributes:
        loss: `loss(model, batch) -> scalar`, a function of a module or a frozen dataclass: trainings of the
            same loss share a program.
        epochs: passes over the batches; 0 leaves the phase out.
        accumulate: batches whose gradients are averaged for one step; the last step of an epoch takes those
            that are left.
        parts: attributes of the model that are learned; () means all. As PyTorch leaves weights alone that a
            loss does not reach, the others keep their values and their moments, without weight decay.

    Raises:
        ValueError: epochs below 0 or accumulate below 1.
    """

    loss: Callable[[Any, Any], jax.Array]
    epochs: int
    accumulate: int = 1
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_whole("epochs", self.epochs, least=0)
        check_whole("accumulate", self.accumulate, least=1)


class FittedInPhases(NamedTuple):
    """What training in phases gives.

    Attributes:
        model: the model.
        losses: mean loss of each epoch, over all phases [epochs].
        rates: learning rate of each epoch [epochs].
    """

    model: Any
    losses: np.ndarray
    rates: np.ndarray


class _Learned(NamedTuple):
    """What changes with the batches: of each attribute of the model by itself.

    Adam does the same to every weight. In one vector they cost a fraction of the time that many arrays do,
    to compile and to call.

    Attributes:
        weights: all of an attribute, one after the other.
        moments: Adam's, which counts the attribute's own steps.
        sums: gradients of the batches since the last step.
    """

    weights: dict[str, jax.Array]
    moments: dict[str, Any]
    sums: dict[str, jax.Array]


class _Told(NamedTuple):
    """What is known of the epochs.

    Attributes:
        means: mean loss of each that has ended.
        rates: learning rate of each that has ended.
        plateau: of the phase that goes on.
        values: losses of the batches so far of the epoch that goes on.
    """

    means: list[float]
    rates: list[float]
    plateau: Plateau
    values: list[Any]

    def arrays(self) -> dict[str, np.ndarray]:
        return {
            "means": np.array(self.means),
            "rates": np.array(self.rates),
            "plateau": np.array(self.plateau, float),
            "values": np.array(self.values, float),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> _Told:
        rate, best, bad = arrays["plateau"].tolist()
        means, rates, values = (arrays[name].tolist() for name in ("means", "rates", "values"))
        return cls(means, rates, Plateau(rate, best, int(bad)), values)


def fit_phases(
    model: eqx.Module,
    phases: Sequence[Phase],
    batches: Callable[[int], Iterable],
    *,
    learning_rate: float,
    weight_decay: float = 0.0,
    factor: float = 0.5,
    patience: int = 3,
    restart: bool = False,
    checkpoint: Keeper | None = None,
) -> FittedInPhases:
    """Train a model in phases.

    Adam's moments go on from phase to phase; the best loss of the plateau rule starts anew with each, as
    losses of two phases do not compare (our choice).

    Args:
        model: whose arrays of real numbers are learned.
        phases: one after the other.
        batches: of an epoch, counted from 0 over all phases, and the same ones whenever it is asked; arrays
            in trees.
        learning_rate: of the first epoch.
        weight_decay: λ of λ·w, which is added to the gradient.
        factor: that the rate is multiplied by on a plateau; 1 keeps the rate as it is.
        patience: epochs without a lower loss that are waited for.
        restart: whether each phase begins with the first rate; else the rate goes on, too.
        checkpoint: where the state is kept at the end of every epoch and every few seconds between, and
            looked for at the start; nothing is deleted.

    Raises:
        ValueError: a number out of range, a part that the model does not have, an epoch without a batch, or
            a state that was kept of another model; or a loss that is no finite number.
    """
    check_number("learning_rate", learning_rate, positive=True)
    check_number("weight_decay", weight_decay)
    check_number("factor", factor, positive=True, most=1)
    check_whole("patience", patience, least=0)
    learned, told = _begun(model, learning_rate, checkpoint.load() if checkpoint else None)
    shapes = _shapes(model)
    keep = _keeping(checkpoint)
    ends = list(itertools.accumulate(phase.epochs for phase in phases))
    for phase, end in zip(phases, ends, strict=True):
        parts = _parts_of(model, phase)
        for epoch in range(len(told.means), end):
            if epoch == end - phase.epochs and not told.values:
                told = told._replace(plateau=Plateau(learning_rate if restart else told.plateau.rate))
            learned = _through(shapes, learned, told, phase, parts, batches(epoch), weight_decay, keep)
            if not told.values:
                raise ValueError(f"epoch {epoch} has no batch: give at least one video")
            mean = checked_mean(told.values, epoch)
            plateau = told.plateau.after(mean, factor=factor, patience=patience)
            told = _Told([*told.means, mean], [*told.rates, told.plateau.rate], plateau, [])
            keep(learned, told, now=True)
    return FittedInPhases(_model_of(shapes, learned.weights), np.array(told.means), np.array(told.rates))


def _begun(
    model: eqx.Module, learning_rate: float, kept: Mapping[str, np.ndarray] | None
) -> tuple[_Learned, _Told]:
    """The first state, or the one that was kept."""
    weights = {name: _vector(getattr(model, name)) for name in _names(model)}
    moments = {name: adam(1.0).init(each) for name, each in weights.items()}
    learned = _Learned(weights, moments, jax.tree.map(jnp.zeros_like, weights))
    if kept is None:
        return learned, _Told([], [], Plateau(learning_rate), [])
    return with_arrays(learned, kept), _Told.of(kept)


def _through(
    shapes: eqx.Module,
    learned: _Learned,
    told: _Told,
    phase: Phase,
    parts: tuple[str, ...],
    batches: Iterable,
    weight_decay: float,
    keep: Callable,
) -> _Learned:
    """What is learned after the rest of an epoch, whose losses are added to those that are told."""
    weights, moments, sums = learned
    rate, update = jnp.asarray(told.plateau.rate), adam(1.0, weight_decay).update
    since = len(told.values) % phase.accumulate
    for batch in itertools.islice(batches, len(told.values), None):
        value, sums = _add(shapes, weights, sums, jax.tree.map(jnp.asarray, batch), phase.loss, parts)
        told.values.append(value)
        since += 1
        if since == phase.accumulate:
            weights, moments, sums = _step(weights, moments, sums, jnp.asarray(since), rate, update, parts)
            since = 0
        keep(_Learned(weights, moments, sums), told)
    if since:
        weights, moments, sums = _step(weights, moments, sums, jnp.asarray(since), rate, update, parts)
    return _Learned(weights, moments, sums)


@eqx.filter_jit
def _add(shapes, weights, sums, batch, loss, parts):
    """The loss of a batch, and the sums with its gradient for the parts that are learned."""

    def value_of(learned):
        return loss(_model_of(shapes, weights | learned), batch)

    value, gradient = jax.value_and_grad(value_of)({name: weights[name] for name in parts})
    return value, sums | {name: sums[name] + gradient[name] for name in parts}


@eqx.filter_jit
def _step(weights, moments, sums, count, rate, update, parts):
    """Weights, moments and empty sums after a step; rate and count are arrays, so one program."""
    weights, moments, sums = dict(weights), dict(moments), dict(sums)
    for name in parts:
        mean = sums[name] / count.astype(sums[name].dtype)
        step, moments[name] = update(mean, moments[name], weights[name])
        weights[name] = weights[name] + rate.astype(step.dtype) * step
        sums[name] = jnp.zeros_like(sums[name])
    return weights, moments, sums


def _vector(part: Any) -> jax.Array:
    """All weights of a part of a model, one after the other."""
    leaves = jax.tree.leaves(eqx.filter(part, eqx.is_inexact_array))
    return jnp.concatenate([jnp.ravel(each) for each in leaves])


def _shapes(model: eqx.Module) -> Any:
    """The model with the shape of each weight in its place."""
    return jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) if eqx.is_inexact_array(leaf) else leaf,
        model,
    )


def _model_of(shapes: Any, weights: Mapping[str, jax.Array]) -> Any:
    """The model of these weights."""

    def filled(name: str) -> Any:
        leaves, tree = jax.tree.flatten(getattr(shapes, name))
        sizes = [each.size if isinstance(each, jax.ShapeDtypeStruct) else 0 for each in leaves]
        ends = list(itertools.accumulate(sizes))
        cut = [
            jnp.reshape(weights[name][end - size : end], leaf.shape) if size else leaf
            for leaf, size, end in zip(leaves, sizes, ends, strict=True)
        ]
        return jax.tree.unflatten(tree, cut)

    names = tuple(weights)
    return eqx.tree_at(lambda each: [getattr(each, n) for n in names], shapes, [filled(n) for n in names])


def _names(model: eqx.Module) -> tuple[str, ...]:
    """Attributes of a model that have weights."""
    found = [each.name for each in fields(model)]
    return tuple(n for n in found if jax.tree.leaves(eqx.filter(getattr(model, n), eqx.is_inexact_array)))


def _parts_of(model: eqx.Module, phase: Phase) -> tuple[str, ...]:
    """Attributes that a phase learns."""
    names = _names(model)
    for each in phase.parts:
        check_choice("part of the model", each, names)
    return phase.parts or names


def _keeping(checkpoint: Keeper | None) -> Callable:
    """`keep(learned, told, now=False)`: saves the state if it is time, or now."""
    last = time.monotonic()

    def keep(learned: _Learned, told: _Told, *, now: bool = False) -> None:
        nonlocal last
        if checkpoint and (now or time.monotonic() - last >= _KEEP_EVERY):
            checkpoint.save({**arrays_of(learned), **told.arrays()})
            last = time.monotonic()

    return keep
