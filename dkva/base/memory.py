"""Memory that a program has freed and its C library keeps."""

from __future__ import annotations

import contextlib
import ctypes

__all__ = ["return_freed_memory"]


def return_freed_memory() -> None:
    """Give freed memory back to the system, if the C library can be told to, as glibc can.

    What compiling a program took is freed piece by piece and otherwise stays with the process: some 200 MB of
    a network's.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library, or system
        ctypes.CDLL(None).malloc_trim(0)
