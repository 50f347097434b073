"""What all commands say, and where: tables and sums on stdout, one line an error on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["complain", "console", "printable", "remark"]


def complain(message: str) -> None:
    """Print an error on stderr, as one line."""
    click.echo(printable(f"error: {' '.join(message.split())}"), err=True)


def remark(message: str) -> None:
    """Print on stderr, as one line, what a user should know and nothing is wrong with."""
    click.echo(printable(f"note: {' '.join(message.split())}"), err=True)


def printable(text: str) -> str:
    """Text with file names that are no UTF-8 spelt out."""
    return text.encode(errors="backslashreplace").decode()


def console(stderr: bool = False) -> Console:
    """Where tables (stdout) and progress bars (stderr) are drawn."""
    from rich.console import Console

    drawn = Console(stderr=stderr, highlight=False)
    if not stderr:  # a table that is squeezed loses its names; a terminal wraps it instead
        drawn.width = 1000
    return drawn
