"""Segments of several tiers, subjects or animals: those of one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dkva.datasets.annotations.forms import listed
from dkva.datasets.annotations.times import Time
from dkva.datasets.errors import DataError

__all__ = ["Laned", "of_lane"]


class Laned(NamedTuple):
    """A segment as its cells say it, the tier or subject that it belongs to, and its duration if given."""

    start: Time
    end: Time
    label: str
    line: int | None
    lane: str = ""
    length: Time | None = None


def of_lane(
    path: Path, found: Sequence[Laned], tier: str | None, *, one: bool = False
) -> tuple[list[Laned], tuple[str, ...], dict[str, object]]:
    """The segments of a tier, the names of the tiers among them, and what to say of it.

    Args:
        path: the file, for errors.
        found: all segments.
        tier: the choice; without it all are taken, and if they overlap, this is found on their frames.
        one: without a choice, several are refused.

    Raises:
        DataError: no such tier, a choice if there are none, or no choice if one is needed.
    """
    names = tuple(dict.fromkeys(each.lane for each in found))
    if tier is None:
        if one and len(names) > 1:
            problem = f"has several tiers: {listed([name or 'one without a name' for name in names])}"
            raise DataError(path, problem, f"choose one: --tier {next(filter(None, names))!r}")
        said: dict[str, object] = {"of": names[0]} if len(names) == 1 and names[0] else {}
        return list(found), names, said | ({"of": list(names)} if len(names) > 1 else {})
    named = [name for name in names if name]
    if not named:
        raise DataError(path, "has no tiers or subjects to choose from", "leave --tier out")
    if tier not in names:
        raise DataError(path, f"has no tier or subject {tier!r}", f"choose one of {listed(named)} by --tier")
    return [each for each in found if each.lane == tier], (tier,), {"of": tier}
