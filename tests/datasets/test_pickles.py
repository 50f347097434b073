"""What the reader admits beside what the tests of the authors' Moving5 show, and that nothing else is run."""

import os
import pickle

import numpy as np
import pytest
from alignment_releases import TENSOR
from hypothesis import given
from hypothesis import strategies as st

from dkva.datasets.errors import DataError
from dkva.datasets.pickles import read_object_array, read_pickle

pytestmark = pytest.mark.fast


def written(folder, content, protocol=4):
    path = folder / "made.pkl"
    path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol))
    return path


def saved(folder, content):
    path = folder / "made.npy"
    np.save(path, np.array(content, object) if isinstance(content, dict) else content, allow_pickle=True)
    return path


class Touch:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_dicts_of_arrays_are_read(tmp_path, protocol):
    poses = np.arange(6.0).reshape(2, 3)
    given = {"a": {"pose": poses, "labels": [0, np.int64(1)], 3: ("x", None, True)}}
    found = read_pickle(written(tmp_path, given, protocol), "")["a"]
    np.testing.assert_array_equal(found["pose"], poses)
    assert found["labels"] == [0, 1]
    assert found[3] == ["x", None, True]


def test_tensors_are_read_without_torch_if_they_are_asked_for(tmp_path):
    path = written(tmp_path, TENSOR)
    (video,) = read_pickle(path, "", tensors=True)
    assert (video["name"], video["seq_len"], video["frame_label"].dtype) == ("a", 4, np.int64)
    np.testing.assert_array_equal(video["frame_label"], [0, 0, 1, 2])
    with pytest.raises(DataError, match=r"it asks for torch\._utils\._rebuild_tensor_v2; get another"):
        read_pickle(path, "get another")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        (b"K\x00K\x04\x85", b"K\x01K\x04\x85", "larger than its storage"),  # begins one number later
        (b"K\x00K\x04\x85", b"K\x00K\x05\x85", "larger than its storage"),  # has five
        (b"K\x01\x85q\x0c", b"K\x02\x85q\x0c", "larger than its storage"),  # every second
        (b"K\x01\x85q\x0c", b"K\x00\x85q\x0c", None),  # the first four times, in as much memory
        (b"ctorch\nLongStorage", b"ctorch\nEvilStorage", r"it asks for torch\.EvilStorage"),
        (b"ctorch\nLongStorage", b"cposix\nLongStorage", r"it asks for posix\.LongStorage"),
        (b"little_endianq\x02\x88", b"little_endianq\x02\x89", "big-endian"),
        (b"\x8a\nl\xfc", b"\x8a\nm\xfc", "another format"),
        (b"storageq\x00c", b"storagfq\x00c", "a storage of"),
        (b"K\x04Ntq\x04Q", b"K\x05Ntq\x04Q", "cut short"),
        # Other numbers by the slot they are in: what is read would lie outside of them.
        (b"Rq\nK\x00", b"Rq\nN}X\x07\x00\x00\x00numbersC\x01as\x86bK\x00", "it changes a storage"),
        (b"ccollections\nOrderedDict", b"cbuiltins\x0a__import__\x0a0", "."),
        (b"torch.storage\n_load_from_bytes", b"torch.storage\n_load_from_file_", "it asks for torch.storage"),
    ],
)
def test_tensors_that_reach_out_of_their_storage_are_refused(tmp_path, old, new, part):
    assert TENSOR.count(old) == 1
    path = written(tmp_path, TENSOR.replace(old, new))
    if part is None:
        np.testing.assert_array_equal(read_pickle(path, "", tensors=True)[0]["frame_label"], [0] * 4)
        return
    with pytest.raises(DataError, match=part):
        read_pickle(path, "", tensors=True)


@given(st.data())
def test_a_damaged_tensor_raises_nothing_else(tmp_path_factory, data):
    body = bytearray(TENSOR)
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    path = written(tmp_path_factory.getbasetemp(), bytes(body[: data.draw(st.integers(0, len(body)))]))
    try:
        read_pickle(path, "", tensors=True)
    except DataError as error:
        assert "is refused" in str(error)  # noqa: PT017 (it may be read as well)


@pytest.mark.parametrize("tensors", [False, True])
@pytest.mark.parametrize("place", [lambda trap: trap, lambda trap: {"a": trap}, lambda trap: [1, (trap,)]])
def test_nothing_is_run(tmp_path, place, tensors):
    made = tmp_path / "made"
    with pytest.raises(DataError, match=r"it asks for (posix|nt)\.system"):
        read_pickle(written(tmp_path, place(Touch(made))), "", tensors=tensors)
    with pytest.raises(DataError, match=r"it asks for (posix|nt)\.system"):
        read_object_array(saved(tmp_path, {"a": place(Touch(made))}), "")
    assert not made.exists()


def test_the_object_in_an_array_is_read(tmp_path):
    """As numpy saves a dict; numpy itself reads the same."""
    given = {
        "0001": {"pose": np.ones((4, 25, 3)), "beta": np.zeros((4, 10), np.float32), "labels": np.arange(4)}
    }
    path = saved(tmp_path, given)
    found, numpys = read_object_array(path, "")["0001"], np.load(path, allow_pickle=True).item()["0001"]
    assert list(found) == list(numpys)
    for name, array in found.items():
        assert array.dtype == numpys[name].dtype
        np.testing.assert_array_equal(array, numpys[name])


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (np.zeros(3), r"it holds an array float64 of shape \(3,\)"),
        (np.array([{}, {}], object), r"it holds an array object of shape \(2,\)"),
        ({1.5: 0}, "other keys than words and numbers"),
        ({"a": np.zeros(2, "M8[s]")}, "it asks for an array of 'M8'"),
        ({"a": np.array([1, "b"], object)}, "array of objects"),
        ({"a": {1, 2}}, "it holds a set"),
    ],
)
def test_other_arrays_are_refused(tmp_path, content, part):
    path = saved(tmp_path, content)
    with pytest.raises(DataError, match=part):
        read_object_array(path, "get it again")


@pytest.mark.parametrize("size", [0, 5, 60, 140, -1])
def test_files_that_were_cut_short_are_refused(tmp_path, size):
    path = saved(tmp_path, {"a": np.arange(9)})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DataError, match="is refused"):
        read_object_array(path, "")
    with pytest.raises(DataError, match="not found"):
        read_object_array(tmp_path / "none.npy", "")
    with pytest.raises(DataError, match="not found"):
        read_pickle(tmp_path / "none.pkl", "")


def test_what_is_there_many_times_is_read_once(tmp_path):
    """A few bytes may stand for more lists than any memory holds."""
    wide = []
    for _ in range(6):
        wide = [wide] * 300
    found = read_pickle(written(tmp_path, wide), "")
    assert found[0] is found[299]
