"""Settings of TCN."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dkva.alignment.frame_settings import FrameSettings
from dkva.alignment.views import anchors_and_positives
from dkva.base.checks import check_number, check_whole
from dkva.nn.sampling import Sample

__all__ = ["TcnSettings"]


@dataclass(frozen=True, kw_only=True)
class TcnSettings(FrameSettings):
    """Settings of TCN's model and of its training on given features.

    Optimiser, window and weight are those of CARL's public code. Its network is one of convolutions over
    pixels; here it is CARL's, without positions (our choice: with them a frame's positive could be told by
    its place alone). Frames and epochs are TCC's (our choice).

    Attributes:
        window: a positive is from 1 to this many frames before its anchor.
        norm_weight: weight of the penalty of norms.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    positions: bool = False
    frames: int = 40
    epochs: int = 500
    decay: str = "none"
    window: int = 5
    norm_weight: float = 0.002

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("window", self.window, least=1)
        check_number("norm_weight", self.norm_weight)

    def drawn(self, n_frames: int, rng: np.random.Generator) -> tuple[Sample, Sample]:
        """Anchors and positives of a video of so many frames."""
        return anchors_and_positives(n_frames, self.frames, rng, window=self.window)
