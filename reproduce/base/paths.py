"""The only place that knows where things lie."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["GENERATED", "INDEX", "MODELS", "RENDERED", "RESULTS", "ROOT", "ROWS", "data_root"]

#: The checkout.
ROOT = Path(__file__).resolve().parents[2]

#: What is published: small, committed.
RESULTS = ROOT / "results"

#: Drawn figures, committed.
RENDERED = ROOT / "figures" / "rendered"

#: File there: titles, words and sources of what is drawn, in order.
INDEX = "index.json"

#: Every row computed in this checkout; not committed, and safe to delete.
ROWS = ROOT / "out" / "rows.sqlite"

#: Models trained in this checkout; not committed, and safe to delete.
MODELS = ROOT / "out" / "models"

#: Data sets made in this checkout; not committed, and safe to delete.
GENERATED = ROOT / "out" / "data"


def data_root(given: Path | None) -> Path | None:
    """Where the real data lie: the argument, else the variable DKVA_DATA, else None."""
    if given is not None:
        return given
    named = os.environ.get("DKVA_DATA")
    return Path(named) if named else None
