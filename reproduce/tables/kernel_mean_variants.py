"""Variants of kernel mean segments that are no settings of the method, made of its own parts.

Each is a function in the form of `dkva.kernel_means.segmenting.kernel_mean_segments`. None is in the library:
`reproduce.study_kernel_means` says what each gains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from dkva.base.segments import renumbered
from dkva.kernel_means.boundaries import frame_labels
from dkva.kernel_means.cutting import cost
from dkva.kernel_means.embedding import Embedding, embed, local_means
from dkva.kernel_means.nystrom import KernelFeatures, median_squared_distance
from dkva.kernel_means.refining import Cut, measured, refined
from dkva.kernel_means.segmenting import kernel_mean_segments
from dkva.kernel_means.settings import KernelMeanSettings
from dkva.kernel_means.starts import k_means, starts
from dkva.kernel_means.whitening import evenly_spaced, fit_whitening, leading_eigenpairs

__all__ = [
    "averaged_in_seconds",
    "by_gauss_ntk",
    "by_linear_kernel",
    "from_k_means",
    "from_more_filters",
    "from_the_learned",
    "merged_and_split",
    "priced_by_its_own_segments",
    "priced_by_noise",
    "whitened_by_spectrum",
    "within_scatter_equalised",
]

_DEFAULT = KernelMeanSettings()

# Frames a second, by what a video's name begins with (Breakfast: its person); of others none is known.
_RATES = {"mocap": 120.0, "chest": 2.0, "P0": 15.0}

# Frames that the median distance is taken from, as in the method.
_COMPARED = 1000


@dataclass(frozen=True)
class _Problem:
    """A video on the way: its features, its embedded pieces, K, the settings, and the seed."""

    features: np.ndarray
    embedding: Embedding
    k: int
    settings: KernelMeanSettings
    seed: int

    def points(self, segments: float | None = None) -> np.ndarray:
        """Averaged points; `segments` is how many the video is taken to have, else K."""
        points = self.embedding.points
        return local_means(points, self.settings.averaging * len(points) / (segments or self.k))

    def starts(self, points: np.ndarray) -> np.ndarray:
        return starts(points, self.k, self.settings.restarts, self.seed)

    def best(self, points: np.ndarray, first: np.ndarray, price: float | None = None) -> Cut:
        """The cheapest of refined starts; `price` is of a switch in squared distances."""
        share = self.settings.pick_price / self.settings.switch_price
        price = self.settings.switch_price * len(points) / self.k if price is None else price
        found = np.unique(refined(points, first, self.k, price), axis=0)
        cuts = [measured(points, renumbered(labels)) for labels in found]
        return min(cuts, key=lambda cut: cut.scatter + share * price * cut.switches / len(points))

    def cut(self) -> Cut:
        """The method's own."""
        points = self.points()
        return self.best(points, self.starts(points))


def _solved(
    features: np.ndarray,
    k: int,
    seed: int,
    solve: Callable[[_Problem], Cut],
    settings: KernelMeanSettings = _DEFAULT,
    embedded: Callable[[np.ndarray, int, KernelMeanSettings], Embedding] = embed,
) -> np.ndarray:
    with threadpool_limits(1, user_api="blas"):
        n_pieces = min(len(features), max(settings.pieces, 2 * k))
        problem = _Problem(features, embedded(features, n_pieces, settings), k, settings, seed)
        return frame_labels(features, problem.embedding, solve(problem).labels)


def priced_by_its_own_segments(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """Price and filter of the mean segment that a first cut has, which may be shorter than N / K.

    The method takes a mean segment to be N / K long, as if no label returned.
    """

    def solve(problem: _Problem) -> Cut:
        first = problem.cut()
        segments = first.switches + 1
        points = problem.points(segments)
        price = problem.settings.switch_price * len(points) / segments
        both = np.concatenate([problem.starts(points), first.labels[None]])
        return problem.best(points, both, price)

    return _solved(features, n_segments, seed, solve)


def priced_by_noise(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """The price of a switch that a hidden Markov model of Gaussian noise has, estimated from a first cut.

    There a switch costs 2 v log((n - s) (K - 1) / s) for s switches and noise of variance v in a direction.
    The noise's variance is that around the labels' means in its effective directions, times the number of
    pieces over which it is correlated, as neighbours say the same twice.
    """

    def solve(problem: _Problem) -> Cut:
        first, points = problem.cut(), problem.points()
        n = len(points)
        means = np.stack([points[first.labels == label].mean(axis=0) for label in range(problem.k)])
        rest = points - means[first.labels]
        covariance = rest.T @ rest / n
        variance = np.square(covariance).sum() / max(np.trace(covariance), 1e-12)
        lagged = np.sum(rest[1:] * rest[:-1]) / max(np.square(rest).sum(), 1e-12)
        correlated = (1 + lagged) / (1 - lagged)
        switches = max(first.switches, 1)
        odds = max((n - switches) * (problem.k - 1) / switches, 2.0)
        both = np.concatenate([problem.starts(points), first.labels[None]])
        return problem.best(points, both, 2 * variance * correlated * np.log(odds))

    return _solved(features, n_segments, seed, solve)


def whitened_by_spectrum(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """Whitening by the share of the directions that the features' variance fills.

    The strength is 1 - (Σ w)² / (d Σ w²) of the correlations' eigenvalues w: 0 where all variances are equal
    and nothing is to be made equal, and near 1 where one direction has all.
    """
    components = fit_whitening(features, 0.0).apply(features)
    variances = components.var(axis=0)
    filled = variances.sum() ** 2 / np.square(variances).sum() / features.shape[1]
    return kernel_mean_segments(features, n_segments, seed=seed, whitening=float(np.clip(1 - filled, 0, 1)))


def by_linear_kernel(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """The inner product as the kernel: pieces are compared by the means of their components."""
    return _solved(features, n_segments, seed, _Problem.cut, embedded=_embed_with(_Linear.fit))


def by_gauss_ntk(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """The paper's kernel, Gaussian × neural tangent, with the method's own bandwidth."""
    return _solved(features, n_segments, seed, _Problem.cut, embedded=_embed_with(_GaussNtk.fit))


class _Linear(KernelFeatures):
    """Inner products with the axes themselves."""

    @classmethod
    def fit(cls, landmarks: np.ndarray, width: float) -> _Linear:
        return cls(landmarks, width, np.eye(landmarks.shape[1]))

    def to_landmarks(self, frames: np.ndarray) -> np.ndarray:
        return frames


class _GaussNtk(KernelFeatures):
    """exp(-|x - y|² / width) · NTK(x, y), by the same Nyström approximation."""

    @classmethod
    def fit(cls, landmarks: np.ndarray, width: float) -> _GaussNtk:
        plain = cls(landmarks, width, np.zeros((len(landmarks), 0)))
        values, vectors = leading_eigenpairs(plain.to_landmarks(landmarks), len(landmarks))
        enough = values > 1e-5 * values[0]  # float32's rounding is below
        return plain._replace(axes=vectors[:, enough] / np.sqrt(values[enough]))

    def to_landmarks(self, frames: np.ndarray) -> np.ndarray:
        import jax.numpy as jnp  # takes a second

        from dkva import Kernel

        kernel = Kernel("gauss_ntk")
        scale = float(np.sqrt(self.width))
        sides = jnp.asarray(frames), jnp.asarray(self.landmarks)
        return np.asarray(kernel(*sides, length_scale=scale, rescale=1.0), np.float64)


def _embed_with(fit: Callable[[np.ndarray, float], KernelFeatures]):
    """`dkva.kernel_means.embedding.embed` with another kernel, all frames at once."""

    def embedded(features: np.ndarray, n_pieces: int, settings: KernelMeanSettings) -> Embedding:
        n = len(features)
        plain = embed(features, n_pieces, settings)
        components = plain.whitening.apply(features)
        width = 2 * settings.bandwidth * median_squared_distance(components[evenly_spaced(n, _COMPARED)])
        kernel = fit(components[evenly_spaced(n, settings.landmarks)], width)
        kernels = kernel.to_landmarks(components)
        means = np.add.reduceat(kernels, plain.edges[:-1], axis=0) / np.diff(plain.edges)[:, None]
        centre = means.mean(axis=0)
        points = (means - centre) @ kernel.axes
        variances, vectors = leading_eigenpairs(points.T @ points / n_pieces, settings.components)
        axes = kernel.axes @ vectors[:, variances > 1e-12 * variances[0]]
        return replace(plain, points=(means - centre) @ axes, kernel=kernel, centre=centre, axes=axes)

    return embedded


def from_k_means(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """Starts by k-means alone."""

    def solve(problem: _Problem) -> Cut:
        points, rng = problem.points(), np.random.default_rng(problem.seed)
        drawn = [k_means(points, problem.k, rng) for _ in range(problem.settings.restarts)]
        found = [labels for labels in drawn if labels is not None]
        return problem.best(points, np.stack(found) if found else problem.starts(points))

    return _solved(features, n_segments, seed, solve)


def from_the_learned(
    features: np.ndarray, n_segments: int, *, seed: int = 0, name: str = "", epochs: int = 100
) -> np.ndarray:
    """The paper's learned labels as a further start: the most frequent one of each piece."""
    from dkva.approximation.segmenting import segment_video

    learned = segment_video(features, n_segments, seed=seed, name=name, smoothing=2.5, epochs=epochs)

    def solve(problem: _Problem) -> Cut:
        points, edges = problem.points(), problem.embedding.edges
        first = problem.starts(points)
        counts = np.zeros((len(points), problem.k))
        np.add.at(counts, (np.repeat(np.arange(len(points)), np.diff(edges)), learned), 1)
        labels = counts.argmax(axis=1)
        if len(np.unique(labels)) == problem.k:
            first = np.concatenate([first, labels[None]])
        return problem.best(points, first)

    return _solved(features, n_segments, seed, solve)


def from_more_filters(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """Starts of points averaged over half and over twice the time too, refined and compared as all are."""

    def solve(problem: _Problem) -> Cut:
        first = [problem.starts(problem.points(times * problem.k)) for times in (1, 2, 0.5)]
        return problem.best(problem.points(), np.concatenate(first))

    return _solved(features, n_segments, seed, solve)


def merged_and_split(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """The best cut improved by moves: two labels merged and another one split, while that is cheaper.

    Refining moves boundaries and never trades one action for another: this is a way out of such minima.
    """

    def solve(problem: _Problem) -> Cut:
        points, best = problem.points(), problem.cut()
        rng = np.random.default_rng(problem.seed)
        while problem.k > 2:
            moved = _moves(points, best.labels, problem.k, rng)
            if not len(moved):
                return best
            found = problem.best(points, moved)
            if cost(found, problem.k, problem.settings) > cost(best, problem.k, problem.settings) - 1e-9:
                return best
            best = found
        return best

    return _solved(features, n_segments, seed, solve)


def _moves(points: np.ndarray, labels: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Cuts in which one of the ten nearest pairs of labels is merged and another label split in two."""
    sizes = np.bincount(labels, minlength=k)
    means = np.stack([points[labels == label].mean(axis=0) for label in range(k)])
    pairs = [(a, b) for a in range(k) for b in range(a + 1, k)]
    growth = [
        sizes[a] * sizes[b] / (sizes[a] + sizes[b]) * np.square(means[a] - means[b]).sum() for a, b in pairs
    ]
    halves = [k_means(points[labels == label], 2, rng) for label in range(k)]
    moved = []
    for a, b in (pairs[place] for place in np.argsort(growth, kind="stable")[:10]):
        for split, half in enumerate(halves):
            if half is not None and split not in (a, b):
                changed = np.where(labels == b, a, labels)
                changed[np.flatnonzero(labels == split)[half == 1]] = b
                moved.append(changed)
    return np.array(moved)


def averaged_in_seconds(
    features: np.ndarray, n_segments: int, *, seed: int = 0, name: str = "", seconds: float = 0.5
) -> np.ndarray:
    """The filter over time is so many seconds wide, if the rate of the frames is known, else as it is."""
    rate = next((rate for known, rate in _RATES.items() if name.startswith(known)), None)
    share = _DEFAULT.averaging if rate is None else seconds * rate * n_segments / len(features)
    return kernel_mean_segments(features, n_segments, seed=seed, averaging=min(share, 1.0))


def within_scatter_equalised(features: np.ndarray, n_segments: int, *, seed: int = 0) -> np.ndarray:
    """A second cut of points whose scatter within the labels of a first one is made more equal.

    Directions in which pieces of one action differ say little of actions (linear discriminant analysis): each
    principal direction of that scatter is divided by the fourth root of its variance, half of whitening.
    """

    def solve(problem: _Problem) -> Cut:
        first, points = problem.cut(), problem.points()
        means = np.stack([points[first.labels == label].mean(axis=0) for label in range(problem.k)])
        rest = points - means[first.labels]
        values, vectors = leading_eigenpairs(rest.T @ rest / len(points), points.shape[1])
        floor = max(values.mean(), 1e-12)
        turned = local_means(points @ vectors * (np.maximum(values, 0) + floor) ** -0.25, 0.0)
        both = np.concatenate([problem.starts(turned), first.labels[None]])
        return problem.best(turned, both)

    return _solved(features, n_segments, seed, solve)
