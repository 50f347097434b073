"""CARL and LRProp on pixels, as they are published: a ResNet whose last stage is learned reads each frame.

Chen et al., Frame-wise action representations for long videos via sequence contrastive learning (CARL), CVPR
2022, with its public code, and LRProp, which has the same networks. All stages but the last keep their
weights and statistics; the largest value of each channel is a feature of the frame, and what follows is as in
`dkva.alignment.carl` and `dkva.alignment.lrprop`.

Departs from CARL's public code: all images of a step are one batch, whose mean and variance normalise the
last stage, where that program takes those of each 40 frames; and numbers have 32 bits. As there, frames that
fill up a short video repeat its last one, and count for the mean and variance of the last stage, but for
nothing after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt8, UInt32

from dkva.alignment.carl import CarlLoss
from dkva.alignment.frame_model import FrameModel
from dkva.alignment.frame_network import FrameNetwork
from dkva.alignment.frame_training import Learned, ViewBatch, ViewBatches, optimiser_of, start
from dkva.alignment.lrprop import LrpropLoss
from dkva.alignment.matching import Match, matched
from dkva.alignment.pixels_settings import CarlPixelsSettings, LrpropPixelsSettings
from dkva.nn.batch_norm import carried_by_gradient
from dkva.nn.clips import check_frames
from dkva.nn.image_views import DrawnView, draw_view, plain_view, view
from dkva.nn.resnet import ResNet, Stage, parted, with_weights
from dkva.nn.training import Keeper, fit
from dkva.nn.trees import arrays_of, with_arrays

__all__ = [
    "Backbone",
    "CarlPixelsModel",
    "LrpropPixelsModel",
    "PixelBatch",
    "PixelBatches",
    "PixelsLearned",
    "PixelsLoss",
    "PixelsModel",
    "train_carl_on_pixels",
    "train_lrprop_on_pixels",
]

_Settings = CarlPixelsSettings | LrpropPixelsSettings
_Model = TypeVar("_Model", bound="PixelsModel")

#: Which of the numbers drawn for a step are of images, beside its seed, epoch and place.
_OF_IMAGES = 1


class Backbone(eqx.Module):
    """From images to features.

    Attributes:
        frozen: all stages but the last, which keep their weights and statistics.
        stage: the last one.
    """

    frozen: ResNet
    stage: Stage

    def __init__(self, settings: _Settings, *, key: Array, weights: Path | None = None):
        """A network whose last stage is not trained.

        Args:
            settings: which give the sizes.
            key: of the initial weights.
            weights: file of torchvision's; see `dkva.nn.resnet.with_weights`. None gives random ones.
        """
        network = eqx.filter_jit(ResNet)(settings.blocks, width=settings.channels, key=key)
        self.frozen, self.stage = parted(network if weights is None else with_weights(network, weights))

    def __call__(self, images: Float[Array, "n 3 h w"]) -> Float[Array, "n c"]:
        """Features after training."""
        maps, _ = self.frozen(images, training=False)
        return _largest(self.stage(maps, training=False)[0])

    @property
    def width(self) -> int:
        """Number of features, c."""
        return self.stage.blocks[-1].conv3.out_channels


def _largest(maps):
    """The largest value of each channel [n, c]."""
    return jnp.max(maps, (2, 3))


class PixelBatch(NamedTuple):
    """Views of some videos, as many of each; see `ViewBatch`.

    Attributes:
        frames: of 8 bits, those of each view [n, h, w, 3], the views of a video one after another.
        drawn: how the frames of each view are changed.
        times: which frames of its video a view has [v, s, n].
        mask: False for frames that are padding.
        lengths: frames of each video [v].
        draw: seed, epoch and place of the batch in it [3].
    """

    frames: tuple[UInt8[Array | np.ndarray, "n h w 3"], ...]
    drawn: tuple[DrawnView, ...]
    times: Int[Array | np.ndarray, "v s n"]
    mask: Bool[Array | np.ndarray, "v s n"]
    lengths: Int[Array | np.ndarray, " v"]
    draw: UInt32[Array | np.ndarray, " 3"]


@dataclass(frozen=True)
class PixelBatches:
    """Batches of an epoch, the same ones whenever that epoch is asked for.

    They have the frames that those of a training on features have.

    Attributes:
        videos: frames of each, of 8 bits [n, h, w, 3].
        settings: which say how views are drawn.
        seed: of order and draws.
    """

    videos: Sequence[np.ndarray]
    settings: _Settings
    seed: int

    @property
    def numbered(self) -> ViewBatches:
        """Batches of videos whose only feature is their number."""
        numbers = [np.full((len(video), 1), number) for number, video in enumerate(self.videos)]
        size = min(self.settings.batch, len(numbers))
        return ViewBatches(numbers, self.settings.drawn, size, self.seed)

    def __call__(self, epoch: int) -> Iterator[PixelBatch]:
        """All videos in a random order."""
        for numbers, times, *others in self.numbered(epoch):
            rng = np.random.default_rng([*others[-1].tolist(), _OF_IMAGES])
            frames = tuple(
                self.videos[number][places]
                for number, places in zip(np.ravel(numbers[..., 0, 0]), np.concatenate(times), strict=True)
            )
            drawn = tuple(draw_view(each.shape[1], each.shape[2], rng, self.settings) for each in frames)
            yield PixelBatch(frames, drawn, times, *others)


class PixelsLearned(eqx.Module):
    """What is learned.

    Attributes:
        stage: the last one of the backbone.
        after: what its features are given to.
    """

    stage: Stage
    after: Learned


class PixelsLoss(eqx.Module):
    """The loss of a batch, whose gradient is `carried_by_gradient`.

    Attributes:
        frozen: the stages before the last one, which no gradient reaches.
        of_features: the loss of a batch of features.
        image_size: height and width of the images that the network is given.
        released_blur: see `dkva.nn.image_views.ImageViewSettings`.
        at_once: images that the frozen stages read at once.
    """

    frozen: ResNet
    of_features: CarlLoss | LrpropLoss = eqx.field(static=True)
    image_size: int = eqx.field(static=True)
    released_blur: bool = eqx.field(static=True)
    at_once: int = eqx.field(static=True)

    def __call__(self, learned: PixelsLearned, batch: PixelBatch) -> Float[Array, ""]:
        """The loss."""
        maps, stage = learned.stage(self.maps(batch), training=True)
        features = _largest(maps).reshape(*batch.mask.shape, -1)
        views = ViewBatch(features, batch.times, batch.mask, batch.lengths, batch.draw)
        return carried_by_gradient(self.of_features(learned.after, views), learned.stage, stage)

    def maps(self, batch: PixelBatch) -> Float[Array, "m c h w"]:
        """Maps of all frames before the last stage, without gradient."""
        images = jnp.concatenate(
            [
                view(jnp.asarray(frames), self.image_size, drawn, released_blur=self.released_blur)
                for frames, drawn in zip(batch.frames, batch.drawn, strict=True)
            ]
        )

        def read(image):
            return self.frozen(image[None], training=False)[0][0]

        return jax.lax.stop_gradient(jax.lax.map(read, images, batch_size=self.at_once))


@eqx.filter_jit
def _features(backbone, frames, size):
    return backbone(plain_view(frames, size))


@dataclass(frozen=True)
class PixelsModel:
    """A trained model, for videos of its activities; a method has a class of its own.

    Attributes:
        backbone: from images to features.
        network: from features to embedded frames.
        settings: of its training, which say how it is applied.
    """

    backbone: Backbone
    network: FrameNetwork
    settings: _Settings

    settings_type: ClassVar[type[CarlPixelsSettings] | type[LrpropPixelsSettings]]

    def embed(self, frames) -> Float[np.ndarray, "n e"]:
        """Embedded frames [n, e] of one video, of unit norm.

        Args:
            frames: in order of time, of 8 bits, red, green and blue [n, h, w, 3]; of any height and width,
                of which the largest square in the middle is read.

        Raises:
            ValueError: other arrays.
        """
        frames = check_frames("frames", frames)
        size, found = self.settings.at_once, []
        for first in range(0, len(frames), size):
            part = frames[first : first + size]
            filled = part[np.minimum(np.arange(size), len(part) - 1)]  # one program for parts of all sizes
            features = _features(self.backbone, jnp.asarray(filled), self.settings.image_size)
            found.append(np.asarray(features)[: len(part)])
        return FrameModel(self.network, self.settings).embed(np.concatenate(found))

    def align(self, x, y) -> Match:
        """The frames of two videos matched by dynamic time warping.

        Args:
            x: frames of the first, as those of `embed` [n, h, w, 3].
            y: of the second [m, h, w, 3].

        Raises:
            ValueError: as `embed`.
        """
        return matched(self.embed(x), self.embed(y))

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {
            **arrays_of({"backbone": self.backbone, "network": self.network}),
            "settings": np.array(json.dumps(asdict(self.settings))),
        }

    @classmethod
    def restore(cls: type[_Model], arrays: Mapping[str, np.ndarray]) -> _Model:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = cls.settings_type(**json.loads(str(arrays["settings"])))
        backbone = Backbone(settings, key=jax.random.key(0))
        after = start(backbone.width, settings, False, jax.random.key(0))
        return cls(**with_arrays({"backbone": backbone, "network": after.network}, arrays), settings=settings)


class CarlPixelsModel(PixelsModel):
    """CARL on pixels."""

    settings_type = CarlPixelsSettings


class LrpropPixelsModel(PixelsModel):
    """LRProp on pixels."""

    settings_type = LrpropPixelsSettings


def train_carl_on_pixels(
    videos: Sequence[np.ndarray],
    *,
    seed: int = 0,
    backbone: Path | None = None,
    checkpoint: Keeper | None = None,
    **settings,
) -> CarlPixelsModel:
    """Train CARL on the frames of videos of one activity or of several, without labels.

    Args:
        videos: frames of each in order of time, of 8 bits [n, h, w, 3], one video at least. Heights and
            widths may differ, and each size costs a program to compile; a step holds all its frames in 32
            bits, so shrink large ones first.
        seed: of initial weights, order of videos, views of frames and images, and dropout.
        backbone: file of torchvision's weights for ResNet-50, where the backbone starts, as published; see
            `dkva.nn.torch_weights.read_weights`. None lets it start at random, and all stages but the last
            stay so.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `CarlPixelsSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, videos that cannot be used, or a file that does not fit.
        ImportError: a file of PyTorch's without PyTorch.
    """
    chosen = CarlPixelsSettings(**settings)
    if not videos:
        raise ValueError("the training set is empty: give at least one video")
    found = _trained(videos, chosen, CarlLoss.of(chosen), True, seed, backbone, checkpoint)
    return CarlPixelsModel(*found, chosen)


def train_lrprop_on_pixels(
    videos: Sequence[np.ndarray],
    *,
    seed: int = 0,
    backbone: Path | None = None,
    checkpoint: Keeper | None = None,
    **settings,
) -> LrpropPixelsModel:
    """Train LRProp on the frames of all videos of one activity, without labels.

    Args:
        videos: as those of `train_carl_on_pixels`, two at least.
        seed: likewise.
        backbone: likewise.
        checkpoint: likewise.
        settings: fields of `LrpropPixelsSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, videos that cannot be used, or a file that does not fit.
        ImportError: a file of PyTorch's without PyTorch.
    """
    chosen = LrpropPixelsSettings(**settings)
    if len(videos) < 2:
        raise ValueError(
            f"there are {len(videos)} videos: give two at least, as each is compared with another one"
        )
    found = _trained(videos, chosen, LrpropLoss(chosen), chosen.projection, seed, backbone, checkpoint)
    return LrpropPixelsModel(*found, chosen)


def _trained(videos, settings, loss, projected, seed, weights, checkpoint) -> tuple[Backbone, FrameNetwork]:
    frames = [check_frames(f"videos[{place}]", video) for place, video in enumerate(videos)]
    # The key of the seed itself is that of what comes after the backbone.
    backbone = Backbone(settings, key=jax.random.fold_in(jax.random.key(seed), 1), weights=weights)
    batches = PixelBatches(frames, settings, seed)
    trained = fit(
        PixelsLearned(backbone.stage, start(backbone.width, settings, projected, jax.random.key(seed))),
        PixelsLoss(backbone.frozen, loss, settings.image_size, settings.released_blur, settings.at_once),
        batches,
        optimiser=optimiser_of(settings, settings.epochs * batches.numbered.steps),
        epochs=settings.epochs,
        checkpoint=checkpoint,
    )
    learned = trained.model
    return eqx.tree_at(lambda each: each.stage, backbone, learned.stage), learned.after.network
