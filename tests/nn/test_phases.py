"""Training in phases against NumPy, and after exceptions and kills."""

import os
import subprocess
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from conftest import ROOT

from dkva.experiments.models import Checkpoint
from dkva.nn import phases
from dkva.nn.optimising import adam
from dkva.nn.phases import Phase, fit_phases
from dkva.nn.plateau import Plateau
from dkva.nn.trees import arrays_of

pytestmark = pytest.mark.fast

STEPS = 5


class Two(eqx.Module):
    """Two parts, one number that is none of them, and a name."""

    first: eqx.nn.Linear
    second: jax.Array
    seen: jax.Array
    name: str = "two"


def made(dtype="float32", seed=0):
    rng = np.random.default_rng(seed)
    linear = eqx.nn.Linear(3, 2, key=jax.random.key(0))
    given = [jnp.asarray(rng.standard_normal(size), dtype) for size in ((2, 3), (2,), (2,))]
    linear = eqx.tree_at(lambda each: (each.weight, each.bias), linear, given[:2])
    return Two(linear, given[2], jnp.zeros((), jnp.int32))


def early(model, batch):
    """Of the first part alone."""
    return jnp.mean((jax.vmap(model.first)(batch) - 1) ** 2)


def late(model, batch):
    return jnp.mean((jax.vmap(model.first)(batch) * model.second[None] + batch[:, :2]) ** 2)


def batches(epoch, dtype="float32"):
    for step in range(STEPS):
        yield np.random.default_rng([epoch, step]).standard_normal((4, 3)).astype(dtype)


PLAN = (Phase(early, 3, parts=("first",)), Phase(late, 3, accumulate=2))


def train(checkpoint=None, given=batches, plan=PLAN, **changed):
    rule = {"learning_rate": 0.05, "weight_decay": 1e-2, "patience": 0} | changed
    return fit_phases(made(), plan, given, checkpoint=checkpoint, **rule)


def same(one, other):
    mine, others = arrays_of(one.model), arrays_of(other.model)
    assert mine.keys() == others.keys()
    for name, array in mine.items():
        np.testing.assert_array_equal(array, others[name])
    np.testing.assert_array_equal(one.losses, other.losses)
    np.testing.assert_array_equal(one.rates, other.rates)


def gradients(loss, weights, x):
    """By hand: loss and its gradient for weight, bias and factors."""
    weight, bias, factors = weights
    y = x @ weight.T + bias
    error = y - 1 if loss is early else y * factors + x[:, :2]
    outer = 2 * error / error.size
    inner = outer if loss is early else outer * factors
    return np.mean(error**2), [inner.T @ x, inner.sum(0), (outer * y).sum(0)]


@pytest.mark.numerics
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-11)])
def test_steps_are_those_of_adam_by_hand(dtype, tolerance, x64):
    found = fit_phases(
        made(dtype),
        PLAN,
        lambda epoch: batches(epoch, dtype),
        learning_rate=0.05,
        weight_decay=1e-2,
        patience=0,
    )
    start = made(dtype)
    weights = [np.asarray(each, float) for each in (start.first.weight, start.first.bias, start.second)]
    moments = [[np.zeros_like(each), np.zeros_like(each), 0] for each in weights]
    plateau, losses, rates, epoch = Plateau(0.05), [], [], 0
    for phase in PLAN:
        plateau = Plateau(plateau.rate)
        for _ in range(phase.epochs):
            values, group = [], []
            given = list(batches(epoch, dtype))
            for place, x in enumerate(given):
                value, gradient = gradients(phase.loss, weights, x)
                values.append(value)
                group.append(gradient)
                if len(group) < phase.accumulate and place < len(given) - 1:
                    continue
                for at in range(2 if phase.parts else 3):
                    g = np.mean([each[at] for each in group], axis=0) + 1e-2 * weights[at]
                    m, v, t = moments[at]
                    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2, t + 1
                    moments[at] = [m, v, t]
                    step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
                    weights[at] = weights[at] - plateau.rate * step
                group = []
            losses.append(np.mean(values))
            rates.append(plateau.rate)
            plateau = plateau.after(losses[-1], factor=0.5, patience=0)
            epoch += 1
    got = [found.model.first.weight, found.model.first.bias, found.model.second]
    assert {each.dtype.name for each in got} == {dtype}
    for each, want in zip(got, weights, strict=True):
        np.testing.assert_allclose(each, want, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(found.losses, losses, rtol=tolerance)
    assert found.rates.tolist() == rates
    assert len(set(rates)) > 1
    assert (found.model.name, int(found.model.seen)) == ("two", 0)


def test_parts_that_a_phase_does_not_learn_stay_as_they_are():
    found = train(plan=PLAN[:1])
    np.testing.assert_array_equal(found.model.second, made().second)
    assert (np.asarray(found.model.first.weight) != np.asarray(made().first.weight)).all()


def test_the_best_loss_starts_anew_with_a_phase_and_the_rate_goes_on():
    """The second loss is larger, which alone is no plateau; no loss is better, so every epoch halves."""
    plan = (Phase(early, 2), Phase(larger, 2))
    found = train(plan=plan, given=lambda epoch: [np.ones((4, 3), "f")], learning_rate=1e-12, factor=0.5)
    assert found.rates.tolist() == [1e-12] * 4  # as less than 1e-8 is not changed
    found = train(plan=plan, given=lambda epoch: [np.ones((4, 3), "f")], learning_rate=1e-6)
    assert found.losses[2] > found.losses[0]
    assert found.rates.tolist() == [1e-6, 1e-6, 5e-7, 5e-7]
    found = train(plan=plan, given=lambda epoch: [np.ones((4, 3), "f")], learning_rate=1e-6, restart=True)
    assert found.rates.tolist() == [1e-6] * 4


def test_a_loss_that_is_no_number_ends_the_training_and_is_not_kept(tmp_path):
    with pytest.raises(ValueError, match=r"the loss of epoch 0 is nan: give a smaller learning rate"):
        train(plan=(Phase(early, 2),), given=lambda epoch: [np.full((4, 3), np.nan, "f")])


def larger(model, batch):
    return 10 * early(model, batch)


def test_one_batch_alone_is_the_mean_of_a_group_of_its_own():
    one = train(plan=[Phase(late, 2, accumulate=3)], given=lambda epoch: [next(batches(epoch))])
    other = train(plan=[Phase(late, 2)], given=lambda epoch: [next(batches(epoch))])
    same(one, other)


def test_no_epoch_leaves_the_model():
    found = train(plan=[Phase(late, 0)])
    assert (found.losses.shape, found.rates.shape) == ((0,), (0,))
    np.testing.assert_array_equal(found.model.second, made().second)


@pytest.mark.parametrize("stop", [1, 7, 15, 16, 17, 24, 29])
def test_it_goes_on_after_an_exception_as_if_nothing_had_happened(stop, tmp_path, monkeypatch):
    monkeypatch.setattr(phases, "_KEEP_EVERY", 0)
    checkpoint = Checkpoint(tmp_path / "state.npz")
    left = iter(range(stop))

    def failing(epoch):
        for batch in batches(epoch):
            if next(left, None) is None:
                raise RuntimeError("out of power")
            yield batch

    with pytest.raises(RuntimeError, match="out of power"):
        train(checkpoint, failing)
    asked = []

    def watched(epoch):
        asked.append(epoch)
        return batches(epoch)

    same(train(checkpoint, watched), train())
    assert asked == list(range(stop // STEPS, 6))


def test_it_goes_on_after_a_kill(tmp_path):
    """Of the process, in the middle of the fifth epoch, by a signal that nothing can catch."""
    path = tmp_path / "state.npz"
    code = f"""
import itertools, os, pathlib, signal
from dkva.experiments.models import Checkpoint
from dkva.nn import phases
from test_phases import batches, train
phases._KEEP_EVERY = 0
count = itertools.count()
def killed(epoch):
    for batch in batches(epoch):
        if next(count) == {4 * STEPS + 3}:
            os.kill(os.getpid(), signal.SIGKILL)
        yield batch
train(Checkpoint(pathlib.Path({str(path)!r})), killed)
"""
    paths = f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'tests' / 'nn'}"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, check=False)
    assert done.returncode == -9
    kept = Checkpoint(path).load()
    assert (kept["means"].shape, kept["values"].shape) == ((4,), (3,))
    same(train(Checkpoint(path)), train())


def test_states_are_kept_at_the_end_of_every_epoch(tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.npz")
    train(checkpoint, plan=PLAN[:1])
    kept = checkpoint.load()
    assert (kept["means"].shape, kept["values"].shape) == ((3,), (0,))
    # The state of shorter phases is the beginning of longer ones.
    same(train(checkpoint), train())


def test_a_rate_that_falls_compiles_nothing(monkeypatch):
    traced = []
    steps = adam(1.0)

    def update(*given):
        traced.append("step")
        return steps.update(*given)

    def loss(model, batch):
        traced.append("loss")
        return early(model, batch)

    monkeypatch.setattr(phases, "adam", lambda *given: optax.GradientTransformation(steps.init, update))
    found = train(plan=[Phase(loss, 12, accumulate=2, parts=("first",))], learning_rate=0.5)
    assert len(set(found.rates)) > 1
    assert traced == ["loss", "step"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"learning_rate": 0}, "learning_rate is 0: give a positive number"),
        ({"weight_decay": -1}, "weight_decay is -1"),
        ({"factor": 2}, "factor is 2: give a positive number, at most 1"),
        ({"patience": -1}, "patience is -1"),
        (
            {"plan": [Phase(late, 1, parts=("third",))]},
            "unknown part of the model 'third': choose one of",
        ),
        ({"given": lambda epoch: []}, "epoch 0 has no batch"),
    ],
)
def test_what_cannot_be_trained(changed, says):
    with pytest.raises(ValueError, match=says):
        train(**changed)


@pytest.mark.parametrize("changed", [{"epochs": -1}, {"accumulate": 0}])
def test_a_phase_checks_itself(changed):
    with pytest.raises(ValueError, match="give a whole number of at least"):
        Phase(**{"loss": late, "epochs": 1} | changed)


def test_the_state_of_another_model_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.npz")
    checkpoint.save({"means": np.zeros(0)})
    with pytest.raises(ValueError, match="is missing: give the arrays of such a model"):
        train(checkpoint)
