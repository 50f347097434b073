"""Settings of methods that learn from two views of each video: CARL's, and LRProp's after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dkva.alignment.frame_settings import FrameSettings
from dkva.alignment.views import cropped_views, stretched_views
from dkva.base.checks import check_choice, check_number
from dkva.nn.sampling import Sample

__all__ = ["ViewSettings"]


@dataclass(frozen=True, kw_only=True)
class ViewSettings(FrameSettings):
    """`FrameSettings`, and how views are drawn and compared.

    Attributes:
        temperature: what inner products are divided by, τ.
        variance: σ² of the Gaussian in time, in frames².
        views: two "crops" that overlap, as CARL's paper has it, or "released", as its public code draws them.
        stretch: frames of the longest crop, in those of a view; or likewise of the public code.
        overlap: least share of the shorter crop that is in the other one, too.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    temperature: float = 0.1
    variance: float = 10.0
    views: str = "crops"
    stretch: float = 1.5
    overlap: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("temperature", "variance"):
            check_number(name, getattr(self, name), positive=True)
        check_choice("views", self.views, ("crops", "released"))
        check_number("stretch", self.stretch)
        if self.stretch < 1:
            raise ValueError(
                f"stretch is {self.stretch}: give a number >= 1, as a view has all its frames at 1"
            )
        check_number("overlap", self.overlap, most=1)

    def drawn(self, n_frames: int, rng: np.random.Generator) -> tuple[Sample, Sample]:
        """Two views of a video of so many frames."""
        if self.views == "released":
            return stretched_views(n_frames, self.frames, rng, stretch=self.stretch)
        return cropped_views(n_frames, self.frames, rng, stretch=self.stretch, overlap=self.overlap)
