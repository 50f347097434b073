"""A word to whoever waits."""

from __future__ import annotations

import threading

from dkva.cli.segmenting.way import Way
from dkva.cli.terminal import remark

__all__ = ["Waiting"]


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
