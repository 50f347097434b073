"""ASFormer, trained on videos with true labels.

Yi, Wen & Jiang, ASFormer: transformer for action segmentation, BMVC 2021. Padding changes nothing; in the
public code it enters means and variances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Array

from dkva.base.video import Video
from dkva.nn.training import Keeper
from dkva.supervised.asformer import ASFormer
from dkva.supervised.asformer_settings import AsformerSettings
from dkva.supervised.frame_models import FrameModel
from dkva.supervised.frame_training import train_frames

__all__ = ["AsformerModel", "train_asformer"]


@dataclass(frozen=True)
class AsformerModel(FrameModel):
    """A trained ASFormer; see `FrameModel`."""

    network: ASFormer
    settings: AsformerSettings

    settings_type: ClassVar[type[AsformerSettings]] = AsformerSettings

    @classmethod
    def blank(cls, width: int, n_classes: int, settings: AsformerSettings, key: Array) -> ASFormer:
        """A network that has learned nothing, as `FrameModel.blank`."""
        return ASFormer(
            width,
            n_classes,
            maps=settings.maps,
            layers=settings.layers,
            decoders=settings.decoders,
            decoder_layers=settings.decoder_layers or None,
            channel_dropout=settings.channel_dropout,
            dropout=settings.dropout,
            key=key,
        )


def train_asformer(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> AsformerModel:
    """Train ASFormer on videos with true labels, of any activities.

    Args:
        videos: see `dkva.supervised.labelled_videos.load_labelled`.
        seed: of initial weights, order of videos and dropout.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `AsformerSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used.
    """
    return train_frames(AsformerModel, videos, AsformerSettings(**settings), seed, checkpoint)
