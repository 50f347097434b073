"""Sizes of made-up videos, for tests of batches and of learning."""

import numpy as np

from dkva.approximation.learning import Sizes
from dkva.approximation.padding import MAX_BATCH
from dkva.base.uniform import uniform_edges


def sizes(n, m, spare=0, batch=None):
    """Sizes of a video whose synthetic frames are padded by `spare`; None means the paper's batch."""
    batch = batch or min(MAX_BATCH, n // m)
    edges = np.full(m + spare + 1, n, np.int32)
    edges[: m + 1] = uniform_edges(n, m)
    counts = (n, m, batch, batch // m, n // batch, 1, n)
    return Sizes(*(np.asarray(count, np.int32) for count in counts), edges)
