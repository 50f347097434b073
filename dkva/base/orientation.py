"""Whether a matrix of features looks as if its rows were its columns."""

from __future__ import annotations

__all__ = ["WIDTHS", "TurnedWarning", "looks_turned"]

#: Numbers of features that common extractors give a frame.
WIDTHS = (512, 768, 1024, 2048, 4096)


class TurnedWarning(UserWarning):
    """Features look transposed; they are taken as they are."""


def looks_turned(n_frames: int, n_features: int) -> bool:
    """Whether a matrix may be transposed: it has fewer rows than columns, or as many rows as `WIDTHS`."""
    return n_frames < n_features or n_frames in WIDTHS
