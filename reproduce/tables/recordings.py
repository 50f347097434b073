"""Methods that run on real recordings: in the tables of them, and in their figures."""

from __future__ import annotations

from dkva.experiments.experiment import Method
from reproduce.base.labels import BATCH_ESTIMATOR, RECORDING_INITIAL, RECORDING_LEARNED, VIDEO_ESTIMATOR
from reproduce.base.methods import EPOCHS, method

__all__ = ["BREAKFAST", "basic_motions"]

#: Both estimators on Breakfast, called by their names, with the settings of the authors' program.
BREAKFAST = tuple(
    method(
        "dkva",
        {"kernel": "gauss_ntk", "smoothing": 2.5, "epochs": EPOCHS, "estimator": estimator},
        label=label,
    )
    for estimator, label in (("video", VIDEO_ESTIMATOR), ("batch", BATCH_ESTIMATOR))
)


def basic_motions(smoothing: float, epochs: int = EPOCHS) -> list[Method]:
    """The rows of the table of BasicMotions: a uniform split, ours before learning, and learned."""
    settings = {"smoothing": smoothing, "epochs": epochs}
    return [
        method("uniform"),
        method("dkva", settings | {"epochs": 0}, label=RECORDING_INITIAL, seeded=False),
        method("dkva", settings, label=RECORDING_LEARNED),
    ]
