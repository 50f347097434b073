"""Readers: a folder in, videos out."""

from dkva.base.video import Video
from dkva.datasets.benchmarks import BENCHMARKS, CLUSTERS, Benchmark, BenchmarkFolder, BenchmarkVideo, Table1
from dkva.datasets.check import Report, check
from dkva.datasets.errors import BrokenDataError, DataError
from dkva.datasets.features import SUFFIXES, cache_folder, read_features
from dkva.datasets.folder import FeatureFolder, VideoFile, find_features
from dkva.datasets.granularity import find_coarse, read_coarse
from dkva.datasets.label_files import LabelFiles, find_labels, tried
from dkva.datasets.labels import Truth, load_labels, read_labels
from dkva.datasets.lengths import fit_labels
from dkva.datasets.mappings import find_mapping, read_mapping
from dkva.datasets.problems import Finding, examine, problems, usable
from dkva.datasets.reading import LENGTH_POLICIES, NO_LABEL, FeatureReading, LabelReading, Note

__all__ = [
    "BENCHMARKS",
    "CLUSTERS",
    "LENGTH_POLICIES",
    "NO_LABEL",
    "SUFFIXES",
    "Benchmark",
    "BenchmarkFolder",
    "BenchmarkVideo",
    "BrokenDataError",
    "DataError",
    "FeatureFolder",
    "FeatureReading",
    "Finding",
    "LabelFiles",
    "LabelReading",
    "Note",
    "Report",
    "Table1",
    "Truth",
    "Video",
    "VideoFile",
    "cache_folder",
    "check",
    "examine",
    "find_coarse",
    "find_features",
    "find_labels",
    "find_mapping",
    "fit_labels",
    "load_labels",
    "problems",
    "read_coarse",
    "read_features",
    "read_labels",
    "read_mapping",
    "tried",
    "usable",
]
