"""Data sets as files: equal arrays give equal bytes, and what is read is what was written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

__all__ = ["array_bytes", "array_of", "checksum", "read", "rows_of", "table_bytes", "write"]

_Settings = TypeVar("_Settings")


def array_bytes(array: np.ndarray) -> bytes:
    """An array as an NPY file, little-endian on any machine."""
    body = io.BytesIO()
    little = array.astype(array.dtype.newbyteorder("<"))
    np.lib.format.write_array(body, np.ascontiguousarray(little), version=(1, 0), allow_pickle=False)
    return body.getvalue()


def array_of(body: bytes) -> np.ndarray:
    """The array of an NPY file."""
    return np.load(io.BytesIO(body), allow_pickle=False)


def table_bytes(head: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """Rows as a CSV file below the names of their columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([head, *rows])
    return text.getvalue().encode()


def rows_of(body: bytes) -> list[list[str]]:
    """Cells of a CSV file without its first line."""
    return list(csv.reader(io.StringIO(body.decode())))[1:]


def checksum(files: Mapping[str, Mapping[str, bytes]]) -> str:
    """sha256 over those of all files, which are given by split and name."""
    return _of_sums(_sums(files))


def _sums(files: Mapping[str, Mapping[str, bytes]]) -> dict[str, dict[str, str]]:
    return {
        split: {name: hashlib.sha256(body).hexdigest() for name, body in mine.items()}
        for split, mine in files.items()
    }


def _of_sums(sums: Mapping[str, Mapping[str, str]]) -> str:
    every = "\n".join(each for mine in sums.values() for each in mine.values())
    return hashlib.sha256(every.encode()).hexdigest()


def write(marker: Path, files: Mapping[str, Mapping[str, bytes]], facts: Mapping) -> None:
    """Write each split into a folder of its own; the marker comes last, so that it says that all is there.

    Args:
        marker: JSON file beside the folders, which gets the facts and the checksums.
        files: by split and name.
        facts: what the data set is; "settings" are those that `read` gives.
    """
    marker.unlink(missing_ok=True)
    for split, mine in files.items():
        folder = marker.parent / split
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in mine.items():
            _replace(folder / name, body)
    sums = _sums(files)
    told = {**facts, "checksum": _of_sums(sums), "sha256": sums}
    _replace(marker, (json.dumps(told, indent=2) + "\n").encode())


def _replace(path: Path, body: bytes) -> None:
    """Write a file beside its place and move it there: who has the old one open, keeps it whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(body)
    part.replace(path)


def read(
    marker: Path, splits: Sequence[str], settings: Callable[..., _Settings], maker: str
) -> tuple[_Settings, str, dict[str, dict[str, bytes]]]:
    """Settings, checksum, and files by split and name, of a data set that `write` wrote.

    Args:
        marker: its JSON file.
        splits: their names.
        settings: class of the settings.
        maker: script that makes the data set, which messages name.

    Raises:
        FileNotFoundError: none is there, or part of it is missing.
        ValueError: a file that is not what was written.
    """
    if not marker.is_file():
        raise FileNotFoundError(f"{marker}: not found; make it with python {maker} --out {marker.parent}")
    remedy = f"make the data set again with {maker}"
    try:
        facts = json.loads(marker.read_text())
        sums = {split: dict(facts["sha256"][split]) for split in splits}
        chosen, total = settings(**facts["settings"]), facts["checksum"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{marker}: is not what was written ({error}); {remedy}") from error
    if total != _of_sums(sums):
        raise ValueError(f"{marker}: has a checksum that is not its files'; {remedy}")
    files: dict[str, dict[str, bytes]] = {split: {} for split in splits}
    for split, mine in sums.items():
        for name, digest in mine.items():
            path = marker.parent / split / name
            if not path.is_file():
                raise FileNotFoundError(f"{path}: not found; {remedy}")
            files[split][name] = path.read_bytes()
            if hashlib.sha256(files[split][name]).hexdigest() != digest:
                raise ValueError(f"{path}: is not what was written; {remedy}")
    return chosen, total, files
