"""Kernels: two sets of frames in, their Gram matrix out.

Every kernel here is a function of the inner products <x, y>, |x|² and |y|² alone (`products`), so a product
of two kernels needs one matrix product. Neural kernels are those of infinitely wide networks (`networks`).
Names follow section 4.2 of Pintea & Dijkstra (2026).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from dkva.approximation.median import masked_median
from dkva.approximation.networks import network_kernels
from dkva.approximation.products import (
    Frames,
    Gram,
    Products,
    checked_frames,
    on_sphere,
    products_of,
    squared_distances,
)
from dkva.approximation.settings import KernelSettings
from dkva.approximation.views import VIEWS, Projection, View
from dkva.base.kernel_parts import KERNELS

__all__ = ["Factors", "Kernel", "combine", "rescaling"]


def _gaussian(p: Products, length_scale: float | Array) -> Gram:
    # Scaled twice, as l² may overflow or vanish where l does not; by 1/l, as XLA makes a/l/l into a/(l·l).
    inverse = 1 / jnp.maximum(length_scale, jnp.finfo(p.xy.dtype).tiny)
    return jnp.exp(-(squared_distances(p) * inverse * inverse))


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
        products = products_of(x, y)
        gauss = _gaussian(products, length_scale) if parts.gaussian else None
        if parts.neural is None:
            return Factors(gauss, None)
        nngp_gram, ntk_gram = network_kernels(self, on_sphere(products) if parts.sphere else products)
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
    x = checked_frames("x", x)
    y = None if y is None else checked_frames("y", y)
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
