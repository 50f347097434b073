"""Values of the options of `dkva segment` that are neither one number nor one word."""

from __future__ import annotations

import math
import re

import click

from dkva.cli.segmenting.levels import MOST_FINEST, Levels

__all__ = ["AUTO", "NUMBER_OR_AUTO", "RANGE", "SECONDS"]

#: What asks for a suggested number of segments.
AUTO = "auto"


class _NumberOrAuto(click.ParamType):
    name = f"number or {AUTO}"

    def get_metavar(self, *context, **more) -> str:
        del context, more
        return f"NUMBER|{AUTO}"

    def convert(self, value, param, ctx):
        if value == AUTO:
            return value
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is not a whole number, nor {AUTO}", param, ctx)


class _Range(click.ParamType):
    name = "range"

    def get_metavar(self, *context, **more) -> str:
        del context, more
        return "FROM-TO"

    def convert(self, value, param, ctx):
        if isinstance(value, Levels):
            return value
        found = re.fullmatch(r"(?:(\d+)-)?(\d+)", value.strip())
        low, high = (int(found[1] or Levels().low), int(found[2])) if found else (0, 0)
        if not 1 <= low <= high:
            self.fail(f"{value!r} is no range: give FROM-TO such as 2-12, or 12 for 2-12", param, ctx)
        if high > MOST_FINEST:
            self.fail(f"{value!r}: give levels up to {MOST_FINEST} at most", param, ctx)
        return Levels(low, high, given=value.strip())


class _Seconds(click.ParamType):
    name = "time"

    def get_metavar(self, *context, **more) -> str:
        del context, more
        return "TIME"

    def convert(self, value, param, ctx):
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*(|ms|s|min|h)", value.strip())
        seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
        if not 0 < seconds < math.inf:
            self.fail(
                f"{value!r} is no length of time: give seconds such as 2s, or 500ms, 1.5min", param, ctx
            )
        return seconds


_UNITS = {"": 1.0, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}

#: A length of time, as seconds: a number, alone or with its unit.
SECONDS = _Seconds()

#: A whole number, or `AUTO`.
NUMBER_OR_AUTO = _NumberOrAuto()

#: Two whole numbers, as `Levels`; one means from 2 to it.
RANGE = _Range()
