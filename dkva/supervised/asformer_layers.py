"""ASFormer's layers, and its encoder and decoders apart from the heads that give the classes.

Yi, Wen & Jiang, ASFormer: transformer for action segmentation, BMVC 2021, with its public code.
"""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.base.checks import check_number, check_whole
from dkva.nn.layers import dropped, linear
from dkva.supervised.block_attention import block_attention
from dkva.supervised.dilated import dilated, dilated_layer

__all__ = ["AttentionLayer", "Decoder", "Encoder", "instance_norm"]

#: Added to the variance of a map.
_EPS = 1e-5


def instance_norm(frames: Float[Array, "n f"], mask: Float[Array, " n"]) -> Float[Array, "n f"]:
    """Maps with mean 0 and variance 1 over the frames that are there; there are no weights.

    Args:
        frames: of one video.
        mask: 1 for frames whose mean and variance are taken, 0 for others.
    """
    there = mask[:, None]
    total = jnp.maximum(jnp.sum(there), 1)
    centred = frames - jnp.sum(there * frames, axis=0, keepdims=True) / total
    variance = jnp.sum(there * centred * centred, axis=0, keepdims=True) / total
    return centred / jnp.sqrt(variance + _EPS)


class AttentionLayer(eqx.Module):
    """A dilated convolution and attention in blocks of its dilation, added to what comes in.

    Attributes:
        convolution: of three frames.
        query: of the frames that read.
        key: of those that are read.
        value: of those, or of the earlier stage's.
        merge: behind the attention.
        mix: before what is found is added.
        scale: a, of the attention beside the convolution.
        dropout: share of values that is set to 0 in training.
        ignores_padding: whether frames beyond the video's end change nothing.
    """

    convolution: eqx.nn.Conv1d
    query: eqx.nn.Linear
    key: eqx.nn.Linear
    value: eqx.nn.Linear
    merge: eqx.nn.Linear
    mix: eqx.nn.Linear
    scale: float = eqx.field(static=True)
    dropout: float = eqx.field(static=True)
    ignores_padding: bool = eqx.field(static=True)

    def __init__(
        self, maps: int, dilation: int, *, scale: float, dropout: float, ignores_padding: bool, key: Array
    ):
        """A layer that is not trained; weights and biases start uniform within ± 1 / sqrt(inputs).

        Args:
            maps: numbers of a frame; queries, keys and values have half of them.
            dilation: of the convolution, and frames of a block.
            scale: a.
            dropout: from 0, below 1.
            ignores_padding: see the class.
            key: of the initial weights.
        """
        keys = jax.random.split(key, 6)
        self.convolution = dilated_layer(maps, dilation, key=keys[0])
        self.query, self.key, self.value = (eqx.nn.Linear(maps, maps // 2, key=each) for each in keys[1:4])
        self.merge = eqx.nn.Linear(maps // 2, maps, key=keys[4])
        self.mix = eqx.nn.Linear(maps, maps, key=keys[5])
        self.scale, self.dropout, self.ignores_padding = scale, dropout, ignores_padding

    def __call__(
        self,
        frames: Float[Array, "n f"],
        earlier: Float[Array, "n f"] | None,
        mask: Float[Array, " n"],
        *,
        key: Array | None,
    ) -> Float[Array, "n f"]:
        """Frames after the layer, 0 in padding.

        Args:
            frames: of one video.
            earlier: those of the stage before, whose values are read; None reads the frames' own.
            mask: 1 for frames that are there, 0 for padding.
            key: of the dropout; None drops nothing.
        """
        there = mask[:, None]
        wide = jax.nn.relu(dilated(self.convolution, frames))
        normed = instance_norm(wide, mask if self.ignores_padding else jnp.ones_like(mask))
        keys = linear(self.key, normed)
        if self.ignores_padding:  # as beyond the ends of a video without padding
            keys = keys * there
        values = linear(self.value, normed if earlier is None else earlier)
        (dilation,) = self.convolution.dilation
        read = block_attention(linear(self.query, normed), keys, values, mask, dilation)
        heard = linear(self.merge, jax.nn.relu(read)) * there
        found = linear(self.mix, self.scale * heard + wide)
        return (frames + dropped(found, self.dropout, key)) * there


class _Stage(eqx.Module):
    """Frames by a linear layer, and layers whose dilation is doubled from each to the next.

    Attributes:
        enter: from the inputs to the maps.
        layers: of dilation 1, 2, 4, …
    """

    enter: eqx.nn.Linear
    layers: tuple[AttentionLayer, ...]

    def __init__(
        self,
        inputs: int,
        maps: int,
        layers: int,
        scale: float,
        *,
        dropout: float,
        ignores_padding: bool,
        key: Array,
    ):
        check_whole("inputs", inputs, least=1)
        check_whole("maps", maps, least=2)
        check_whole("layers", layers, least=1)
        check_number("scale", scale)
        _check_rate("dropout", dropout)
        first, *keys = jax.random.split(key, layers + 1)
        self.enter = eqx.nn.Linear(inputs, maps, key=first)
        self.layers = tuple(
            AttentionLayer(
                maps, 2**place, scale=scale, dropout=dropout, ignores_padding=ignores_padding, key=each
            )
            for place, each in enumerate(keys)
        )

    def through(self, inputs, earlier, mask, key):
        """Frames after all layers."""
        there = mask.astype(inputs.dtype)
        frames = linear(self.enter, inputs)
        if self.layers[0].ignores_padding:
            frames = frames * there[:, None]
        keys = (None,) * len(self.layers) if key is None else jax.random.split(key, len(self.layers))
        for layer, each in zip(self.layers, keys, strict=True):
            frames = layer(frames, earlier, there, key=each)
        return frames


class Encoder(_Stage):
    """The first stage: frames of features, of which whole channels are dropped in training.

    Attributes:
        channel_dropout: share of features that is set to 0 in all frames of a video.
    """

    channel_dropout: float = eqx.field(static=True)

    def __init__(
        self,
        n_features: int,
        maps: int = 64,
        layers: int = 10,
        *,
        channel_dropout: float = 0.3,
        dropout: float = 0.5,
        ignores_padding: bool = True,
        key: Array,
    ):
        """An encoder that is not trained; weights and biases start uniform within ± 1 / sqrt(inputs).

        Args:
            n_features: d of the frames.
            maps: numbers of a frame inside; at least 2.
            layers: number of layers.
            channel_dropout: from 0, below 1.
            dropout: from 0, below 1, of each layer's values.
            ignores_padding: whether frames beyond the video's end change nothing; else as released, in
                which they enter the first layer and the means and variances of all.
            key: of the initial weights.

        Raises:
            ValueError: a size or a rate out of range.
        """
        _check_rate("channel_dropout", channel_dropout)
        super().__init__(
            n_features, maps, layers, 1.0, dropout=dropout, ignores_padding=ignores_padding, key=key
        )
        self.channel_dropout = channel_dropout

    def __call__(
        self, features: Float[Array, "n d"], mask: Array, key: Array | None = None
    ) -> Float[Array, "n f"]:
        """Frames of the last layer, 0 in padding.

        Args:
            features: of one video.
            mask: True or 1 for frames that are there, False or 0 for padding [n].
            key: of both dropouts; None drops nothing.
        """
        of_channels, of_layers = (None, None) if key is None else jax.random.split(key)
        kept = dropped(jnp.ones((1, features.shape[1]), features.dtype), self.channel_dropout, of_channels)
        return self.through(features * kept, None, mask, of_layers)


class Decoder(_Stage):
    """A later stage: it asks by frames of its own and reads values of the frames of the stage before."""

    def __init__(
        self,
        inputs: int,
        maps: int = 64,
        layers: int = 10,
        scale: float = 1.0,
        *,
        dropout: float = 0.5,
        ignores_padding: bool = True,
        key: Array,
    ):
        """A decoder that is not trained; weights and biases start uniform within ± 1 / sqrt(inputs).

        Args:
            inputs: m, numbers of a frame that it is given; ASFormer's gives probabilities of classes.
            maps: numbers of a frame inside, and of those of the stage before; at least 2.
            layers: number of layers.
            scale: a, of the attention beside the convolutions; ASFormer's falls as exp(-3·stage).
            dropout: from 0, below 1, of each layer's values.
            ignores_padding: see `Encoder`.
            key: of the initial weights.

        Raises:
            ValueError: a size or a rate out of range.
        """
        super().__init__(
            inputs, maps, layers, scale, dropout=dropout, ignores_padding=ignores_padding, key=key
        )

    def __call__(
        self,
        inputs: Float[Array, "n m"],
        earlier: Float[Array, "n f"],
        mask: Array,
        key: Array | None = None,
    ) -> Float[Array, "n f"]:
        """Frames of the last layer, 0 in padding.

        Args:
            inputs: such as probabilities of the stage before; 0 in padding.
            earlier: frames of the stage before, as it gives them.
            mask: True or 1 for frames that are there, False or 0 for padding [n].
            key: of the dropout; None drops nothing.
        """
        return self.through(inputs, earlier, mask, key)


def _check_rate(name: str, rate: float) -> None:
    check_number(name, rate)
    if rate >= 1:
        raise ValueError(f"{name} is {rate}: give a number below 1, as some values must be left")
