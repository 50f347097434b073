"""MS-TCN, trained on videos with true labels.

Abu Farha & Gall, MS-TCN: multi-stage temporal convolutional network for action segmentation, CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Array

from dkva.base.video import Video
from dkva.nn.training import Keeper
from dkva.supervised.frame_models import FrameModel
from dkva.supervised.frame_training import train_frames
from dkva.supervised.ms_tcn_network import MsTcn
from dkva.supervised.ms_tcn_settings import MsTcnSettings

__all__ = ["MsTcnModel", "train_ms_tcn"]


@dataclass(frozen=True)
class MsTcnModel(FrameModel):
    """A trained MS-TCN; see `FrameModel`."""

    network: MsTcn
    settings: MsTcnSettings

    settings_type: ClassVar[type[MsTcnSettings]] = MsTcnSettings

    @classmethod
    def blank(cls, width: int, n_classes: int, settings: MsTcnSettings, key: Array) -> MsTcn:
        """A network that has learned nothing, as `FrameModel.blank`."""
        return MsTcn(
            width,
            n_classes,
            stages=settings.stages,
            layers=settings.layers,
            maps=settings.maps,
            dropout=settings.dropout,
            key=key,
        )


def train_ms_tcn(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> MsTcnModel:
    """Train MS-TCN on videos with true labels, of any activities.

    Args:
        videos: see `dkva.supervised.labelled_videos.load_labelled`.
        seed: of initial weights, order of videos and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `MsTcnSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used.
    """
    return train_frames(MsTcnModel, videos, MsTcnSettings(**settings), seed, checkpoint)
