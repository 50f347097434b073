"""Items that a thread makes beside the one that uses them, a few ahead."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

__all__ = ["ahead"]

_Item = TypeVar("_Item")

#: Seconds after which a thread that waits looks whether it should end.
_PATIENCE = 0.1


@contextlib.contextmanager
def ahead(items: Iterator[_Item], room: int) -> Iterator[Iterator[_Item]]:
    """Let a thread take items, and give them in their order.

    What taking them raises is raised to who waits for the next one. When the context is left, however that
    is, the thread ends before it takes a further item, and no other one takes any.

    Args:
        items: taken by that thread alone.
        room: how many may wait.
    """
    taker = _Taker(items, room)
    taker.start()
    try:
        yield taker.taken()
    finally:
        taker.leave()


class _Taker(threading.Thread, Generic[_Item]):
    def __init__(self, items: Iterator[_Item], room: int):
        super().__init__(daemon=True, name="dkva-ahead")
        self._items = items
        self._queue: queue.Queue[tuple[_Item] | BaseException | None] = queue.Queue(room)
        self._left = threading.Event()

    def run(self) -> None:
        end: BaseException | None = None
        try:
            for item in self._items:
                self._put((item,))
                if self._left.is_set():
                    break
            if isinstance(self._items, Generator):  # what it holds open is this thread's
                self._items.close()
        except BaseException as error:  # noqa: BLE001 -- raised where items are used
            end = error
        self._put(end)

    def taken(self) -> Iterator[_Item]:
        while True:
            try:
                # A wait without end would not let Ctrl-C through on Windows.
                given = self._queue.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            if given is None:
                return
            if isinstance(given, BaseException):
                raise given
            yield given[0]

    def leave(self) -> None:
        self._left.set()
        self.join()

    def _put(self, given: tuple[_Item] | BaseException | None) -> None:
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(given, timeout=_PATIENCE)
                return
