"""The network that embeds frames of a video together: layers frame by frame, then a transformer.

Chen et al., Frame-wise action representations for long videos via sequence contrastive learning (CARL), CVPR
2022, with its public code, whose image network is left out: what is embedded are features.
"""

from __future__ import annotations

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.alignment.frame_settings import FrameSettings
from dkva.nn.batch_norm import BatchNorm, masked_norm
from dkva.nn.layers import dropped, linear, unit
from dkva.nn.positions import stretched_sinusoids
from dkva.nn.transformer import TransformerEncoder

__all__ = ["FrameNetwork", "ProjectionHead"]


class FrameNetwork(eqx.Module):
    """Two blocks of dropout, linear layer, batch norm and ReLU; a linear layer; a transformer; another one.

    Attributes:
        blocks: linear layers of the blocks.
        norms: of the blocks; padding counts for no statistics.
        narrow: from the blocks to the transformer.
        transformer: over the frames of each clip.
        last: from the transformer to the embedded frames.
        dropout: share of values that is set to 0 in training.
        length: frames of the clips of the training, over which positions of any clip are stretched.
        positions: whether the transformer is told where frames lie.
    """

    blocks: tuple[eqx.nn.Linear, ...]
    norms: tuple[BatchNorm, ...]
    narrow: eqx.nn.Linear
    transformer: TransformerEncoder
    last: eqx.nn.Linear
    dropout: float = eqx.field(static=True)
    length: int = eqx.field(static=True)
    positions: bool = eqx.field(static=True)

    def __init__(self, inputs: int, settings: FrameSettings, *, key: Array):
        """A network that is not trained.

        Linear layers start uniform within ± 1 / sqrt(inputs), as in PyTorch, the transformer as
        `TransformerEncoder`.

        Args:
            inputs: d.
            settings: which give the sizes.
            key: of the initial weights.
        """
        hidden, width = settings.hidden, settings.width
        keys = jax.random.split(key, 5)
        self.blocks = (
            eqx.nn.Linear(inputs, hidden, key=keys[0]),
            eqx.nn.Linear(hidden, hidden, key=keys[1]),
        )
        self.norms = BatchNorm(hidden), BatchNorm(hidden)
        self.narrow = eqx.nn.Linear(hidden, width, key=keys[2])
        self.transformer = TransformerEncoder(
            width,
            heads=settings.heads,
            layers=settings.layers,
            hidden=settings.feed_forward,
            dropout=settings.dropout,
            key=keys[3],
        )
        self.last = eqx.nn.Linear(width, settings.outputs, key=keys[4])
        self.dropout, self.length, self.positions = settings.dropout, settings.frames, settings.positions

    def places(self, n_frames: int) -> Float[np.ndarray, "n w"]:
        """Positions of the frames of a clip, stretched over those of the clips of the training."""
        width = self.narrow.weight.shape[0]
        if not self.positions:
            return np.zeros((n_frames, width), np.float32)
        return stretched_sinusoids(n_frames, self.length, width).astype(np.float32)

    def __call__(
        self,
        frames: Float[Array, "b n d"],
        places: Float[Array, "n w"],
        mask: Bool[Array, "b n"],
        *,
        key: Array | None,
    ) -> tuple[Float[Array, "b n e"], FrameNetwork]:
        """Embedded frames of any norm, and the network with its statistics after them; see `BatchNorm`.

        Args:
            frames: features of each clip.
            places: where they lie, of every clip alike; see `places`.
            mask: False for frames that are padding, which nothing depends on.
            key: of the dropout; None, after training, drops nothing and takes running statistics.
        """
        *of_blocks, of_clips = (None, None, None) if key is None else jax.random.split(key, 3)
        norms = []
        for block, norm, each in zip(self.blocks, self.norms, of_blocks, strict=True):
            read = linear(block, dropped(frames, self.dropout, each))
            frames, seen = masked_norm(norm, read, mask, training=key is not None)
            frames = jax.nn.relu(frames)
            norms.append(seen)

        def together(clip, there, own):
            return self.transformer(clip, places, mask=there, key=own)

        keys = None if of_clips is None else jax.random.split(of_clips, len(frames))
        found = jax.vmap(together)(linear(self.narrow, frames), mask, keys)
        return linear(self.last, found), eqx.tree_at(lambda network: network.norms, self, tuple(norms))


class ProjectionHead(eqx.Module):
    """Linear layer, batch norm, ReLU, linear layer and unit norm: what a loss sees of embedded frames (CARL).

    Attributes:
        first: linear layer.
        norm: behind it; padding counts for no statistics.
        last: linear layer.
    """

    first: eqx.nn.Linear
    norm: BatchNorm
    last: eqx.nn.Linear

    def __init__(self, width: int, *, key: Array):
        """A head that is not trained.

        Args:
            width: e, in and out.
            key: of the initial weights.
        """
        keys = jax.random.split(key)
        self.first, self.last = (eqx.nn.Linear(width, width, key=each) for each in keys)
        self.norm = BatchNorm(width)

    def __call__(
        self, frames: Float[Array, "b n e"], mask: Bool[Array, "b n"]
    ) -> tuple[Float[Array, "b n e"], ProjectionHead]:
        """Projected frames of unit norm in training, and the head with its statistics after them.

        Args:
            frames: embedded ones.
            mask: False for frames that are padding.
        """
        read, norm = masked_norm(self.norm, linear(self.first, frames), mask, training=True)
        found = unit(linear(self.last, jax.nn.relu(read)))
        return found, eqx.tree_at(lambda head: head.norm, self, norm)
