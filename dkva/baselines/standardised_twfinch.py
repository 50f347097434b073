"""TW-FINCH on standardised features, so that the units of sensors do not decide."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Real

from dkva.base.checks import check_features
from dkva.baselines.standardising import standardised
from dkva.baselines.twfinch import tw_finch

__all__ = ["tw_finch_standardised"]


def tw_finch_standardised(features: Real[np.ndarray, "n d"], n_segments: int) -> Int[np.ndarray, " n"]:
    """Labels [n] of `tw_finch` (Sarfraz et al. 2021) on features of mean 0 and variance 1.

    The cosine distance is then that of frames seen from their mean. Constant features do not count.

    Args:
        features: frames in order of time [n, d]; their units do not count.
        n_segments: K, 1 <= K <= N; see `tw_finch` for when fewer clusters come out.

    Raises:
        ValueError: features that are not finite numbers [n, d], or K out of range.
    """
    return tw_finch(standardised(check_features(features)), n_segments)
