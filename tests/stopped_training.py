"""A training that is stopped after its state was kept so many times, or before a batch."""

import itertools


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


def stopping(batches, before):
    """The class of batches, of which so many are seen by the training; then it stops as by a kill."""
    count = itertools.count()

    class Stopping(batches):
        def __call__(self, epoch):
            for batch in super().__call__(epoch):
                if next(count) == before:
                    raise StoppedError
                yield batch

    return Stopping
