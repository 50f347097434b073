"""Data sets that are made from settings: made once in a folder, and again if they are damaged."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

__all__ = ["made"]


def made(maker: ModuleType, settings, folder: Path) -> tuple[Path, str]:
    """Folder and checksum of a data set under these settings; made if it is not there or is damaged.

    Args:
        maker: module of `synthetic` with `generate`, `save` and `load`.
        settings: dataclass of its settings.
        folder: where data sets are made.
    """
    text = json.dumps(asdict(settings), sort_keys=True)
    name = maker.__name__.rpartition(".")[-1].replace("_", "-")
    place = folder / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    try:
        return place, maker.load(place).checksum
    except (FileNotFoundError, ValueError):
        data = maker.generate(settings)
        maker.save(data, place)
        return place, data.checksum
