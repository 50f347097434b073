"""Both kinds of recordings have what the protocol says."""

import inspect

import pytest

from dkva.recordings.decoding import OpenedVideo
from dkva.recordings.images import OpenedImages
from dkva.recordings.opened import Opened

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("kind", [OpenedVideo, OpenedImages])
def test_methods_take_the_same(kind):
    for name, function in inspect.getmembers(Opened, inspect.isfunction):
        if not name.startswith("_"):
            expected = inspect.signature(function).parameters
            assert inspect.signature(getattr(kind, name)).parameters == expected, name
