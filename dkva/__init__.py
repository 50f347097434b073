"""Deep kernel video approximation: cut one video into its actions without labels, training or a network.

The method is that of Pintea & Dijkstra, "Deep kernel video approximation for unsupervised action
segmentation" (2026). `VideoSegmenter` is the way in; `evaluate` scores, `FeatureFolder` reads data sets.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dkva.approximation import Approximation, approximate
    from dkva.datasets import DataError, FeatureFolder, Video, read_features, read_labels
    from dkva.kernel_parts import KERNELS
    from dkva.kernels import Kernel
    from dkva.many import approximate_many, fit_many, segment_many
    from dkva.metrics import Scores, evaluate
    from dkva.preprocessing import Standardiser, smooth
    from dkva.runs import Segment, segments
    from dkva.segmentation import VideoSegmenter
    from dkva.settings import ACTIVATIONS, LearningSettings, Settings

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "KERNELS",
    "Approximation",
    "DataError",
    "FeatureFolder",
    "Kernel",
    "LearningSettings",
    "Scores",
    "Segment",
    "Settings",
    "Standardiser",
    "Video",
    "VideoSegmenter",
    "approximate",
    "approximate_many",
    "evaluate",
    "fit_many",
    "read_features",
    "read_labels",
    "segment_many",
    "segments",
    "smooth",
]

_MODULES = (
    "approximation",
    "datasets",
    "kernel_parts",
    "kernels",
    "many",
    "metrics",
    "preprocessing",
    "runs",
    "segmentation",
    "settings",
)


def __getattr__(name: str):
    """Import a public name when it is first used: JAX takes seconds, `dkva --help` should not."""
    if name in __all__:
        for module in _MODULES:
            loaded = importlib.import_module(f"dkva.{module}")
            if name in loaded.__all__:
                return getattr(loaded, name)
    raise AttributeError(f"module 'dkva' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
