"""Readers: a folder in, videos out."""

from dkva.datasets.errors import DataError
from dkva.datasets.features import SUFFIXES, cache_folder, read_features
from dkva.datasets.folder import FeatureFolder, Video, find_features, find_labels, find_mapping
from dkva.datasets.labels import LENGTH_POLICIES, fit_lengths, read_labels, read_mapping

__all__ = [
    "LENGTH_POLICIES",
    "SUFFIXES",
    "DataError",
    "FeatureFolder",
    "Video",
    "cache_folder",
    "find_features",
    "find_labels",
    "find_mapping",
    "fit_lengths",
    "read_features",
    "read_labels",
    "read_mapping",
]
