"""Inner products of two sets of frames, and what follows from them alone: distances, cosines."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

__all__ = [
    "Frames",
    "Gram",
    "Products",
    "checked_frames",
    "on_diagonal",
    "on_sphere",
    "products_of",
    "squared_distances",
]

Frames = Float[Array, "n d"]
Gram = Float[Array, "n m"]


class Products(NamedTuple):
    """Inner products of frames x [n, d] and y [m, d]."""

    xy: Float[Array, "n m"]
    xx: Float[Array, " n"]
    yy: Float[Array, " m"]
    dim: int
    same: bool  # y is x: the diagonal is known exactly


def products_of(x: Frames, y: Float[Array, "m d"] | None) -> Products:
    """Inner products of frames x [n, d] and y [m, d]; y=None means y = x."""
    x = checked_frames("x", x)
    other = x if y is None else checked_frames("y", y)
    xx = jnp.sum(x * x, axis=1)
    yy = xx if y is None else jnp.sum(other * other, axis=1)
    # HIGHEST: an accelerator would otherwise multiply in TF32, and the angle of near frames is lost.
    xy = jnp.matmul(x, other.T, precision=jax.lax.Precision.HIGHEST)
    return Products(xy, xx, yy, x.shape[1], y is None)


def checked_frames(name: str, value: Frames) -> Frames:
    """Frames as an array of JAX [n, d].

    Args:
        name: of the argument, for the message.
        value: frames, float32 or float64.

    Raises:
        ValueError: an array that is not two-dimensional, or holds no floating-point numbers.
    """
    value = jnp.asarray(value)
    if value.ndim != 2:
        raise ValueError(f"{name} has shape {value.shape}: give frames as [frames, features]")
    if not jnp.issubdtype(value.dtype, jnp.floating):
        raise ValueError(f"{name} holds {value.dtype}: convert it to float32 or float64")
    return value


def on_diagonal(same: bool, value: float, matrix: Gram) -> Gram:
    """`matrix` with `value` on its diagonal where both sets of frames are one and the same."""
    if not same:
        return matrix
    return jnp.where(jnp.eye(matrix.shape[0], dtype=bool), jnp.asarray(value, matrix.dtype), matrix)


def on_sphere(p: Products) -> Products:
    """Inner products after projecting both sets of frames onto the unit sphere; zero frames stay zero."""

    def project(squares):
        # Below (in single precision, of norm 3e-10) the gradient of 1 / norm overflows: a zero frame.
        long = squares > jnp.finfo(squares.dtype).tiny ** 0.5
        return long, jnp.where(long, 1 / jnp.sqrt(jnp.where(long, squares, 1)), 0)

    (long_x, x), (long_y, y) = project(p.xx), project(p.yy)
    cosine = jnp.clip(p.xy * x[:, None] * y[None, :], -1, 1)
    xx, yy = long_x.astype(cosine.dtype), long_y.astype(cosine.dtype)
    cosine = jnp.where(long_x[:, None], on_diagonal(p.same, 1.0, cosine), 0)
    return Products(cosine, xx, yy, p.dim, p.same)


def squared_distances(p: Products) -> Gram:
    """|x - y|² of all pairs [n, m], at least 0 and exactly 0 of a frame and itself."""
    return on_diagonal(p.same, 0.0, jnp.maximum(p.xx[:, None] + p.yy[None, :] - 2 * p.xy, 0))
