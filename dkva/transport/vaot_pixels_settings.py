"""Settings of VAOT on pixels: those of VAOT, some with other defaults, and what it adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dkva.base.checks import check_number, check_whole
from dkva.nn.resnet import RESNET50_IN_CONV4
from dkva.transport.vaot_settings import VaotSettings

__all__ = ["VaotPixelsSettings"]


@dataclass(frozen=True, kw_only=True)
class VaotPixelsSettings(VaotSettings):
    """Settings of VAOT's model on pixels and of its training.

    The defaults are the published ones (Ali et al., ICCV 2025, its public code) but for the radius, and for
    what `VaotSettings` calls our choice.

    Attributes:
        hidden: size of the embedder's layers.
        outputs: size of the embedded frames.
        epochs: passes over the videos, each beside another one.
        pairs: pairs of videos of a step, which share the statistics of a batch.
        frames: frames of each video that a step sees; see `dkva.nn.sampling.segment_uniform`.
        learning_rate: Adam's.
        weight_decay: λ of λ·w, which is added to the gradient.
        radius: how near near frames are, as a share of the frames. Published is 0.02, under which no frame of
            a clip of 20 is near another, so that there is no structure; 0.05 is one frame on each side.
        standardise: of features alone, so False.
        image_size: height and width of the images that the network is given.
        context: how many frames before each frame its context is.
        blocks: of each stage of the backbone; see `dkva.nn.resnet.ResNet`.
        width: channels after the backbone's first convolution.
        dropout: share of values that the embedder sets to 0 in training.
        brightness: factors of the images' brightness in training are up to this far from 1.
        contrast: likewise of their contrast.
        flip: probability that left and right are exchanged in a clip.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    hidden: int = 512
    outputs: int = 128
    epochs: int = 200
    frames: int = 20
    learning_rate: float = 1e-5
    weight_decay: float = 1e-5
    radius: float = 0.05
    standardise: bool = False
    image_size: int = 224
    context: int = 15
    blocks: Sequence[int] = RESNET50_IN_CONV4
    width: int = 64
    dropout: float = 0.1
    brightness: float = 32 / 255
    contrast: float = 0.5
    flip: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.blocks, Sequence) or not self.blocks:
            raise ValueError(f"blocks is {self.blocks!r}: give the number of blocks of each stage")
        object.__setattr__(self, "blocks", tuple(self.blocks))  # a list, if read from a file
        for stage, number in enumerate(self.blocks):
            check_whole(f"blocks[{stage}]", number, least=1)
        if self.standardise:
            raise ValueError("standardise is True: leave it out, as pixels are scaled as those of ImageNet")
        for name in ("image_size", "context", "width"):
            check_whole(name, getattr(self, name), least=1)
        for name in ("brightness", "contrast"):
            check_number(name, getattr(self, name))
        check_number("dropout", self.dropout, most=0.9)
        check_number("flip", self.flip, most=1)
