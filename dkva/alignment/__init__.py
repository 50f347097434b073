"""Embedded frames by which videos of one activity can be matched: views of a video, losses, time warping."""

from dkva.alignment.warping import Warpings, dtw, first_matches, soft_dtw

__all__ = ["Warpings", "dtw", "first_matches", "soft_dtw"]
