"""Commands of `dkva` that other packages bring, by entry points of the group `dkva.commands`.

An entry point names a function `main(arguments) -> exit status`. It is imported when its command is called,
with the current folder on the module path as `python -m` has it, and is given all arguments as they are.
"""

from __future__ import annotations

import os
import sys
from importlib import metadata
from typing import Any

import click

__all__ = ["GROUP", "PluggedGroup"]

#: Entry points of commands.
GROUP = "dkva.commands"


class PluggedGroup(click.Group):
    """A group whose own commands stand beside those of entry points."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands by name."""
        return sorted({*super().list_commands(ctx), *metadata.entry_points(group=GROUP).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, the group's own first; None if there is none."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        for entry in metadata.entry_points(group=GROUP, name=cmd_name):
            return _command(entry)
        return None


class _Unparsed(click.Command):
    """A command whose callback is given all arguments as they are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.params["arguments"] = tuple(args)
        return []


def _command(entry: Any) -> click.Command:
    def call(arguments: tuple[str, ...]) -> int:
        sys.path.insert(0, os.getcwd())
        try:
            main = entry.load()
        except ModuleNotFoundError as error:
            if not f"{entry.module}.".startswith(f"{error.name}."):  # a package that the command needs
                raise click.ClickException(f"dkva {entry.name}: {error}; install it") from error
            raise click.ClickException(
                f"dkva {entry.name}: {entry.module} is not found from here; run it in a clone of the project"
            ) from error
        return main(list(arguments))

    short = f"Run {entry.module}, in a clone of the project."
    return _Unparsed(entry.name, callback=call, add_help_option=False, short_help=short)
