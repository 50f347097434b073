"""Labels in NumPy files: a name or a class's number a frame."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from dkva.datasets.annotations.forms import FrameLabels, listed
from dkva.datasets.errors import DataError
from dkva.datasets.reading import Note
from dkva.datasets.text import unreadable

__all__ = ["array_labels"]

_NAMES = ("labels", "label", "gt", "y", "truth", "ground_truth", "groundtruth", "actions", "targets")


def array_labels(path: Path) -> FrameLabels:
    """Labels of an .npy or .npz file; Python objects are never unpickled.

    Raises:
        DataError: a damaged file, one of several arrays, or an array of other than one label a frame.
    """
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.lib.npyio.NpzFile):
            with loaded:
                array = _only(path, loaded)
        else:
            array = loaded
    except DataError:
        raise
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, EOFError, zipfile.BadZipFile, KeyError, SyntaxError, TypeError, MemoryError) as error:
        if "pickle" in str(error).lower() or "object" in str(error).lower():
            raise DataError(
                path,
                "holds Python objects, which are never unpickled",
                "save it as an array of str: labels.astype(str)",
            ) from error
        raise DataError(path, "is no complete array file", "save or download it again") from error
    shape = array.shape
    if array.ndim == 2 and 1 in shape:
        array = array.reshape(-1)
    if array.ndim != 1:
        remedy = "save one label a frame, an array [frames]"
        if array.ndim == 2 and array.dtype.kind in "biuf" and np.isin(array, (0, 1)).all():
            remedy = "save the class of each frame: array.argmax(axis=1)"
        raise DataError(path, f"holds an array of shape {shape}", remedy)
    if not len(array):
        raise DataError(path, "holds no labels", "save it again")
    return FrameLabels(_names(path, array), range(1, len(array) + 1), _note(shape))


def _note(shape: tuple[int, ...]) -> tuple[Note, ...]:
    if len(shape) == 1:
        return ()
    return (
        Note(
            "labels_read_as",
            f"the labels are an array of shape {shape}",
            {"form": "array", "shape": list(shape)},
        ),
    )


def _only(path: Path, archive) -> np.ndarray:
    names = archive.files
    chosen = [name for name in _NAMES if name in names] or names
    if len(chosen) != 1:
        raise DataError(
            path, f"holds {len(names)} arrays ({listed(names) or 'none'})", "name that of the labels labels"
        )
    return archive[chosen[0]]


def _names(path: Path, array: np.ndarray) -> list[str]:
    kind = array.dtype.kind
    if kind == "S":
        array = np.char.decode(array, "utf-8")
    elif kind == "f":
        wrong = np.flatnonzero(~np.isfinite(array) | (array != np.round(array)))
        if len(wrong):
            problem = f"label {wrong[0]} (from 0) is {array[wrong[0]]}"
            raise DataError(path, problem, "save classes as whole numbers or names")
        array = array.astype(np.int64)
    elif kind not in "iuUb":
        raise DataError(path, f"holds {array.dtype} values", "save classes as whole numbers or names")
    return [str(label).strip() for label in array.tolist()]
