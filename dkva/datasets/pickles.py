"""Pickles of others: arrays, tensors, lists and dicts are read, all else is refused.

A pickle is a program that can run anything. This reader lets it make lists, tuples, dicts, numbers, text and
numpy arrays of numbers or text, and stops at anything else. None of numpy's own functions is called on its
behalf: several of them take a buffer of bytes for pointers to objects, so a pickle that calls them can read
and write any memory. What numpy writes into pickles is rebuilt here, from checked parts, and so is what
PyTorch writes, without PyTorch.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dkva.base.closed_pickles import DAMAGE, STORAGES, ClosedReader, Storage, tensor_of, told
from dkva.datasets.errors import DataError
from dkva.datasets.text import unreadable

__all__ = ["read_object_array", "read_pickle"]

# Deeper lists of lists hold no video: content, videos, frames, rows, columns, colours, and some to spare.
_DEEPEST = 8

_NUMBERS_AND_TEXT = "biufSU"

# What stays as it is.
_PLAIN = (type(None), int, float, str, bytes, np.generic, np.ndarray)


class _Dtype:
    """What a pickle says of a dtype; None is that of Python objects."""

    __slots__ = ("dtype",)

    def __init__(self, code: Any, *_: Any):
        dtype = np.dtype(code) if isinstance(code, str) else None
        if dtype is None or dtype.kind not in _NUMBERS_AND_TEXT + "O":
            raise pickle.UnpicklingError(f"it asks for an array of {code!r}")
        self.dtype = None if dtype.kind == "O" else dtype

    def __setstate__(self, state: tuple) -> None:
        _, byte_order, *parts = state
        if parts[:3] != [None, None, None]:
            raise pickle.UnpicklingError("it asks for an array of records")
        if self.dtype is not None:
            self.dtype = self.dtype.newbyteorder(byte_order)


class _Array:
    """What a pickle says of an array; the array, or the one object in it, once all is said."""

    __slots__ = ("content",)

    def __init__(self, *_: Any):
        self.content: Any = None

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, by_columns, values = state
        if isinstance(dtype, _Dtype) and dtype.dtype is None and shape == () and isinstance(values, list):
            (self.content,) = values
        else:
            self.content = _values(values, dtype, shape, "F" if by_columns else "C")


def _values(values: Any, dtype: Any, shape: Any, order: str, axes: Any = None) -> np.ndarray:
    numbers = isinstance(dtype, _Dtype) and dtype.dtype is not None
    if not isinstance(values, (bytes, bytearray)) or not numbers:
        raise pickle.UnpicklingError("it asks for an array of objects")
    flat = np.frombuffer(values, dtype.dtype)
    return flat.reshape(shape).transpose(axes) if order == "K" else flat.reshape(shape, order=order)  # type: ignore[call-overload]


def _made(content: Any) -> _Array:
    out = _Array()
    out.content = content
    return out


def _from_buffer(*arguments: Any) -> _Array:
    return _made(_values(*arguments))


def _scalar(dtype: Any, value: Any) -> Any:
    return _values(value, dtype, (), "C")[()]


def _bytes(text: Any, encoding: Any) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it asks for the encoding {encoding!r}")
    return text.encode(encoding)


def _nothing(*_: Any) -> None:
    raise pickle.UnpicklingError("it makes an array by hand")


# What numpy's pickles call, under the module names of numpy 1 and 2.
_CORES = ("numpy.core", "numpy._core")
_NUMPY: dict[tuple[str, str], Callable] = {
    ("numpy", "ndarray"): _nothing,
    ("numpy", "dtype"): _Dtype,
    **{(f"{core}.multiarray", "_reconstruct"): _Array for core in _CORES},
    **{(f"{core}.multiarray", "scalar"): _scalar for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): _from_buffer for core in _CORES},
    ("_codecs", "encode"): _bytes,  # how protocols 0 to 2 write an array's bytes
}

# --- tensors ------------------------------------------------------------------------------------------------

# What a storage begins with inside a pickle: PyTorch's file format before zip archives.
_MAGIC, _FORMAT = 0x1950A86A20F9469CFC6C, 1001


class _StorageReader(ClosedReader):
    """Reads which storage follows."""

    def __init__(self, file: io.BufferedIOBase):
        super().__init__(file, {("torch", name): _nothing for name in STORAGES})

    def find_class(self, module: str, name: str) -> Any:
        super().find_class(module, name)
        return name

    def persistent_load(self, pid: Any) -> Any:
        kind, name, key, _, count, *view = pid
        if kind != "storage" or name not in STORAGES or view not in ([], [None]):
            raise pickle.UnpicklingError(f"it asks for a storage of {name!r}")
        return key, np.dtype(STORAGES[name]), count


def _storage(content: Any) -> Storage:
    file = io.BytesIO(content)
    if (ClosedReader(file, {}).load(), ClosedReader(file, {}).load()) != (_MAGIC, _FORMAT):
        raise pickle.UnpicklingError("it holds a storage of another format")
    if not ClosedReader(file, {}).load()["little_endian"]:
        raise pickle.UnpicklingError("it holds a big-endian storage")
    key, dtype, count = _StorageReader(file).load()
    keys = ClosedReader(file, {}).load()
    head, body = file.read(8), file.read()
    if keys != [key] or int.from_bytes(head, "little") != count or len(body) != count * dtype.itemsize:
        raise pickle.UnpicklingError("it holds a storage that was cut short")
    return Storage(np.frombuffer(body, dtype))


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> _Array:
    return _made(tensor_of(storage, offset, shape, strides))


def _no_hooks(*arguments: Any) -> dict:
    if arguments:
        raise pickle.UnpicklingError("it asks for a tensor with hooks")
    return {}


_TENSORS: dict[tuple[str, str], Callable] = {
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch.storage", "_load_from_bytes"): _storage,
    ("collections", "OrderedDict"): _no_hooks,
}

# --- files --------------------------------------------------------------------------------------------------


def _plain(value: Any, depth: int, done: dict[int, Any]) -> Any:
    """Lists and dicts with the arrays that were read in the place of what was said of them.

    What stands in several places, in the file's own words the same object, is made once: see `done`.
    """
    if depth > _DEEPEST:
        raise pickle.UnpicklingError("it holds lists in lists without end")
    if id(value) in done:
        return done[id(value)]
    out = value
    if isinstance(value, (list, tuple)):
        out = [_plain(part, depth + 1, done) for part in value]
    elif isinstance(value, dict):
        if not all(isinstance(key, (str, int)) for key in value):
            raise pickle.UnpicklingError("it holds a dict with other keys than words and numbers")
        out = {key: _plain(part, depth + 1, done) for key, part in value.items()}
    elif isinstance(value, _Array):
        out = _plain(value.content, depth + 1, done)
    elif not isinstance(value, _PLAIN):
        raise pickle.UnpicklingError(f"it holds a {type(value).__name__.strip('_').lower()}")
    done[id(value)] = out
    return out


def _loaded(file: io.BufferedIOBase, tensors: bool) -> Any:
    content = ClosedReader(file, _NUMPY | _TENSORS if tensors else _NUMPY).load()
    return _plain(content, 0, {})


def read_pickle(path: Path, remedy: str, *, tensors: bool = False) -> Any:
    """What a pickle holds: lists (tuples become lists), dicts, numbers, text, and arrays, perhaps read-only.

    Args:
        path: the file.
        remedy: what to do about a file that is refused.
        tensors: whether tensors of PyTorch's are read, too, as arrays.

    Raises:
        DataError: a file that is missing or damaged, or that holds or calls anything else.
    """
    try:
        with path.open("rb") as file:
            return _loaded(file, tensors)
    except OSError as error:
        raise unreadable(path, error) from error
    except DAMAGE as error:
        raise DataError(path, f"is refused: {told(error)}", remedy) from error


def read_object_array(path: Path, remedy: str) -> Any:
    """The one object in a .npy file of Python objects, such as a dict of arrays; see `read_pickle`.

    Raises:
        DataError: a file that is missing or damaged, holds several objects, or an array of numbers, or is
            refused as `read_pickle` refuses it.
    """
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            header = np.lib.format.read_array_header_1_0 if version == (1, 0) else None
            if header is None:
                raise ValueError(f"it is of version {version}")
            shape, _, dtype = header(file)
            if not dtype.hasobject or shape != ():
                raise ValueError(f"it holds an array {dtype} of shape {shape}, not one object")
            return _loaded(file, tensors=False)
    except OSError as error:
        raise unreadable(path, error) from error
    except DAMAGE as error:
        raise DataError(path, f"is refused: {told(error)}", remedy) from error
