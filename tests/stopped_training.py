"""A training that is stopped after its state was kept so many times."""


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
