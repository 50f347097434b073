"""ASFormer, trained on videos with true labels.

Yi, Wen & Jiang, ASFormer: transformer for action segmentation, BMVC 2021. Padding changes nothing; in the
public code it enters means and variances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from dkva.base.video import Video
from dkva.nn.training import Keeper
from dkva.supervised.asformer import ASFormer
from dkva.supervised.asformer_settings import AsformerSettings
from dkva.supervised.candidates import points_of_probabilities
from dkva.supervised.frame_models import Found, FrameModel
from dkva.supervised.frame_training import train_frames
from dkva.supervised.reassembly import assembled_candidates

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

    def found(self, features) -> Found:
        """The action of each frame, and its confidence, of its segment if segments are put together anew.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        if not self.settings.reassemble:
            return super().found(features)
        video = self.sampled(features)
        points, likeliest = _points(self.network, video.features, video.mask)
        segments = assembled_candidates(
            points,
            video.n_seen,
            fallback=int(likeliest),
            action_threshold=self.settings.action_threshold,
            boundary_threshold=self.settings.boundary_threshold,
        )
        return Found(video.spread(segments.labels()), video.spread(segments.frame_confidences()))


@eqx.filter_jit
def _points(network, features, mask):
    """All points of a video's likeliest classes, and the class that is likeliest over all frames."""
    probabilities = jax.nn.softmax(network(features, mask)[-1], axis=-1)
    points = points_of_probabilities(probabilities, mask, most=2 * len(mask))
    return points, jnp.argmax(jnp.sum(probabilities * mask[:, None].astype(probabilities.dtype), axis=0))


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
