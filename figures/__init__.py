"""One function a figure: arrays in, matplotlib figure out; nothing is computed or saved here."""

from dkva.export.timeline import timeline
from figures.failures import Case, failure_cases
from figures.learning import loss_curves, motion
from figures.matrices import gram_matrices, similarity_map
from figures.moving5 import learned_frames
from figures.scores import Score, score_bars, score_curves, score_strips
from figures.speed import cost_against_size, cost_bars

__all__ = [
    "Case",
    "Score",
    "cost_against_size",
    "cost_bars",
    "failure_cases",
    "gram_matrices",
    "learned_frames",
    "loss_curves",
    "motion",
    "score_bars",
    "score_curves",
    "score_strips",
    "similarity_map",
    "timeline",
]
