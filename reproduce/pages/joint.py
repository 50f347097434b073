"""What is published of alignment, and of both tasks by one model, in Markdown."""

from __future__ import annotations

from reproduce.ledger.joint_paper import PUBLISHED_ALIGNMENT, PUBLISHED_SEGMENTATION
from reproduce.pages.markdown import markdown_table

__all__ = ["published"]


def published() -> dict[str, str]:
    """Parts of the page by name."""
    return {
        "published_alignment": markdown_table(
            [
                "published on IKEA ASM, in %",
                *(f"accuracy, {share} %" for share in (10, 50, 100)),
                *(f"AP@{k}" for k in (5, 10, 15)),
            ],
            [[name, *map(_shown, numbers)] for name, numbers in PUBLISHED_ALIGNMENT.items()],
        ),
        "published_segmentation": markdown_table(
            ["published of VASOT, in %", "MoF", "F1", "mIoU"],
            [[name, *map(_shown, numbers)] for name, numbers in PUBLISHED_SEGMENTATION.items()],
        ),
    }


def _shown(number: float | None) -> str:
    return "–" if number is None else f"{number:g}"
