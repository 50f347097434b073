"""Other ways to cut one video: features [n, d] and a number of segments in, labels [n] out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from dkva.baselines.change_points import kernel_change_points
from dkva.baselines.k_means import kmeans
from dkva.baselines.twfinch import tw_finch, tw_finch_partitions
from dkva.baselines.uniform_split import uniform

__all__ = [
    "BASELINES",
    "kernel_change_points",
    "kmeans",
    "tw_finch",
    "tw_finch_partitions",
    "uniform",
]

#: Baselines by name.
BASELINES: Mapping[str, Callable[..., np.ndarray]] = MappingProxyType(
    {
        "uniform": uniform,
        "kmeans": kmeans,
        "kernel_change_points": kernel_change_points,
        "tw_finch": tw_finch,
    }
)
