"""Readers: a folder in, videos out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dkva.base.cache import cache_folder
    from dkva.base.video import Video
    from dkva.datasets.alignment.videos import AlignmentVideo
    from dkva.datasets.alignment_checking import AlignmentReport, check_alignment
    from dkva.datasets.alignment_sets import ALIGNMENT_SETS, AlignmentFolder, AlignmentSet
    from dkva.datasets.benchmarks import (
        BENCHMARKS,
        CLUSTERS,
        Benchmark,
        BenchmarkFolder,
        BenchmarkVideo,
        Table1,
    )
    from dkva.datasets.checking import Report, check
    from dkva.datasets.errors import BrokenDataError, DataError, DataWarning
    from dkva.datasets.features import (
        SUFFIXES,
        UNREADABLE,
        Features,
        load_features,
        read_features,
    )
    from dkva.datasets.findings import Finding, examine, problems, usable
    from dkva.datasets.folder import FeatureFolder, VideoFile, find_features
    from dkva.datasets.granularity import find_coarse, read_coarse
    from dkva.datasets.label_files import LabelFiles, find_labels, tried
    from dkva.datasets.labels import Truth, load_labels, read_labels
    from dkva.datasets.lengths import fit_labels
    from dkva.datasets.mappings import find_mapping, read_mapping
    from dkva.datasets.reading import LENGTH_POLICIES, NO_LABEL, FeatureReading, LabelReading, Note
    from dkva.datasets.splits import find_splits, read_bundle
    from dkva.datasets.supervised_checking import SupervisedReport, check_supervised
    from dkva.datasets.supervised_sets import SUPERVISED_SETS, SupervisedSet, open_split

__all__ = [
    "ALIGNMENT_SETS",
    "BENCHMARKS",
    "CLUSTERS",
    "LENGTH_POLICIES",
    "NO_LABEL",
    "SUFFIXES",
    "SUPERVISED_SETS",
    "UNREADABLE",
    "AlignmentFolder",
    "AlignmentReport",
    "AlignmentSet",
    "AlignmentVideo",
    "Benchmark",
    "BenchmarkFolder",
    "BenchmarkVideo",
    "BrokenDataError",
    "DataError",
    "DataWarning",
    "FeatureFolder",
    "FeatureReading",
    "Features",
    "Finding",
    "LabelFiles",
    "LabelReading",
    "Note",
    "Report",
    "SupervisedReport",
    "SupervisedSet",
    "Table1",
    "Truth",
    "Video",
    "VideoFile",
    "cache_folder",
    "check",
    "check_alignment",
    "check_supervised",
    "examine",
    "find_coarse",
    "find_features",
    "find_labels",
    "find_mapping",
    "find_splits",
    "fit_labels",
    "load_features",
    "load_labels",
    "open_split",
    "problems",
    "read_bundle",
    "read_coarse",
    "read_features",
    "read_labels",
    "read_mapping",
    "tried",
    "usable",
]

_MODULES = {
    "cache_folder": "base.cache",
    "Video": "base.video",
    "AlignmentVideo": "datasets.alignment.videos",
    "AlignmentReport": "datasets.alignment_checking",
    "check_alignment": "datasets.alignment_checking",
    "ALIGNMENT_SETS": "datasets.alignment_sets",
    "AlignmentFolder": "datasets.alignment_sets",
    "AlignmentSet": "datasets.alignment_sets",
    "BENCHMARKS": "datasets.benchmarks",
    "CLUSTERS": "datasets.benchmarks",
    "Benchmark": "datasets.benchmarks",
    "BenchmarkFolder": "datasets.benchmarks",
    "BenchmarkVideo": "datasets.benchmarks",
    "Table1": "datasets.benchmarks",
    "Report": "datasets.checking",
    "check": "datasets.checking",
    "BrokenDataError": "datasets.errors",
    "DataError": "datasets.errors",
    "DataWarning": "datasets.errors",
    "SUFFIXES": "datasets.features",
    "UNREADABLE": "datasets.features",
    "Features": "datasets.features",
    "load_features": "datasets.features",
    "read_features": "datasets.features",
    "FeatureFolder": "datasets.folder",
    "VideoFile": "datasets.folder",
    "find_features": "datasets.folder",
    "find_coarse": "datasets.granularity",
    "read_coarse": "datasets.granularity",
    "LabelFiles": "datasets.label_files",
    "find_labels": "datasets.label_files",
    "tried": "datasets.label_files",
    "Truth": "datasets.labels",
    "load_labels": "datasets.labels",
    "read_labels": "datasets.labels",
    "fit_labels": "datasets.lengths",
    "find_mapping": "datasets.mappings",
    "read_mapping": "datasets.mappings",
    "Finding": "datasets.findings",
    "examine": "datasets.findings",
    "problems": "datasets.findings",
    "usable": "datasets.findings",
    "LENGTH_POLICIES": "datasets.reading",
    "NO_LABEL": "datasets.reading",
    "FeatureReading": "datasets.reading",
    "LabelReading": "datasets.reading",
    "Note": "datasets.reading",
    "find_splits": "datasets.splits",
    "read_bundle": "datasets.splits",
    "SupervisedReport": "datasets.supervised_checking",
    "check_supervised": "datasets.supervised_checking",
    "SUPERVISED_SETS": "datasets.supervised_sets",
    "SupervisedSet": "datasets.supervised_sets",
    "open_split": "datasets.supervised_sets",
}


def __getattr__(name: str):
    """Import a public name when it is first used: `dkva --help` should not wait for readers."""
    if name in _MODULES:
        return getattr(importlib.import_module(f"dkva.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'dkva.datasets' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
