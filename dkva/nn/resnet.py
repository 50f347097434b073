"""ResNets of bottleneck blocks, with the weights of torchvision's if somebody has them in a file.

He, Zhang, Ren & Sun, Deep residual learning for image recognition, CVPR 2016; the stride of a block is at its
3 × 3 convolution, as in torchvision. Attributes have torchvision's names, but for its `layer1` to `layer4`,
which are `stages`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.base.checks import check_whole
from dkva.nn.batch_norm import BatchNorm
from dkva.nn.torch_weights import read_weights
from dkva.nn.trees import arrays_of, with_arrays

__all__ = ["RESNET50", "RESNET50_IN_CONV4", "Bottleneck", "ResNet", "Stage", "parted", "with_weights"]

#: Blocks of each stage of ResNet-50.
RESNET50 = (3, 4, 6, 3)

#: Those of ResNet-50 cut inside its third stage, "conv4", the last three blocks of which are dropped (TCC,
#: Dwibedi et al. 2019; LAV; VAOT). It gives 1024 channels, at a sixteenth of the size of the images.
RESNET50_IN_CONV4 = (3, 4, 3)

#: Channels that a block gives for each one inside.
_EXPANSION = 4


class Bottleneck(eqx.Module):
    """Convolutions of 1 × 1, 3 × 3 and 1 × 1, each normalised, added to what comes in.

    Attributes:
        conv1: narrows.
        bn1: after it, before ReLU.
        conv2: of 3 × 3, with the block's stride.
        bn2: after it, before ReLU.
        conv3: widens.
        bn3: after it.
        downsample: convolution of 1 × 1 and normalisation of what comes in, where its shape changes.
    """

    conv1: eqx.nn.Conv2d
    bn1: BatchNorm
    conv2: eqx.nn.Conv2d
    bn2: BatchNorm
    conv3: eqx.nn.Conv2d
    bn3: BatchNorm
    downsample: tuple[eqx.nn.Conv2d, BatchNorm] | None

    def __init__(self, inputs: int, width: int, *, stride: int, key: Array):
        """A block that is not trained.

        Args:
            inputs: channels that come in.
            width: channels inside; four times as many go out.
            stride: 1, or 2 to halve the size.
            key: of the initial weights.
        """
        keys = jax.random.split(key, 4)
        outputs = _EXPANSION * width
        self.conv1, self.bn1 = _convolution(inputs, width, 1, key=keys[0]), BatchNorm(width)
        self.conv2, self.bn2 = _convolution(width, width, 3, stride=stride, key=keys[1]), BatchNorm(width)
        self.conv3, self.bn3 = _convolution(width, outputs, 1, key=keys[2]), BatchNorm(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = _convolution(inputs, outputs, 1, stride=stride, key=keys[3]), BatchNorm(outputs)

    def __call__(self, maps: Float[Array, "n c h w"], *, training: bool) -> tuple[Array, Bottleneck]:
        """Maps after the block, and the block with its statistics after them; see `BatchNorm`."""
        inside, bn1 = self.bn1(jax.vmap(self.conv1)(maps), training=training)
        inside, bn2 = self.bn2(jax.vmap(self.conv2)(jax.nn.relu(inside)), training=training)
        inside, bn3 = self.bn3(jax.vmap(self.conv3)(jax.nn.relu(inside)), training=training)
        seen = eqx.tree_at(lambda block: (block.bn1, block.bn2, block.bn3), self, (bn1, bn2, bn3))
        if self.downsample is not None:
            convolution, norm = self.downsample
            maps, norm = norm(jax.vmap(convolution)(maps), training=training)
            seen = eqx.tree_at(lambda block: block.downsample[1], seen, norm)
        return jax.nn.relu(inside + maps), seen


class ResNet(eqx.Module):
    """A convolution, a maximum, and stages of blocks, each of half the size and twice the channels.

    Attributes:
        conv1: of 7 × 7 and stride 2.
        bn1: after it, before ReLU and the maximum.
        stages: blocks of each.
        fc: gives the classes from means over positions; None leaves the maps as they are.
    """

    conv1: eqx.nn.Conv2d
    bn1: BatchNorm
    stages: tuple[tuple[Bottleneck, ...], ...]
    fc: eqx.nn.Linear | None

    def __init__(
        self, blocks: Sequence[int] = RESNET50, *, width: int = 64, classes: int | None = None, key: Array
    ):
        """A network that is not trained; convolutions start as in torchvision (He et al. 2015).

        Args:
            blocks: of each stage, such as `RESNET50` or `RESNET50_IN_CONV4`.
            width: channels after the first convolution, and inside the blocks of the first stage.
            classes: number of them; None gives maps.
            key: of the initial weights.

        Raises:
            ValueError: no stage, or a number below 1.
        """
        if not blocks:
            raise ValueError(f"blocks are {tuple(blocks)}: give the number of blocks of one stage at least")
        for place, number in enumerate(blocks):
            check_whole(f"blocks[{place}]", number, least=1)
        check_whole("width", width, least=1)
        keys = iter(jax.random.split(key, sum(blocks) + 2))
        self.conv1, self.bn1 = _convolution(3, width, 7, stride=2, key=next(keys)), BatchNorm(width)
        stages, inputs = [], width
        for stage, number in enumerate(blocks):
            inside = width * 2**stage
            strides = [1 if stage == 0 else 2, *(1,) * (number - 1)]
            sizes = [inputs, *(_EXPANSION * inside,) * (number - 1)]
            stages.append(
                tuple(
                    Bottleneck(size, inside, stride=stride, key=next(keys))
                    for size, stride in zip(sizes, strides, strict=True)
                )
            )
            inputs = _EXPANSION * inside
        self.stages = tuple(stages)
        self.fc = None if classes is None else eqx.nn.Linear(inputs, classes, key=next(keys))

    @property
    def channels(self) -> int:
        """Channels of the last stage's maps."""
        return self.stages[-1][-1].conv3.out_channels

    def __call__(self, images: Float[Array, "n 3 h w"], *, training: bool) -> tuple[Array, ResNet]:
        """Maps [n, c, h', w'], or values of classes [n, classes], and the network with its statistics.

        Args:
            images: with the channels red, green and blue.
            training: whether the batch's mean and variance are taken; see `BatchNorm`.
        """
        maps, bn1 = self.bn1(jax.vmap(self.conv1)(images), training=training)
        maps = jax.vmap(eqx.nn.MaxPool2d(3, 2, padding=1))(jax.nn.relu(maps))
        stages = []
        for stage in self.stages:
            maps, blocks = _through(stage, maps, training)
            stages.append(blocks)
        seen = eqx.tree_at(lambda network: (network.bn1, network.stages), self, (bn1, tuple(stages)))
        if self.fc is not None:
            maps = jax.vmap(self.fc)(jnp.mean(maps, (2, 3)))
        return maps, seen


class Stage(eqx.Module):
    """A stage of a network that is apart from those before it.

    Attributes:
        blocks: one after another.
    """

    blocks: tuple[Bottleneck, ...]

    def __call__(self, maps: Float[Array, "n c h w"], *, training: bool) -> tuple[Array, Stage]:
        """Maps after the stage, and the stage with its statistics after them; see `BatchNorm`."""
        maps, blocks = _through(self.blocks, maps, training)
        return maps, Stage(blocks)


def parted(network: ResNet) -> tuple[ResNet, Stage]:
    """A network without its last stage, and that stage, whose weights can be learned alone.

    Raises:
        ValueError: a network of one stage, or one that gives classes.
    """
    if len(network.stages) < 2 or network.fc is not None:
        raise ValueError(
            "the network has one stage, or gives classes: give one of two stages that gives maps"
        )
    return eqx.tree_at(lambda each: each.stages, network, network.stages[:-1]), Stage(network.stages[-1])


def with_weights(network: ResNet, path: Path) -> ResNet:
    """The network with torchvision's weights and statistics; further ones in the file are left alone.

    Args:
        network: such as `ResNet(RESNET50_IN_CONV4, key=key)`, which takes a part of ResNet-50's.
        path: see `read_weights`.

    Raises:
        ValueError: a file that cannot be read, or lacks an array, or has one of another shape.
        ImportError: a file of PyTorch's without PyTorch.
    """
    state = read_weights(path)
    missing = [name for name in map(_theirs, arrays_of(network)) if name not in state]
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        raise ValueError(f"{path} has no {missing[0]}{more}: give the state dict of torchvision's network")
    try:
        return with_arrays(network, {name: state[_theirs(name)] for name in arrays_of(network)})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _through(blocks, maps, training):
    """Maps after some blocks, and the blocks with their statistics after them."""
    seen = []
    for block in blocks:
        maps, block = block(maps, training=training)
        seen.append(block)
    return maps, tuple(seen)


def _theirs(name: str) -> str:
    """The name in torchvision of an array, such as "layer1.0.conv1.weight" for "stages.0.0.conv1.weight"."""
    return re.sub(r"^stages\.(\d+)", lambda found: f"layer{int(found[1]) + 1}", name)


def _convolution(inputs: int, outputs: int, size: int, *, stride: int = 1, key: Array) -> eqx.nn.Conv2d:
    """A convolution without bias, whose size is that of its inputs over the stride."""
    layer = eqx.nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, use_bias=False, key=key)
    spread = math.sqrt(2 / (outputs * size**2))
    weight = spread * jax.random.normal(key, layer.weight.shape, layer.weight.dtype)
    return eqx.tree_at(lambda each: each.weight, layer, weight)
