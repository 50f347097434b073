"""Features by which the frames of videos of one activity are matched."""

from dkva.alignment.warping import Warpings, dtw, first_matches, soft_dtw

__all__ = ["Warpings", "dtw", "first_matches", "soft_dtw"]
