"""What the commands of the tables of alignment share: options, and a run over sets."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from dkva.datasets import DataError
from reproduce.base.options import console, parser
from reproduce.base.paths import data_root
from reproduce.collections.rivals import VIDEOS

__all__ = ["options_of", "over_sets"]


class _Titled(Protocol):
    @property
    def title(self) -> str: ...


Given = TypeVar("Given", bound=_Titled)


def options_of(
    doc: str | None,
    arguments: list[str] | None,
    sets: Mapping[str, object],
    names: Sequence[str],
    smoke: Sequence[str],
    *,
    videos: bool = False,
    seeds: str = "1 of Breakfast-like, 3 of others",
) -> argparse.Namespace:
    """The options of a command; `whole` says whether its rows are stored.

    Args:
        doc: of the command.
        arguments: of its command line.
        sets: that it runs, by key; a smoke run takes the first.
        names: of its methods.
        smoke: of those of a smoke run.
        videos: whether it is asked how many videos of each activity it takes.
        seeds: how many it has unless others are asked for, in words.
    """
    cli = parser(doc, seeds=None)
    cli.add_argument("--seeds", type=int, help=f"number of seeds (default: {seeds})")
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument("--sets", nargs="+", choices=sets, help="only these")
    cli.add_argument("--methods", nargs="+", choices=names, metavar="NAME", help="only these; none is stored")
    if videos:
        cli.add_argument("--videos", type=int, default=VIDEOS, help=f"of each activity (default {VIDEOS})")
    options = cli.parse_args(arguments)
    if videos and options.videos < 2:
        cli.error(f"--videos {options.videos}: give 2 at least, as videos are aligned in pairs")
    part = options.smoke or options.methods or options.seeds or (videos and options.videos != VIDEOS)
    options.whole = not part
    options.methods = options.methods or tuple(smoke if options.smoke else names)
    options.asked = bool(options.sets)
    options.sets = options.sets or [*sets][: 1 if options.smoke else None]
    options.root = data_root(options.data_root)
    return options


def over_sets(options: argparse.Namespace, sets: Mapping[str, Given], run: Callable[[Given], None]) -> int:
    """Run each set that is there; 2 if one that was asked for is not there.

    Args:
        options: as `options_of` gives them.
        sets: by key.
        run: computes, shows and stores a set; raises DataError if its data are not there.
    """
    status = 0
    for key in options.sets:
        try:
            run(sets[key])
        except DataError as error:
            console().print(f"{sets[key].title}: left out. {error}")
            status = 2 if options.asked else status
    return status
