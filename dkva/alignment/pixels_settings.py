"""Settings of CARL and LRProp on pixels: those of the methods, of views of images, and of the backbone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dkva.alignment.carl_settings import CarlSettings
from dkva.alignment.lrprop_settings import LrpropSettings
from dkva.base.checks import check_whole
from dkva.nn.image_views import ImageViewSettings
from dkva.nn.resnet import RESNET50

__all__ = ["CarlPixelsSettings", "LrpropPixelsSettings", "PixelsSettings"]


@dataclass(frozen=True, kw_only=True)
class PixelsSettings(ImageViewSettings):
    """`ImageViewSettings`, and the network that reads images; the defaults are CARL's.

    Attributes:
        image_size: height and width of the images that the network is given.
        blocks: of each stage of the network, the last of which is learned; see `dkva.nn.resnet.ResNet`.
        channels: after its first convolution.
        at_once: images that its stages before the last one read at once; more need more memory.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    image_size: int = 224
    blocks: Sequence[int] = RESNET50
    channels: int = 64
    at_once: int = 40

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.blocks, Sequence) or len(self.blocks) < 2:
            raise ValueError(
                f"blocks is {self.blocks!r}: give the number of blocks of each of two stages or more"
            )
        object.__setattr__(self, "blocks", tuple(self.blocks))  # a list, if read from a file
        for stage, number in enumerate(self.blocks):
            check_whole(f"blocks[{stage}]", number, least=1)
        for name in ("image_size", "channels", "at_once"):
            check_whole(name, getattr(self, name), least=1)


@dataclass(frozen=True, kw_only=True)
class CarlPixelsSettings(PixelsSettings, CarlSettings):
    """Settings of CARL's model on pixels and of its training, as published for Pouring.

    Attributes:
        standardise: of features alone, so False.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    standardise: bool = False

    def __post_init__(self) -> None:
        CarlSettings.__post_init__(self)
        PixelsSettings.__post_init__(self)
        _check_not_standardised(self.standardise)


@dataclass(frozen=True, kw_only=True)
class LrpropPixelsSettings(PixelsSettings, LrpropSettings):
    """Settings of LRProp's model on pixels and of its training, as published for Pouring.

    How images are changed the paper does not say; it is as in CARL, which LRProp builds on (our choice).

    Attributes:
        standardise: of features alone, so False.

    Raises:
        ValueError: a setting out of range; the message names it and says what to give.
    """

    standardise: bool = False

    def __post_init__(self) -> None:
        LrpropSettings.__post_init__(self)
        PixelsSettings.__post_init__(self)
        _check_not_standardised(self.standardise)


def _check_not_standardised(standardise: bool) -> None:
    if standardise:
        raise ValueError("standardise is True: leave it out, as pixels are scaled as those of ImageNet")
