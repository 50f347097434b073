"""Settings of MS-TCN, and the published ones of each data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dkva.base.checks import check_whole
from dkva.supervised.frame_settings import FrameSettings

__all__ = ["PUBLISHED", "MsTcnSettings"]

#: What is published of each data set, where it differs from the defaults (MS-TCN's public code).
PUBLISHED: Mapping[str, Mapping[str, int]] = {"50 Salads": {"sample_rate": 2}, "GTEA": {}, "Breakfast": {}}


@dataclass(frozen=True, kw_only=True)
class MsTcnSettings(FrameSettings):
    """Settings of MS-TCN's model and of its training.

    The defaults are those of its public code (Abu Farha & Gall, CVPR 2019), whose rate does not fall.

    Attributes:
        stages: networks one after the other, of which each refines what the one before it finds.
        dropout: share of values in the layers that is set to 0 in training.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    stages: int = 4
    dropout: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("stages", self.stages, least=1)
        self.check_shares("dropout")
