"""Results as files: rows in CSV, what they came from in JSON beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import jax

from dkva.atomic import write_atomically
from dkva.provenance import commit, versions

__all__ = ["read_rows", "write_rows"]


def write_rows(path: Path, rows: Sequence[dict], *, command: str, settings: dict) -> None:
    """Write rows to `path` (.csv) and their provenance to the .json beside it, each whole or not at all.

    Args:
        path: the CSV file.
        rows: dictionaries with the same keys; floats are kept to six places.
        command: what makes these rows again.
        settings: all settings and seeds.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: round(v, 6) if isinstance(v, float) else v for k, v in row.items()})
    write_atomically(path, lambda file: file.write(text.getvalue().encode()))
    device = jax.devices()[0]
    provenance = {
        "command": command,
        "settings": settings,
        "rows": len(rows),
        "device": f"{device.platform}: {device.device_kind}",
        "versions": versions(),
        "commit": commit(Path(__file__).parent.parent, "dkva", "reproduce"),
    }
    body = json.dumps(provenance, indent=2) + "\n"
    write_atomically(path.with_suffix(".json"), lambda file: file.write(body.encode()))


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file; raises FileNotFoundError where there is none."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
