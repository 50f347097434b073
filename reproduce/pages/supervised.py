"""Supervised segmentation on the page of results: what is published, what is not there yet, and pictures."""

from __future__ import annotations

from reproduce.collections.supervised import SPLIT_SETS, needs
from reproduce.ledger.keypoint_paper import RTK_TABLES
from reproduce.pages.drawn import drawn
from reproduce.pages.published import published_block

__all__ = ["absent_table", "keypoint_pictures", "published_keypoints"]

# What a reader who does not see them should know, by the names of their files.
_PICTURES = {
    "keypoints_assembled": "A test video: true segments, keypoints before and after refinement, and segments",
    "overlaps_by_length": "Overlap with the true segments up to each length, a line a method",
}


def published_keypoints() -> dict[str, str]:
    """Part of the page by name: the tables of RTK's paper, folded."""
    return {"published_rtk": "\n\n".join(map(published_block, RTK_TABLES.values()))}


def keypoint_pictures() -> str:
    """The pictures that have been drawn, by `reproduce.figures`."""
    return drawn(_PICTURES)


def absent_table(name: str) -> str | None:
    """What stands in the place of a table of supervised segmentation that is not stored; None of others.

    Args:
        name: of the table, such as table_rtk_lengths_gtea.
    """
    keys = (key for key in SPLIT_SETS if name.startswith("table_rtk_") and name.endswith(f"_{key}"))
    key = next(keys, None)
    if key is None:
        return None
    if SPLIT_SETS[key].released:
        return f"*needs data* ({needs(key)})."
    return f"*Not computed yet: `python -m reproduce.table_rtk --sets {key}` does.*"
