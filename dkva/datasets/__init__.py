"""Readers: a folder in, videos out."""

from dkva.base.video import Video
from dkva.datasets.benchmarks import BENCHMARKS, CLUSTERS, Benchmark, BenchmarkFolder, BenchmarkVideo, Table1
from dkva.datasets.check import Report, check
from dkva.datasets.errors import BrokenDataError, DataError, DataWarning
from dkva.datasets.features import SUFFIXES, UNREADABLE, Features, cache_folder, load_features, read_features
from dkva.datasets.folder import FeatureFolder, VideoFile, find_features, find_labels, find_mapping
from dkva.datasets.granularity import find_coarse, read_coarse
from dkva.datasets.labels import LENGTH_POLICIES, fit_lengths, read_labels, read_mapping
from dkva.datasets.problems import Finding, examine, problems, usable

__all__ = [
    "BENCHMARKS",
    "CLUSTERS",
    "LENGTH_POLICIES",
    "SUFFIXES",
    "UNREADABLE",
    "Benchmark",
    "BenchmarkFolder",
    "BenchmarkVideo",
    "BrokenDataError",
    "DataError",
    "DataWarning",
    "FeatureFolder",
    "Features",
    "Finding",
    "Report",
    "Table1",
    "Video",
    "VideoFile",
    "cache_folder",
    "check",
    "examine",
    "find_coarse",
    "find_features",
    "find_labels",
    "find_mapping",
    "fit_lengths",
    "load_features",
    "problems",
    "read_coarse",
    "read_features",
    "read_labels",
    "read_mapping",
    "usable",
]
