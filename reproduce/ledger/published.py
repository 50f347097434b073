"""Tables of papers, written as text: columns and lines of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["Published", "published_table"]


class Published(NamedTuple):
    """A table of a paper.

    Attributes:
        title: what it is of, and where it stands.
        columns: of its numbers.
        lines: numbers by what the line is called; None if the paper has none.
    """

    title: str
    columns: tuple[str, ...]
    lines: Mapping[str, tuple[float | None, ...]]


def published_table(title: str, columns: str, lines: Mapping[str, str]) -> Published:
    """A table written as text.

    Args:
        title: what it is of, and where it stands.
        columns: with a comma between.
        lines: numbers with a blank between, "-" for none, by what the line is called.

    Raises:
        ValueError: a line with another number of numbers than there are columns.
    """
    names = tuple(columns.split(", "))
    parsed: dict[str, tuple[float | None, ...]] = {}
    for name, text in lines.items():
        cells = text.split()
        if len(cells) != len(names):
            raise ValueError(f"{title}, {name}: {len(cells)} numbers for {len(names)} columns")
        parsed[name] = tuple(None if cell == "-" else float(cell) for cell in cells)
    return Published(title, names, MappingProxyType(parsed))
