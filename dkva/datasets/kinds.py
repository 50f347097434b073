"""Kinds of feature files by their suffix: those that are read, and those that are told how to become one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from dkva.datasets.errors import DataError

__all__ = [
    "HDF5",
    "PAGE",
    "POINTER",
    "SUFFIXES",
    "TEXT",
    "UNREADABLE",
    "check_content",
    "stem_of",
    "suffix_of",
]

TEXT = (".txt", ".csv", ".tsv", ".txt.gz", ".csv.gz", ".tsv.gz")

HDF5 = (".h5", ".hdf5")

_HAS_H5PY = find_spec("h5py") is not None

#: File names that are taken for features; HDF5 is read if h5py is installed.
SUFFIXES = (*TEXT, ".npy", ".npz", ".mat", ".parquet", *(HDF5 if _HAS_H5PY else ()))

_TORCH = "a PyTorch file: save its tensor as an array, numpy.save('video.npy', tensor.cpu().numpy())"
_PICKLE = "a Python pickle (never opened): save its array, numpy.save('video.npy', array)"
_HDF5 = (
    "an HDF5 file: pip install h5py to read it, or save the array, numpy.save('video.npy', array); "
    "pose trackers write the same as CSV"
)
_EXCEL = "a spreadsheet: save it as CSV"
_VIDEO = (
    "a video: dkva segment cuts it if it is given itself (pip install 'dkva[video]'); all else reads "
    "features, one row a frame (see docs/own_data.md)"
)
_VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv", ".mts", ".3gp")

#: What files are that cannot be read and may well hold features, and how to convert them, by suffix.
UNREADABLE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((".pt", ".pth", ".ckpt"), _TORCH),
        **dict.fromkeys((".pkl", ".pickle", ".joblib"), _PICKLE),
        **({} if _HAS_H5PY else dict.fromkeys(HDF5, _HDF5)),
        **dict.fromkeys((".xlsx", ".xls", ".ods"), _EXCEL),
        ".feather": "a Feather file: save it as Parquet or CSV, table.to_parquet('video.parquet')",
        ".arrow": "an Arrow file: save it as Parquet or CSV, table.to_parquet('video.parquet')",
        ".rds": "an R object: save it as CSV, write.csv(x, 'video.csv')",
        ".rdata": "an R workspace: save its table as CSV, write.csv(x, 'video.csv')",
        ".slp": "a SLEAP project: export its analysis as CSV, a file for each track",
        ".safetensors": "a safetensors file: save its tensor as an array, numpy.save('video.npy', array)",
        ".tfrecord": "a TensorFlow record: save its features as an array, numpy.save('video.npy', array)",
        **dict.fromkeys(_VIDEOS, _VIDEO),
    }
)

POINTER = b"version https://git-lfs.github.com/spec/"
PAGE = b"<"


def stem_of(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> str | None:
    """File name without its known suffix, the longest one that fits; None if there is none."""
    name = path.name
    fitting = [suffix for suffix in suffixes if name.lower().endswith(suffix) and len(name) > len(suffix)]
    return name[: -len(max(fitting, key=len))] if fitting else None


def suffix_of(path: Path) -> str:
    """The suffix by which a feature file is read.

    Raises:
        DataError: a suffix that is not read; the message says what such files are, if that is known.
    """
    suffix = path.name[len(stem_of(path) or "") :].lower()
    if suffix in SUFFIXES:
        return suffix
    other = path.suffix.lower()
    if other in UNREADABLE:
        what, _, remedy = UNREADABLE[other].partition(": ")
        raise DataError(path, f"is {what}, no known kind of feature file", remedy.replace("; ", ", "))
    raise DataError(path, "is no known kind of feature file", f"use one of {', '.join(SUFFIXES)}")


def check_content(path: Path, head: bytes) -> None:
    """Refuse what was downloaded instead of the file, by its first bytes.

    Raises:
        DataError: a pointer of Git LFS, or a page of HTML.
    """
    if head.startswith(POINTER):
        raise DataError(
            path, "is a pointer of Git LFS, not the file itself", "run `git lfs pull` in its repository"
        )
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == PAGE:
        raise DataError(path, "is an HTML or XML page", "download or export the file again")
