"""Embedded frames as an array, with a document that says what made it."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float

from dkva.base.files import write_atomically
from dkva.export.documents import source_of, write_json
from dkva.export.marked import is_foreign_marked, read_marked

__all__ = ["FORMAT", "embedding_document", "is_foreign_embedding", "read_embedding", "write_embedding"]

#: Number of the format that is written, and of the newest that is read.
FORMAT = 1

# The field that these documents have and no others: what the array is.
_MARK = "embedded"


def embedding_document(video: str, *, frames: int, features: int, **more: object) -> dict:
    """The document of an embedded video, ready for JSON but for what `write_embedding` adds.

    Args:
        video: its name.
        frames: their number n.
        features: of each frame, before it was embedded.
        more: what made it, such as `method`, `model`, `settings`, `reading`, `source`, `key` and `versions`.
    """
    return {"format": FORMAT, "video": video, "frames": frames, "features": features, **more}


def write_embedding(path: Path, doc: Mapping, array: Path, embedded: Float[np.ndarray, "n e"]) -> dict:
    """Write the document and the array, each whole or not at all.

    The document comes first and has the digest of the array, so that after a kill between the two neither is
    taken for what it is not.

    Args:
        path: of the document.
        doc: see `embedding_document`.
        array: of the .npy file.
        embedded: the embedded frames, which are written in float32.

    Returns:
        The document as it was written, with `embedded`: columns, name, size and digest of the array.

    Raises:
        OSError: a file that cannot be written.
    """
    held = io.BytesIO()
    np.save(held, np.asarray(embedded, np.float32), allow_pickle=False)
    data = held.getbuffer()
    digest = hashlib.blake2b(data).hexdigest()[:32]
    of_array = {"file": array.name, "bytes": len(data), "blake2b": digest}
    whole = {**doc, _MARK: {"columns": embedded.shape[1], **of_array}}
    write_json(path, whole)
    write_atomically(array, lambda file: file.write(data))
    return whole


def read_embedding(path: Path, array: Path) -> dict | None:
    """A document whose array is there as it was written; None if it is not. Raises NewerFormatError."""
    doc = read_marked(path, _MARK, FORMAT)
    try:
        return doc if doc and source_of(array).items() <= doc[_MARK].items() else None
    except (OSError, AttributeError):
        return None


def is_foreign_embedding(path: Path, array: Path) -> bool:
    """Whether files by these names are there that are not of an embedded video."""
    return is_foreign_marked(path, _MARK) or (os.path.exists(array) and not os.path.exists(path))
