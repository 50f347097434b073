"""ASFormer: an encoder of a video's frames, and decoders that better its classes one after another.

Yi, Wen & Jiang, ASFormer: transformer for action segmentation, BMVC 2021, with its public code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dkva.base.checks import check_whole
from dkva.nn.layers import linear
from dkva.nn.trees import arrays_of, blank, with_arrays
from dkva.supervised.asformer_layers import Decoder, Encoder

__all__ = ["ASFormer", "Stages", "torch_name"]


class Stages(NamedTuple):
    """What each stage makes of a video: the encoder first, then the decoders.

    Attributes:
        features: frames of the last layer [stages, n, f].
        logits: of the classes of each frame [stages, n, c].
    """

    features: Float[Array, "stages n f"]
    logits: Float[Array, "stages n c"]


class ASFormer(eqx.Module):
    """Classes of a video's frames, by an encoder and decoders that read it and each other.

    Attributes:
        encoder: reads the features.
        decoders: each reads the probabilities and the frames of the stage before.
        heads: linear layers that give the logits, one a stage.
    """

    encoder: Encoder
    decoders: tuple[Decoder, ...]
    heads: tuple[eqx.nn.Linear, ...]

    def __init__(
        self,
        n_features: int,
        n_classes: int,
        *,
        maps: int = 64,
        layers: int = 10,
        decoders: int = 3,
        decoder_layers: int | None = None,
        channel_dropout: float = 0.3,
        dropout: float = 0.5,
        ignores_padding: bool = True,
        key: Array,
    ):
        """A network that is not trained; weights and biases start uniform within ± 1 / sqrt(inputs).

        Args:
            n_features: d of the frames.
            n_classes: c.
            maps: numbers of a frame inside; at least 2.
            layers: of the encoder; the dilation of the last is 2^(layers - 1) frames.
            decoders: number of them; with 0 the encoder is alone.
            decoder_layers: of each decoder; None takes as many as the encoder has.
            channel_dropout: share of features that is set to 0 in all frames, in training.
            dropout: share of values that is set to 0 in each layer, in training.
            ignores_padding: whether frames beyond the video's end change nothing; else as released, in
                which they enter the first layer and the means and variances of all.
            key: of the initial weights.

        Raises:
            ValueError: a size or a rate out of range.
        """
        check_whole("n_features", n_features, least=1)
        check_whole("n_classes", n_classes, least=1)
        check_whole("decoders", decoders, least=0)
        of_encoder, of_heads, *of_decoders = jax.random.split(key, 2 + decoders)
        self.encoder = Encoder(
            n_features,
            maps,
            layers,
            channel_dropout=channel_dropout,
            dropout=dropout,
            ignores_padding=ignores_padding,
            key=of_encoder,
        )
        self.decoders = tuple(
            Decoder(
                n_classes,
                maps,
                layers if decoder_layers is None else decoder_layers,
                math.exp(-3 * stage),
                dropout=dropout,
                ignores_padding=ignores_padding,
                key=each,
            )
            for stage, each in enumerate(of_decoders)
        )
        self.heads = tuple(
            eqx.nn.Linear(maps, n_classes, key=each) for each in jax.random.split(of_heads, 1 + decoders)
        )

    @classmethod
    def from_torch_state(
        cls,
        state: Mapping[str, np.ndarray],
        *,
        n_decoders: int,
        n_layers: int,
        channel_dropout: float = 0.3,
        dropout: float = 0.5,
        ignores_padding: bool = False,
    ) -> ASFormer:
        """The released network with weights of its state dict.

        Args:
            state: arrays by PyTorch's names, as `dkva.nn.torch_weights.read_weights` gives them; further ones
                are left alone, and the type of their numbers is kept.
            n_decoders: of the network.
            n_layers: of the encoder and of each decoder.
            channel_dropout: see `ASFormer`.
            dropout: see `ASFormer`.
            ignores_padding: see `ASFormer`; False is as released.

        Raises:
            ValueError: an array is missing or of another shape than that of such a network.
        """
        maps, n_features, _ = _shape(state, "encoder.conv_1x1.weight", 3)
        n_classes, _, _ = _shape(state, "encoder.conv_out.weight", 3)
        model = blank(
            cls,
            n_features,
            n_classes,
            maps=maps,
            layers=n_layers,
            decoders=n_decoders,
            channel_dropout=channel_dropout,
            dropout=dropout,
            ignores_padding=ignores_padding,
            key=jax.random.key(0),
        )
        arrays = {}
        for name, ours in arrays_of(model).items():
            theirs = torch_name(name)
            # PyTorch's linear layers are convolutions of one frame.
            want = (*ours.shape, 1)[:3] if name.endswith("weight") else ours.shape[:1]
            if _shape(state, theirs, len(want)) != want:
                raise ValueError(
                    f"array {theirs!r} is of shape {np.shape(state[theirs])}, and the network has {want}: "
                    f"give the state dict of an ASFormer of {n_decoders} decoders of {n_layers} layers"
                )
            arrays[name] = np.reshape(state[theirs], ours.shape)
        number = np.asarray(state["encoder.conv_1x1.weight"]).dtype
        model = jax.tree.map(lambda leaf: leaf.astype(number) if eqx.is_array(leaf) else leaf, model)
        return with_arrays(model, arrays)

    def __call__(
        self,
        features: Float[Array | np.ndarray, "n d"],
        mask: Array | np.ndarray | None = None,
        *,
        key: Array | None = None,
    ) -> Float[Array, "stages n c"]:
        """Logits of each frame's classes after each stage, 0 in padding; the last stage's are the answer.

        Args:
            features: of one video.
            mask: True or 1 for frames that are there, False or 0 for padding [n]; None: all are.
            key: of the dropout, in training; None drops nothing.
        """
        return self.seen(features, mask, key=key).logits

    def seen(
        self,
        features: Float[Array | np.ndarray, "n d"],
        mask: Array | np.ndarray | None = None,
        *,
        key: Array | None = None,
    ) -> Stages:
        """Frames and logits of each stage, 0 in padding; arguments as above."""
        features = jnp.asarray(features)
        there = jnp.ones(len(features), features.dtype) if mask is None else jnp.asarray(mask, features.dtype)
        keys = (None,) * len(self.heads) if key is None else jax.random.split(key, len(self.heads))
        frames = [self.encoder(features, there, keys[0])]
        logits = [linear(self.heads[0], frames[0]) * there[:, None]]
        for decoder, head, each in zip(self.decoders, self.heads[1:], keys[1:], strict=True):
            inputs = jax.nn.softmax(logits[-1], axis=-1) * there[:, None]
            frames.append(decoder(inputs, frames[-1], there, each))
            logits.append(linear(head, frames[-1]) * there[:, None])
        return Stages(jnp.stack(frames), jnp.stack(logits))


#: Our names of a stage's arrays, and the released ones.
_NAMES = {
    "enter": "conv_1x1",
    "convolution": "feed_forward.layer.0",
    "query": "att_layer.query_conv",
    "key": "att_layer.key_conv",
    "value": "att_layer.value_conv",
    "merge": "att_layer.conv_out",
    "mix": "conv_1x1",
}


def torch_name(name: str) -> str:
    """The released name of an array, such as "decoders.0.conv_out.weight" for "heads.1.weight"."""
    head = re.fullmatch(r"heads\.(\d+)\.(\w+)", name)
    if head:
        stage = int(head[1])
        return f"{'encoder' if stage == 0 else f'decoders.{stage - 1}'}.conv_out.{head[2]}"
    before, part, kind = name.rsplit(".", 2)
    return f"{before}.{_NAMES[part]}.{kind}"


def _shape(state: Mapping[str, np.ndarray], name: str, axes: int) -> tuple[int, ...]:
    told = "give the state dict and the sizes of one ASFormer"
    if name not in state:
        raise ValueError(f"array {name!r} is missing: {told}")
    shape = np.shape(state[name])
    if len(shape) != axes:
        raise ValueError(f"array {name!r} is of shape {shape}, and the network has {axes} axes there: {told}")
    return shape
