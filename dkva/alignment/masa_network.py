"""The network of MASA: frames that know of their own view and of the other one.

Kwon et al., Multi activity sequence alignment via implicit clustering; its attention is that of CASA's public
code (Kwon et al., CVPR 2022), except that padding is masked.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.alignment.masa_settings import Sizes
from dkva.nn.batch_norm import BatchNorm, masked_norm
from dkva.nn.layers import linear, xavier
from dkva.nn.linear_attention import AttentionLayer

__all__ = ["MasaNetwork"]

#: Linear layers of the projection head.
_HEAD_LAYERS = 4

#: Heads of an attention if none are asked for, at most.
_MOST_HEADS = 8


class MasaNetwork(eqx.Module):
    """What is learned; weights start uniform by Glorot & Bengio (2010), as in CASA's public code.

    Attributes:
        features: three linear layers that read features, or None.
        poses: three linear layers that read poses, or None.
        own: layers of self-attention, each of whose arrays has a first axis of layers, or None.
        cross: likewise of cross-attention.
        head: linear layers of the projection head, without biases.
        norms: of what comes out of each.
        predictor: layers of the cluster predictor, or None.
        joints: number of them.
        scaled: whether frames are multiplied by the root of their size before positions are added.
    """

    features: tuple[eqx.nn.Linear, ...] | None
    poses: tuple[eqx.nn.Linear, ...] | None
    own: AttentionLayer | None
    cross: AttentionLayer | None
    head: tuple[eqx.nn.Linear, ...]
    norms: tuple[BatchNorm, ...]
    predictor: AttentionLayer | None
    joints: int = eqx.field(static=True)
    scaled: bool = eqx.field(static=True)

    def __init__(self, inputs: int, sizes: Sizes, *, key: Array):
        """A network that is not trained.

        Args:
            inputs: features of a frame, the coordinates of the joints among them.
            sizes: all others.
            key: of the initial weights.

        Raises:
            ValueError: more joints than the features hold, or heads that do not divide the frames' size.
        """
        read, moved = inputs - 3 * sizes.joints, 3 * sizes.joints
        if read < 0:
            raise ValueError(
                f"joints is {sizes.joints}, and a frame has {inputs} features, the last three of each "
                f"joint: give at most {inputs // 3}"
            )
        keys = jax.random.split(key, 6)
        self.features = self.poses = None
        width = moved
        if read:
            self.features = _layers((read, read, sizes.hidden, sizes.outputs), keys[0])
            width += sizes.outputs
        if moved:
            self.poses = _layers((moved,) * 4, keys[1])
        heads = sizes.heads or next(n for n in range(_MOST_HEADS, 0, -1) if width % n == 0)
        if width % heads:
            raise ValueError(
                f"heads is {heads}, and an embedded frame has {width} numbers, outputs and 3 of each joint: "
                "give a divisor, or 0 to have one chosen"
            )

        def attention(count, key):
            keys = jax.random.split(key, count)
            return (
                eqx.filter_vmap(lambda each: AttentionLayer(width, heads, key=each))(keys) if count else None
            )

        self.own, self.cross = attention(sizes.own, keys[2]), attention(sizes.cross, keys[3])
        self.head = _layers((width,) * (_HEAD_LAYERS + 1), keys[4], biases=False)
        self.norms = tuple(BatchNorm(width) for _ in self.head)
        self.predictor = attention(sizes.predictor, keys[5])
        self.joints, self.scaled = sizes.joints, sizes.scaled

    @property
    def inputs(self) -> int:
        """Features of a frame."""
        return 3 * self.joints + (self.features[0].weight.shape[1] if self.features else 0)

    @property
    def width(self) -> int:
        """Size of the embedded frames."""
        return self.head[0].weight.shape[1]

    def __call__(
        self,
        x: Float[Array, "b n d"],
        y: Float[Array, "b n d"],
        positions_x: Float[Array, "b n e"],
        positions_y: Float[Array, "b n e"],
        mask_x: Bool[Array, "b n"],
        mask_y: Bool[Array, "b n"],
    ) -> tuple[Float[Array, "b n e"], Float[Array, "b n e"]]:
        """Embedded frames of both views (eq. 1); those that are padding are finite and mean nothing.

        In cross-attention the second view reads the first one as it has become by reading the second.

        Args:
            x: frames of the first views, the coordinates of the joints last.
            y: of the second ones.
            positions_x: added to the frames of x, once they are read.
            positions_y: likewise of y.
            mask_x: which frames of x there are.
            mask_y: likewise of y.
        """
        both = self._read(jnp.concatenate([x, y])) + jnp.concatenate([positions_x, positions_y])
        there, count = jnp.concatenate([mask_x, mask_y]), len(x)
        stacked, others = eqx.partition((self.own, self.cross), eqx.is_array)

        def read(both, arrays):
            own, cross = eqx.combine(arrays, others)
            if own is not None:
                both = own(both, both, there)
            if cross is not None:
                first = cross(both[:count], both[count:], mask_y)
                both = jnp.concatenate([first, cross(both[count:], first, mask_x)])
            return both, None

        if jax.tree.leaves(stacked):
            both, _ = jax.lax.scan(read, both, stacked)
        return both[:count], both[count:]

    def project(self, frames: Float[Array, "b n e"], mask: Bool[Array, "b n"]) -> Float[Array, "b n e"]:
        """Projected frames, for the losses alone, normalised over all that there are.

        As in SimSiam (Chen & He, CVPR 2021) the last layer is normalised, too, and has no ReLU behind it.

        Args:
            frames: embedded frames of all views of a batch.
            mask: which there are.
        """
        for layer, norm in zip(self.head, self.norms, strict=True):
            # Running statistics would be for use after training, when nothing is projected.
            frames, _ = masked_norm(norm, linear(layer, frames), mask, training=True)
            if layer is not self.head[-1]:
                frames = jax.nn.relu(frames)
        return frames

    def predict(self, frames: Float[Array, "b n e"], mask: Bool[Array, "b n"]) -> Float[Array, "b n e"]:
        """What the cluster predictor makes of projected frames; the same if there is none.

        Args:
            frames: projected frames of some views.
            mask: which there are.
        """
        if self.predictor is None:
            return frames
        stacked, others = eqx.partition(self.predictor, eqx.is_array)
        return jax.lax.scan(
            lambda read, arrays: (eqx.combine(arrays, others)(read, read, mask), None), frames, stacked
        )[0]

    def _read(self, frames: Float[Array, "b n d"]) -> Float[Array, "b n e"]:
        cut = frames.shape[-1] - 3 * self.joints
        parts = [
            _applied(layers, part)
            for layers, part in ((self.features, frames[..., :cut]), (self.poses, frames[..., cut:]))
            if layers is not None
        ]
        found = jnp.concatenate(parts, axis=-1)
        return found * math.sqrt(self.width) if self.scaled else found


def _layers(sizes: Sequence[int], key: Array, *, biases: bool = True) -> tuple[eqx.nn.Linear, ...]:
    keys = jax.random.split(key, 2 * (len(sizes) - 1))
    return tuple(
        xavier(eqx.nn.Linear(inputs, outputs, use_bias=biases, key=start), key=weight)
        for (inputs, outputs), start, weight in zip(
            itertools.pairwise(sizes), keys[::2], keys[1::2], strict=True
        )
    )


def _applied(layers: Sequence[eqx.nn.Linear], frames: Float[Array, "b n d"]) -> Float[Array, "b n e"]:
    """Linear layers with ReLU between them."""
    for layer in layers[:-1]:
        frames = jax.nn.relu(linear(layer, frames))
    return linear(layers[-1], frames)
