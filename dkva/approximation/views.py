"""How a kernel sees frames: as they are, as random cosine features, or divided by norms of their batch."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

__all__ = ["VIEWS", "CosineFeatures", "DividedBatches", "Projection", "View", "safe_root"]

Frames = Float[Array, "n d"]


def safe_root(squares: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Square root whose gradient at 0 is 0, not infinite."""
    return jnp.sqrt(jnp.maximum(squares, jnp.finfo(squares.dtype).tiny))


class Projection(NamedTuple):
    """Random cosine features (SNTK): frequencies [d, d] and phases [d]."""

    frequencies: Float[Array, "d d"]
    phases: Float[Array, " d"]


class View:
    """Frames as they are; the other views change some of it."""

    def draw(self, dim: int, seed: int | Array, dtype, *, assigning: bool) -> Projection | None:
        """The random draws that this view needs for frames of `dim` features; None for most views."""
        del dim, seed, dtype, assigning
        return None

    def embed(self, x: Frames, projection: Projection | None) -> Frames:
        """Frames [n, d] as the network sees them."""
        del projection
        return x

    def batch(self, x: Frames, mask: Array | None, size: float | Array | None) -> Frames:
        """A batch of embedded frames [n, d] as learning sees it; see `dkva.Kernel.batch`."""
        del mask, size
        return x

    def assigned(
        self, frames: Float[np.ndarray, "n d"], rows: slice, batch_size: int
    ) -> Float[np.ndarray, "b d"]:
        """Some of a video's frames as assignment sees them, before they are embedded."""
        del batch_size
        return frames[rows]


class CosineFeatures(View):
    """Random cosine features sqrt(0.1/d)·cos(xW + u), W ~ N(0, 0.1²), u ~ U(0, 2 pi) (paper section 4.2).

    Args:
        redrawn: whether W and u are drawn anew for assignment, as the authors' program does.
    """

    def __init__(self, redrawn: bool):
        self._redrawn = redrawn

    def draw(self, dim: int, seed: int | Array, dtype, *, assigning: bool) -> Projection:
        """W and u, by the seed alone: the same for all videos."""
        key = jax.random.key(seed, impl="threefry2x32")
        draw = int(assigning and self._redrawn)
        frequencies, phases = jax.random.split(jax.random.fold_in(key, draw) if draw else key)
        return Projection(
            0.1 * jax.random.normal(frequencies, (dim, dim), dtype),
            jax.random.uniform(phases, (dim,), dtype, maxval=2 * jnp.pi),
        )

    def embed(self, x: Frames, projection: Projection | None) -> Frames:
        """The features [n, d]."""
        if projection is None:
            raise ValueError("random cosine features need their draws: give what `draw` gives")
        product = jnp.matmul(x, projection.frequencies, precision=jax.lax.Precision.HIGHEST)
        return (0.1 / x.shape[1]) ** 0.5 * jnp.cos(product + projection.phases[None, :])


class DividedBatches(View):
    """Each feature of a batch divided by its norm over the batch, V as it is (method: section 10, 3)."""

    def batch(self, x: Frames, mask: Array | None, size: float | Array | None) -> Frames:
        """The divided batch [n, d]; a feature that is 0 throughout stays so."""
        counted = jnp.ones(len(x), x.dtype) if mask is None else mask.astype(x.dtype)
        share = 1 if size is None else size / jnp.sum(counted)
        squares = share * jnp.sum(counted[:, None] * x * x, axis=0)
        return jnp.where(squares[None, :] > 0, x / safe_root(squares)[None, :], 0)

    def assigned(
        self, frames: Float[np.ndarray, "n d"], rows: slice, batch_size: int
    ) -> Float[np.ndarray, "b d"]:
        """Frames divided by the norms of the batch that each lies in, by 1 if a norm is 0.

        Batches are consecutive; the last one reaches back to be full.
        """
        given = frames[rows]
        start, norms = rows.start, np.empty(given.shape, frames.dtype)
        for first in range(start - start % batch_size, start + len(given), batch_size):
            batch = frames[max(min(first, len(frames) - batch_size), 0) :][:batch_size]
            found = np.linalg.norm(batch, axis=0)
            norms[max(first - start, 0) : first + batch_size - start] = np.where(found > 0, found, 1)
        return given / norms


#: Views by name; `dkva.base.kernel_parts` says which kernel has which.
VIEWS: Mapping[str, View] = MappingProxyType(
    {
        "frames": View(),
        "cosine_features": CosineFeatures(redrawn=False),
        "redrawn_cosine_features": CosineFeatures(redrawn=True),
        "divided_batches": DividedBatches(),
    }
)
