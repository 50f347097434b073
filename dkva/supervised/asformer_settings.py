"""Settings of ASFormer, and the published ones of each data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dkva.base.checks import check_number, check_whole
from dkva.supervised.frame_settings import FrameSettings

__all__ = ["PUBLISHED", "AsformerSettings"]

#: What is published of each data set, where it differs from the defaults (ASFormer's public code).
PUBLISHED: Mapping[str, Mapping[str, int | float]] = {
    "50 Salads": {"sample_rate": 2},
    "GTEA": {"channel_dropout": 0.5},
    "Breakfast": {"learning_rate": 1e-4},
}


@dataclass(frozen=True, kw_only=True)
class AsformerSettings(FrameSettings):
    """Settings of ASFormer's model and of its training.

    The defaults are those of its public code (Yi, Wen & Jiang, BMVC 2021).

    Attributes:
        decoders: that refine what the encoder finds, one after the other; 0 leaves them out.
        decoder_layers: layers of each decoder; 0 takes as many as the encoder has.
        channel_dropout: share of the features that is set to 0 in training, the same ones in all frames.
        dropout: share of values in the layers that is set to 0 in training.
        reassemble: whether segments are put together anew, by RTK's rules, from the middles of runs of a
            likeliest class and the changes between them; it has no part in the training (our choice).
        action_threshold: with it, the least mean probability of a run's class for it to count.
        boundary_threshold: with it, the least change for it to count: the probability that goes from some
            classes to others between two frames.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    epochs: int = 120
    weight_decay: float = 1e-5
    factor: float = 0.5
    decoders: int = 3
    decoder_layers: int = 0
    channel_dropout: float = 0.3
    dropout: float = 0.5
    reassemble: bool = False
    action_threshold: float = 0.4
    boundary_threshold: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("maps", self.maps, least=2)
        for name in ("decoders", "decoder_layers"):
            check_whole(name, getattr(self, name), least=0)
        self.check_shares("channel_dropout", "dropout")
        for name in ("action_threshold", "boundary_threshold"):
            check_number(name, getattr(self, name), most=1)
