"""State dicts in PyTorch's own files, of the format before zip archives and of that since, without PyTorch.

Such a file is a pickle, which can run anything: this reader admits dicts of tensors and refuses all else, see
`dkva.base.closed_pickles`. The formats are those of `torch.serialization`.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dkva.base.closed_pickles import DAMAGE, STORAGES, ClosedReader, Storage, tensor_of, told

__all__ = ["read_tensors"]

# What a file of the old format begins with.
_MAGIC, _FORMAT = 0x1950A86A20F9469CFC6C, 1001

# NumPy has no numbers of this kind: they are read as whole numbers, see `_array`.
_BRAIN = "BFloat16Storage"
_KINDS = {**STORAGES, _BRAIN: "<u2"}

# The name of the main file in an archive, below a folder of any name.
_MAIN = "/data.pkl"


class _Place(NamedTuple):
    """A storage that a pickle refers to; its numbers stand elsewhere."""

    storage: Storage
    kind: str
    length: int

    @property
    def size(self) -> int:
        return self.length * np.dtype(_KINDS[self.kind]).itemsize

    def fill(self, numbers: bytes) -> None:
        if len(numbers) != self.size:
            raise pickle.UnpicklingError("it holds a storage that was cut short")
        self.storage.numbers = np.frombuffer(numbers, _KINDS[self.kind])


class _Tensor:
    """What a pickle says of a tensor, whose numbers are read later; a pickle may not change it."""

    __slots__ = ("layout", "place")

    def __init__(self, place: Any, *layout: Any):
        if not isinstance(place, _Place) or len(layout) < 3:
            raise pickle.UnpicklingError("it asks for a tensor without a storage")
        self.place, self.layout = place, layout[:3]  # further ones tell of gradients

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it changes a tensor")


class _State(dict):
    """A dict whose attributes are not read: PyTorch keeps versions of its modules there."""

    __slots__ = ()

    def __setstate__(self, state: Any) -> None:
        pass


def _parameter(tensor: Any, *_: Any) -> _Tensor:
    if not isinstance(tensor, _Tensor):
        raise pickle.UnpicklingError("it asks for a parameter without a tensor")
    return tensor


def _no_call(*_: Any) -> None:
    raise pickle.UnpicklingError("it makes a storage by hand")


_ADMITTED: dict[tuple[str, str], Callable] = {
    ("collections", "OrderedDict"): _State,
    ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    **{("torch", kind): _no_call for kind in _KINDS},
}


class _StateReader(ClosedReader):
    """Reads a state dict and remembers, by their keys, the storages that its tensors lie in."""

    def __init__(self, file: io.BufferedIOBase):
        super().__init__(file, _ADMITTED)
        self.places: dict[str, _Place] = {}

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        return name if name in _KINDS else found

    def persistent_load(self, pid: Any) -> Any:
        word, kind, key, _, count, *view = pid
        if word != "storage" or kind not in _KINDS or view not in ([], [None]):
            raise pickle.UnpicklingError(f"it asks for a storage of {kind!r}")
        if type(key) is not str or type(count) is not int or count < 0:
            raise pickle.UnpicklingError("it asks for a storage of no size")
        place = self.places.setdefault(key, _Place(Storage(np.empty(0)), kind, count))
        if (place.kind, place.length) != (kind, count):
            raise pickle.UnpicklingError("it asks for one storage in two ways")
        return place


def read_tensors(path: Path) -> dict[str, np.ndarray]:
    """Arrays of a state dict by name; those of bfloat16 in float32, which holds the same numbers.

    Args:
        path: of a file that `torch.save` wrote of a module's state dict, of either of its formats. Nothing in
            it is run.

    Raises:
        ValueError: a file that is missing, damaged, cut short, or that holds or asks for anything but named
            tensors of PyTorch's usual kinds of numbers, which lie in order in memory or strided.
    """
    path = Path(path)
    try:
        # In memory, where nothing is set aside for more bytes than there are.
        file = io.BytesIO(path.read_bytes())
        state = _of_archive(file) if zipfile.is_zipfile(file) else _of_pickles(file)
        if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
            raise pickle.UnpicklingError("it holds no dict of tensors by name")
        return {name: _array(name, tensor) for name, tensor in state.items()}
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except (*DAMAGE, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        remedy = "give a state dict that torch.save wrote, or fetch the file again"
        raise ValueError(f"{path}: is refused: {told(error)}; {remedy}") from error


def _loaded(reader: ClosedReader, file: io.BytesIO) -> Any:
    """What a reader makes of the pickle that comes next, whose memory is no larger than its program."""
    start = file.tell()
    for step, (code, place, _) in enumerate(pickletools.genops(file)):
        if code.name.endswith("PUT") and isinstance(place, int) and place > step:
            raise pickle.UnpicklingError("it keeps things far away")
    file.seek(start)
    return reader.load()


def _of_pickles(file: io.BytesIO) -> Any:
    """The content of a file of the format before zip archives: pickles, and the storages after them."""
    file.seek(0)
    plain = ClosedReader(file, {})
    try:
        begin = _loaded(plain, file), _loaded(plain, file)
    except DAMAGE as error:
        raise pickle.UnpicklingError("it is no file of PyTorch's") from error
    if begin != (_MAGIC, _FORMAT):
        raise pickle.UnpicklingError("it is no file of PyTorch's")
    if not _loaded(plain, file)["little_endian"]:
        raise pickle.UnpicklingError("it holds big-endian numbers")
    reader = _StateReader(file)
    state = _loaded(reader, file)
    keys = _loaded(plain, file)
    if sorted(keys) != sorted(reader.places):
        raise pickle.UnpicklingError("it holds other storages than it asks for")
    for key in keys:
        place = reader.places[key]
        if int.from_bytes(file.read(8), "little") != place.length:
            raise pickle.UnpicklingError("it holds a storage that was cut short")
        place.fill(file.read(place.size))
    return state


def _of_archive(file: io.BytesIO) -> Any:
    """The content of a zip archive: a pickle, and a file for each storage."""
    with zipfile.ZipFile(file) as archive:
        mains = [name for name in archive.namelist() if name.endswith(_MAIN)]
        if len(mains) != 1:
            raise pickle.UnpicklingError("it is no file of PyTorch's")
        folder = mains[0].removesuffix(_MAIN)
        order = f"{folder}/byteorder"  # older archives do not tell
        if order in archive.namelist() and _stored(archive, order) != b"little":
            raise pickle.UnpicklingError("it holds big-endian numbers")
        main = io.BytesIO(_stored(archive, mains[0]))
        reader = _StateReader(main)
        state = _loaded(reader, main)
        for key, place in reader.places.items():
            place.fill(_stored(archive, f"{folder}/data/{key}"))
    return state


def _stored(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of an archive as it is; PyTorch compresses none, and a few bytes may unfold to gigabytes."""
    entry = archive.getinfo(name)
    if entry.compress_type != zipfile.ZIP_STORED:
        raise pickle.UnpicklingError("it is compressed")
    return archive.read(entry)


def _array(name: str, tensor: Any) -> np.ndarray:
    if not isinstance(tensor, _Tensor):
        raise pickle.UnpicklingError(f"{name!r} in it is a {type(tensor).__name__.strip('_').lower()}")
    array = tensor_of(tensor.place.storage, *tensor.layout)
    if tensor.place.kind == _BRAIN:  # the upper half of a float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array
