"""Feature files: one file in, frames [n, d] as float32 out, memory-mapped where that is possible."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from dkva.base.cache import cache_folder
from dkva.base.files import write_atomically
from dkva.datasets.arrays import load_array, load_parquet, map_array
from dkva.datasets.clocks import may_be_epoch
from dkva.datasets.columns import choose
from dkva.datasets.errors import DataError, DataWarning
from dkva.datasets.kinds import SUFFIXES, TEXT, UNREADABLE, stem_of, suffix_of
from dkva.datasets.missing import fill
from dkva.datasets.reading import FeatureReading, Note
from dkva.datasets.shapes import flatten, orientation
from dkva.datasets.tables import Table
from dkva.datasets.text import parse_text, unreadable

__all__ = ["SUFFIXES", "UNREADABLE", "Features", "load_features", "read_features", "stem_of"]

_CACHE_VERSION = "3"
_BLOCK = 1 << 14
_PLAIN = FeatureReading()


class Features(NamedTuple):
    """Features of one video.

    Attributes:
        frames: [n, d], one row a frame, in order of time.
        notes: what was left out, filled, or understood in one of several ways.
    """

    frames: Float32[np.ndarray, "n d"]
    notes: tuple[Note, ...] = ()


def read_features(
    path: str | Path,
    *,
    cache: bool = True,
    transposed: bool = False,
    columns: str | int | Iterable[str | int] = (),
    drop: str | int | Iterable[str | int] = (),
    missing: str = "error",
    array: str | None = None,
) -> Float32[np.ndarray, "n d"]:
    """Features of one video [n, d], one row a frame, in order of time.

    What was left out, filled, or understood in one of several ways is said in a `DataWarning` each.

    Args:
        path: a file named .txt, .csv, .tsv (each also with .gz), .npy, .npz, .mat, .parquet, or .h5 and
            .hdf5 if h5py is installed.
        cache: keep text, once parsed, as a memory-mapped array in `cache_folder()`, found again by the
            file's path, size and time of change.
        transposed: the file holds one column a frame instead ([d, n], as some releases do).
        columns: only these, by name, number from 1, or range such as "3-8", also several between commas;
            empty means all but those that count frames or time, rate a place of a pose, or hold text or
            labels.
        drop: columns to leave out beside those, likewise.
        missing: "error", or "interpolate" over time.
        array: the array to take of a file that holds several, by name.

    Returns:
        float32 frames; read-only and memory-mapped for float32 .npy files and text from the cache.

    Raises:
        DataError: a file that is missing, empty, damaged, not two-dimensional, not of finite numbers, has
            one column, or is an array of Python objects (which is never unpickled).
        ValueError: an unknown choice of `missing`, or both `columns` and `drop`.
    """
    reading = FeatureReading(transposed, _words(columns), _words(drop), missing, array, cache)
    features = load_features(path, reading)
    for note in features.notes:
        warnings.warn(f"{path}: {note.text}", DataWarning, stacklevel=2)
    return features.frames


def _words(given: str | int | Iterable[str | int]) -> tuple[str, ...]:
    words = [given] if isinstance(given, (str, int)) else given
    return tuple(part.strip() for word in words for part in str(word).split(",") if part.strip())


def load_features(path: str | Path, reading: FeatureReading = _PLAIN) -> Features:
    """Features of one video, with notes on how they were read.

    Args:
        path: as for `read_features`.
        reading: how.

    Returns:
        Frames as `read_features` gives them, and the notes, which are the same if text is from the cache.

    Raises:
        DataError: as `read_features`.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(path, "is a folder", "give a feature file")
    suffix = suffix_of(path)
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    if status.st_size == 0:
        raise DataError(path, "is empty", "download or export the file again")
    if suffix in TEXT:
        return _cached_text(path, status, reading) if reading.cache else _from_text(path, reading)
    if suffix == ".parquet":
        _refuse_name(path, reading)
        return _from_table(path, load_parquet(path), reading)
    array, notes = load_array(path, suffix, reading.array)
    return _from_array(path, array, notes, reading)


def _refuse_name(path: Path, reading: FeatureReading) -> None:
    if reading.array is not None:
        raise DataError(
            path, f"holds one table, no arrays with names such as {reading.array!r}", "leave out --array"
        )


def _cached_text(path: Path, status: os.stat_result, reading: FeatureReading) -> Features:
    settings = [reading.transposed, reading.columns, reading.drop, reading.missing, reading.array]
    identity = "\0".join(
        [
            _CACHE_VERSION,
            str(path.resolve()),
            str(status.st_size),
            str(status.st_mtime_ns),
            json.dumps(settings),
        ]
    )
    named = identity.encode(errors="surrogatepass")  # a name need not be UTF-8
    kept = cache_folder() / f"{hashlib.blake2b(named, digest_size=16).hexdigest()}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError, KeyError, TypeError):  # absent or damaged: parse
        return _kept(kept)
    features = _from_text(path, reading)
    notes = json.dumps([note.__dict__ for note in features.notes]).encode()

    def write(file) -> None:
        np.save(file, features.frames, allow_pickle=False)
        file.write(notes)

    with contextlib.suppress(OSError):  # a cache that cannot be written costs time only
        write_atomically(kept, write, private=True)
    return features


def _kept(path: Path) -> Features:
    """Features as they were kept: an array as numpy writes it, and the notes behind it."""
    with path.open("rb") as file:
        frames = map_array(file)
        file.seek(frames.offset + frames.nbytes)
        notes = json.loads(file.read())
    return Features(frames, tuple(Note(**note) for note in notes))


def _from_text(path: Path, reading: FeatureReading) -> Features:
    _refuse_name(path, reading)
    return _from_table(path, parse_text(path), reading)


def _from_table(path: Path, table: Table, reading: FeatureReading) -> Features:
    notes = list(table.notes)
    if reading.transposed:
        table, turned = _turned(path, table)
        notes += turned
    chosen, left_out = choose(path, table, reading)
    frames = _taken(table.values, chosen)
    if not np.isfinite(frames).all():
        frames, filled = fill(path, frames, table, chosen, reading.missing)
        left_out += filled
    return _finished(path, frames, [*notes, *left_out], reading)


def _turned(path: Path, table: Table) -> tuple[Table, list[Note]]:
    """A table of a column a frame as one of a row a frame; a column of text is left out."""
    chosen: list[int] = list(range(table.values.shape[1]))
    notes: list[Note] = []
    if table.names is not None or table.text:
        chosen, notes = choose(path, table, _PLAIN)
    values = _taken(table.values, chosen).T
    return Table(values, None, tuple(range(1, values.shape[1] + 1)), {}, (), None, ()), notes


def _taken(values: np.ndarray, chosen: list[int]) -> np.ndarray:
    """Columns of a matrix, as a view if they lie side by side."""
    if chosen == list(range(chosen[0], chosen[-1] + 1)):
        return values[:, chosen[0] : chosen[-1] + 1]
    return values[:, chosen]


def _finished(path: Path, frames: np.ndarray, notes: list[Note], reading: FeatureReading) -> Features:
    if frames.shape[1] == 1 and not reading.columns and not reading.drop:
        remedy = "give one row of features a frame"
        if not reading.transposed:
            remedy += ", or say that the file is transposed (--transposed)"
        raise DataError(path, "has a single column", remedy)
    n, d = frames.shape
    return Features(frames, (*notes, *orientation(n, d, reading.transposed)))


def _from_array(path: Path, array: np.ndarray, notes: list[Note], reading: FeatureReading) -> Features:
    array, flattened = flatten(path, array.T if reading.transposed else array)
    values, finite = _as_float32(array)
    table = Table(values, exact={i: np.asarray(array[:, i], np.float64) for i in _may_count(array)})
    chosen, left_out = choose(path, table, reading)
    frames = values if len(chosen) == values.shape[1] else _taken(values, chosen)
    if not finite:
        frames, filled = fill(path, frames, table, chosen, reading.missing)
        left_out += filled
    return _finished(path, frames, [*notes, *flattened, *left_out], reading)


def _may_count(array: np.ndarray) -> list[int]:
    """Columns that may count or be times, by their first two rows."""
    if len(array) < 2:
        return []
    may = may_be_epoch(np.asarray(array[0], np.float64)) & (array[1] > array[0])
    may[0] |= array[1, 0] == array[0, 0] + 1
    return np.flatnonzero(may).tolist()


def _as_float32(array: np.ndarray) -> tuple[Float32[np.ndarray, "n d"], bool]:
    """The array as float32, itself if it is that, and whether all of it is finite."""
    wide = array.dtype != np.float32
    frames = np.empty(array.shape, np.float32) if wide else array
    finite = True
    for start in range(0, len(array), _BLOCK):
        block = array[start : start + _BLOCK]
        if wide:
            with np.errstate(over="ignore"):  # too large for float32 becomes inf, which is reported
                frames[start : start + _BLOCK] = block
            block = frames[start : start + _BLOCK]
        finite = finite and bool(np.isfinite(block).all())
    return frames, finite
