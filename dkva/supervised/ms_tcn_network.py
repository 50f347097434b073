"""MS-TCN: stages of dilated convolutions, each of which betters the classes that the one before gives.

Abu Farha & Gall, MS-TCN: multi-stage temporal convolutional network for action segmentation, CVPR 2019.
"""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dkva.base.checks import check_number, check_whole
from dkva.nn.layers import dropped, linear
from dkva.supervised.dilated import dilated, dilated_layer

__all__ = ["MsTcn"]


class _Stage(eqx.Module):
    """A linear layer, residual layers whose dilation is doubled from each to the next, and a linear layer.

    Attributes:
        enter: from the inputs to the maps.
        convolutions: of dilation 1, 2, 4, …
        mixes: linear layers behind them.
        leave: from the maps to the classes.
        dropout: share of values that is set to 0 in training.
    """

    enter: eqx.nn.Linear
    convolutions: tuple[eqx.nn.Conv1d, ...]
    mixes: tuple[eqx.nn.Linear, ...]
    leave: eqx.nn.Linear
    dropout: float = eqx.field(static=True)

    def __init__(self, inputs: int, n_classes: int, *, layers: int, maps: int, dropout: float, key: Array):
        first, last, *keys = jax.random.split(key, 2 + 2 * layers)
        self.enter = eqx.nn.Linear(inputs, maps, key=first)
        self.convolutions = tuple(
            dilated_layer(maps, 2**place, key=each) for place, each in enumerate(keys[:layers])
        )
        self.mixes = tuple(eqx.nn.Linear(maps, maps, key=each) for each in keys[layers:])
        self.leave = eqx.nn.Linear(maps, n_classes, key=last)
        self.dropout = dropout

    def __call__(self, inputs, there, key):
        """Logits [n, c], 0 in padding; `there` is 1 for frames, 0 for padding [n, 1]."""
        frames = linear(self.enter, inputs) * there
        keys = (None,) * len(self.mixes) if key is None else jax.random.split(key, len(self.mixes))
        for convolution, mix, each in zip(self.convolutions, self.mixes, keys, strict=True):
            found = linear(mix, jax.nn.relu(dilated(convolution, frames)))
            frames = (frames + dropped(found, self.dropout, each)) * there
        return linear(self.leave, frames) * there


class MsTcn(eqx.Module):
    """Classes of a video's frames, by stages of which each reads the probabilities of the one before.

    Frames of padding change nothing; in the public code they enter each stage's first layer by its bias.

    Attributes:
        stages: the first reads the features.
    """

    stages: tuple[_Stage, ...]

    def __init__(
        self,
        n_features: int,
        n_classes: int,
        *,
        stages: int = 4,
        layers: int = 10,
        maps: int = 64,
        dropout: float = 0.5,
        key: Array,
    ):
        """A network that is not trained; weights and biases start uniform within ± 1 / sqrt(inputs).

        Args:
            n_features: d of the frames.
            n_classes: c.
            stages: number of them.
            layers: of each stage; the dilation of the last is 2^(layers - 1) frames.
            maps: numbers of a frame inside.
            dropout: share of values that is set to 0 in each layer, in training; from 0, below 1.
            key: of the initial weights.

        Raises:
            ValueError: a size below 1, or dropout out of range.
        """
        sizes = {"n_features": n_features, "n_classes": n_classes, "stages": stages, "layers": layers}
        for name, size in (sizes | {"maps": maps}).items():
            check_whole(name, size, least=1)
        check_number("dropout", dropout)
        if dropout >= 1:
            raise ValueError(f"dropout is {dropout}: give a number below 1, as some values must be left")
        self.stages = tuple(
            _Stage(inputs, n_classes, layers=layers, maps=maps, dropout=dropout, key=each)
            for inputs, each in zip(
                (n_features, *(n_classes,) * (stages - 1)), jax.random.split(key, stages), strict=True
            )
        )

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
        inputs = jnp.asarray(features)
        there = jnp.ones(len(inputs), inputs.dtype) if mask is None else jnp.asarray(mask, inputs.dtype)
        keys = (None,) * len(self.stages) if key is None else jax.random.split(key, len(self.stages))
        found = []
        for stage, each in zip(self.stages, keys, strict=True):
            logits = stage(inputs, there[:, None], each)
            found.append(logits)
            inputs = jax.nn.softmax(logits, axis=-1) * there[:, None]
        return jnp.stack(found)
