"""Feature files: one file in, frames [n, d] as float32 out, memory-mapped where that is possible."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import platformdirs
from jaxtyping import Float32

from dkva.base.files import write_atomically
from dkva.datasets.errors import DataError
from dkva.datasets.reading import FeatureReading, Note
from dkva.datasets.text import parse_text, unreadable

__all__ = ["SUFFIXES", "cache_folder", "read_features", "stem_of"]

_TEXT = (".txt", ".csv", ".tsv", ".txt.gz", ".csv.gz", ".tsv.gz")

#: File names that are taken for features.
SUFFIXES = (*_TEXT, ".npy", ".npz")

# What numpy raises, case by case, for array files that are damaged or made to do harm.
_DAMAGE = (
    AttributeError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)

_CACHE_VERSION = "1"
_BLOCK = 1 << 14


def stem_of(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> str | None:
    """File name without its known suffix, the longest one that fits; None if there is none."""
    name = path.name
    fitting = [suffix for suffix in suffixes if name.lower().endswith(suffix) and len(name) > len(suffix)]
    return name[: -len(max(fitting, key=len))] if fitting else None


def cache_folder() -> Path:
    """Where parsed text is kept: the variable DKVA_CACHE, or the user's cache folder."""
    return Path(os.environ.get("DKVA_CACHE") or platformdirs.user_cache_dir("dkva", appauthor=False))


def read_features(
    path: str | Path, *, cache: bool = True, transposed: bool = False
) -> Float32[np.ndarray, "n d"]:
    """Features of one video [n, d], one row a frame, in order of time.

    Args:
        path: a file named .txt, .csv, .tsv (each also with .gz), .npy, or .npz with one array or one
            called "features".
        cache: keep text, once parsed, as a memory-mapped array in `cache_folder()`, found again by the
            file's path, size and time of change.
        transposed: the file holds one column a frame instead ([d, n], as some releases do).

    Returns:
        float32 frames; read-only and memory-mapped for float32 .npy files and text from the cache.

    Raises:
        DataError: a file that is missing, empty, damaged, not two-dimensional, not of finite numbers, has
            one column, or is an array of Python objects (which is never unpickled).
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(path, "is a folder", "give a feature file")
    suffix = path.name[len(stem_of(path) or "") :].lower()
    if suffix not in SUFFIXES:
        raise DataError(path, "is no known kind of feature file", f"use one of {', '.join(SUFFIXES)}")
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    if status.st_size == 0:
        raise DataError(path, "is empty", "download or export the file again")
    if suffix in _TEXT:
        frames = _cached_text(path, status) if cache else parse_text(path)
        frames = frames.T if transposed else frames
    else:
        frames = _checked(path, _load_npy(path) if suffix == ".npy" else _load_npz(path), transposed)
    if frames.shape[1] == 1:
        remedy = "give one row of features a frame"
        if not transposed and suffix not in _TEXT:
            remedy += ", or say that the file is transposed"
        raise DataError(path, "has a single column", remedy)
    return frames


def _cached_text(path: Path, status: os.stat_result) -> Float32[np.ndarray, "n d"]:
    identity = "\0".join([_CACHE_VERSION, str(path.resolve()), str(status.st_size), str(status.st_mtime_ns)])
    kept = cache_folder() / f"{hashlib.blake2b(identity.encode(), digest_size=16).hexdigest()}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):  # absent or damaged: parse again
        return np.load(kept, mmap_mode="r", allow_pickle=False)
    frames = parse_text(path)
    with contextlib.suppress(OSError):  # a cache that cannot be written costs time only
        write_atomically(kept, lambda file: np.save(file, frames, allow_pickle=False), private=True)
    return frames


@contextlib.contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turn what numpy raises for this array file into a DataError."""
    try:
        yield
    except DataError:
        raise
    except OSError as error:
        raise unreadable(path, error) from error
    except _DAMAGE as error:
        raise _bad_array(path, error) from error


def _load_npy(path: Path) -> np.ndarray:
    with _damage_named(path):
        with path.open("rb") as file:
            magic = file.read(len(np.lib.format.MAGIC_PREFIX))
        if magic != np.lib.format.MAGIC_PREFIX:
            raise DataError(path, "is no .npy file", "download or export the file again")
        return np.load(path, mmap_mode="r", allow_pickle=False)


def _load_npz(path: Path) -> np.ndarray:
    with _damage_named(path):
        if not zipfile.is_zipfile(path):
            raise DataError(path, "is no complete array file (no .npz)", "download or export the file again")
        with np.load(path, allow_pickle=False) as archive:
            names = archive.files
            if "features" not in names and len(names) != 1:
                shown = ", ".join(names[:5]) or "none"
                raise DataError(path, f"holds {len(names)} arrays ({shown})", 'name one of them "features"')
            array = archive["features" if "features" in names else names[0]]
            if not isinstance(array, np.ndarray):
                raise ValueError("no array inside")
            return array


def _bad_array(path: Path, error: Exception) -> DataError:
    if "object" in str(error).lower():
        return DataError(
            path, "holds Python objects, which are never unpickled", "save it again as an array of numbers"
        )
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DataError(path, f"is no complete array file ({first})", "download or export the file again")


def _checked(path: Path, array: np.ndarray, transposed: bool) -> Float32[np.ndarray, "n d"]:
    if array.ndim != 2:
        raise DataError(path, f"holds an array of shape {array.shape}", "save one row of features a frame")
    if array.dtype.kind not in "fiub":
        raise DataError(path, f"holds {array.dtype} values", "save an array of real numbers")
    if 0 in array.shape:
        raise DataError(path, f"holds an array of shape {array.shape}, no frames", "export the file again")
    array = array.T if transposed else array
    wide = array.dtype != np.float32
    frames = np.empty(array.shape, np.float32) if wide else array
    for start in range(0, len(array), _BLOCK):
        block = array[start : start + _BLOCK]
        if wide:
            with np.errstate(over="ignore"):  # too large for float32 becomes inf, which is reported
                frames[start : start + _BLOCK] = block
            block = frames[start : start + _BLOCK]
        if not np.isfinite(block).all():
            row, column = np.argwhere(~np.isfinite(block))[0]
            raise DataError(
                path,
                f"frame {start + row}, feature {column} (from 0) is {block[row, column]}",
                "features must be finite float32 numbers: repair or leave out the frame",
            )
    return frames


class Features(NamedTuple):
    """Frames of one video [n, d], and notes of how the file was understood."""

    frames: np.ndarray
    notes: tuple[Note, ...] = ()


def load_features(path: str | Path, reading: FeatureReading) -> Features:
    """Features of one video. Raises DataError as `read_features`."""
    return Features(read_features(path, cache=reading.cache, transposed=reading.transposed))
