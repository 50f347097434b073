from pathlib import Path

import numpy as np
import pytest

from dkva.datasets import DataError
from dkva.datasets.shapes import flatten, orientation

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("shape", "flat", "said"),
    [
        ((30, 1, 8), (30, 8), "axes of length 1 are dropped"),
        ((1, 30, 8), (30, 8), "axes of length 1 are dropped"),
        ((30, 8, 1, 1), (30, 8), "axes of length 1 are dropped"),
        ((1, 30, 2), (30, 2), "axes of length 1 are dropped"),
        ((30, 17, 2), (30, 34), "the 17 key points of 2 values"),
        ((30, 17, 3), (30, 51), "if the third value is a confidence"),
        ((30, 1, 17, 2), (30, 34), "dropped; the 17 key points"),
    ],
)
def test_shapes_that_are_read(shape, flat, said):
    array = np.arange(np.prod(shape)).reshape(shape)
    out, (note,) = flatten(Path("v.npy"), array)
    np.testing.assert_array_equal(out, array.reshape(flat))
    assert (note.name, note.value) == ("shape", {"from": list(shape), "to": list(flat)})
    assert said in note.text


def test_matrices_are_left_as_they_are():
    array = np.zeros((3, 1))
    assert flatten(Path("v.npy"), array) == (array, [])


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((), "a single number"),
        ((5,), "a single column"),
        ((5, 1, 1), "a single frame or a single column"),
        ((1, 1, 5), "a single frame or a single column"),
        ((0, 4), "no frames"),
        ((300, 10, 512), r"10 crops.*array.mean\(axis=1\)"),
        ((300, 17, 4), r"17 points of 4 values\? .*reshape"),
        ((4, 300, 512), r"4 recordings or streams of 300 frames\? .*array\[0\]"),
        ((2, 17, 300), "key points of 300 frames.*--transposed"),
        ((300, 64, 7, 7), r"average them first, array.mean\(axis=\(2, 3\)\)"),
        ((300, 7, 7, 64), r"average them first, array.mean\(axis=\(1, 2\)\)"),
        ((300, 64, 4, 7, 7), r"axis=\(2, 3, 4\)"),
        ((30, 64, 64, 3), "pictures of 64 by 64"),
        ((30, 3, 64, 48), "pictures of 64 by 48"),
        ((30, 2, 17, 2), "2 bodies of 17 key points"),
    ],
)
def test_shapes_that_are_refused(shape, said):
    with pytest.raises(DataError, match=said):
        flatten(Path("v.npy"), np.broadcast_to(np.float32(0), shape))


@pytest.mark.parametrize(
    ("frames", "features", "transposed", "noted"),
    [
        (300, 8, False, False),
        (8, 300, False, True),
        (300, 2048, False, True),
        (2048, 300, False, True),
        (1024, 8, False, True),
        (8, 8, False, False),
        (300, 2048, True, False),
        (2048, 300, True, True),
        (8, 300, True, True),
        (300, 8, True, False),
    ],
)
def test_what_may_be_turned_is_noted(frames, features, transposed, noted):
    notes = orientation(frames, features, transposed)
    assert [note.value for note in notes] == [{"frames": frames, "features": features}] * noted
    for note in notes:
        assert note.text.startswith(f"read as {frames} frames of {features} features; if each")
        assert ("if each row" in note.text) == transposed
