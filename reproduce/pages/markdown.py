"""Parts of a page in Markdown: cells in, tables and folded sections out."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["folded", "markdown_table"]


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, one line a row, without a newline at its end.

    Args:
        columns: names of the columns.
        rows: cells [rows][columns]; vertical bars in them are escaped.
    """
    cells = [columns, *rows]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
    return "\n".join([lines[0], "|---" * len(columns) + "|", *lines[1:]])


def folded(summary: str, body: str) -> str:
    """A section that a reader opens with a click."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"
