"""Some columns of a large array at a time, in two threads: memory stays small, and both cores work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["by_columns"]

_Made = TypeVar("_Made")

# Numbers that a thread works on at once, and threads (our choices).
_BLOCK, _THREADS = 2**19, 2


def by_columns(work: Callable[[slice], _Made], n: int, d: int) -> Iterator[tuple[slice, _Made]]:
    """Blocks of columns in order, each with what `work` makes of it.

    Args:
        work: is given the columns; called in threads.
        n: rows of the array.
        d: its columns.
    """
    step = max(1, _BLOCK // max(1, n))
    blocks = [slice(start, start + step) for start in range(0, d, step)]
    with ThreadPoolExecutor(_THREADS) as pool:
        yield from zip(blocks, pool.map(work, blocks), strict=True)
