"""A training in a process of its own that is killed before its fifth batch, its state kept before each."""

import itertools
import multiprocessing
import os
import pkgutil
import signal
from unittest import mock

from dkva.experiments.models import Checkpoint
from dkva.nn import training

__all__ = ["kill_training", "resumed_and_through"]

#: Steps whose state is kept.
_STEPS = 4


def kill_training(train, videos, path, *, batches, **settings):
    """Train until a signal ends the process that nothing can catch; the state is at the path then.

    `batches` names the class of what the training steps through, such as "dkva.alignment.masa.ViewBatches".
    """
    given = train, videos, path, batches, settings
    process = multiprocessing.get_context("spawn").Process(target=_train, args=given)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert path.exists()


def resumed_and_through(train, videos, path, **settings):
    """Arrays of the training that goes on, which takes the other steps alone, and of one without a kill."""
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


def _train(train, videos, path, batches, settings):
    count = itertools.count()

    class Killed(pkgutil.resolve_name(batches)):
        def __call__(self, epoch):
            for batch in super().__call__(epoch):
                if next(count) == _STEPS:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield batch

    with mock.patch(batches, Killed), mock.patch.object(training, "_KEEP_EVERY", 0):
        train(videos, checkpoint=Checkpoint(path), **settings)
