"""Kernels: two sets of frames in, their Gram matrix out.

Every kernel here is a function of the inner products <x, y>, |x|² and |y|² alone, so a product of two
kernels needs one matrix product. The neural kernels are those of an infinitely wide fully-connected
network in the NTK parameterisation (Jacot et al. 2018; Lee et al. 2018; closed forms of Cho & Saul 2009
for ReLU and Williams 1997 for erf). Names follow section 4.2 of Pintea & Dijkstra (2026).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.checks import check_choice, check_number, check_whole
from dkva.median import masked_median

__all__ = [
    "ACTIVATIONS",
    "KERNELS",
    "READINGS",
    "Kernel",
    "gauss_ntk",
    "gauss_ntk_sphere",
    "gaussian",
    "nngp",
    "ntk",
    "ntk_sphere",
    "sntk",
]

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


def _root(squares: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Square root whose gradient at 0 is 0, not infinite."""
    return jnp.sqrt(jnp.maximum(squares, jnp.finfo(squares.dtype).tiny))


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
    scale = _root(s.xx)[:, None] * _root(s.yy)[None, :]
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


#: Activations of the infinitely wide networks, by name.
ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "relu": Activation(_relu_expectations, lambda variance: variance / 2),
        "erf": Activation(_erf_expectations, _erf_variance),
    }
)


# --- infinitely wide networks ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Network:
    depth: int = 1
    activation: str = "relu"
    weight_std: float = 2.0
    bias_std: float = 0.1

    def __post_init__(self):
        check_choice("activation", self.activation, ACTIVATIONS)
        check_whole("depth", self.depth, least=1)
        check_number("weight_std", self.weight_std, positive=True)
        check_number("bias_std", self.bias_std)

    def kernels(self, products: _Products) -> tuple[Array, Array]:
        """NNGP and NTK [n, m] (method: section 3; paper Eq. 4 in the infinite-width limit)."""
        w, c = self.weight_std**2, self.bias_std**2
        activation = ACTIVATIONS[self.activation]
        s = _Layer(*(w * p / products.dim + c for p in (products.xy, products.xx, products.yy)))
        tangent = s.xy
        for _ in range(self.depth):
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


class _Projection(NamedTuple):
    """Random cosine features (SNTK): frequencies [d, d] and phases [d]."""

    frequencies: Float[Array, "d d"]
    phases: Float[Array, " d"]


def _draw_projection(dim: int, seed: int | Array, draw: int, dtype) -> _Projection:
    key = jax.random.key(seed, impl="threefry2x32")
    frequencies, phases = jax.random.split(jax.random.fold_in(key, draw) if draw else key)
    return _Projection(
        0.1 * jax.random.normal(frequencies, (dim, dim), dtype),
        jax.random.uniform(phases, (dim,), dtype, maxval=2 * jnp.pi),
    )


def _cosine_features(x: Frames, projection: _Projection) -> Frames:
    product = jnp.matmul(x, projection.frequencies, precision=jax.lax.Precision.HIGHEST)
    return (0.1 / x.shape[1]) ** 0.5 * jnp.cos(product + projection.phases[None, :])


# --- the named kernels -----------------------------------------------------------------------------


class Factors(NamedTuple):
    """The two factors of a kernel, each [n, m], or None where the kernel has no such part."""

    gauss: Gram | None
    neural: Gram | None


class _Parts(NamedTuple):
    """What a named kernel is made of: an optional Gaussian times an optional neural kernel."""

    gaussian: bool
    neural: str | None  # "nngp" or "ntk"
    sphere: bool = False
    cosine_features: bool = False


#: Names of the kernels of section 4.2 of the paper, and what each is made of.
KERNELS: Mapping[str, _Parts] = MappingProxyType(
    {
        "gauss_ntk": _Parts(gaussian=True, neural="ntk"),
        "gauss_ntk_sphere": _Parts(gaussian=True, neural="ntk", sphere=True),
        "gaussian": _Parts(gaussian=True, neural=None),
        "nngp": _Parts(gaussian=False, neural="nngp"),
        "ntk": _Parts(gaussian=False, neural="ntk"),
        "ntk_sphere": _Parts(gaussian=False, neural="ntk", sphere=True),
        "sntk": _Parts(gaussian=False, neural="ntk", cosine_features=True),
    }
)


#: Whose reading of "sphere" and of SNTK's random features: the paper's, or that of the authors' program.
READINGS = ("paper", "authors")


@dataclass(frozen=True)
class Kernel:
    """A named kernel with its settings. Hashable, so that compiled programs can be keyed by it.

    The authors' program departs from their paper in three kernels (method: section 10), and `reading` says
    which is meant. Its "ntk_sphere" divides each feature of a batch by its norm over the batch and leaves the
    synthetic frames as they are; its "gauss_ntk_sphere" is "gauss_ntk"; its "sntk" draws its random features
    once for learning and anew for assignment. A kernel evaluated by itself takes its first argument for the
    batch. All other kernels are the same in both.

    Attributes:
        name: one of `KERNELS`.
        depth: number of hidden layers of the infinitely wide network, at least 1.
        activation: one of `ACTIVATIONS`.
        weight_std: standard deviation of the network's weights (paper: 2).
        bias_std: standard deviation of the network's biases (paper: 0.1).
        reading: one of `READINGS`.

    Raises:
        ValueError: an unknown name (the choices are listed) or a setting out of range.
    """

    name: str = "gauss_ntk"
    depth: int = 1
    activation: str = "relu"
    weight_std: float = 2.0
    bias_std: float = 0.1
    reading: str = "paper"

    def __post_init__(self):
        check_choice("kernel", self.name, KERNELS)
        check_choice("reading", self.reading, READINGS)
        self._network()  # its settings are checked here, at the door

    def _network(self) -> _Network:
        return _Network(self.depth, self.activation, self.weight_std, self.bias_std)

    @property
    def divides_batches(self) -> bool:
        """Whether it sees a batch with each feature divided by its norm over the batch."""
        return self.name == "ntk_sphere" and self.reading == "authors"

    def projection(
        self, dim: int, seed: int | Array, dtype=jnp.float32, *, assigning: bool = False
    ) -> _Projection | None:
        """The random draws this kernel needs for frames of `dim` features; None for most kernels.

        Those of assignment are others than those of learning under the authors' reading alone.
        """
        if not KERNELS[self.name].cosine_features:
            return None
        return _draw_projection(dim, seed, int(assigning and self.reading == "authors"), dtype)

    def batch(self, x: Frames, mask: Array | None = None, size: float | Array | None = None) -> Frames:
        """A batch of frames [n, d] as this kernel sees it: with divided features, or x itself.

        Args:
            x: frames.
            mask: which of them count [n]; None means all.
            size: of the batch that they stand for; None means as many as count.
        """
        if not self.divides_batches:
            return x
        counted = jnp.ones(len(x), x.dtype) if mask is None else mask.astype(x.dtype)
        share = 1 if size is None else size / jnp.sum(counted)
        squares = share * jnp.sum(counted[:, None] * x * x, axis=0)
        # A feature that is 0 throughout stays so.
        return jnp.where(squares[None, :] > 0, x / _root(squares)[None, :], 0)

    def embed(self, x: Frames, projection: _Projection | None) -> Frames:
        """Frames [n, d] as this kernel's network sees them: random cosine features or x itself."""
        return x if projection is None else _cosine_features(x, projection)

    def factors(
        self, x: Frames, y: Float[Array, "m d"] | None = None, *, length_scale: float | Array
    ) -> Factors:
        """Gaussian and neural factor of *embedded* frames; y=None means y = x, the diagonal exact."""
        parts = KERNELS[self.name]
        products = _products(x, y)
        gauss = _gaussian(products, length_scale) if parts.gaussian else None
        if parts.neural is None:
            return Factors(gauss, None)
        sphere = parts.sphere and self.reading == "paper"
        nngp_gram, ntk_gram = self._network().kernels(_sphere(products) if sphere else products)
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

        `rescale=None` takes r from the medians over x's own Gram matrices (paper Eq. 5); `seed` draws the
        random cosine features of "sntk".
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


def gaussian(x: Frames, y: Float[Array, "m d"] | None = None, *, length_scale: float | Array) -> Gram:
    """Gaussian kernel exp(-|x - y|² / l²) (paper, before Eq. 5).

    Args:
        x: frames [n, d].
        y: frames [m, d]; None means y = x.
        length_scale: l, in the units of the frames; positive.

    Returns:
        Gram matrix [n, m].

    Raises:
        ValueError: frames that are not two-dimensional, or of different numbers of features.
    """
    return Kernel("gaussian")(x, y, length_scale=length_scale)


def nngp(
    x: Frames,
    y: Float[Array, "m d"] | None = None,
    depth: int = 1,
    activation: str = "relu",
    weight_std: float = 2.0,
    bias_std: float = 0.1,
) -> Gram:
    """Neural network Gaussian process kernel (Lee et al. 2018; paper section 4.2).

    Args and errors as `ntk`.

    Returns:
        Gram matrix [n, m].
    """
    return Kernel("nngp", depth, activation, weight_std, bias_std)(x, y)


def ntk(
    x: Frames,
    y: Float[Array, "m d"] | None = None,
    depth: int = 1,
    activation: str = "relu",
    weight_std: float = 2.0,
    bias_std: float = 0.1,
) -> Gram:
    """Neural tangent kernel of an infinitely wide network (Jacot et al. 2018; paper Eq. 4).

    Args:
        x: frames [n, d].
        y: frames [m, d]; None means y = x.
        depth: number of hidden layers.
        activation: "relu" or "erf".
        weight_std: standard deviation of the weights.
        bias_std: standard deviation of the biases.

    Returns:
        Gram matrix [n, m].

    Raises:
        ValueError: an unknown activation, a setting out of range, frames that are not two-dimensional or
            of different numbers of features.
    """
    return Kernel("ntk", depth, activation, weight_std, bias_std)(x, y)


def ntk_sphere(
    x: Frames,
    y: Float[Array, "m d"] | None = None,
    depth: int = 1,
    activation: str = "relu",
    weight_std: float = 2.0,
    bias_std: float = 0.1,
) -> Gram:
    """NTK of frames projected onto the unit sphere (Geifman et al. 2020; paper section 4.2).

    Departs from the authors' program, whose reading is `Kernel("ntk_sphere", reading="authors")`. An all-zero
    frame stays zero. Args and errors as `ntk`.

    Returns:
        Gram matrix [n, m].
    """
    return Kernel("ntk_sphere", depth, activation, weight_std, bias_std)(x, y)


def sntk(
    x: Frames,
    y: Float[Array, "m d"] | None = None,
    depth: int = 1,
    activation: str = "relu",
    weight_std: float = 2.0,
    bias_std: float = 0.1,
    *,
    seed: int = 0,
) -> Gram:
    """NTK of random cosine features sqrt(0.1/d)·cos(xW + u), W ~ N(0, 0.1²), u ~ U(0, 2 pi).

    The shift-invariant NTK of paper section 4.2. W and u are drawn once from `seed`; with
    `Kernel("sntk", reading="authors")` they are drawn anew for assignment. Other args and errors as `ntk`.

    Returns:
        Gram matrix [n, m].
    """
    return Kernel("sntk", depth, activation, weight_std, bias_std)(x, y, seed=seed)


def gauss_ntk(
    x: Frames,
    y: Float[Array, "m d"] | None = None,
    depth: int = 1,
    activation: str = "relu",
    weight_std: float = 2.0,
    bias_std: float = 0.1,
    *,
    length_scale: float | Array,
    rescale: float | Array | None = None,
) -> Gram:
    """The paper's kernel, Gauss × r·NTK (paper Eq. 5).

    `length_scale` is l of the Gaussian; `rescale` is r, and None takes |median Gauss(x, x) / median
    NTK(x, x)|. The other arguments and the errors are those of `ntk`.

    Returns:
        Gram matrix [n, m].
    """
    kernel = Kernel("gauss_ntk", depth, activation, weight_std, bias_std)
    return kernel(x, y, length_scale=length_scale, rescale=rescale)


def gauss_ntk_sphere(
    x: Frames,
    y: Float[Array, "m d"] | None = None,
    depth: int = 1,
    activation: str = "relu",
    weight_std: float = 2.0,
    bias_std: float = 0.1,
    *,
    length_scale: float | Array,
    rescale: float | Array | None = None,
) -> Gram:
    """Gauss × r·NTK with the NTK's frames projected onto the unit sphere (paper Eq. 5, section 4.2).

    The Gaussian sees the frames as they are. Args, errors and result as `gauss_ntk`.
    """
    kernel = Kernel("gauss_ntk_sphere", depth, activation, weight_std, bias_std)
    return kernel(x, y, length_scale=length_scale, rescale=rescale)
