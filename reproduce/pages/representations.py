"""What is published of representations that align, and their pictures, in Markdown."""

from __future__ import annotations

from reproduce.ledger.alignment_paper import LRPROP_TABLES, MASA_TABLES
from reproduce.pages.drawn import drawn
from reproduce.pages.published import published_block

__all__ = ["published_representations", "shown_pictures"]

# What a reader who does not see them should know, by the names of their files.
_PICTURES = {
    "embedding_maps": "Test frames as points, coloured by activity and by phase, for each method",
    "aligned_videos": "Two test videos with lines between frames that time warping matches, for each method",
}


def published_representations() -> dict[str, str]:
    """Parts of the page by name: the tables of each paper, folded."""
    return {
        f"published_{paper}": "\n\n".join(published_block(table) for table in tables.values())
        for paper, tables in (("lrprop", LRPROP_TABLES), ("masa", MASA_TABLES))
    }


def shown_pictures() -> str:
    """The pictures that have been drawn, by `reproduce.representation_figures` and `reproduce.figures`."""
    return drawn(_PICTURES)
