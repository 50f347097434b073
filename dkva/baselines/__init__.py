"""Other ways to cut one video: features [n, d] and a number of segments in, labels [n] out."""

from dkva.baselines.change_points import kernel_change_points
from dkva.baselines.k_means import kmeans
from dkva.baselines.twfinch import tw_finch, tw_finch_partitions
from dkva.baselines.uniform_split import uniform

__all__ = [
    "kernel_change_points",
    "kmeans",
    "tw_finch",
    "tw_finch_partitions",
    "uniform",
]
