"""The parts that CLOT adds to ASOT (Bueno-Benito & Dimiccoli, ICCV 2025), as its public code computes them.

Points are frames [..., n, d], actions [k, d] or segments [..., m, d]; frames and actions are unit vectors.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import unit

__all__ = ["dispatched", "draw_slices", "refined", "slice_costs", "slice_values"]


def dispatched(
    frames: Float[Array, "*axes n d"],
    actions: Float[Array, "k d"],
    scale: Float[Array, ""],
    shift: Float[Array, ""],
    mask: Bool[Array, "*axes n"] | None = None,
) -> Float[Array, "*axes n d"]:
    """Frames, each with the means of similar frames added (feature dispatching).

    Frame t is similar to action k by φ_tk = sigmoid(shift + scale·⟨f_t, a_k⟩), and belongs to the action that
    it is most similar to. o_k is the mean of a_k and of the frames that belong to k, weighted by φ in the sum
    alone, and frame t becomes f_t + Σ_k φ_tk o_k. The public code has an array [n, k, d]; here are products
    of matrices.

    Args:
        frames: unit vectors.
        actions: unit vectors.
        scale: learned, 1 at the start.
        shift: learned, 0 at the start.
        mask: False for padding, which belongs to no action; the public code has none.
    """
    similar = jax.nn.sigmoid(shift + scale * (frames @ actions.T))
    belongs = jax.nn.one_hot(jnp.argmax(similar, axis=-1), len(actions), dtype=frames.dtype)
    if mask is not None:
        belongs = jnp.where(mask[..., None], belongs, 0)
    sums = jnp.swapaxes(similar * belongs, -1, -2) @ frames
    numbers = jnp.sum(belongs, axis=-2)[..., None]
    means = (sums + jnp.broadcast_to(actions, sums.shape)) / (numbers + 1)
    return frames + similar @ means


def draw_slices(key: Array, number: int, width: int) -> Float[Array, "slices d"]:
    """Random unit vectors, uniform on the sphere."""
    return unit(jax.random.normal(key, (number, width)))


def slice_values(
    points: Float[Array, "*axes n d"], slices: Float[Array, "slices d"], radius: float
) -> Float[Array, "*axes n slices"]:
    """Circular slices of points: the distance to radius·θ for every slice θ (Kolouri et al. 2019)."""
    lengths = jnp.sum(points * points, axis=-1, keepdims=True)
    centres = radius**2 * jnp.sum(slices * slices, axis=-1)
    products = 2 * radius * (points @ slices.T)
    return jnp.sqrt(jnp.maximum(lengths + jnp.broadcast_to(centres, products.shape) - products, 0))


def slice_costs(
    frames: Float[Array, "*axes n d"],
    actions: Float[Array, "k d"],
    slices: Float[Array, "slices d"],
    radius: float,
    *,
    sorted_slices: bool = False,
) -> Float[Array, "*axes n k"]:
    """Distance between the circular slices of each frame and each action, which have unit norm.

    Args:
        frames: unit vectors.
        actions: unit vectors.
        slices: unit vectors; see `draw_slices`.
        radius: of the circles.
        sorted_slices: each slice's values are sorted among the frames, and among the actions, first. This is
            what the public code does, and a fault: row i is then not of frame i, and frames can be
            exchanged without any change of the costs.
    """
    of_frames, of_actions = (unit(slice_values(points, slices, radius)) for points in (frames, actions))
    if sorted_slices:
        of_frames, of_actions = jnp.sort(of_frames, axis=-2), jnp.sort(of_actions, axis=-2)
    # Around the mean action, where these vectors are short and their products round least.
    centre = jnp.mean(of_actions, axis=0)
    x, y = of_frames - jnp.broadcast_to(centre, of_frames.shape), of_actions - centre[None]
    products = x @ y.T
    lengths = jnp.sum(x * x, axis=-1, keepdims=True)
    squared = lengths - 2 * products + jnp.broadcast_to(jnp.sum(y * y, axis=-1), products.shape)
    return jnp.sqrt(jnp.maximum(squared, 0))


def refined(
    frames: Float[Array, "*axes n d"],
    segments: Float[Array, "*axes m d"],
    temperature: float,
    *,
    normalised: bool = True,
) -> tuple[Float[Array, "*axes n d"], Float[Array, "*axes n m"]]:
    """Frames, each with a mean of the segments added, and the segments' weights in it (cross-attention).

    Args:
        frames: F.
        segments: S.
        temperature: τ of the weights softmax(F Sᵀ / (√d·τ)).
        normalised: whether the frames are of unit norm afterwards.
    """
    scores = frames @ jnp.swapaxes(segments, -1, -2) / (math.sqrt(frames.shape[-1]) * temperature)
    weights = jax.nn.softmax(scores, axis=-1)
    total = frames + weights @ segments
    return unit(total) if normalised else total, weights
