import io

import numpy as np
import pytest
from label_texts import write

from dkva.datasets import DataError
from dkva.datasets.annotations.arrays import array_labels

pytestmark = pytest.mark.fast


def saved(folder, array, **more):
    file = io.BytesIO()
    if more:
        np.savez(file, **more)
        return write(folder, "v.npz", file.getvalue())
    np.save(file, array, allow_pickle=True)
    return write(folder, "v.npy", file.getvalue())


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array(["a", "b "]), ["a", "b"]),
        (np.array([b"a", b"b"]), ["a", "b"]),
        (np.array([3, -1]), ["3", "-1"]),
        (np.array([3.0, -1.0], np.float32), ["3", "-1"]),
        (np.array([[3], [1]], np.uint8), ["3", "1"]),
        (np.array([["a", "b"]]), ["a", "b"]),
        (np.array([True, False]), ["True", "False"]),
    ],
)
def test_arrays(tmp_path, array, expected):
    found = array_labels(saved(tmp_path, array))
    assert list(found.labels) == expected
    assert bool(found.notes) == (array.ndim == 2)


def test_archives(tmp_path):
    labels = np.array(["a", "b"])
    assert list(array_labels(saved(tmp_path, None, anything=labels)).labels) == ["a", "b"]
    assert list(array_labels(saved(tmp_path, None, features=np.ones((2, 3)), labels=labels)).labels) == [
        "a",
        "b",
    ]
    for arrays in ({"one": labels, "two": labels}, {"labels": labels, "gt": labels}):
        with pytest.raises(DataError, match=r"holds 2 arrays \(.*\); name that of the labels labels"):
            array_labels(saved(tmp_path, None, **arrays))


@pytest.mark.parametrize(
    ("array", "part"),
    [
        (np.array(["a", None], object), "holds Python objects, which are never unpickled"),
        (np.array([1.0, 1.5]), r"label 1 \(from 0\) is 1\.5; save classes as whole numbers"),
        (np.array([1.0, np.nan]), r"label 1 \(from 0\) is nan"),
        (np.array([1j]), "holds complex128 values"),
        (np.zeros((0,)), "holds no labels"),
        (np.eye(3), r"shape \(3, 3\); save the class of each frame: array\.argmax\(axis=1\)"),
        (np.full((3, 2), 7), r"shape \(3, 2\); save one label a frame"),
        (np.array(3), r"shape \(\)"),
    ],
)
def test_arrays_that_are_refused(tmp_path, array, part):
    with pytest.raises(DataError, match=part):
        array_labels(saved(tmp_path, array))


def test_damaged_files(tmp_path):
    whole = saved(tmp_path, np.arange(9)).read_bytes()
    for data in (b"", b"words\n", whole[:-5], whole[:20]):
        with pytest.raises(DataError, match=r"no complete array file|never unpickled"):
            array_labels(write(tmp_path, "v.npy", data))
    with pytest.raises(DataError, match="not found"):
        array_labels(tmp_path / "none.npy")
