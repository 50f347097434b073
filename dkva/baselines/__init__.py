"""Other ways to cut one video: features [n, d] and a number of segments in, labels [n] out."""

from dkva.baselines.abd_boundaries import abd
from dkva.baselines.change_points import kernel_change_points
from dkva.baselines.clasp_change_points import clasp
from dkva.baselines.hidden_markov import sticky_hmm
from dkva.baselines.k_means import kmeans
from dkva.baselines.sam_actoms import sam
from dkva.baselines.smoothed_k_means import smoothed_kmeans, smoothed_kmeans_together
from dkva.baselines.spectral_clustering import spectral
from dkva.baselines.standardised_twfinch import tw_finch_standardised
from dkva.baselines.twfinch import tw_finch, tw_finch_partitions
from dkva.baselines.uniform_split import uniform
from dkva.baselines.ward_merging import ward

__all__ = [
    "abd",
    "clasp",
    "kernel_change_points",
    "kmeans",
    "sam",
    "smoothed_kmeans",
    "smoothed_kmeans_together",
    "spectral",
    "sticky_hmm",
    "tw_finch",
    "tw_finch_partitions",
    "tw_finch_standardised",
    "uniform",
    "ward",
]
