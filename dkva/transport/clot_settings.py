"""Settings of CLOT: those of ASOT, and the name, default and check of what it adds."""

from __future__ import annotations

from dataclasses import dataclass

from dkva.base.checks import check_number, check_whole
from dkva.transport.asot_settings import AsotSettings

__all__ = ["ClotSettings"]


@dataclass(frozen=True, kw_only=True)
class ClotSettings(AsotSettings):
    """Settings of CLOT's model and of its training.

    Number and radius of the slices and the dropout are defaults of the public code (Bueno-Benito & Dimiccoli,
    ICCV 2025). The values that its tables were made with are in a supplement that we do not have: all others
    are our choices, those of ASOT where ASOT has them.

    Attributes:
        queries: K', segments that are read of a video; 0 takes as many as there are actions (our choice).
        dispatching: whether similar frames are added to each frame.
        slice_weight: weight of the sliced Wasserstein distance in the costs of frames (1 is our choice); 0
            leaves it out.
        slices: number of slices.
        slice_radius: of the circles of the slices.
        decoder: whether a decoder reads the segments from the video; without it they are the same in all
            videos, as they are learned (our choice).
        decoder_layers: layers of the decoder (our choice).
        decoder_heads: heads of its attention, a divisor of `outputs` (our choice).
        decoder_hidden: size of its hidden layers (our choice).
        dropout: share of values in the decoder that is set to 0 in training.
        refinement: whether segments are added to frames, which labels are then made of.
        refinement_temperature: of the softmax over segments (our choice).
        released_faults: whether two faults of the public code are kept: each slice's values are sorted, so
            that costs are not of their frames, and all frames have the position of the first one.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    queries: int = 0
    dispatching: bool = True
    slice_weight: float = 1.0
    slices: int = 150
    slice_radius: float = 2.0
    decoder: bool = True
    decoder_layers: int = 2
    decoder_heads: int = 4
    decoder_hidden: int = 128
    dropout: float = 0.1
    refinement: bool = True
    refinement_temperature: float = 0.1
    released_faults: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("queries", self.queries, least=0)
        for name in ("slices", "decoder_layers", "decoder_heads", "decoder_hidden"):
            check_whole(name, getattr(self, name), least=1)
        check_number("slice_weight", self.slice_weight)
        for name in ("slice_radius", "refinement_temperature"):
            check_number(name, getattr(self, name), positive=True)
        check_number("dropout", self.dropout, most=0.9)
        if self.decoder and self.outputs % self.decoder_heads:
            raise ValueError(
                f"decoder_heads is {self.decoder_heads}: give a divisor of outputs, which are {self.outputs}"
            )
