"""Time to parse one text file of features, by library: why `dkva.datasets` reads with the one it does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks._run import FULL, SMOKE, Row, random_walk, timed, write_text

_BASE = "numpy.loadtxt"
_OURS, _CACHED = "dkva.datasets.read_features(…, cache=False)", "dkva.datasets.read_features, cached"
_GOAL = 10


def _fromstring(path: Path, width: int) -> np.ndarray:
    return np.fromstring(path.read_text(), np.float32, sep=" ").reshape(-1, width)


def _pandas(path: Path, width: int) -> np.ndarray:
    import pandas

    return pandas.read_csv(path, sep=" ", header=None, dtype=np.float32).to_numpy()


def _pyarrow(path: Path, width: int) -> np.ndarray:
    import pyarrow
    from pyarrow import csv

    names = [f"c{column}" for column in range(width)]
    table = csv.read_csv(
        path,
        csv.ReadOptions(column_names=names),
        csv.ParseOptions(delimiter=" ", quote_char=False),
        csv.ConvertOptions(column_types=dict.fromkeys(names, pyarrow.float32())),
    )
    return np.column_stack([column.to_numpy() for column in table.columns])


def _duckdb(path: Path, width: int) -> np.ndarray:
    import duckdb

    names = {f"c{column:05}": "FLOAT" for column in range(width)}
    table = duckdb.read_csv(str(path), sep=" ", header=False, columns=names).fetchnumpy()
    return np.column_stack([table[name] for name in names])


def _polars(path: Path, width: int) -> np.ndarray:
    import polars

    schema = {f"c{column}": polars.Float32 for column in range(width)}
    table = polars.read_csv(path, separator=" ", has_header=False, quote_char=None, schema=schema)
    return np.ascontiguousarray(table.to_numpy())


def _ours(path: Path, width: int) -> np.ndarray:
    from dkva.datasets import read_features

    return read_features(path, cache=False)


def _cached(path: Path, width: int) -> np.ndarray:
    from dkva.datasets import read_features

    # Copied, for a map alone reads nothing.
    return np.array(read_features(path))


#: Reader and the package it needs, by name.
_READERS: dict[str, tuple[str, Callable[[Path, int], np.ndarray]]] = {
    _BASE: ("numpy", lambda path, width: np.loadtxt(path, np.float32)),
    "numpy.fromstring": ("numpy", _fromstring),
    "pandas.read_csv": ("pandas", _pandas),
    "pyarrow.csv.read_csv": ("pyarrow", _pyarrow),
    "duckdb.read_csv": ("duckdb", _duckdb),
    "polars.read_csv": ("polars", _polars),
    _OURS: ("dkva", _ours),
    _CACHED: ("dkva", _cached),
}


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    size = SMOKE if smoke else FULL
    frames = random_walk(size.frames, size.features)
    installed = {name: reader for name, (package, reader) in _READERS.items() if find_spec(package)}
    with tempfile.TemporaryDirectory() as temporary:
        path = write_text(Path(temporary) / "video.txt", frames)
        megabytes = path.stat().st_size / 1e6
        calls = {name: partial(reader, path, size.features) for name, reader in installed.items()}
        with mock.patch.dict(os.environ, DKVA_CACHE=str(Path(temporary) / "cache")):
            for name, call in calls.items():
                error = np.abs(call() - frames).max() / np.abs(frames).max()
                if not error < 1e-6:
                    raise RuntimeError(f"{name} does not read back what was written: {error:.1g} apart")
            timings = timed(calls, repeats=1 if smoke else 7)
    base = timings[_BASE]["median_s"]
    readers = {
        name: {**timings[name], "speed_over_loadtxt": base / timings[name]["median_s"]}
        if name in timings
        else "not installed"
        for name in _READERS
    }
    return {"file_mb": megabytes, "shape": frames.shape, "readers": readers}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for name, timing in figures["readers"].items():
        if isinstance(timing, str):
            lines.append(Row(f"`{name}`", timing))
            continue
        ratio = timing["speed_over_loadtxt"]
        measured = f"{1e3 * timing['median_s']:.1f} ms, {ratio:.3g}× the speed of `{_BASE}`"
        lines.append(Row(f"`{name}`", measured, *((f"≥ {_GOAL}×", ratio >= _GOAL) if name == _OURS else ())))
    return lines
