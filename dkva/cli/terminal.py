"""What all commands say, and where: tables and sums on stdout, one line an error on stderr."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = ["complain", "console", "counting", "gathered", "printable", "remark", "watched"]

Item = TypeVar("Item")


def complain(message: str) -> None:
    """Print an error on stderr, as one line."""
    click.echo(printable(f"error: {' '.join(message.split())}"), err=True)


def remark(message: str) -> None:
    """Print on stderr, as one line, what a user should know and nothing is wrong with."""
    click.echo(printable(f"note: {' '.join(message.split())}"), err=True)


def gathered(notes: Mapping[str, Iterable[str]]) -> list[str]:
    """Notes by video as lines; those that differ in their numbers alone are one, which says how many."""
    alike: dict[str, list[tuple[str, str]]] = {}
    for name, said in notes.items():
        for note in said:
            alike.setdefault(re.sub(r"\d+", "0", note), []).append((name, note))
    return [
        f"{name}: {note}" + (f" (and {len(more)} more video{'s' * (len(more) > 1)} alike)" if more else "")
        for (name, note), *more in alike.values()
    ]


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


def watched(items: Sequence[Item], title: str) -> Iterable[Item]:
    """The items, which are read one after another, with a bar on a terminal."""
    from rich.progress import track

    drawn = console(stderr=True)
    return track(items, f"reading {title}", console=drawn, transient=True, disable=not drawn.is_terminal)


def counting(title: str) -> Progress:
    """A bar on a terminal that counts videos, each with a word about it, to be used in a `with`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    drawn = console(stderr=True)
    return Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=drawn,
        transient=True,
        disable=not drawn.is_terminal,
    )
