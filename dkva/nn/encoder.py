"""A small network that embeds frames on the unit sphere."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import equinox as eqx
import jax
from jaxtyping import Array, Float

from dkva.nn.layers import linear, unit

__all__ = ["Encoder"]


class Encoder(eqx.Module):
    """Linear layers with ReLU between them; what comes out has unit norm.

    Weights and biases start uniform within ± 1 / sqrt(inputs), as in PyTorch.

    Attributes:
        layers: the linear layers.
    """

    layers: tuple[eqx.nn.Linear, ...]

    def __init__(self, sizes: Sequence[int], *, key: Array):
        """An encoder that is not trained.

        Args:
            sizes: d, the size of each hidden layer, and e; two at least.
            key: of the initial weights.

        Raises:
            ValueError: fewer than two sizes, or one below 1.
        """
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes are {tuple(sizes)}: give at least two, each at least 1")
        keys = jax.random.split(key, len(sizes) - 1)
        self.layers = tuple(
            eqx.nn.Linear(inputs, outputs, key=each)
            for (inputs, outputs), each in zip(itertools.pairwise(sizes), keys, strict=True)
        )

    def __call__(self, frames: Float[Array, "*axes d"]) -> Float[Array, "*axes e"]:
        """Embedded frames, of unit norm."""
        for layer in self.layers[:-1]:
            frames = jax.nn.relu(linear(layer, frames))
        return unit(linear(self.layers[-1], frames))
