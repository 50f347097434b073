"""Kernels: two sets of frames in, their Gram matrix out.

Every kernel here is a function of the inner products <x, y>, |x|² and |y|² alone, so a product of two
kernels needs one matrix product. The neural kernels are those of an infinitely wide fully-connected
network in the NTK parameterisation (Jacot et al. 2018; Lee et al. 2018; closed forms of Cho & Saul 2009
for ReLU and Williams 1997 for erf). Names follow section 4.2 of Pintea & Dijkstra (2026).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dkva.approximation.median import masked_median
from dkva.approximation.settings import KernelSettings
from dkva.approximation.views import VIEWS, Projection, View, safe_root
from dkva.base.kernel_parts import KERNELS

__all__ = ["Factors", "Kernel", "combine", "rescaling"]

Frames = Float[Array, "n d"]
Gram = Float[Array, "n m"]


class _Products(NamedTuple):
    """Inner products of frames x [n, d] and y [m, d]."""

    xy: Float[Array, "n m"]
    xx: Float[Array, " n"]
    yy: Float[Array, " m"]
    dim: int
    same: bool  # y is x: the diagonal is known exactly


def _products(x: Frames, y: Float[Array, "m d"] | None) -> _Products:
    x = _frames("x", x)
    other = x if y is None else _frames("y", y)
    xx = jnp.sum(x * x, axis=1)
    yy = xx if y is None else jnp.sum(other * other, axis=1)
    # HIGHEST: an accelerator would otherwise multiply in TF32, and the angle of near frames is lost.
    xy = jnp.matmul(x, other.T, precision=jax.lax.Precision.HIGHEST)
    return _Products(xy, xx, yy, x.shape[1], y is None)


def _frames(name: str, value: Frames) -> Frames:
    value = jnp.asarray(value)
    if value.ndim != 2:
        raise ValueError(f"{name} has shape {value.shape}: give frames as [frames, features]")
    if not jnp.issubdtype(value.dtype, jnp.floating):
        raise ValueError(f"{name} holds {value.dtype}: convert it to float32 or float64")
    return value


def _on_diagonal(same: bool, value: float, matrix: Gram) -> Gram:
    """`matrix` with `value` on its diagonal where both sets of frames are one and the same."""
    if not same:
        return matrix
    return jnp.where(jnp.eye(matrix.shape[0], dtype=bool), jnp.asarray(value, matrix.dtype), matrix)


# --- the angle -------------------------------------------------------------------------------------

# Hastings' polynomial for arccos on [0, 1] (Abramowitz & Stegun 4.4.46, absolute error below 2e-8):
# single precision at a tenth of the cost of the library's arccos, which XLA does not vectorise on CPUs.
_ARCCOS = (
    1.5707963050,
    -0.2145988016,
    0.0889789874,
    -0.0501743046,
    0.0308918810,
    -0.0170881256,
    0.0066700901,
    -0.0012624911,
)


def _arccos(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    if cosine.dtype != jnp.float32:
        return jnp.arccos(cosine)
    size = jnp.abs(cosine)
    series = jnp.full_like(size, _ARCCOS[-1])
    for coefficient in reversed(_ARCCOS[:-1]):
        series = series * size + coefficient
    angle = jnp.sqrt(1 - size) * series
    return jnp.where(cosine < 0, jnp.pi - angle, angle)


@jax.custom_jvp
def _arc_cosine_0(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """(pi - t) / (2 pi) at cosine = cos t: the derivative expectation E' of ReLU."""
    return (jnp.pi - _arccos(cosine)) / (2 * jnp.pi)


@_arc_cosine_0.defjvp
def _arc_cosine_0_jvp(primals, tangents):
    (cosine,), (tangent,) = primals, tangents
    # The slope is infinite where frames coincide or oppose; there d(cosine) is 0 but for rounding, and
    # an upper limit of 1/sqrt(eps) keeps that rounding small.
    square = jnp.maximum((1 - cosine) * (1 + cosine), jnp.finfo(cosine.dtype).eps)
    return _arc_cosine_0(cosine), tangent / (2 * jnp.pi * jnp.sqrt(square))


@jax.custom_jvp
def _arc_cosine_1(cosine: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """(sin t + (pi - t) cos t) / (2 pi) at cosine = cos t: the expectation E of ReLU at unit variances."""
    sine = jnp.sqrt((1 - cosine) * (1 + cosine))
    return sine / (2 * jnp.pi) + _arc_cosine_0(cosine) * cosine


@_arc_cosine_1.defjvp
def _arc_cosine_1_jvp(primals, tangents):
    (cosine,), (tangent,) = primals, tangents
    return _arc_cosine_1(cosine), _arc_cosine_0(cosine) * tangent


# --- activations -----------------------------------------------------------------------------------


class _Layer(NamedTuple):
    """Covariances of one layer's inputs: S(x, y) [n, m], S(x, x) [n], S(y, y) [m]."""

    xy: Float[Array, "n m"]
    xx: Float[Array, " n"]
    yy: Float[Array, " m"]


class Activation(NamedTuple):
    """An activation f by its Gaussian expectations.

    Attributes:
        expectations: (S, same) -> E[f(a) f(b)] and E[f'(a) f'(b)], both [n, m].
        variance: S(x, x) [n] -> E[f(a)²] [n].
    """

    expectations: Callable[[_Layer, bool], tuple[Array, Array]]
    variance: Callable[[Array], Array]


def _relu_expectations(s: _Layer, same: bool) -> tuple[Array, Array]:
    scale = safe_root(s.xx)[:, None] * safe_root(s.yy)[None, :]
    cosine = _on_diagonal(same, 1.0, jnp.clip(s.xy / scale, -1, 1))
    return scale * _arc_cosine_1(cosine), _arc_cosine_0(cosine)


def _erf_expectations(s: _Layer, same: bool) -> tuple[Array, Array]:
    del same
    x, y = (1 + 2 * s.xx)[:, None], (1 + 2 * s.yy)[None, :]
    # |2S| < sqrt(xy) in exact arithmetic (Cauchy-Schwarz). Equal frames of very large norm round onto it,
    # where the slope of arcsin is infinite.
    limit = 1 - float(jnp.finfo(s.xy.dtype).eps)
    inside = jnp.clip(2 * s.xy / jnp.sqrt(x * y), -limit, limit)
    # (1 + 2a)(1 + 2b) - 4S² >= 1 + 2a + 2b, again by Cauchy-Schwarz.
    gap = jnp.maximum(x * y - 4 * s.xy * s.xy, x + y - 1)
    return (2 / jnp.pi) * jnp.arcsin(inside), (4 / jnp.pi) / jnp.sqrt(gap)


def _erf_variance(variance: Array) -> Array:
    return (2 / jnp.pi) * jnp.arcsin(2 * variance / (1 + 2 * variance))


# Of the infinitely wide networks, by the names in `dkva.approximation.settings`.
_ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "relu": Activation(_relu_expectations, lambda variance: variance / 2),
        "erf": Activation(_erf_expectations, _erf_variance),
    }
)


# --- infinitely wide networks ----------------------------------------------------------------------


def _network_kernels(network: KernelSettings, products: _Products) -> tuple[Array, Array]:
    """NNGP and NTK [n, m] (method: section 3; paper Eq. 4 in the infinite-width limit)."""
    w, c = network.weight_std**2, network.bias_std**2
    activation = _ACTIVATIONS[network.activation]
    s = _Layer(*(w * p / products.dim + c for p in (products.xy, products.xx, products.yy)))
    tangent = s.xy
    for _ in range(network.depth):
        expectation, derivative = activation.expectations(s, products.same)
        s_next = _Layer(
            w * expectation + c, w * activation.variance(s.xx) + c, w * activation.variance(s.yy) + c
        )
        tangent = s_next.xy + w * tangent * derivative
        s = s_next
    return s.xy, tangent


def _sphere(p: _Products) -> _Products:
    """Inner products after projecting both sets of frames onto the unit sphere; zero frames stay zero."""

    def project(squares):
        # Below (in single precision, of norm 3e-10) the gradient of 1 / norm overflows: a zero frame.
        long = squares > jnp.finfo(squares.dtype).tiny ** 0.5
        return long, jnp.where(long, 1 / jnp.sqrt(jnp.where(long, squares, 1)), 0)

    (long_x, x), (long_y, y) = project(p.xx), project(p.yy)
    cosine = jnp.clip(p.xy * x[:, None] * y[None, :], -1, 1)
    xx, yy = long_x.astype(cosine.dtype), long_y.astype(cosine.dtype)
    cosine = jnp.where(long_x[:, None], _on_diagonal(p.same, 1.0, cosine), 0)
    return _Products(cosine, xx, yy, p.dim, p.same)


def _squared_distances(p: _Products) -> Gram:
    return _on_diagonal(p.same, 0.0, jnp.maximum(p.xx[:, None] + p.yy[None, :] - 2 * p.xy, 0))


def _gaussian(p: _Products, length_scale: float | Array) -> Gram:
    # Scaled twice, as l² may overflow or vanish where l does not; by 1/l, as XLA makes a/l/l into a/(l·l).
    inverse = 1 / jnp.maximum(length_scale, jnp.finfo(p.xy.dtype).tiny)
    return jnp.exp(-(_squared_distances(p) * inverse * inverse))


# --- the named kernels -----------------------------------------------------------------------------


class Factors(NamedTuple):
    """The two factors of a kernel, each [n, m], or None where the kernel has no such part."""

    gauss: Gram | None
    neural: Gram | None


@dataclass(frozen=True)
class Kernel(KernelSettings):
    """A named kernel with its settings. Hashable, so that compiled programs can be keyed by it.

    The attributes, their checks and defaults are those of `settings.KernelSettings`. A kernel that sees
    divided batches takes the first argument of a call for the batch.

    Raises:
        ValueError: an unknown name (the choices are listed) or a setting out of range.

    Examples:
        >>> import numpy as np
        >>> from dkva import Kernel
        >>> frames = np.eye(3, dtype=np.float32)
        >>> Kernel("ntk", depth=2)(frames).shape
        (3, 3)
    """

    @classmethod
    def of(cls, settings: KernelSettings) -> Kernel:
        """The kernel of these settings."""
        return cls(**asdict(settings))

    @property
    def _view(self) -> View:
        return VIEWS[KERNELS[self.name].view]

    def projection(
        self, dim: int, seed: int | Array, dtype=jnp.float32, *, assigning: bool = False
    ) -> Projection | None:
        """The random draws this kernel needs for frames of `dim` features; None for most kernels.

        Those of assignment are the same as those of learning, but for "sntk_authors".
        """
        return self._view.draw(dim, seed, dtype, assigning=assigning)

    def batch(self, x: Frames, mask: Array | None = None, size: float | Array | None = None) -> Frames:
        """A batch of frames [n, d] as this kernel sees it: with divided features, or x itself.

        Args:
            x: frames.
            mask: which of them count [n]; None means all.
            size: of the batch that they stand for; None means as many as count.
        """
        return self._view.batch(x, mask, size)

    def embed(self, x: Frames, projection: Projection | None) -> Frames:
        """Frames [n, d] as this kernel's network sees them: random cosine features or x itself."""
        return self._view.embed(x, projection)

    def assigned(
        self, frames: Float[np.ndarray, "n d"], rows: slice, batch_size: int
    ) -> Float[np.ndarray, "b d"]:
        """Some of a video's frames [n, d] as assignment sees them, before they are embedded.

        Args:
            frames: of the whole video; may be memory-mapped.
            rows: which of them.
            batch_size: b of learning, which divided batches have in assignment too.
        """
        return self._view.assigned(frames, rows, batch_size)

    def factors(
        self, x: Frames, y: Float[Array, "m d"] | None = None, *, length_scale: float | Array
    ) -> Factors:
        """Gaussian and neural factor of *embedded* frames; y=None means y = x, the diagonal exact."""
        parts = KERNELS[self.name]
        products = _products(x, y)
        gauss = _gaussian(products, length_scale) if parts.gaussian else None
        if parts.neural is None:
            return Factors(gauss, None)
        nngp_gram, ntk_gram = _network_kernels(self, _sphere(products) if parts.sphere else products)
        return Factors(gauss, nngp_gram if parts.neural == "nngp" else ntk_gram)

    def gram(
        self,
        x: Frames,
        y: Float[Array, "m d"] | None = None,
        *,
        length_scale: float | Array,
        rescale: float | Array = 1.0,
    ) -> Gram:
        """k(x, y) [n, m] of *embedded* frames; `rescale` is r of paper Eq. 5, unused by other kernels."""
        return combine(self.factors(x, y, length_scale=length_scale), rescale)

    def __call__(
        self,
        x: Frames,
        y: Float[Array, "m d"] | None = None,
        *,
        length_scale: float | Array = 1.0,
        rescale: float | Array | None = None,
        seed: int = 0,
    ) -> Gram:
        """k(x, y) [n, m] of frames x [n, d] and y [m, d]; y=None means y = x.

        Args:
            x: frames, float32 or float64.
            y: frames of as many features.
            length_scale: l of the Gaussian, in the units of the frames; unused by kernels without one.
            rescale: r of a product of two kernels; None takes it from the medians over x's own Gram matrices
                (paper Eq. 5).
            seed: draws the random cosine features of "sntk".

        Raises:
            ValueError: frames that are not two-dimensional floating-point numbers, or of different numbers
                of features.
        """
        return _evaluate(self, x, y, length_scale, rescale, seed)


@partial(jax.jit, static_argnums=0)
def _evaluate(kernel: Kernel, x, y, length_scale, rescale, seed) -> Gram:
    x = _frames("x", x)
    y = None if y is None else _frames("y", y)
    if y is not None and x.shape[1] != y.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} features and y has {y.shape[1]}: give frames of the same features"
        )
    projection = kernel.projection(x.shape[1], seed, x.dtype)
    x = kernel.batch(kernel.embed(x, projection))
    y = None if y is None else kernel.embed(y, projection)
    if rescale is None:
        rescale = rescaling(kernel.factors(x, length_scale=length_scale))
    return kernel.gram(x, y, length_scale=length_scale, rescale=rescale)


def combine(factors: Factors, rescale: float | Array) -> Gram:
    """Gauss × r·NTK where a kernel has both factors (paper Eq. 5), else the one it has [n, m]."""
    gauss, neural = factors
    if gauss is None or neural is None:
        gram = neural if gauss is None else gauss
        if gram is None:
            raise ValueError("a kernel needs a factor: give gauss, neural or both")
        return gram
    return gauss * (rescale * neural)


def rescaling(factors: Factors, mask: Array | None = None) -> float | Float[Array, ""]:
    """R = |median(gauss) / median(neural)| over the pairs in `mask` [n, m] (paper Eq. 5).

    1 where a factor is missing, there is no pair, or a median is 0: r is always finite and positive.
    """
    gauss, neural = factors
    if gauss is None or neural is None:
        return 1.0
    if mask is None:
        mask = jnp.ones(gauss.shape, bool)
    ratio = jnp.abs(masked_median(gauss, mask)), jnp.abs(masked_median(neural, mask))
    usable = mask.any() & (ratio[0] > 0) & (ratio[1] > 0)
    return jnp.where(usable, ratio[0] / jnp.where(usable, ratio[1], 1), 1)
