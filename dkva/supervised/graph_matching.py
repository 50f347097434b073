"""Two graphs of keypoints, matched: embedded points, affinity, Sinkhorn's iterations, the loss of a match.

RTK (*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023) takes these parts
from PCA-GM (Wang et al., ICCV 2019) and its public program ThinkMatch. Points [m, f] of a graph are padded;
`there` tells which of the m are points, and is the same for source and target, as every point of the one
belongs to one of the other.
"""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Shaped

from dkva.base.checks import check_whole
from dkva.nn.layers import linear, unit

__all__ = [
    "Affinity",
    "GraphLayer",
    "GraphNetwork",
    "log_sinkhorn",
    "matching_loss",
    "permutation_loss",
    "sinkhorn",
]

#: Of ThinkMatch for PCA-GM.
_TEMPERATURE, _SWEEPS = 0.005, 20


class GraphLayer(eqx.Module):
    """H' = Ā ReLU(H Wa + ba) + ReLU(H Wu + bu), where each point hears all others alike (PCA-GM, equation 5).

    Of a complete graph without loops, Ā, whose columns sum to 1, is 1 / (m - 1) everywhere but on its
    diagonal. A product with it is a sum less the point's own share, so that no array is [m, m].

    Attributes:
        heard: Wa, ba, of what the others say.
        own: Wu, bu, of the point itself.
    """

    heard: eqx.nn.Linear
    own: eqx.nn.Linear

    def __init__(self, inputs: int, width: int, *, key: Array):
        """A layer that is not trained, from `inputs` to `width` values a point."""
        keys = jax.random.split(key)
        self.heard = eqx.nn.Linear(inputs, width, key=keys[0])
        self.own = eqx.nn.Linear(inputs, width, key=keys[1])

    def __call__(self, points: Float[Array, "m f"], there: Bool[Array, " m"]) -> Float[Array, "m w"]:
        """The points after this layer, 0 if they are not there; a point alone hears nothing."""
        said = jnp.where(there[:, None], jax.nn.relu(linear(self.heard, points)), 0)
        others = jnp.maximum(jnp.sum(there) - 1, 1).astype(points.dtype)
        from_others = (jnp.sum(said, 0, keepdims=True) - said) / others
        return jnp.where(there[:, None], from_others + jax.nn.relu(linear(self.own, points)), 0)


class Affinity(eqx.Module):
    """s_ij = hᵢᵀ Q h'ⱼ, with Q that is learned (PCA-GM, equation 7; ThinkMatch has no exponential here).

    Attributes:
        weight: Q [w, w], at the start the identity and uniform values within ± 1 / sqrt(w).
    """

    weight: Float[Array, "w w"]

    def __init__(self, width: int, *, key: Array):
        """An affinity of points with `width` values that is not trained."""
        check_whole("width", width, least=1)
        bound = 1 / math.sqrt(width)
        noise = jax.random.uniform(key, (width, width), minval=-bound, maxval=bound)
        self.weight = jnp.eye(width) + noise

    def __call__(self, source: Float[Array, "m w"], target: Float[Array, "n w"]) -> Float[Array, "m n"]:
        """Scores of all pairs; those of points that are not there mean nothing."""
        return source @ self.weight @ target.T


class GraphNetwork(eqx.Module):
    """Points that know of all others of their graph: layers of PCA-GM, one after another.

    Attributes:
        layers: of the network.
        affinity: by which graphs that hear each other are matched, or None.
        cross: the linear layer by which they do, or None.
        normalised: whether points are scaled to unit norm first.
    """

    layers: tuple[GraphLayer, ...]
    affinity: Affinity | None
    cross: eqx.nn.Linear | None
    normalised: bool = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        width: int,
        layers: int,
        *,
        crossed: bool = False,
        normalised: bool = True,
        key: Array,
    ):
        """A network that is not trained.

        Args:
            inputs: f, values a point.
            width: w, values a point after each layer. ThinkMatch has 1024, RTK's is not given.
            layers: number of layers; ThinkMatch has 5, RTK's is not given.
            crossed: whether both graphs hear each other before the last layer, as in PCA-GM, if there are two
                (see `matched`). A graph alone, as after training, has none to hear, and RTK does not say what
                it hears instead (our choice: none are crossed).
            normalised: whether points are scaled to unit norm first, as ThinkMatch does; the temperature
                0.005 is of scores about 1. RTK does not say (our choice: they are).
            key: of the initial weights, uniform within ± 1 / sqrt(inputs) of each layer as in PyTorch.

        Raises:
            ValueError: a size below 1, or graphs that are to be crossed before the last of one layer.
        """
        for name, size in (("inputs", inputs), ("width", width)):
            check_whole(name, size, least=1)
        check_whole("layers", layers, least=2 if crossed else 1)
        *keys, of_affinity, of_cross = jax.random.split(key, layers + 2)
        sizes = [inputs] + [width] * (layers - 1)
        self.layers = tuple(GraphLayer(size, width, key=each) for size, each in zip(sizes, keys, strict=True))
        self.affinity = Affinity(width, key=of_affinity) if crossed else None
        self.cross = eqx.nn.Linear(2 * width, width, key=of_cross) if crossed else None
        self.normalised = normalised

    def __call__(self, points: Float[Array, "m f"], there: Bool[Array, " m"]) -> Float[Array, "m w"]:
        """Embedded points of one graph (RTK, section 3.2).

        Args:
            points: values of each.
            there: False for padding, which changes nothing and comes out 0.
        """
        points = self._started(points, there)
        for layer in self.layers:
            points = layer(points, there)
        return points

    def matched(
        self,
        source: Float[Array, "m f"],
        target: Float[Array, "m f"],
        there: Bool[Array, " m"],
        *,
        temperature: float = _TEMPERATURE,
        sweeps: int = _SWEEPS,
    ) -> tuple[Float[Array, "m w"], Float[Array, "m w"]]:
        """Embedded points of two graphs, by the same weights.

        If the network is crossed, both are matched after the last layer but one, S being that assignment, and
        H becomes W [H; S H'], and H' becomes W [H'; Sᵀ H].

        Args:
            source: points of one graph.
            target: points of the other.
            there: False for padding of both.
            temperature: of the assignment; see `sinkhorn`.
            sweeps: of the assignment.
        """
        source, target = self._started(source, there), self._started(target, there)
        for place, layer in enumerate(self.layers):
            source, target = layer(source, there), layer(target, there)
            if self.affinity is not None and self.cross is not None and place == len(self.layers) - 2:
                scores = self.affinity(source, target)
                weights = sinkhorn(scores, there, temperature=temperature, sweeps=sweeps)
                heard = (weights @ target, weights.T @ source)
                source, target = (
                    jnp.where(there[:, None], linear(self.cross, jnp.concatenate(both, axis=1)), 0)
                    for both in zip((source, target), heard, strict=True)
                )
        return source, target

    def _started(self, points, there):
        points = jnp.where(there[:, None], points, 0)
        return unit(points) if self.normalised else points


def log_sinkhorn(
    scores: Float[Array, "m m"],
    there: Bool[Array, " m"],
    *,
    temperature: float = _TEMPERATURE,
    sweeps: int = _SWEEPS,
) -> Float[Array, "m m"]:
    """Logarithm of `sinkhorn`, -inf for points that are not there; finite for the others, however small."""
    both = _pairs(there)
    # A point that is not there is assigned to itself, so that no row is without a finite number.
    alone = jnp.where(jnp.eye(len(there), dtype=bool), jnp.zeros_like(scores), -jnp.inf)
    start = jnp.where(both, scores / temperature, alone)

    def sweep(logits, _):
        logits = logits - jax.nn.logsumexp(logits, axis=1, keepdims=True)
        return logits - jax.nn.logsumexp(logits, axis=0, keepdims=True), None

    return jnp.where(both, jax.lax.scan(sweep, start, None, length=sweeps)[0], -jnp.inf)


def sinkhorn(
    scores: Float[Array, "m m"],
    there: Bool[Array, " m"],
    *,
    temperature: float = _TEMPERATURE,
    sweeps: int = _SWEEPS,
) -> Float[Array, "m m"]:
    """exp(scores / temperature) with rows and columns scaled to the sum 1 in turn (Sinkhorn).

    Args:
        scores: of all pairs.
        there: False for padding, whose rows and columns are 0.
        temperature: the lower, the nearer to a permutation.
        sweeps: of the rows and then the columns. Columns sum to 1 after each, rows in the limit. (ThinkMatch
            counts rows and columns as one each, so that its 20 are 10 of these.)
    """
    return jnp.exp(log_sinkhorn(scores, there, temperature=temperature, sweeps=sweeps))


def permutation_loss(
    assignment: Float[Array, "m m"], truth: Shaped[Array, "m m"], there: Bool[Array, " m"]
) -> Float[Array, ""]:
    """-(1/M) Σ_ij X_ij log S_ij + (1 - X_ij) log(1 - S_ij), over M points that are there (permutation loss).

    No number below the type's smallest (1e-38 in single precision) is taken the logarithm of; those have the
    gradient 0. For training see `matching_loss`.

    Args:
        assignment: S.
        truth: X, a permutation matrix: 1 or True for pairs that belong together.
        there: False for padding, which does not count.
    """
    least = jnp.finfo(assignment.dtype).tiny
    kept, left = (jnp.log(jnp.maximum(share, least)) for share in (assignment, 1 - assignment))
    return _cross_entropy(kept, left, truth, there)


def matching_loss(
    scores: Float[Array, "m m"],
    truth: Shaped[Array, "m m"],
    there: Bool[Array, " m"],
    *,
    temperature: float = _TEMPERATURE,
    sweeps: int = _SWEEPS,
) -> Float[Array, ""]:
    """`permutation_loss` of `sinkhorn(scores)`, in logarithms throughout.

    At a temperature of 0.005 the share of a pair that is missed is below every number, and the loss of
    shares has no gradient to mend it by; this one has. As columns sum to 1, 1 less the largest share of a
    column is the sum of its others, which no rounding touches.

    Args:
        scores: of all pairs.
        truth: X, a permutation matrix: 1 or True for pairs that belong together.
        there: False for padding, which does not count.
        temperature: of the assignment.
        sweeps: of the assignment.
    """
    logs = log_sinkhorn(scores, there, temperature=temperature, sweeps=sweeps)
    number = len(there)
    top = jnp.arange(number)[:, None] == jnp.argmax(logs, axis=0)[None]
    others = there[None] & (jnp.sum(there) > 1)  # else a column has nothing besides its top
    rest = jax.nn.logsumexp(jnp.where(others, jnp.where(top, -jnp.inf, logs), 0), axis=0, keepdims=True)
    small = jnp.log1p(-jnp.where(top, 0, jnp.exp(logs)))
    return _cross_entropy(logs, jnp.where(top, rest, small), truth, there)


def _pairs(there):
    return there[:, None] & there[None]


def _cross_entropy(kept, left, truth, there):
    """Minus the logarithms of shares that are right, and of what is left by those that are not, a point."""
    total = jnp.sum(jnp.where(truth.astype(bool), kept, left), where=_pairs(there))
    return -total / jnp.maximum(jnp.sum(there), 1).astype(kept.dtype)
