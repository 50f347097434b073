"""What the commands of the tables of alignment and of both tasks share: options, and a run over sets."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from dkva.datasets import DataError
from reproduce.base.options import console, parser
from reproduce.base.paths import data_root
from reproduce.collections.joint import JOINT_SETS, JointSet
from reproduce.collections.rivals import VIDEOS

__all__ = ["options_of", "over_sets"]


def options_of(
    doc: str | None, arguments: list[str] | None, names: Sequence[str], smoke: Sequence[str]
) -> argparse.Namespace:
    """The options of a command; `whole` says whether its rows are stored.

    Args:
        doc: of the command.
        arguments: of its command line.
        names: of its methods.
        smoke: of those of a smoke run.
    """
    cli = parser(doc, seeds=None)
    cli.add_argument("--seeds", type=int, help="number of seeds (default: 1 of Breakfast-like, else 3)")
    cli.add_argument("--data-root", type=Path, help="folder of the real data (default: DKVA_DATA)")
    cli.add_argument("--sets", nargs="+", choices=JOINT_SETS, help="only these")
    cli.add_argument("--videos", type=int, default=VIDEOS, help=f"of each activity (default {VIDEOS})")
    cli.add_argument("--methods", nargs="+", choices=names, metavar="NAME", help="only these; none is stored")
    options = cli.parse_args(arguments)
    if options.videos < 2:
        cli.error(f"--videos {options.videos}: give 2 at least, as videos are aligned in pairs")
    options.whole = not (options.smoke or options.methods or options.seeds) and options.videos == VIDEOS
    options.methods = options.methods or tuple(smoke if options.smoke else names)
    options.root = data_root(options.data_root)
    return options


def over_sets(options: argparse.Namespace, run: Callable[[JointSet], None]) -> int:
    """Run each set that is there; 2 if one that was asked for is not there.

    Args:
        options: as `options_of` gives them.
        run: computes, shows and stores a set; raises DataError if its data are not there.
    """
    status = 0
    for key in options.sets or (["one_activity"] if options.smoke else JOINT_SETS):
        try:
            run(JOINT_SETS[key])
        except DataError as error:
            console().print(f"{JOINT_SETS[key].title}: left out. {error}")
            status = 2 if options.sets else status
    return status
