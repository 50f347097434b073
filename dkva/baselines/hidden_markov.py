"""A hidden Markov model whose states like to stay: Gaussian emissions and a sticky prior (hmmlearn)."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from jaxtyping import Float, Int, Real

from dkva.approximation.settings import MAX_SEED
from dkva.base.checks import check_features, check_number, check_segments, check_whole
from dkva.base.segments import renumbered
from dkva.baselines.standardising import standardised

__all__ = ["sticky_hmm"]

# Weight in frames of the prior that a state's mean is the video's, so that a state without frames has one.
_MEAN_WEIGHT = 1e-3


def sticky_hmm(
    features: Real[np.ndarray, "n d"],
    n_segments: int,
    *,
    seed: int = 0,
    stickiness: float = 10.0,
    components: int = 16,
    max_iterations: int = 100,
) -> Int[np.ndarray, " n"]:
    """Labels [n] of the likeliest path through K states, numbered in order of time.

    States emit standardised frames by Gaussians of diagonal covariance. Means, variances and transitions are
    fitted by expectation maximisation from the centres of k-means, under a Dirichlet prior for transitions
    that favours staying, as in the sticky hidden Markov model of Fox et al. (2008), whose number of states is
    open; here it is K. Viterbi's algorithm then labels the frames. The settings are our choice.

    Args:
        features: frames in order of time [n, d]; their units do not count.
        n_segments: K, the number of states, 1 <= K <= N. Fewer labels are returned if the path leaves states
            out.
        seed: of k-means, from 0 to 2**32 - 1.
        stickiness: transitions from a state to itself that the prior adds to those seen, in mean segments of
            N / K frames; 0 is a plain hidden Markov model.
        components: principal components that more features than these are reduced to, since diagonal
            covariances take features as independent.
        max_iterations: of expectation maximisation, which stops earlier where the likelihood no longer grows.

    Raises:
        ImportError: hmmlearn is not installed.
        ValueError: features that are not finite numbers [n, d], or a setting out of range.
    """
    features = check_features(features)
    n, k = len(features), n_segments
    check_segments(k, n)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_number("stickiness", stickiness)
    check_whole("components", components, least=1)
    check_whole("max_iterations", max_iterations, least=1)
    rows = _components(standardised(features), components)
    if k == 1 or not rows.shape[1]:
        return np.zeros(n, np.int64)
    try:
        from hmmlearn.hmm import GaussianHMM
    except ImportError as error:
        raise ImportError("sticky_hmm needs hmmlearn: pip install hmmlearn") from error
    prior = np.ones((k, k)) + stickiness * n / k * np.eye(k)
    model = GaussianHMM(
        k,
        covariance_type="diag",
        transmat_prior=prior,
        means_weight=_MEAN_WEIGHT,
        n_iter=max_iterations,
        random_state=seed,
        init_params="mc",
    )
    model.startprob_ = np.full(k, 1 / k)
    model.transmat_ = prior / prior.sum(axis=1, keepdims=True)
    with _quiet():
        return renumbered(model.fit(rows).predict(rows))


def _components(rows: Float[np.ndarray, "n d"], most: int) -> Float[np.ndarray, "n c"]:
    """The features that vary, or as many principal components of them as are asked for [n, c]."""
    from sklearn.decomposition import PCA

    rows = rows[:, rows.any(axis=0)]
    if rows.shape[1] <= most:
        return rows
    n, d = rows.shape
    solver = "covariance_eigh" if n > d else "full"
    return PCA(min(most, n), svd_solver=solver).fit_transform(rows)


@contextmanager
def _quiet() -> Iterator[None]:
    """What hmmlearn logs and scikit-learn warns of is expected here.

    Frames fewer than the model's numbers, a likelihood under which the prior lets no step be uphill, equal
    frames.
    """
    from sklearn.exceptions import ConvergenceWarning

    logger = logging.getLogger("hmmlearn")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            yield
    finally:
        logger.setLevel(level)
