"""A word to whoever waits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from dkva.cli.segmenting.way import Way
from dkva.cli.terminal import printable, remark

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["ReadingBar", "Waiting"]


class Waiting:
    """Says once what takes long, if one video does: nobody should wait minutes without a word.

    Args:
        way: how videos are cut.
        patience: seconds after which it speaks.
    """

    def __init__(self, way: Way, patience: float = 60):
        self._way, self._patience = way, patience
        self._timer: threading.Timer | None = None
        self._said = False

    def of(self, name: str) -> None:
        """A video is begun."""
        self._stop()
        if not self._said:
            self._timer = threading.Timer(self._patience, self._say, [name])
            self._timer.daemon = True
            self._timer.start()

    def _say(self, name: str) -> None:
        self._said = True
        text = f"{name}: still at work after {self._patience:g} s"
        if "batch_size" in self._way.settings:
            text += (
                "; an epoch takes N // b steps of b = min(512, N // k) frames, so many segments of few "
                "frames take long: --batch-size video takes one step an epoch"
            )
        remark(text)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()


class ReadingBar:
    """A line of a bar for the recording that is read, in seconds of it; it goes when the recording ends.

    Args:
        bar: which has a line for the videos already.
    """

    def __init__(self, bar: Progress):
        self._bar = bar
        self._line: TaskID | None = None

    def __call__(self, name: str, done: float, total: float | None) -> None:
        """So many seconds of a recording are read, of those that it has, if that is known.

        Args:
            name: of the recording; "" if none is read any more.
            done: seconds.
            total: seconds.
        """
        if not name:
            if self._line is not None:
                self._bar.remove_task(self._line)
            self._line = None
            return
        if self._line is None:
            self._line = self._bar.add_task(f"{printable(name)}: seconds read", total=total)
        self._bar.update(self._line, completed=done, total=total)
