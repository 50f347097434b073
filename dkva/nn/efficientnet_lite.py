"""EfficientNet-Lite0 without its classifier: features of images by weights that others trained.

Tan & Le, EfficientNet, ICML 2019; the Lite variants, without squeeze-and-excitation and with ReLU6 in place
of swish, are of TensorFlow's repository tpu, models/official/efficientnet/lite. State dicts have the names of
the package efficientnet_lite_pytorch.

Maps are [n, h, w, c]: what stands at one point lies together, so that a convolution of 1 × 1 is one product
of matrices, and one of each channel alone ("depthwise") is a sum of shifted maps, each times one number for
each channel. XLA's own grouped convolution is some 30 times slower on a processor.
"""

from __future__ import annotations

from collections.abc import Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

__all__ = ["Block", "EfficientNetLite0", "Layer"]

#: Strides of the blocks' depthwise convolutions.
_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)

#: What is added to the variances of its batch norms, as in TensorFlow.
_EPSILON = 1e-3


class Layer(eqx.Module):
    """A convolution and the batch norm after it, in one.

    Attributes:
        weight: [k, k, inputs, outputs]; of each channel alone, [k, k, 1, outputs].
        bias: [outputs].
    """

    weight: Float[Array, "k k inputs outputs"]
    bias: Float[Array, " outputs"]


class Block(eqx.Module):
    """Widens, convolves each channel alone, narrows; what comes in is added if its shape is kept.

    Attributes:
        expand: of 1 × 1, before ReLU6; None leaves the channels as they are.
        depthwise: of each channel alone, before ReLU6.
        project: of 1 × 1.
        stride: of the depthwise convolution.
    """

    expand: Layer | None
    depthwise: Layer
    project: Layer
    stride: int = eqx.field(static=True)

    def __call__(self, maps: Float[Array, "n h w c"]) -> Float[Array, "n h2 w2 d"]:
        """Maps after the block."""
        inside = maps if self.expand is None else _relu6(_pointwise(self.expand, maps))
        inside = _relu6(_depthwise(self.depthwise, inside, self.stride))
        found = _pointwise(self.project, inside)
        return found + maps if self.stride == 1 and found.shape == maps.shape else found


class EfficientNetLite0(eqx.Module):
    """The network up to the means over positions of its last maps.

    Attributes:
        stem: of 3 × 3 and stride 2, before ReLU6.
        blocks: one after another.
        head: of 1 × 1, before ReLU6.
    """

    stem: Layer
    blocks: tuple[Block, ...]
    head: Layer

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> EfficientNetLite0:
        """The network of a state dict; its classifier is left out, widths are those of the arrays.

        Args:
            state: with the names of efficientnet_lite_pytorch, such as "_blocks.3._bn1.running_var".

        Raises:
            ValueError: an array is missing or of a shape that fits no such network.
        """
        stem = _layer(state, "_conv_stem", "_bn0", inputs=3)
        blocks, channels = [], stem.bias.size
        for place, stride in enumerate(_STRIDES):
            name = f"_blocks.{place}"
            expand = None
            if f"{name}._expand_conv.weight" in state:
                expand = _layer(state, f"{name}._expand_conv", f"{name}._bn0", inputs=channels, points=1)
                channels = expand.bias.size
            depthwise = _layer(state, f"{name}._depthwise_conv", f"{name}._bn1", inputs=1, outputs=channels)
            project = _layer(state, f"{name}._project_conv", f"{name}._bn2", inputs=channels, points=1)
            blocks.append(Block(expand, depthwise, project, stride))
            channels = project.bias.size
        head = _layer(state, "_conv_head", "_bn1", inputs=channels, points=1)
        return cls(stem, tuple(blocks), head)

    def __call__(self, images: Float[Array, "n h w 3"]) -> Float[Array, "n d"]:
        """Features of images, which are normalised as those that the weights were learned from; d is 1280."""
        height, width = images.shape[1:3]
        edges = [_same(size, len(self.stem.weight), 2) for size in (height, width)]
        maps = lax.conv_general_dilated(
            images, self.stem.weight, (2, 2), edges, dimension_numbers=("NHWC", "HWIO", "NHWC"),
            precision=lax.Precision.HIGHEST,
        )  # fmt: skip
        maps = _relu6(maps + self.stem.bias[None, None, None])
        for block in self.blocks:
            maps = block(maps)
        return jnp.mean(_relu6(_pointwise(self.head, maps)), (1, 2))


def _pointwise(layer: Layer, maps: Float[Array, "n h w c"]) -> Float[Array, "n h w d"]:
    """A convolution of 1 × 1, as a product of matrices."""
    rows = maps.reshape(-1, maps.shape[-1])
    found = jnp.matmul(rows, layer.weight[0, 0], precision=lax.Precision.HIGHEST)
    return found.reshape(*maps.shape[:-1], -1) + layer.bias[None, None, None]


def _depthwise(layer: Layer, maps: Float[Array, "n h w c"], stride: int) -> Float[Array, "n h2 w2 c"]:
    """A convolution of each channel alone, as a sum of shifted maps."""
    n, height, width, channels = maps.shape
    points = len(layer.weight)
    rows, columns = _same(height, points, stride), _same(width, points, stride)
    maps = jnp.pad(maps, ((0, 0), rows, columns, (0, 0)))
    last = [(-(-size // stride) - 1) * stride + 1 for size in (height, width)]
    found = layer.bias[None, None, None]
    for y in range(points):
        for x in range(points):
            ends = (n, y + last[0], x + last[1], channels)
            shifted = lax.slice(maps, (0, y, x, 0), ends, (1, stride, stride, 1))
            found = found + shifted * layer.weight[None, y : y + 1, x : x + 1, 0]
    return found


def _same(size: int, points: int, stride: int) -> tuple[int, int]:
    """Points of 0 before and after, as TensorFlow's "SAME" has them: the odd one after."""
    more = max((-(-size // stride) - 1) * stride + points - size, 0)
    return more // 2, more - more // 2


def _relu6(maps: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    return jnp.clip(maps, 0, 6)


def _layer(
    state: Mapping[str, np.ndarray],
    convolution: str,
    norm: str,
    *,
    inputs: int,
    outputs: int | None = None,
    points: int | None = None,
) -> Layer:
    """A convolution of a state dict, with the batch norm after it, as it is after training, folded in."""
    statistics = [f"{norm}.{each}" for each in ("weight", "bias", "running_mean", "running_var")]
    names = [f"{convolution}.weight", *statistics]
    for name in names:
        if name not in state:
            raise ValueError(f"array {name!r} is missing: give the weights of an EfficientNet-Lite0")
    weight, scale, bias, mean, variance = (np.asarray(state[name], np.float64) for name in names)
    size = weight.shape[0] if outputs is None and weight.ndim else outputs
    side = weight.shape[-1] if points is None and weight.ndim else points
    shapes = [(size, inputs, side, side), *[(size,)] * 4]
    for name, shape in zip(names, shapes, strict=True):
        if np.shape(state[name]) != shape:
            raise ValueError(
                f"array {name!r} is of shape {np.shape(state[name])}, and {shape} fits the layers around it: "
                "give the weights of an EfficientNet-Lite0"
            )
    scale = scale / np.sqrt(variance + _EPSILON)
    folded = np.transpose(weight * scale[:, None, None, None], (2, 3, 1, 0))
    # Put, not converted: that would compile a program for each shape.
    return Layer(*jax.device_put((folded.astype(np.float32), (bias - mean * scale).astype(np.float32))))
