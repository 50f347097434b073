"""Settings of CARL, and the published ones of each data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dkva.alignment.view_settings import ViewSettings
from dkva.base.checks import check_number

__all__ = ["PUBLISHED", "CarlSettings"]

#: What is published of each data set (CARL, its public code).
PUBLISHED: Mapping[str, Mapping[str, int]] = {
    "Pouring": {"frames": 240, "layers": 2, "epochs": 500},
    "PennAction": {"frames": 80, "layers": 3, "epochs": 300},
    "FineGym": {"frames": 240, "layers": 3, "epochs": 300},
}


@dataclass(frozen=True, kw_only=True)
class CarlSettings(ViewSettings):
    """Settings of CARL's model and of its training on given features.

    The defaults are the published ones for Pouring; `PUBLISHED` has what is otherwise for other data sets.

    Attributes:
        masked_weight: of each masked frame of the batch in the softmax; it is 1e-6 in the public code.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    epochs: int = 500
    masked_weight: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number("masked_weight", self.masked_weight)
