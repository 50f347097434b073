"""The folder in which everything lies that is kept only to save time."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Where parsed text and features of recordings are kept: DKVA_CACHE, or the user's cache folder."""
    return Path(os.environ.get("DKVA_CACHE") or platformdirs.user_cache_dir("dkva", appauthor=False))
