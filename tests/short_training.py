"""Trainings of fewer epochs than their settings say."""

import pkgutil
from contextlib import contextmanager
from unittest import mock

__all__ = ["for_epochs"]


@contextmanager
def for_epochs(epochs, module):
    """Within it, trainings by `fit` of a module end after so many epochs, or before the first for 0.

    Programs are compiled for the settings, which stay as they are: trainings of any length share them.
    """
    fit = pkgutil.resolve_name(f"{module}:fit")

    def shorter(*given, **options):
        return fit(*given, **options | {"epochs": epochs})

    with mock.patch(f"{module}.fit", shorter):
        yield
