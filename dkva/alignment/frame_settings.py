"""Settings that all methods which learn to embed frames share: those of the network and of the optimiser."""

from __future__ import annotations

from dataclasses import dataclass

from dkva.base.checks import check_choice, check_number, check_whole

__all__ = ["FrameSettings"]


@dataclass(frozen=True, kw_only=True)
class FrameSettings:
    """Settings of `dkva.alignment.frame_network.FrameNetwork` and of its training on given features.

    The defaults are those of CARL (Chen et al., CVPR 2022, its public code), whose network has features of
    images where this one has given features.

    Attributes:
        hidden: size of the two layers that read each frame.
        width: size of the frames in the transformer.
        heads: of its attention, a divisor of the width.
        layers: of the transformer.
        feed_forward: size of the hidden layer in each of them.
        outputs: size of the embedded frames.
        dropout: share of values that is set to 0 in training.
        positions: whether the transformer is told where frames lie.
        frames: of a clip that a step sees, T; a shorter video is filled up, and the filling counts nowhere.
            Positions are 0 to T - 1, and those of a whole video are stretched over them.
        batch: videos of a step; the last step of an epoch is filled up with the first ones of the epoch.
        epochs: passes over the videos.
        learning_rate: Adam's.
        decay: whether the learning rate falls to 0, as half a cosine, or stays ("cosine" or "none").
        weight_decay: λ of λ·w, which is added to the gradient.
        clip: largest norm of the gradient.
        standardise: whether each video's features are standardised and divided by sqrt(d) (our choice; the
            published networks read features of images as they are).

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    hidden: int = 512
    width: int = 256
    heads: int = 8
    layers: int = 2
    feed_forward: int = 1024
    outputs: int = 128
    dropout: float = 0.1
    positions: bool = True
    frames: int = 240
    batch: int = 1
    epochs: int = 300
    learning_rate: float = 1e-4
    decay: str = "cosine"
    weight_decay: float = 1e-5
    clip: float = 10.0
    standardise: bool = True

    def __post_init__(self) -> None:
        for name in ("hidden", "width", "heads", "layers", "feed_forward", "outputs", "frames", "batch"):
            check_whole(name, getattr(self, name), least=1)
        check_whole("epochs", self.epochs, least=0)
        if self.width % self.heads:
            raise ValueError(f"heads is {self.heads}, and width {self.width}: give a divisor of the width")
        check_number("dropout", self.dropout)
        if self.dropout >= 1:
            raise ValueError(f"dropout is {self.dropout}: give a number below 1, as some values must be left")
        for name in ("learning_rate", "clip"):
            check_number(name, getattr(self, name), positive=True)
        check_number("weight_decay", self.weight_decay)
        check_choice("decay", self.decay, ("cosine", "none"))
