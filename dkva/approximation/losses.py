"""The two estimators of the MMD as losses of `learning.learn` (paper Eq. 3; method: section 4)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float

from dkva.approximation.kernels import Kernel, combine, rescaling
from dkva.approximation.mmd import (
    VideoConstants,
    mean_embedding_product,
    mmd_squared,
    root,
    rounding_floor,
    video_constants,
)

__all__ = ["BoundLoss", "Loss", "MMDByBatch", "MMDByVideo", "VideoArrays", "norm", "used_rows"]

# Decay of the running mean of MMD² at which the "video" estimator takes the derivative of the root.
_RUNNING_DECAY = 0.9


class VideoArrays(NamedTuple):
    """What a loss may know of a video; all sizes inside the padded arrays are data.

    Attributes:
        frames: standardised frames, padded [rows, d].
        sample: places of the frames whose pairs give the constants of the whole video, padded [s].
        sampled: which of these count [s].
        synthetic: which rows of the padded V are used [m].
        batch: which slots of a padded batch are used [slots].
        batch_size: b.
        length_scale: l.
        weight_decay: weight of the norm of V.
        seed: of a kernel's random draws.
    """

    frames: Float[Array, "rows d"]
    sample: Array
    sampled: Bool[Array, " s"]
    synthetic: Bool[Array, " m"]
    batch: Bool[Array, " slots"]
    batch_size: Float[Array, ""]
    length_scale: Float[Array, ""]
    weight_decay: Float[Array, ""]
    seed: Array


@runtime_checkable
class BoundLoss(Protocol):
    """A loss of one video.

    Attributes:
        frames: what batches are drawn from [rows, d].
        state: what it carries from step to step, at the start.
        rescale: r of paper Eq. 5 over the whole video.
    """

    frames: Any
    state: Any
    rescale: Any

    def value(self, synthetic, drawn, state) -> tuple[Any, Any]:
        """The loss of V [m, d] and drawn frames [slots, d], and the state for the next step."""

    def promotion(self) -> AbstractContextManager:
        """What JAX must allow while the loss and its gradient are traced."""


@runtime_checkable
class Loss(Protocol):
    """A loss before it knows its video; hashable, as compiled programs are keyed by it."""

    def bind(self, video: VideoArrays) -> BoundLoss:
        """The loss of one video."""


def used_rows(rows: int, count: Array) -> Bool[Array, " rows"]:
    """Which of so many padded rows are used: the first `count`."""
    return jnp.arange(rows, dtype=jnp.int32) < count


def norm(synthetic: Float[Array, "m d"]) -> Float[Array, ""]:
    """Frobenius norm of V, with gradient 0 where V is 0."""
    size = jnp.sum(synthetic * synthetic)
    return root(size, jnp.maximum(size, jnp.finfo(size.dtype).tiny))


def _share(used: Bool[Array, " n"], count: Array, dtype) -> Float[Array, " n"]:
    """Weight 1 / count of each row that is used [n]."""
    return used.astype(dtype) / count.astype(dtype)


@dataclass(frozen=True)
class MMDByVideo:
    """sqrt(MMD²(batch, V)) + weight_decay·||V||_F with the constants of the whole video.

    Attributes:
        kernel: the kernel.
    """

    kernel: Kernel

    def bind(self, video: VideoArrays) -> BoundLoss:
        """The loss of one video."""
        return _ByVideo(self.kernel, video)


@dataclass(frozen=True)
class MMDByBatch:
    """sqrt(MMD²(batch, V)) + weight_decay·||V||_F, all of it from each batch, as in the paper.

    Attributes:
        kernel: the kernel.
    """

    kernel: Kernel

    def bind(self, video: VideoArrays) -> BoundLoss:
        """The loss of one video."""
        return _ByBatch(self.kernel, video)


class _ByVideo:
    """Constants held at their whole-video values; the derivative of the root is taken at a running mean."""

    def __init__(self, kernel: Kernel, video: VideoArrays):
        self._kernel, self._video = kernel, video
        dtype = video.frames.dtype
        self._projection = kernel.projection(video.frames.shape[1], video.seed, dtype)
        self._averaging = optax.ema(_RUNNING_DECAY)
        self._synthetic_weights = _share(video.synthetic, jnp.sum(video.synthetic, dtype=jnp.int32), dtype)
        self._frame_weights = _share(video.batch, video.batch_size, dtype)
        self.frames = kernel.embed(video.frames, self._projection)
        self._constants = video_constants(
            kernel.factors(
                kernel.batch(self.frames[video.sample], video.sampled, video.batch_size),
                length_scale=video.length_scale,
            ),
            video.sampled,
            video.batch_size,
        )
        self.state = self._averaging.init(jnp.zeros((), dtype))
        self.rescale = self._constants.rescale

    def promotion(self) -> AbstractContextManager:
        """What optax needs: it mixes integers and floats."""
        return jax.numpy_dtype_promotion("standard")

    def value(self, synthetic, drawn, state):
        """The loss and the running mean of MMD²."""
        batch = self._kernel.batch(drawn, self._video.batch)
        fixed = self._fixed(batch)
        view = self._kernel.embed(synthetic, self._projection)
        scales = {"length_scale": self._video.length_scale, "rescale": fixed.rescale}
        k_fs, k_ss = self._kernel.gram(batch, view, **scales), self._kernel.gram(view, **scales)
        squared = mmd_squared(fixed.mean_ff, k_fs, k_ss, self._frame_weights, self._synthetic_weights)
        level, state = self._level(jax.lax.stop_gradient(squared), state)
        value = root(squared, jnp.maximum(level, fixed.floor)) + self._video.weight_decay * norm(synthetic)
        return value, state

    def _fixed(self, batch) -> VideoConstants:
        """What does not depend on V."""
        del batch
        return self._constants

    def _level(self, squared, state):
        """Where the derivative of the root is taken.

        Without its own mean_ff a batch's estimate is low just where the batch happens to lie near V, and the
        derivative there would give such batches too much weight.
        """
        return self._averaging.update(squared, state)


class _ByBatch(_ByVideo):
    """r, the mean of the batch's own Gram matrix and the derivative of the root anew at each step."""

    def _fixed(self, batch) -> VideoConstants:
        factors = self._kernel.factors(batch, length_scale=self._video.length_scale)
        used = self._video.batch
        rescale = rescaling(factors, used[:, None] & used[None, :])
        mean_ff = mean_embedding_product(combine(factors, rescale), self._frame_weights, self._frame_weights)
        return VideoConstants(mean_ff, rounding_floor(mean_ff), jnp.asarray(rescale, mean_ff.dtype))

    def _level(self, squared, state):
        return squared, state
