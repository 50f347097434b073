"""Tables of papers in Markdown."""

from __future__ import annotations

from reproduce.ledger.published import Published
from reproduce.pages.markdown import folded, markdown_table

__all__ = ["published_block"]


def published_block(table: Published) -> str:
    """A table of a paper, folded; a dash where the paper has no number."""
    lines = [
        [name, *("–" if number is None else f"{number:g}" for number in numbers)]
        for name, numbers in table.lines.items()
    ]
    return folded(f"{table.title}, in %", markdown_table(["published", *table.columns], lines))
