"""A browser for tests of pages."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import pytest

__all__ = ["chromium"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextlib.contextmanager
def chromium() -> Iterator:
    """Chromium of this machine, driven by playwright; whoever asks for it is skipped if there is none."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    place = next((path for path in map(shutil.which, _NAMES) if path), None)
    if place is None:
        pytest.skip("no chromium on this machine")
    with driver.sync_playwright() as play:
        running = play.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield running
        running.close()
