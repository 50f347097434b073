"""Keys under which rows and models are kept: the hash of all that decides them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import numpy as np

__all__ = ["digest_of", "key_of"]

_DIGITS = 32


def key_of(decisive: object) -> str:
    """Hash of what decides a row or a model, plain enough for JSON; the order of a mapping does not count.

    Raises:
        TypeError: a value that JSON does not have.
    """
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:_DIGITS]


def digest_of(arrays: Iterable[np.ndarray]) -> str:
    """Hash of what arrays hold, with their types and shapes, in their order."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)  # no copy of a mapped file
    return digest.hexdigest()[:_DIGITS]
