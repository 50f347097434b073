"""Files of state dicts as PyTorch writes them, made without it."""

from __future__ import annotations

import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from unittest import mock

import numpy as np

MAGIC, FORMAT = 0x1950A86A20F9469CFC6C, 1001
KINDS = {
    "|b1": "BoolStorage", "|u1": "ByteStorage", "<i8": "LongStorage", "<f2": "HalfStorage",
    "<f4": "FloatStorage", "<f8": "DoubleStorage",
}  # fmt: skip


def named(module, name):
    """A function that pickles have by this name."""

    def function(*_):
        raise AssertionError("nothing is called while it is written")

    function.__module__, function.__qualname__, function.__name__ = module, name, name
    return function


REBUILD, PARAMETER = (
    named("torch._utils", "_rebuild_tensor_v2"),
    named("torch._utils", "_rebuild_parameter"),
)
STORAGES = {kind: named("torch", kind) for kind in [*KINDS.values(), "BFloat16Storage"]}


class Stored:
    """Numbers in a row; `count` may lie."""

    def __init__(self, key, array, *, kind=None, count=None, view=None):
        self.bytes = array.tobytes()
        self.count = array.size if count is None else count
        kind = STORAGES[KINDS[array.dtype.str] if kind is None else kind]
        self.pid = ("storage", kind, key, "cpu", self.count, view)
        self.key = key


class Called:
    """What a pickle calls, and with what; then what it changes of it."""

    def __init__(self, function, *arguments, state=None):
        self.parts = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.parts


def tensor(stored, shape, strides=None, offset=0):
    """A tensor on a storage; its numbers lie in order if no strides are given."""
    if strides is None:
        strides = tuple(int(np.prod(shape[place + 1 :])) for place in range(len(shape)))
    return Called(REBUILD, stored, offset, tuple(shape), tuple(strides), False, OrderedDict())


def state_of(arrays):
    """A state dict with the attribute that PyTorch's have."""
    state = OrderedDict(
        (name, tensor(Stored(str(place), array), array.shape))
        for place, (name, array) in enumerate(arrays.items())
    )
    state._metadata = OrderedDict({"": {"version": 1}})
    return state


class _Pickler(pickle.Pickler):
    def __init__(self, file):
        super().__init__(file, 2)
        self.stored = {}

    def persistent_id(self, thing):
        if not isinstance(thing, Stored):
            return None
        self.stored.setdefault(thing.key, thing)
        return thing.pid


def _modules():
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch._utils = utils
    utils._rebuild_tensor_v2, utils._rebuild_parameter = REBUILD, PARAMETER
    for name, kind in STORAGES.items():
        setattr(torch, name, kind)
    return mock.patch.dict(sys.modules, {"torch": torch, "torch._utils": utils})


def write_old(path, content, *, magic=MAGIC, little=True):
    """The format before zip archives."""
    with path.open("wb") as file, _modules():
        for part in (magic, FORMAT, {"protocol_version": FORMAT, "little_endian": little}):
            pickle.dump(part, file, 2)
        pickler = _Pickler(file)
        pickler.dump(content)
        pickle.dump(sorted(pickler.stored), file, 2)
        for key in sorted(pickler.stored):
            file.write(
                pickler.stored[key].count.to_bytes(8, "little", signed=True) + pickler.stored[key].bytes
            )
    return path


def write_archive(path, content, *, order=b"little", compression=zipfile.ZIP_STORED):
    """The format since PyTorch 1.6."""
    with zipfile.ZipFile(path, "w", compression) as archive, _modules():
        with archive.open("state/data.pkl", "w") as file:
            pickler = _Pickler(file)
            pickler.dump(content)
        if order is not None:
            archive.writestr("state/byteorder", order)
        for key, stored in pickler.stored.items():
            archive.writestr(f"state/data/{key}", stored.bytes)
    return path
