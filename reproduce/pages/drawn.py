"""Pictures in Markdown, as far as they have been drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reproduce.base.paths import RENDERED

__all__ = ["drawn"]


def drawn(pictures: Mapping[str, str], folder: Path = RENDERED) -> str:
    """The pictures that `reproduce.figures` has drawn.

    Args:
        pictures: what a reader who does not see them should know, by the names of their files.
        folder: of the files.
    """
    there = [name for name in pictures if (folder / f"{name}.png").is_file()]
    if not there:
        return "*No picture has been drawn.*"
    return "\n\n".join(f"![{pictures[name]}](../figures/rendered/{name}.png)" for name in there)
