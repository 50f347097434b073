"""One function a figure: arrays in, matplotlib figure out; nothing is computed or saved here."""

from dkva.export.timeline import timeline
from figures.failures import Case, failure_cases
from figures.keypoints import Keypoints, keypoint_lines
from figures.learning import loss_curves, motion
from figures.matrices import gram_matrices, similarity_map
from figures.moving5 import learned_frames
from figures.representations import Matched, Points, matched_frames, point_maps
from figures.scores import Score, score_bars, score_curves, score_strips
from figures.speed import cost_against_size, cost_bars

__all__ = [
    "Case",
    "Keypoints",
    "Matched",
    "Points",
    "Score",
    "cost_against_size",
    "cost_bars",
    "failure_cases",
    "gram_matrices",
    "keypoint_lines",
    "learned_frames",
    "loss_curves",
    "matched_frames",
    "motion",
    "point_maps",
    "score_bars",
    "score_curves",
    "score_strips",
    "similarity_map",
    "timeline",
]
