"""VAOT on pixels, as it is published: a ResNet and an embedder whose frames of two videos can be matched.

Ali et al., Joint self-supervised video alignment and action segmentation, ICCV 2025. All layers are learned,
and both clips of a pair are one batch, whose mean and variance normalise them. On features:
`dkva.transport.vaot`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt8, UInt32

from dkva.nn.batch_norm import carried_by_gradient, stepping_statistics
from dkva.nn.clips import Augmentation, check_frames, draw_augmentation, images, with_context
from dkva.nn.conv_embedder import ConvEmbedder
from dkva.nn.optimising import adam
from dkva.nn.resnet import ResNet, with_weights
from dkva.nn.sampling import segment_uniform
from dkva.nn.training import Keeper, fit
from dkva.nn.trees import arrays_of, with_arrays
from dkva.transport.fused_gw import Alignment
from dkva.transport.training_frames import warn_of_draws
from dkva.transport.training_pairs import drawn_pairs
from dkva.transport.vaot import aligned, alignment_loss
from dkva.transport.vaot_pixels_settings import VaotPixelsSettings
from dkva.transport.vaot_settings import Aligning

__all__ = [
    "Clip",
    "ClipBatch",
    "ClipBatches",
    "PixelsLoss",
    "PixelsNetwork",
    "VaotPixelsModel",
    "train_vaot_on_pixels",
]


class PixelsNetwork(eqx.Module):
    """What is learned.

    Attributes:
        backbone: from images to maps.
        embedder: from the maps of a frame and its context to an embedded frame.
    """

    backbone: ResNet
    embedder: ConvEmbedder

    def __call__(
        self, pairs: Float[Array, "n 2 3 h w"], *, key: Array | None
    ) -> tuple[Float[Array, "n e"], PixelsNetwork]:
        """Embedded frames of unit norm, and the network with its statistics after them; see `BatchNorm`.

        Args:
            pairs: images of each frame's context and of the frame.
            key: of the dropout; None, after training, drops nothing and takes running statistics.
        """
        n = len(pairs)
        maps, backbone = self.backbone(pairs.reshape(2 * n, *pairs.shape[2:]), training=key is not None)
        embedded, embedder = self.embedder(maps.reshape(n, 2, *maps.shape[1:]), key=key)
        return embedded, PixelsNetwork(backbone, embedder)


class Clip(NamedTuple):
    """Frames drawn of one video.

    Attributes:
        frames: of 8 bits, each behind its context [t, 2, h, w, 3].
        mask: False at repetitions that fill up a short video [t].
        augmentation: of its 2t images.
    """

    frames: UInt8[Array | np.ndarray, "t 2 h w 3"]
    mask: Bool[Array | np.ndarray, " t"]
    augmentation: Augmentation


class ClipBatch(NamedTuple):
    """Clips of some pairs of videos, and what the random numbers of their step are drawn from.

    Attributes:
        x: of the first videos.
        y: of the second ones.
        draw: seed, epoch and place of the batch in it [3].
    """

    x: tuple[Clip, ...]
    y: tuple[Clip, ...]
    draw: UInt32[Array | np.ndarray, " 3"]


@dataclass(frozen=True)
class ClipBatches:
    """Batches of an epoch, the same ones whenever that epoch is asked for.

    Every video comes once as the first of a pair, beside a random other one.

    Attributes:
        videos: frames of each, of 8 bits [n, h, w, 3], two videos at least.
        settings: which say how clips are drawn.
        seed: of order, partners, frames and augmentation.
    """

    videos: Sequence[np.ndarray]
    settings: VaotPixelsSettings
    seed: int

    def __call__(self, epoch: int) -> Iterator[ClipBatch]:
        """All videos in a random order, each with its partner."""
        rng = np.random.default_rng([self.seed, epoch])
        count, pairs = len(self.videos), self.settings.pairs
        order, partners = drawn_pairs(count, rng)
        for place, start in enumerate(range(0, count, pairs)):
            part = slice(start, start + pairs)
            x, y = (
                tuple(self._drawn(self.videos[index], rng) for index in each[part])
                for each in (order, partners)
            )
            yield ClipBatch(x, y, np.array([self.seed, epoch, place], np.uint32))

    def _drawn(self, video: np.ndarray, rng: np.random.Generator) -> Clip:
        settings = self.settings
        sample = segment_uniform(len(video), settings.frames, rng)
        drawn = draw_augmentation(
            2 * settings.frames,
            rng,
            brightness=settings.brightness,
            contrast=settings.contrast,
            flip=settings.flip,
        )
        return Clip(video[with_context(sample.indices, settings.context)], sample.mask, drawn)


@dataclass(frozen=True)
class PixelsLoss:
    """The loss of a batch of pairs, in one direction, from the first videos to the second, as published.

    Its gradient by running statistics is what `stepping_statistics` takes for them.

    Attributes:
        image_size: height and width of the images that the network is given.
        aligning: how frames are matched.
        temperature: of the softmax.
    """

    image_size: int
    aligning: Aligning
    temperature: float

    def __call__(self, network: PixelsNetwork, batch: ClipBatch) -> Float[Array, ""]:
        """The loss."""
        clips = (*batch.x, *batch.y)
        given = jnp.concatenate(
            [images(_flat(clip.frames), self.image_size, clip.augmentation) for clip in clips]
        )
        first, *others = batch.draw
        key = jax.random.key(first, impl="threefry2x32")
        for other in others:
            key = jax.random.fold_in(key, other)
        embedded, seen = network(given.reshape(-1, 2, *given.shape[1:]), key=key)
        masks = jnp.stack([clip.mask for clip in clips])
        shape = 2, len(batch.x), masks.shape[1]
        x, y = embedded.reshape(*shape, embedded.shape[1])
        mask_x, mask_y = masks.reshape(shape)
        loss = alignment_loss(x, y, mask_x, mask_y, self.aligning, self.temperature)
        return carried_by_gradient(loss, network, seen)


def _flat(frames):
    """The images of frames and contexts [2t, h, w, 3]."""
    return jnp.asarray(frames).reshape(-1, *frames.shape[2:])


@eqx.filter_jit
def _maps(backbone, frames, size):
    return backbone(images(frames, size), training=False)[0]


@eqx.filter_jit
def _embed(embedder, maps, context):
    """Embedded frames [n, e] from their maps [context + n, c, h, w] behind those of the frames before."""
    return embedder(jnp.stack([maps[: len(maps) - context], maps[context:]], axis=1), key=None)[0]


@dataclass(frozen=True)
class VaotPixelsModel:
    """A trained model, for videos of its activity.

    Attributes:
        network: what was learned.
        settings: of its training, which say how it is applied.
    """

    network: PixelsNetwork
    settings: VaotPixelsSettings

    def embed(self, frames) -> Float[np.ndarray, "n e"]:
        """Embedded frames [n, e] of one video, of unit norm, each from the frame and its context.

        Args:
            frames: in order of time, of 8 bits, red, green and blue [n, h, w, 3]; of any height and width.

        Raises:
            ValueError: other arrays.
        """
        frames = check_frames("frames", frames)
        size, context = self.settings.frames, self.settings.context
        found, before = [], None
        for start in range(0, len(frames), size):
            part = frames[start : start + size]
            filled = part[np.minimum(np.arange(size), len(part) - 1)]  # one program for parts of all sizes
            maps = _maps(self.network.backbone, jnp.asarray(filled), self.settings.image_size)
            if before is None:  # before the first frame is the first frame
                before = jnp.repeat(maps[:1], context, axis=0)
            window = jnp.concatenate([before, maps])
            found.append(np.asarray(_embed(self.network.embedder, window, context))[: len(part)])
            before = window[len(window) - context :]
        return np.concatenate(found)

    def align(self, x, y) -> Alignment:
        """The frames of two videos matched.

        Args:
            x: frames of the first, as those of `embed` [n, h, w, 3].
            y: of the second [m, h, w, 3].

        Raises:
            ValueError: as `embed`.
        """
        return aligned(self.embed(x), self.embed(y), self.settings.aligning_applied)

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {**arrays_of(self.network), "settings": np.array(json.dumps(asdict(self.settings)))}

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> VaotPixelsModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = VaotPixelsSettings(**json.loads(str(arrays["settings"])))
        return cls(with_arrays(_network(settings, 0), arrays), settings)


def _network(settings: VaotPixelsSettings, seed: int) -> PixelsNetwork:
    """A network that is not trained; each part is made as one program, which many of one size share."""
    of_backbone, of_embedder = jax.random.split(jax.random.key(seed))
    backbone = eqx.filter_jit(ResNet)(settings.blocks, width=settings.width, key=of_backbone)
    embedder = eqx.filter_jit(ConvEmbedder)(
        backbone.channels,
        hidden=settings.hidden,
        outputs=settings.outputs,
        dropout=settings.dropout,
        key=of_embedder,
    )
    return PixelsNetwork(backbone, embedder)


def train_vaot_on_pixels(
    videos: Sequence[np.ndarray],
    *,
    seed: int = 0,
    backbone: Path | None = None,
    checkpoint: Keeper | None = None,
    **settings,
) -> VaotPixelsModel:
    """Train VAOT on the frames of all videos of one activity, without labels.

    Args:
        videos: frames of each in order of time, of 8 bits [n, h, w, 3], two videos at least. Heights and
            widths may differ, and each size costs a program to compile.
        seed: of initial weights, order of videos, partners, frames drawn, augmentation and dropout.
        backbone: file of torchvision's weights for ResNet-50, where the backbone starts, as published; see
            `dkva.nn.torch_weights.read_weights`. None lets it start at random.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `VaotPixelsSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, videos that cannot be used, or a file that does not fit.
        ImportError: a file of PyTorch's without PyTorch.

    Warns:
        UserWarning: draws that do not fit the videos or the radius; see `warn_of_draws`.
    """
    chosen = VaotPixelsSettings(**settings)
    if len(videos) < 2:
        raise ValueError(f"there are {len(videos)} videos: give two at least, as they are aligned in pairs")
    frames = [check_frames(f"videos[{place}]", video) for place, video in enumerate(videos)]
    warn_of_draws(frames, chosen.frames, chosen.radius, chosen.alpha)
    network = _network(chosen, seed)
    if backbone is not None:
        network = eqx.tree_at(lambda each: each.backbone, network, with_weights(network.backbone, backbone))
    trained = fit(
        network,
        PixelsLoss(chosen.image_size, chosen.aligning, chosen.temperature),
        ClipBatches(frames, chosen, seed),
        optimiser=stepping_statistics(adam(chosen.learning_rate, chosen.weight_decay)),
        epochs=chosen.epochs,
        checkpoint=checkpoint,
    )
    return VaotPixelsModel(trained.model, chosen)
