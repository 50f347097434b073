"""Methods and settings on Moving5: those of Tables 2 and 3, which studies and figures take up again."""

from __future__ import annotations

from typing import NamedTuple

from dkva.experiments.experiment import Method
from reproduce.base.labels import (
    CHOSEN_DECAY,
    INITIAL,
    INITIAL_L2,
    LEARNED,
    LEARNED_L2,
    MEDIAN_DISTANCE,
    MORE,
    MORE_EPOCHS,
    NTK_ALONE,
    WHOLE_VIDEO,
)
from reproduce.base.methods import method
from reproduce.base.store import Table, best, chosen, read_facts
from reproduce.collections.moving5 import K

__all__ = [
    "BASE",
    "CHOICE",
    "CHOICE_RANDOM_K",
    "RANDOM_K",
    "Chosen",
    "chosen_settings",
    "random_k_methods",
    "true_k_methods",
]

#: The choice of epochs and weight decay for Table 2.
CHOICE = Table(
    "table2_moving5_choice",
    "Choice for Table 2: 50 validation videos of Moving5, learned approximation, kernel assignment",
    "python -m reproduce.table2_moving5 --select",
    by=("epochs", "weight_decay"),
    measures=("mof", "iou", "f1"),
    choose="mof",
)

#: The choice of the weight decay for Table 3.
CHOICE_RANDOM_K = Table(
    "table3_moving5_random_k_choice",
    "Choice for Table 3: 50 validation videos of Moving5, random number of segments",
    "python -m reproduce.table3_moving5_random_k --select",
    by=("weight_decay",),
    measures=("boundary_f1", "boundary_accuracy", "boundary_precision", "mof"),
    choose="boundary_f1",
)

#: The authors' settings on Moving5, where they are known: no smoothing; and epochs with a random K.
BASE: dict[str, object] = {"smoothing": 0}
RANDOM_K: dict[str, object] = BASE | {"epochs": 20}

#: The paper's weight decay where it says nothing else.
USUAL = 1e-3


class Chosen(NamedTuple):
    """What the validation videos of Table 2 chose."""

    epochs: int
    weight_decay: float

    @property
    def settings(self) -> dict[str, object]:
        """Settings of the learned approximation."""
        return BASE | {"weight_decay": self.weight_decay, "epochs": self.epochs}


def chosen_settings() -> Chosen:
    """The settings chosen for Table 2.

    Raises:
        SystemExit: the choice has not been made, with its command.
    """
    found = chosen(CHOICE)
    return Chosen(int(found["epochs"]), found["weight_decay"])


def true_k_methods(choice: Chosen) -> dict[str, Method]:
    """The lines of Table 2 by what `--methods` calls them, the paper's first."""

    def approximation(label: str, seeded: bool | None = None, **changed) -> Method:
        return method("dkva", choice.settings | changed, label=label, seeded=seeded)

    return {
        "uniform": method("uniform"),
        "kmeans": method("kmeans"),
        "tw_finch": method("tw_finch"),
        "dkva_initial_l2": approximation(INITIAL_L2, False, epochs=0, assignment="l2"),
        "dkva_initial": approximation(INITIAL, False, epochs=0),
        "dkva_l2": approximation(LEARNED_L2, assignment="l2"),
        "dkva": approximation(LEARNED),
        "dkva_batch": approximation(f"{LEARNED}: batch estimator", estimator="batch"),
        "dkva_more_epochs": approximation(MORE_EPOCHS, epochs=MORE * choice.epochs),
        "dkva_ntk": approximation(NTK_ALONE, kernel="ntk"),
        "dkva_median_distance": approximation(MEDIAN_DISTANCE, length_scale="median"),
        # An epoch of N // b steps in batches is one step on the whole video; b = N // M makes that M.
        "dkva_whole_video": approximation(WHOLE_VIDEO, epochs=K * choice.epochs, batch_size="video"),
    }


def random_k_methods() -> list[Method]:
    """The lines of Table 3, for the weight decays that were chosen."""
    chosen_decay = chosen(CHOICE_RANDOM_K)["weight_decay"]
    by_accuracy = best(read_facts(CHOICE_RANDOM_K.name)["table"], "boundary_accuracy")["weight_decay"]
    decays = {
        "learned, weight decay 1e-3": USUAL,
        CHOSEN_DECAY: chosen_decay,
        "learned, most accurate boundaries": by_accuracy,
    }
    return [
        method("uniform"),
        method("kmeans"),
        method("tw_finch"),
        method("dkva", RANDOM_K | {"epochs": 0}, label=INITIAL, seeded=False),
        *(method("dkva", RANDOM_K | {"weight_decay": decay}, label=label) for label, decay in decays.items()),
    ]
