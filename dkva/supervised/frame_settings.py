"""Settings that all methods which learn from labels of frames share."""

from __future__ import annotations

from dataclasses import dataclass

from dkva.base.checks import check_number, check_whole

__all__ = ["FrameSettings"]


@dataclass(frozen=True, kw_only=True)
class FrameSettings:
    """Settings of a training on one video a step by Adam, and of how videos are given to the network.

    Attributes:
        maps: features of a frame inside the network.
        layers: of the network's first part, or of each of its stages; layer l looks at frames 2^l apart.
        epochs: passes over the videos.
        learning_rate: Adam's at the start.
        weight_decay: λ of λ·w, which is added to the gradient.
        factor: that the rate is multiplied by when the mean loss of an epoch is on a plateau; 1 keeps it.
        patience: epochs without a lower mean loss that are waited for.
        smoothing: weight of the differences between the log-probabilities of neighbouring frames.
        truncation: the most that a squared difference counts.
        sample_rate: every so many frames one is seen, and its class is that of those up to the next.
        standardise: whether each video's features are standardised and divided by sqrt(d) (our choice; the
            published networks take features as they are).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    maps: int = 64
    layers: int = 10
    epochs: int = 50
    learning_rate: float = 5e-4
    weight_decay: float = 0.0
    factor: float = 1.0
    patience: int = 3
    smoothing: float = 0.15
    truncation: float = 16.0
    sample_rate: int = 1
    standardise: bool = False

    def __post_init__(self) -> None:
        for name in ("maps", "layers", "sample_rate"):
            check_whole(name, getattr(self, name), least=1)
        for name in ("epochs", "patience"):
            check_whole(name, getattr(self, name), least=0)
        for name in ("learning_rate", "truncation"):
            check_number(name, getattr(self, name), positive=True)
        check_number("factor", self.factor, positive=True, most=1)
        for name in ("weight_decay", "smoothing"):
            check_number(name, getattr(self, name))

    def check_shares(self, *names: str) -> None:
        """Raise ValueError where a share of values that is set to 0 in training is not below 1."""
        for name in names:
            check_number(name, getattr(self, name))
            if getattr(self, name) >= 1:
                raise ValueError(
                    f"{name} is {getattr(self, name)}: give a number below 1, as some values must be left"
                )
