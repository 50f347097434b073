"""What readers of others' pickles share: a pickle may call what a list admits, and nothing else.

A pickle is a program that can run anything. What PyTorch writes into pickles is rebuilt here, from checked
parts and without PyTorch.
"""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["DAMAGE", "STORAGES", "Admitted", "ClosedReader", "Storage", "tensor_of", "told"]

#: What unpickling raises, case by case, for a file that is damaged or made to do harm.
DAMAGE = (
    pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError,
    ValueError, OverflowError, MemoryError,
)  # fmt: skip

#: The numbers that PyTorch's storages hold, all little-endian.
STORAGES = {
    "BoolStorage": "?",
    "ByteStorage": "u1",
    "CharStorage": "i1",
    "ShortStorage": "<i2",
    "IntStorage": "<i4",
    "LongStorage": "<i8",
    "HalfStorage": "<f2",
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
}


def told(error: Exception) -> str:
    """The first line of what an error says, or its kind."""
    return (str(error).splitlines() or [type(error).__name__])[0]


class Admitted:
    """A function that a pickle may call, and not change."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable):
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        """What the function gives."""
        return self._function(*arguments)

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it changes what it calls")


class ClosedReader(pickle.Unpickler):
    """An unpickler that calls what it was told to admit, and stops at anything else.

    Args:
        file: where the pickle begins.
        admitted: functions by the modules and names that pickles have for them.
    """

    def __init__(self, file: io.BufferedIOBase, admitted: Mapping[tuple[str, str], Callable]):
        super().__init__(file)
        self._admitted = admitted

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle has for a function or a class: one of those that are admitted."""
        if (module, name) not in self._admitted:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return Admitted(self._admitted[module, name])

    def persistent_load(self, pid: Any) -> Any:
        """Refuses what lies outside the pickle."""
        raise pickle.UnpicklingError("it refers to something outside itself")


class Storage:
    """The numbers of a tensor, in a row; a pickle may not put others in their place."""

    __slots__ = ("numbers",)

    def __init__(self, numbers: np.ndarray):
        self.numbers = numbers

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it changes a storage")


def tensor_of(storage: Any, offset: Any, shape: Any, strides: Any) -> np.ndarray:
    """The array that a pickle says a tensor is: numbers of a storage from `offset` on, by strides in numbers.

    Raises:
        UnpicklingError: no storage, no shape, or a tensor of more numbers than its storage has.
    """
    if not isinstance(storage, Storage):
        raise pickle.UnpicklingError("it asks for a tensor without a storage")
    places = [offset, *shape, *strides]
    if len(shape) != len(strides) or any(type(place) is not int or place < 0 for place in places):
        raise pickle.UnpicklingError("it asks for a tensor of no shape")
    size = math.prod(shape)
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    # A tensor of more elements than its storage has repeats some of them: no label or feature needs that.
    if size > len(storage.numbers) or (size and last >= len(storage.numbers)):
        raise pickle.UnpicklingError("it asks for a tensor larger than its storage")
    if not size:
        return np.zeros(shape, storage.numbers.dtype)
    # By indices, which numpy checks, and not by strides, which it does not.
    indices = np.array(offset)
    for n, step in zip(shape, strides, strict=True):
        indices = np.add.outer(indices, step * np.arange(n))
    return storage.numbers[indices]
