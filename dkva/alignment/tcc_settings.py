"""Settings of TCC, and the published ones of each data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dkva.alignment.frame_settings import FrameSettings
from dkva.alignment.views import random_frames
from dkva.base.checks import check_number, check_whole
from dkva.nn.sampling import Sample

__all__ = ["PUBLISHED", "TccSettings"]

#: What is published of each data set (CARL's public code).
PUBLISHED: Mapping[str, Mapping[str, int]] = {
    "Pouring": {"frames": 40, "epochs": 500},
    "PennAction": {"frames": 20, "epochs": 300},
}


@dataclass(frozen=True, kw_only=True)
class TccSettings(FrameSettings):
    """Settings of TCC's model and of its training on given features.

    The defaults are those of CARL's public code for Pouring. Its network is one of convolutions over pixels;
    here it is CARL's, without positions (our choice: with them frames could be told by their places alone).

    Attributes:
        temperature: of both softmaxes.
        smoothing: how much of a frame's target is the mean time of the others.
        variance_weight: weight of the log of the variance.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    positions: bool = False
    frames: int = 40
    batch: int = 2
    epochs: int = 500
    decay: str = "none"
    temperature: float = 0.1
    smoothing: float = 0.1
    variance_weight: float = 0.001

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("batch", self.batch, least=2)
        check_number("temperature", self.temperature, positive=True)
        check_number("smoothing", self.smoothing, most=1)
        check_number("variance_weight", self.variance_weight)

    def drawn(self, n_frames: int, rng: np.random.Generator) -> tuple[Sample]:
        """One view of a video of so many frames."""
        return (random_frames(n_frames, self.frames, rng),)
