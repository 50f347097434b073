"""State dicts are read, and nothing in them is run; what PyTorch itself writes: tests/against_torch."""

import os
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch_files import MAGIC, PARAMETER, STORAGES, Called, Stored, state_of, tensor, write_archive, write_old

from dkva.nn.torch_pickles import read_tensors

pytestmark = pytest.mark.fast

ARRAYS = {
    "stem.weight": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2),
    "stem.bias": np.array([0.1, -3]),
    "half": np.array([1.5, -2.0], np.float16),
    "count": np.array(7),
    "flags": np.array([True, False]),
    "none": np.zeros((0, 3), np.float32),
    "colours": np.arange(5, dtype=np.uint8),
}
WRITERS = pytest.mark.parametrize("write", [write_old, write_archive])


@WRITERS
def test_state_dicts_are_read(tmp_path, write):
    found = read_tensors(write(tmp_path / "w.pth", state_of(ARRAYS)))
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array, strict=True)


@WRITERS
def test_parameters_brain_floats_and_tensors_on_one_storage(tmp_path, write):
    numbers = Stored("a", np.arange(6, dtype=np.float32))
    brain = Stored("b", np.array([0x3FC0, 0xC000, 0x3EAB], np.uint16), kind="BFloat16Storage")
    given = {
        "parameter": Called(PARAMETER, tensor(numbers, (6,)), True, OrderedDict()),
        "turned": tensor(numbers, (3, 2), (1, 3)),
        "part": tensor(numbers, (2,), (2,), offset=1),
        "brain": tensor(brain, (3,)),
    }
    found = read_tensors(write(tmp_path / "w.pth", given))
    np.testing.assert_array_equal(found["parameter"], np.arange(6))
    np.testing.assert_array_equal(found["turned"], np.arange(6).reshape(2, 3).T)
    np.testing.assert_array_equal(found["part"], [1, 3])
    np.testing.assert_array_equal(found["brain"], np.array([1.5, -2, 0.333984375], np.float32), strict=True)


def test_archives_that_do_not_tell_their_order_of_bytes(tmp_path):
    found = read_tensors(write_archive(tmp_path / "w.pth", state_of(ARRAYS), order=None))
    np.testing.assert_array_equal(found["count"], 7)


ROW = np.arange(4, dtype=np.float32)


def refused(path, part):
    with pytest.raises(ValueError, match=part) as caught:
        read_tensors(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@WRITERS
@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"w": Called(os.system, "touch never")}, r"it asks for posix.system"),
        (Called(eval, "1"), r"it asks for __builtin__.eval"),
        (Called(getattr, STORAGES["FloatStorage"], "__globals__"), r"it asks for __builtin__.getattr"),
        (OrderedDict, r"it holds no dict"),
        ({"w": STORAGES["FloatStorage"]}, r"'w' in it is a str"),
        ({"w": Called(STORAGES["FloatStorage"], 4)}, r"not callable"),
        ({"w": Stored("0", ROW)}, r"'w' in it is a place"),
        ({"w": 3}, r"'w' in it is a int"),
        ({"w": {"v": 3}}, r"'w' in it is a dict"),
        ({3: tensor(Stored("0", ROW), (4,))}, r"no dict of tensors by name"),
        ([tensor(Stored("0", ROW), (4,))], r"no dict of tensors by name"),
        ({"w": tensor(ROW.tolist(), (4,))}, r"a tensor without a storage"),
        ({"w": tensor(Stored("0", ROW), (5,))}, r"larger than its storage"),
        ({"w": tensor(Stored("0", ROW), (4,), (2,))}, r"larger than its storage"),
        ({"w": tensor(Stored("0", ROW), (4,), (1,), offset=1)}, r"larger than its storage"),
        ({"w": tensor(Stored("0", ROW), (1 << 40,), (0,))}, r"larger than its storage"),
        ({"w": tensor(Stored("0", ROW), (2,), (-1,), offset=3)}, r"a tensor of no shape"),
        ({"w": tensor(Stored("0", ROW, count=5), (3,))}, r"cut short"),
        ({"w": tensor(Stored("0", ROW, count=1 << 40), (4,))}, r"cut short"),
        ({"w": tensor(Stored("0", ROW, count=-1), (4,))}, r"a storage of no size"),
        ({"w": tensor(Stored("0", ROW, view=("1", 0, 4)), (4,))}, r"a storage of 'FloatStorage'"),
        (
            {"w": tensor(Stored("0", ROW), (4,)), "v": tensor(Stored("0", ROW, count=2), (2,))},
            r"one storage in two ways",
        ),
        ({"w": Called(PARAMETER, 3)}, r"a parameter without a tensor"),
    ],
)
def test_all_else_is_refused(tmp_path, monkeypatch, write, content, part):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "w.pth"
    refused(write(path, content), part)
    assert not (tmp_path / "never").exists()


@WRITERS
def test_what_was_read_is_not_changed(tmp_path, write):
    """A pickle may set attributes of what it made: not of tensors, and not of what it calls."""
    numbers = Stored("0", ROW)
    changed = tensor(numbers, (4,))
    changed.parts = (*changed.parts, {"layout": 3})
    refused(write(tmp_path / "w.pth", {"w": changed}), "it changes a tensor")


def test_memory_is_not_set_aside_for_what_is_not_there(tmp_path):
    """A pickle of 12 bytes may ask for a table of 4 billion places, the C unpickler gives it."""
    path = tmp_path / "w.pth"
    path.write_bytes(write_old(path, 3).read_bytes().replace(b"K\x03.", b"K\x03r\xff\xff\xff\x7f."))
    refused(path, "it keeps things far away")


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "w.pth"
    state = state_of(ARRAYS)
    refused(path, "cannot be read .No such file")
    for content in (b"", b"nothing", pickle.dumps(3), pickle.dumps({"w": 1}), b"\x80\x02ctorch\nload\n."):
        path.write_bytes(content)
        refused(path, "no file of PyTorch's")
    refused(write_old(path, state, magic=MAGIC + 1), "no file of PyTorch's")
    refused(write_old(path, state, little=False), "big-endian")
    refused(write_archive(path, state, order=b"big"), "big-endian")
    refused(write_archive(path, state, compression=zipfile.ZIP_DEFLATED), "compressed")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("state/other.pkl", b"")
    refused(path, "no file of PyTorch's")


@WRITERS
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_files_are_read_or_refused_in_one_line(tmp_path, write, data):
    path = write(tmp_path / "w.pth", state_of({"w": ROW, "count": np.array(7)}))
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
        path.write_bytes(content)
        refused(path, "is refused")
        return
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    said = ""
    try:
        read_tensors(path)
    except ValueError as error:  # nothing else
        said = str(error)
    assert "\n" not in said
