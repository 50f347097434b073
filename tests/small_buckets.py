"""Short videos in short arrays, for tests that show no numbers: most of their time is that of unused rows."""

import pytest

from dkva.approximation import padding

__all__ = ["small_buckets"]


@pytest.fixture(autouse=True)
def small_buckets(request, monkeypatch):
    """Videos are padded to 128 frames, 1024 and so on; in numerical tests arrays are those of users."""
    if request.node.get_closest_marker("numerics") is None:
        monkeypatch.setattr(padding, "_FRAMES", 128)
