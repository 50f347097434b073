"""Options that several commands have, each in one place."""

from __future__ import annotations

import click

from dkva.datasets.reading import MISSING
from dkva.workers.crew import PROCESSES, SCHEDULER_HELP

__all__ = ["missing_option", "no_cache_option", "scheduler_option"]

#: --missing: what to do with values that are missing.
missing_option = click.option(
    "--missing",
    type=click.Choice(MISSING),
    default="error",
    show_default=True,
    help="Empty cells and NaN: refuse, or interpolate over time.",
)

#: --scheduler: who computes.
scheduler_option = click.option(
    "--scheduler",
    default=PROCESSES,
    show_default=True,
    metavar="WHERE",
    help=f"{SCHEDULER_HELP[0].upper()}{SCHEDULER_HELP[1:]}, whose workers then count.",
)

#: --no-cache: leave nothing in the user's cache folder.
no_cache_option = click.option(
    "--no-cache", is_flag=True, help="Keep no parsed copy of text features and no compiled programs on disk."
)
