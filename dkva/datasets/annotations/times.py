"""Numbers and times in the cells of tables."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["NUMBER", "Time", "time_of"]

#: A number or a time, as a part of regular expressions.
NUMBER = r"\d+(?::\d{1,2}){1,3}(?:[.,]\d+)?|\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+"

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d*)?)$")
_PLAIN = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(ms|msec|s|sec|secs|seconds)?$", re.I)


class Time(NamedTuple):
    """A number in a cell.

    Attributes:
        value: in its unit.
        kind: "whole", "decimal" (both without a unit), "seconds" (a clock's times too) or "ms".
    """

    value: float
    kind: str


def time_of(cell: str, *, comma: bool = False) -> Time | None:
    """What a cell says, or None if it is no number or time.

    Args:
        cell: such as "75", "2.5", "2.5 s", "1:02:03.5" or "02:03" (minutes and seconds).
        comma: a comma is the decimal sign; if not, only so behind a clock's seconds.
    """
    cell = cell.strip()
    clock = _CLOCK.match(cell)
    if clock:
        hours, minutes, seconds = clock.groups()
        return Time(int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", ".")), "seconds")
    plain = _PLAIN.match(cell.replace(",", ".") if comma else cell)
    if plain is None:
        return None
    number, unit = plain.groups()
    if unit:
        return Time(float(number), "ms" if unit.lower().startswith("m") else "seconds")
    return Time(float(number), "whole" if number.lstrip("+-").isdecimal() else "decimal")
