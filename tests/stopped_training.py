"""Trainings that are stopped once their state is kept, and go on."""

import itertools
import pkgutil
from unittest import mock

import pytest

from dkva.experiments.models import Checkpoint
from dkva.nn import training

__all__ = ["Kept", "StoppedError", "resumed_and_through", "stop_training"]

#: Steps before a training is stopped.
_STEPS = 4


class StoppedError(Exception):
    """As a kill, after a state was kept."""


class Kept:
    """The state that is kept last; the training stops after so many."""

    def __init__(self, stop):
        self.state, self.left = None, stop

    def load(self):
        return self.state

    def save(self, arrays):
        self.state, self.left = dict(arrays), self.left - 1
        if self.left == 0:
            raise StoppedError


def stop_training(train, videos, path, *, batches, **settings):
    """Train until the fifth batch, the state kept in a file before each; tests of `dkva.nn.training` kill.

    `batches` names the class of what the training steps through, such as "dkva.alignment.masa.ViewBatches".
    """
    count = itertools.count()

    class Stopped(pkgutil.resolve_name(batches)):
        def __call__(self, epoch):
            for batch in super().__call__(epoch):
                if next(count) == _STEPS:
                    raise StoppedError
                yield batch

    keep_all = mock.patch.object(training, "_KEEP_EVERY", 0)
    with mock.patch(batches, Stopped), keep_all, pytest.raises(StoppedError):
        train(videos, checkpoint=Checkpoint(path), **settings)
    assert path.exists()


def resumed_and_through(train, videos, path, **settings):
    """Arrays of the training that goes on, which takes the other steps alone, and of one without a stop."""
    taken, models = [], []
    step = training._step

    def counted(*given):
        taken[-1] += 1
        return step(*given)

    with mock.patch.object(training, "_step", counted):
        for checkpoint in (Checkpoint(path), None):
            taken.append(0)
            models.append(train(videos, checkpoint=checkpoint, **settings).arrays())
    assert taken[0] == taken[1] - _STEPS > 0
    return models
