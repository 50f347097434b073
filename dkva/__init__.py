"""Deep kernel video approximation: cut one video into its actions without labels, training or a network.

The method is that of Pintea & Dijkstra, "Deep kernel video approximation for unsupervised action
segmentation" (2026). `VideoSegmenter` is the way in; `evaluate` scores, `FeatureFolder` reads data sets.
"""

from dkva.approximation import Approximation, approximate
from dkva.kernels import (
    ACTIVATIONS,
    KERNELS,
    Kernel,
    gauss_ntk,
    gauss_ntk_sphere,
    gaussian,
    nngp,
    ntk,
    ntk_sphere,
    sntk,
)
from dkva.metrics import Scores, evaluate
from dkva.mmd import mmd, mmd_squared
from dkva.preprocessing import Standardiser, smooth
from dkva.segmentation import Segment, VideoSegmenter, segments
