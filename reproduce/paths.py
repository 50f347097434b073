"""The only place that knows where things lie."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["RENDERED", "RESULTS", "data_root"]

_ROOT = Path(__file__).resolve().parent.parent

#: Cached outputs, committed.
RESULTS = _ROOT / "results"

#: Drawn figures, committed.
RENDERED = _ROOT / "figures" / "rendered"


def data_root(given: Path | None) -> Path | None:
    """Where the real data lie: the argument, else the variable DKVA_DATA, else None."""
    if given is not None:
        return given
    named = os.environ.get("DKVA_DATA")
    return Path(named) if named else None
