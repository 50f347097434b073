"""Trained models as files: arrays and facts in one NPZ, written whole or not at all; no pickle."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dkva.base.errors import DIVERGED, ExperimentError
from dkva.base.files import write_atomically

__all__ = [
    "FORMAT",
    "STATE_OF",
    "Checkpoint",
    "ModelStore",
    "is_model",
    "read_facts",
    "read_model",
    "write_model",
]

#: Of the files that this version writes. A reader refuses files of a later format.
FORMAT = 1

#: The fact that says of what a file is the state of a training, if it is one: the key of what is trained.
STATE_OF = "state_of"

#: The entry that holds the facts.
_FACTS = "facts"

#: Names that arrays of a model cannot have: that entry's, and those of arguments of `numpy.savez`.
_TAKEN = (_FACTS, "file", "allow_pickle")


def write_model(path: Path, arrays: Mapping[str, np.ndarray], facts: Mapping) -> None:
    """Write a model.

    Args:
        path: of the NPZ file; folders are made as needed.
        arrays: of plain numbers or text.
        facts: what the model is, plain enough for JSON.

    Raises:
        ValueError: an array of objects, which only pickle could hold, one of a name that the file needs, or
            one that holds NaN.
        OSError: the file cannot be written; a file that was there stays as it was.
    """
    for name, array in arrays.items():
        if name in _TAKEN or np.asarray(array).dtype.hasobject:
            raise ValueError(
                f"{name!r} cannot be an array of a model: give arrays of numbers or text, under other names "
                f"than {', '.join(_TAKEN)}"
            )
    if (broken := _without_numbers(arrays)) is not None:
        raise ValueError(f"{broken!r} of the model holds NaN: {DIVERGED}")
    text = json.dumps({"format": FORMAT, **facts}, sort_keys=True)
    entries = {_FACTS: np.array(text), **arrays}
    write_atomically(path, lambda file: np.savez(file, **entries))  # type: ignore[arg-type]


def read_model(path: Path) -> tuple[dict[str, np.ndarray], dict]:
    """Arrays and facts of a model.

    Raises:
        ExperimentError: a file that is missing, no model, cut short, or of a later format than `FORMAT`, or
            whose arrays hold NaN.
    """
    return _read(path, arrays=True)


def read_facts(path: Path) -> dict:
    """Facts of a model alone; its arrays are not read. Raises ExperimentError as `read_model`."""
    return _read(path, arrays=False)[1]


def is_model(path: Path) -> bool:
    """Whether an NPZ file holds a model, or the state of a training: by the names of its entries alone."""
    try:
        with zipfile.ZipFile(path) as file:
            return f"{_FACTS}.npy" in file.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _read(path: Path, *, arrays: bool) -> tuple[dict[str, np.ndarray], dict]:
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file[_FACTS]))
            of = int(facts["format"])
            found = {name: file[name] for name in file.files if name != _FACTS} if arrays else {}
    except FileNotFoundError as error:
        raise ExperimentError(f"{path}: there is no such model; check the path") from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        kind = type(error).__name__
        raise ExperimentError(
            f"{path}: is no model, or was cut short ({kind}); give the file of a model, or train it again"
        ) from error
    if of > FORMAT:
        raise ExperimentError(
            f"{path}: is a model of format {of}, and this version reads up to {FORMAT}; install a newer dkva"
        )
    if (broken := _without_numbers(found)) is not None:
        raise ExperimentError(f"{path}: {broken!r} of the model holds NaN: train it again; {DIVERGED}")
    return found, facts


def _without_numbers(arrays: Mapping[str, np.ndarray]) -> str | None:
    """The first array that holds NaN, as those of a training that diverged do."""
    return next((name for name, each in arrays.items() if _has_nan(np.asarray(each))), None)


def _has_nan(array: np.ndarray) -> bool:
    return array.dtype.kind in "fc" and bool(np.isnan(array).any())


@dataclass(frozen=True)
class Checkpoint:
    """Where a learner keeps its state while it is trained, to go on from there after a kill.

    Attributes:
        path: of the file.
        of: key of what is trained, where the path does not say it: the state of something else is not loaded.
    """

    path: Path
    of: str = ""

    def load(self) -> dict[str, np.ndarray] | None:
        """The arrays that were saved last; None before the first, or if the file cannot be read."""
        if not self.path.exists():
            return None
        try:
            arrays, facts = read_model(self.path)
        except ExperimentError:  # the training starts anew, which costs time alone
            return None
        return arrays if facts.get(STATE_OF, "") == self.of else None

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep arrays in place of those that were saved before. Raises OSError."""
        write_model(self.path, arrays, {STATE_OF: self.of} if self.of else {})

    def clear(self) -> None:
        """Delete what was saved."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class ModelStore:
    """Trained models by key in a folder, each one file.

    Attributes:
        folder: which all workers can read and write. Deleting it costs time, nothing else.
    """

    folder: Path

    def __post_init__(self) -> None:
        # Workers may have been started in another folder.
        object.__setattr__(self, "folder", Path(self.folder).absolute())

    def path(self, key: str) -> Path:
        """The file of a model."""
        return self.folder / f"{key}.npz"

    def has(self, key: str) -> bool:
        """Whether a model has been trained."""
        return self.path(key).exists()

    def checkpoint(self, key: str) -> Checkpoint:
        """Where the training of a model keeps its state."""
        return Checkpoint(self.folder / f"{key}.part.npz")
