"""Documents in JSON that a field marks as of a kind: read, and told from the files of others."""

from __future__ import annotations

import json
from pathlib import Path

from dkva.base.errors import NewerFormatError

__all__ = ["is_foreign_marked", "read_marked"]


def read_marked(path: Path, mark: str, newest: int) -> dict | None:
    """A document, or None if there is none that can be read.

    Args:
        path: of the file.
        mark: the field that documents of this kind have, and no others.
        newest: number of the newest format that is known.

    Raises:
        NewerFormatError: a document of a newer format.
    """
    try:
        doc = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not _is_marked(doc, mark):
        return None
    if doc["format"] > newest:
        raise NewerFormatError(
            f"{path}: is of format {doc['format']}, and this dkva knows formats up to {newest}; update dkva, "
            "or give another folder for the results"
        )
    return doc


def is_foreign_marked(path: Path, mark: str) -> bool:
    """Whether a file by the name of a document is there that is none of the kind; see `read_marked`."""
    try:
        return not _is_marked(json.loads(path.read_bytes()), mark)
    except OSError:
        return False
    except ValueError:
        return True


def _is_marked(doc: object, mark: str) -> bool:
    return isinstance(doc, dict) and type(doc.get("format")) is int and mark in doc
