"""Deep kernel video approximation: cut one video into its actions without labels, training or a network.

The method is that of Pintea & Dijkstra, "Deep kernel video approximation for unsupervised action
segmentation" (2026). `VideoSegmenter` is the way in; `evaluate` scores, `FeatureFolder` reads data sets,
`read_recording` a file of video.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dkva.approximation.approximate import Approximation, approximate
    from dkva.approximation.batched import approximate_many, fit_many, segment_many
    from dkva.approximation.kernels import Kernel
    from dkva.approximation.preprocessing import Standardiser, smooth
    from dkva.approximation.segmenter import VideoSegmenter
    from dkva.approximation.settings import ACTIVATIONS, LearningSettings, Settings
    from dkva.base.kernel_parts import KERNELS
    from dkva.base.segments import Segment, segments
    from dkva.base.video import Video
    from dkva.datasets import DataError, FeatureFolder, read_features, read_labels
    from dkva.kernel_means.segmenter import KernelMeanSegmenter
    from dkva.metrics.segmentation import Scores, evaluate
    from dkva.recordings.reading import Recording, read_recording

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "KERNELS",
    "Approximation",
    "DataError",
    "FeatureFolder",
    "Kernel",
    "KernelMeanSegmenter",
    "LearningSettings",
    "Recording",
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
    "read_recording",
    "segment_many",
    "segments",
    "smooth",
]

_MODULES = {
    "ACTIVATIONS": "approximation.settings",
    "KERNELS": "base.kernel_parts",
    "Approximation": "approximation.approximate",
    "DataError": "datasets",
    "FeatureFolder": "datasets",
    "Kernel": "approximation.kernels",
    "KernelMeanSegmenter": "kernel_means.segmenter",
    "LearningSettings": "approximation.settings",
    "Recording": "recordings.reading",
    "Scores": "metrics.segmentation",
    "Segment": "base.segments",
    "Settings": "approximation.settings",
    "Standardiser": "approximation.preprocessing",
    "Video": "base.video",
    "VideoSegmenter": "approximation.segmenter",
    "approximate": "approximation.approximate",
    "approximate_many": "approximation.batched",
    "evaluate": "metrics.segmentation",
    "fit_many": "approximation.batched",
    "read_features": "datasets",
    "read_labels": "datasets",
    "read_recording": "recordings.reading",
    "segment_many": "approximation.batched",
    "segments": "base.segments",
    "smooth": "approximation.preprocessing",
}


def __getattr__(name: str):
    """Import a public name when it is first used: JAX takes seconds, `dkva --help` should not."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"dkva.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'dkva' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
