"""How recordings become features, as the options of `dkva segment` say."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dkva.recordings.kinds import SAMPLES_A_SECOND

if TYPE_CHECKING:
    from dkva.recordings.encoders import Encoder

__all__ = ["RecordingReading", "rate_for"]

# Frames a second that are taken of a recording if short actions are of interest (our choice).
_FINER_RATE, _FINER_BELOW = 10.0, 3.0


def rate_for(shortest: float | None) -> float:
    """Frames a second that are taken unless --fps says, for a shortest action of so many seconds."""
    return SAMPLES_A_SECOND if shortest is None or shortest >= _FINER_BELOW else _FINER_RATE


@dataclass(frozen=True)
class RecordingReading:
    """How recordings become features.

    Attributes:
        encoder: name of the encoder; None takes the default.
        size: that frames are scaled to; None takes the encoder's own.
        weights: file of the encoder's weights, if it needs one.
        fps: frames a second that are taken of a recording.
        image_fps: images a second of a folder of images; None if they have no times.
        cache: whether features are kept for later runs.
    """

    encoder: str | None = None
    size: int | None = None
    weights: Path | None = None
    fps: float = SAMPLES_A_SECOND
    image_fps: float | None = None
    cache: bool = True

    def opened(self) -> Encoder:
        """The encoder, made once a process. Raises ValueError as `dkva.recordings.encoders.open_encoder`."""
        return _opened(self.encoder, self.size, self.weights)

    def reason(self) -> str:
        """Why the encoder is the one that it is, on one line; "" if its name was given."""
        if self.encoder is not None:
            return ""
        from dkva.recordings.encoders import default_encoder

        name, reason = default_encoder()
        return f"encoder {name}: {reason}"


@functools.lru_cache(maxsize=1)
def _opened(name: str | None, size: int | None, weights: Path | None) -> Encoder:
    from dkva.recordings.encoders import default_encoder, open_encoder

    return open_encoder(default_encoder()[0] if name is None else name, size=size, weights=weights)
