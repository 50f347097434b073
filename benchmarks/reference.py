"""The paper's loop, and ASOT's decoder, written down directly: what dkva's speed is measured against.

One compiled step dispatched from a Python loop; batches drawn on the host; both medians of paper Eq. 5 and
the mean over the batch's own Gram matrix taken anew at each step; library functions throughout. dkva does
not import it. `tests/test_benchmarks.py` checks that its kernels, its loss, its labels and its plans are
dkva's.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.spatial.distance import pdist

__all__ = [
    "decode",
    "gauss",
    "initial",
    "learn",
    "length_scale",
    "loss",
    "median_ratio",
    "ntk",
    "sample",
    "segment",
]

_WEIGHT_VARIANCE, _BIAS_VARIANCE = 4.0, 0.01
_WEIGHT_DECAY = 1e-3
_OPTIMISER = optax.adam(0.05)

# ASOT's decoder as published for 50 Salads.
_EPS, _ALPHA, _RADIUS, _LAMBDA = 0.04, 0.6, 0.04, 0.01


def gauss(x, y, scale):
    """exp(-|x - y|² / l²) [n, m]."""
    squared = jnp.sum(x**2, axis=1)[:, None] + jnp.sum(y**2, axis=1)[None, :] - 2 * x @ y.T
    return jnp.exp(-squared / scale**2)


def ntk(x, y):
    """Neural tangent kernel [n, m] of one infinitely wide hidden layer of ReLUs."""
    w, c = _WEIGHT_VARIANCE, _BIAS_VARIANCE
    dim = x.shape[1]
    s_xy = w * (x @ y.T) / dim + c
    s_xx = w * jnp.sum(x**2, axis=1)[:, None] / dim + c
    s_yy = w * jnp.sum(y**2, axis=1)[None, :] / dim + c
    # sqrt(S(x,x) S(y,y)) times the cosine is S(x,y); times the sine, this:
    opposite = _sqrt(s_xx * s_yy - s_xy**2)
    angle = jnp.arctan2(opposite, s_xy)
    nngp = w * (opposite + (jnp.pi - angle) * s_xy) / (2 * jnp.pi) + c
    return nngp + w * s_xy * (jnp.pi - angle) / (2 * jnp.pi)


def _sqrt(value):
    # Without this the gradient of k(V, V) is NaN: on its diagonal the sine is 0.
    positive = value > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, value, 1.0)), 0.0)


def median_ratio(batch, scale):
    """Factor r = |median of Gauss / median of NTK| over the batch's pairs (paper Eq. 5)."""
    return jnp.abs(jnp.median(gauss(batch, batch, scale)) / jnp.median(ntk(batch, batch)))


def loss(synthetic, batch, scale):
    """sqrt(MMD²(batch, V)) + weight decay·||V||_F (paper Eq. 3)."""
    r = median_ratio(batch, scale)

    def kernel(x, y):
        return gauss(x, y, scale) * r * ntk(x, y)

    squared = (
        jnp.mean(kernel(synthetic, synthetic))
        + jnp.mean(kernel(batch, batch))
        - 2 * jnp.mean(kernel(batch, synthetic))
    )
    return _sqrt(squared) + _WEIGHT_DECAY * jnp.sqrt(jnp.sum(synthetic**2))


@jax.jit
def _step(synthetic, moments, batch, scale):
    value, gradient = jax.value_and_grad(loss)(synthetic, batch, scale)
    updates, moments = _OPTIMISER.update(gradient, moments)
    return optax.apply_updates(synthetic, updates), moments, value


def length_scale(frames: np.ndarray) -> np.float32:
    """Median of the squared distances of about 5000 frames."""
    return np.float32(np.median(pdist(frames[:: -(-len(frames) // 5000)], "sqeuclidean")))


def _edges(n: int, m: int) -> np.ndarray:
    return np.arange(m + 1) * n // m


def initial(frames: np.ndarray, m: int) -> np.ndarray:
    """Mean frame of each of M uniform segments [m, d]."""
    edges = _edges(len(frames), m)
    return np.stack([frames[a:b].mean(axis=0) for a, b in pairwise(edges)])


def sample(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    """Frames of one batch: b // M from each uniform segment, the rest from the whole video."""
    size = min(512, n // m)
    edges = _edges(n, m)
    parts = [rng.integers(a, b, size // m) for a, b in pairwise(edges)]
    return np.concatenate([*parts, rng.integers(0, n, size - m * (size // m))])


def learn(frames: np.ndarray, start: np.ndarray, scale: np.float32, steps: int, seed: int = 0) -> jax.Array:
    """V [m, d] after that many steps from `start`."""
    n, m = len(frames), len(start)
    rng = np.random.default_rng(seed)
    synthetic = jnp.asarray(start)
    moments = _OPTIMISER.init(synthetic)
    for _ in range(steps):
        synthetic, moments, _ = _step(synthetic, moments, frames[sample(rng, n, m)], scale)
    return synthetic


def segment(frames: np.ndarray, m: int, epochs: int = 100, seed: int = 0) -> np.ndarray:
    """Labels [n] of standardised frames [n, d]."""
    scale = length_scale(frames)
    steps = epochs * (len(frames) // min(512, len(frames) // m))
    synthetic = learn(frames, initial(frames, m), scale, steps, seed)
    # r scales a whole row, so the largest similarity does not depend on it.
    return np.asarray(jnp.argmax(gauss(frames, synthetic, scale) * ntk(frames, synthetic), axis=1))


def decode(cost: np.ndarray, steps: int = 25) -> jax.Array:
    """Each frame's shares of the actions [n, k] by ASOT's decoder, at the weights of 50 Salads.

    The structure of the frames is a matrix [n, n].
    """
    n = len(cost)
    return _decoded(cost, np.arange(n), int(n * _RADIUS), steps)


@partial(jax.jit, static_argnames="steps")
def _decoded(cost, places, half, steps):
    n, k = cost.shape
    gaps = jnp.abs(places[:, None] - places[None, :])
    near = jnp.where((gaps >= 1) & (gaps <= half), 1 / _RADIUS, 0.0).astype(cost.dtype)
    other = 1 - jnp.eye(k, dtype=cost.dtype)

    def gradient(plan):
        shares = jnp.log(k * jnp.sum(plan, axis=0) + 1e-12) + 1
        structure = near @ (plan @ other)
        entropy = _EPS * jnp.log(plan + 1e-12)
        return _ALPHA * structure + (1 - _ALPHA) * cost + entropy + _LAMBDA * shares[None, :]

    def step(_, plan):
        plan = plan * jnp.exp(-size * gradient(plan))
        return plan / (n * jnp.sum(plan, axis=1, keepdims=True))

    start = jnp.full((n, k), 1 / (n * k), cost.dtype)
    size = 4 / jnp.max(gradient(start))
    return n * jax.lax.fori_loop(0, steps, step, start)
