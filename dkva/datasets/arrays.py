"""Arrays of .npy, .npz, .mat, HDF5 and Parquet files; of several arrays in a file, one by its name."""

from __future__ import annotations

import contextlib
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from dkva.datasets.clocks import may_be_epoch
from dkva.datasets.columns import may_count
from dkva.datasets.errors import DataError
from dkva.datasets.kinds import check_content
from dkva.datasets.reading import Note
from dkva.datasets.tables import Table
from dkva.datasets.text import unreadable

__all__ = ["load_array", "load_named", "load_parquet", "map_array"]

# What numpy and scipy raise, case by case, for array files that are damaged or made to do harm.
_DAMAGE = (
    AssertionError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)

_AGAIN = "download or export the file again"
_SHOWN = 5


class _Entry(NamedTuple):
    """An array inside a file: its shape, and whether it is one of numbers."""

    shape: tuple[int, ...]
    numeric: bool


def load_array(path: Path, suffix: str, name: str | None = None) -> tuple[np.ndarray, list[Note]]:
    """The array of a file, of any shape, memory-mapped if it is a .npy file; and notes on the choice.

    Args:
        path: the file.
        suffix: its kind: .npy, .npz, .mat, .h5 or .hdf5.
        name: of the array to take; None takes the one called "features", or the only one of numbers with
            two axes or more.

    Raises:
        DataError: a file that is missing or damaged, or holds several arrays of which none is named, none
            of that name, Python objects (which are never unpickled), or something else than real numbers.
    """
    with _damage_named(path):
        with path.open("rb") as file:
            head = file.read(128)
        check_content(path, head[:8] if suffix == ".npy" else head)
        array, notes = _LOADERS[suffix](path, head, name)
        if not isinstance(array, np.ndarray):
            raise ValueError("no array inside")
    if array.dtype.kind not in "fiub":
        kind = "named fields" if array.dtype.names else f"{array.dtype} values"
        raise DataError(path, f"holds {kind}", "save an array of real numbers")
    return array, notes


def load_named(path: Path, name: str) -> np.ndarray | None:
    """The array of that name in an .npz file, of numbers or text; None if it has none of it.

    Raises:
        DataError: a file that is missing or damaged, or Python objects (which are never unpickled).
    """
    with _damage_named(path):
        with path.open("rb") as file:
            check_content(path, file.read(128))
        _check_zip(path)
        with np.load(path, allow_pickle=False) as archive:
            return archive[name] if name in archive.files else None


@contextlib.contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turn what is raised for this array file into a DataError."""
    try:
        yield
    except DataError:
        raise
    except OSError as error:
        if error.strerror is None:  # h5py's, for damage
            raise _bad_array(path, error) from error
        raise unreadable(path, error) from error
    except _DAMAGE as error:
        raise _bad_array(path, error) from error


def _bad_array(path: Path, error: Exception) -> DataError:
    if "object arrays" in str(error).lower() or "python objects" in str(error).lower():
        return DataError(
            path, "holds Python objects, which are never unpickled", "save it again as an array of numbers"
        )
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DataError(path, f"is no complete array file ({first})", _AGAIN)


def _npy(path: Path, head: bytes, name: str | None) -> tuple[np.ndarray, list[Note]]:
    if not head.startswith(np.lib.format.MAGIC_PREFIX):
        check_content(path, head)
        raise DataError(path, "is no .npy file", _AGAIN)
    if name is not None:
        raise DataError(path, f"holds one array without a name, not {name!r}", "leave out --array")
    with path.open("rb") as file:
        return map_array(file), []


def map_array(file: BinaryIO) -> np.memmap:
    """Memory map of an array as numpy writes it; the file is left where the header ends.

    As `numpy.load` does, which opens the file three times.

    Raises:
        ValueError: a damaged header, or an array of Python objects.
    """
    version = np.lib.format.read_magic(file)
    if version not in _HEADERS:
        raise ValueError(f"unknown version {version}")
    shape, turned, dtype = _HEADERS[version](file)
    if dtype.hasobject:
        raise ValueError("Python objects")
    return np.memmap(file, dtype, "r", file.tell(), shape, "F" if turned else "C")


_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def _npz(path: Path, head: bytes, name: str | None) -> tuple[np.ndarray, list[Note]]:
    _check_zip(path)
    with np.load(path, allow_pickle=False) as archive:
        if len(archive.files) == 1 and name is None:
            return archive[archive.files[0]], []
        entries = {each: _npz_entry(archive.zip, each) for each in archive.files}
        taken, notes = _pick(path, entries, name)
        return archive[taken], notes


def _check_zip(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        raise DataError(path, "is no complete array file (no .npz)", _AGAIN)


def _npz_entry(archive: zipfile.ZipFile, name: str) -> _Entry:
    inside = name if name in archive.NameToInfo else f"{name}.npy"
    with archive.open(inside) as file:
        shape, _, dtype = _HEADERS[np.lib.format.read_magic(file)](file)
    return _Entry(shape, dtype.kind in "fiub")


def _mat(path: Path, head: bytes, name: str | None) -> tuple[np.ndarray, list[Note]]:
    if head.startswith(b"MATLAB 7.3") or head.startswith(b"\x89HDF"):
        try:
            import h5py  # noqa: F401
        except ImportError:
            remedy = "save it in MATLAB with save('video.mat', 'features', '-v7'), or pip install h5py"
            raise DataError(path, "is a MATLAB 7.3 file, which is HDF5", remedy) from None
        array, notes = _hdf5(path, head, name)
        return array.T, notes  # MATLAB counts axes the other way
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    kinds = (
        "double",
        "single",
        "logical",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
    )
    try:
        listed = {each: (shape, kind) for each, shape, kind in whosmat(path) if not each.startswith("__")}
    except MatReadError as error:
        raise ValueError(str(error)) from error
    structs = [each for each, (_, kind) in listed.items() if kind in ("struct", "object", "opaque", "cell")]
    entries = {each: _Entry(tuple(shape), kind in kinds) for each, (shape, kind) in listed.items()}
    if name in structs or (name is None and structs and not any(entry.numeric for entry in entries.values())):
        inner = name if name in structs else structs[0]
        remedy = (
            f"save the matrix in it by itself: features = {inner}.features; save('video.mat', 'features')"
        )
        raise DataError(path, f"holds {inner!r}, a struct, cell or object", remedy.replace("; ", ", "))
    sizes = {each: entry for each, entry in entries.items() if entry.numeric}
    # MATLAB has no scalars and no vectors: they are matrices with an axis of length 1.
    thin = {each: _Entry(tuple(n for n in entry.shape if n > 1), True) for each, entry in sizes.items()}
    ranked = {each: thin.get(each, entry) for each, entry in entries.items()}
    taken, notes = _pick(path, ranked if len(sizes) > 1 else entries, name)
    array = loadmat(path, variable_names=[taken])[taken]
    return (array.toarray() if hasattr(array, "toarray") else array), notes


def _hdf5(path: Path, head: bytes, name: str | None) -> tuple[np.ndarray, list[Note]]:
    import h5py

    entries: dict[str, _Entry] = {}
    with h5py.File(path, "r") as file:
        tables = []

        def visit(place: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset) and not place.startswith("#"):
                numeric = item.dtype.kind in "fiub" and item.shape is not None
                entries[place] = _Entry(item.shape or (), numeric)
                if item.dtype.names and "index" in item.dtype.names:
                    tables.append(place)
            elif "pandas_type" in item.attrs:
                tables.append(place)

        file.visititems(visit)
        if tables and name is None:
            remedy = (
                "save it as CSV, pandas.read_hdf(path).to_csv('video.csv'); pose trackers write one beside it"
            )
            raise DataError(
                path,
                f"holds a table of pandas ({tables[0]!r})",
                remedy.replace("; ", ", or take the one that "),
            )
        taken, notes = _pick(path, entries, None if name is None else name.strip("/"))
        return np.asarray(file[taken][()]), notes


_LOADERS = {".npy": _npy, ".npz": _npz, ".mat": _mat, ".h5": _hdf5, ".hdf5": _hdf5}


def _pick(path: Path, entries: Mapping[str, _Entry], name: str | None) -> tuple[str, list[Note]]:
    """The array to take, and a note if there was a choice."""
    shown = ", ".join(f"{each} {entry.shape}" for each, entry in list(entries.items())[:_SHOWN]) or "none"
    shown += f" and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
    holds = f"holds {len(entries)} array{'s' * (len(entries) != 1)} ({shown})"
    if name is not None:
        if name not in entries:
            raise DataError(path, f"{holds}, none called {name!r}", "name one of them (--array NAME)")
        return name, []
    matrices = [each for each, entry in entries.items() if entry.numeric and len(entry.shape) >= 2]
    if "features" in entries:
        taken = "features"
    elif len(entries) == 1:
        taken = next(iter(entries))
    elif len(matrices) == 1:
        taken = matrices[0]
    else:
        raise DataError(path, holds, "name the one to read (--array NAME)")
    if len(entries) == 1:
        return taken, []
    others = [each for each in entries if each != taken]
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    text = (
        f"array {taken!r} is taken, not {', '.join(map(repr, others[:3]))}{more}; --array decides otherwise"
    )
    return taken, [Note("array", text, taken)]


def load_parquet(path: Path) -> Table:
    """Table of a Parquet file, a row a frame.

    Raises:
        DataError: a file that is missing or damaged, or columns of lists.
    """
    import polars

    with _damage_named(path), path.open("rb") as file:
        check_content(path, file.read(64))
    try:
        with path.open("rb") as file:  # polars takes no path that is not UTF-8
            table = polars.read_parquet(file)
    except OSError as error:
        raise unreadable(path, error) from error
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(path, f"is no complete Parquet file ({first})", _AGAIN) from error
    nested = [column.name for column in table.iter_columns() if column.dtype.is_nested()]
    if nested:
        remedy = "save one column a feature, numpy.save('video.npy', numpy.stack(table[column]))"
        raise DataError(path, f"holds lists in column {nested[0]!r}", remedy)
    numeric = [
        i for i, c in enumerate(table.iter_columns()) if c.dtype.is_numeric() or c.dtype == polars.Boolean
    ]
    words = [i for i in range(table.width) if i not in numeric]
    if not numeric or not len(table):
        raise DataError(path, "holds no numbers", "save one column a feature, one row a frame")
    chosen = table[:, numeric]
    values = np.ascontiguousarray(chosen.cast(polars.Float32).to_numpy())
    epochs = may_be_epoch(values[0])
    exact = {
        i: chosen[:, i].cast(polars.Float64).fill_null(float("nan")).to_numpy().copy()
        for i, name in enumerate(chosen.columns)
        if may_count(name) or epochs[i]
    }
    text = tuple(
        (
            i + 1,
            table.columns[i],
            tuple(str(cell) for cell in table[:, i].drop_nulls().unique(maintain_order=True).head(3)),
        )
        for i in words
    )
    return Table(values, tuple(chosen.columns), tuple(i + 1 for i in numeric), exact, text)
