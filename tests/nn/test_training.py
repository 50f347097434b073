"""Training against NumPy, and after exceptions and kills."""

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
from dkva.nn import training
from dkva.nn.encoder import Encoder
from dkva.nn.optimising import adam
from dkva.nn.trees import arrays_of

pytestmark = pytest.mark.fast

EPOCHS, STEPS = 3, 4


class Line(eqx.Module):
    slope: jax.Array
    steps: jax.Array
    name: str = "line"


def distance(line, batch):
    x, y = batch
    return jnp.mean((line.slope * x - y) ** 2)


def counted(line):
    return eqx.tree_at(lambda each: each.steps, line, line.steps + 1)


def batches(epoch):
    for step in range(STEPS):
        rng = np.random.default_rng([epoch, step])
        x = rng.standard_normal(8).astype("f")
        yield x, 3 * x + 1


def target(encoder, frames):
    return jnp.mean((encoder(frames) - jnp.ones((1, 2)) / np.sqrt(2)) ** 2)


def frames(epoch):
    for step in range(STEPS):
        yield np.random.default_rng([epoch, step]).standard_normal((6, 3)).astype("f")


def train(checkpoint=None, given=frames, epochs=EPOCHS):
    encoder = Encoder((3, 4, 2), key=jax.random.key(0))
    return training.fit(
        encoder, target, given, optimiser=adam(0.01, 1e-3), epochs=epochs, checkpoint=checkpoint
    )


def same(one, other):
    assert arrays_of(one.model).keys() == arrays_of(other.model).keys()
    for name, array in arrays_of(one.model).items():
        np.testing.assert_array_equal(array, arrays_of(other.model)[name])
    np.testing.assert_array_equal(one.losses, other.losses)


@pytest.mark.numerics
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-12)])
def test_steps_are_those_of_the_optimiser(dtype, tolerance, x64):
    def given(epoch):
        return ((x.astype(dtype), y.astype(dtype)) for x, y in batches(epoch))

    line = Line(jnp.zeros(1, dtype), jnp.zeros((), jnp.int32))
    found = training.fit(line, distance, given, optimiser=adam(0.1), epochs=EPOCHS, prepare=counted)
    slope, first, second, losses = 0.0, 0.0, 0.0, []
    for t, (x, y) in enumerate((each for epoch in range(EPOCHS) for each in given(epoch)), start=1):
        losses.append(np.mean((slope * x - y) ** 2))
        gradient = np.mean(2 * (slope * x - y) * x)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        slope -= 0.1 * first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
    assert found.model.slope.dtype == dtype
    assert (found.model.name, int(found.model.steps)) == ("line", EPOCHS * STEPS)
    np.testing.assert_allclose(found.model.slope, [slope], rtol=tolerance)
    np.testing.assert_allclose(
        found.losses, np.mean(np.reshape(losses, (EPOCHS, STEPS)), axis=1), rtol=tolerance
    )


def test_training_lowers_the_loss_and_is_the_same_again():
    found = train(epochs=20)
    assert found.losses.shape == (20,)
    assert found.losses[-1] < 0.5 * found.losses[0]
    same(found, train(epochs=20))


def test_no_epoch_leaves_the_model():
    found = train(epochs=0)
    assert found.losses.shape == (0,)
    np.testing.assert_array_equal(
        found.model.layers[0].weight, Encoder((3, 4, 2), key=jax.random.key(0)).layers[0].weight
    )


@pytest.mark.parametrize("stop", range(1, EPOCHS * STEPS + 1, 3))
def test_it_goes_on_after_an_exception_as_if_nothing_had_happened(stop, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "_KEEP_EVERY", 0)
    checkpoint = Checkpoint(tmp_path / "state.npz")
    left = iter(range(stop))

    def failing(epoch):
        for batch in frames(epoch):
            if next(left, None) is None:
                raise RuntimeError("out of power")
            yield batch

    if stop < EPOCHS * STEPS:
        with pytest.raises(RuntimeError, match="out of power"):
            train(checkpoint, failing)
    assert checkpoint.path.exists()
    asked = []

    def watched(epoch):
        asked.append(epoch)
        return frames(epoch)

    same(train(checkpoint, watched), train())
    assert asked == list(range((stop - 1) // STEPS, EPOCHS))


def test_it_goes_on_after_a_kill(tmp_path):
    """Of the process, in the middle of the second epoch, by a signal that nothing can catch."""
    path = tmp_path / "state.npz"
    code = f"""
import itertools, os, pathlib, signal
from dkva.experiments.models import Checkpoint
from dkva.nn import training
from test_training import frames, train
training._KEEP_EVERY = 0
count = itertools.count()
def killed(epoch):
    for batch in frames(epoch):
        if next(count) == {STEPS + 2}:
            os.kill(os.getpid(), signal.SIGKILL)
        yield batch
train(Checkpoint(pathlib.Path({str(path)!r})), killed)
"""
    paths = f"{ROOT}:{ROOT / 'tests'}:{ROOT / 'tests' / 'nn'}"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, check=False)
    assert done.returncode == -9
    kept = Checkpoint(path).load()
    assert (kept["means"].shape, kept["values"].shape) == ((1,), (2,))
    same(train(Checkpoint(path)), train())


def test_states_are_kept_every_few_seconds(tmp_path):
    checkpoint = Checkpoint(tmp_path / "state.npz")
    train(checkpoint)
    assert not checkpoint.path.exists()


def test_trainings_alike_share_a_program():
    traced = []

    def loss(encoder, batch):
        traced.append(0)
        return target(encoder, batch)

    for seed in (0, 1):
        encoder = Encoder((3, 4, 2), key=jax.random.key(seed))
        training.fit(encoder, loss, frames, optimiser=adam(0.01), epochs=2)
    assert len(traced) == 1


def test_what_cannot_be_trained(tmp_path):
    with pytest.raises(ValueError, match="epochs is -1: give a whole number of at least 0"):
        train(epochs=-1)
    with pytest.raises(ValueError, match="epoch 0 has no batch"):
        train(given=lambda epoch: [])
    checkpoint = Checkpoint(tmp_path / "state.npz")
    checkpoint.save({"means": np.zeros(0), "values": np.zeros(0)})
    with pytest.raises(ValueError, match="is missing: give the arrays of such a model"):
        train(checkpoint)


@pytest.mark.parametrize(
    ("rate", "epochs", "message"),
    [(1e30, 2, "the loss of epoch 1 is inf"), (3e38, 1, "weights after epoch 0")],
)
def test_a_training_that_diverges_ends_in_one_line(rate, epochs, message):
    line, one = Line(jnp.float32(1), jnp.int32(0)), next(batches(0))
    with pytest.raises(ValueError, match=f"{message}.*: give a smaller learning rate"):
        training.fit(line, distance, lambda epoch: [one], optimiser=optax.sgd(rate), epochs=epochs)
