"""What readers of pickles share; the readers themselves: tests/datasets and tests/nn."""

import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.base.closed_pickles import ClosedReader, Storage, tensor_of, told

pytestmark = pytest.mark.fast

NUMBERS = np.arange(40, dtype=np.float32)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), max_size=3),
    st.integers(0, 40),
)
def test_tensors_are_those_of_numpys_strides_or_refused(axes, offset):
    shape, strides = tuple(n for n, _ in axes), tuple(step for _, step in axes)
    size = int(np.prod(shape))
    last = offset + sum((n - 1) * step for n, step in axes)
    if (size and last >= len(NUMBERS)) or size > len(NUMBERS):
        with pytest.raises(pickle.UnpicklingError, match="larger than its storage"):
            tensor_of(Storage(NUMBERS), offset, shape, strides)
        return
    want = np.lib.stride_tricks.as_strided(NUMBERS[offset:], shape, [4 * step for step in strides])
    np.testing.assert_array_equal(tensor_of(Storage(NUMBERS), offset, shape, strides), want, strict=True)


@pytest.mark.parametrize(
    ("storage", "offset", "shape", "strides"),
    [
        (NUMBERS, 0, (1,), (1,)),
        (Storage(NUMBERS), -1, (1,), (1,)),
        (Storage(NUMBERS), 0, (1,), (1, 1)),
        (Storage(NUMBERS), 0, (-1,), (1,)),
        (Storage(NUMBERS), 0, (2,), (-1,)),
        (Storage(NUMBERS), 0.0, (2,), (1,)),
        (Storage(NUMBERS), True, (2,), (1,)),
    ],
)
def test_other_tensors_are_refused(storage, offset, shape, strides):
    with pytest.raises(pickle.UnpicklingError, match="it asks for a tensor"):
        tensor_of(storage, offset, shape, strides)


def pickled(*parts):
    return io.BytesIO(b"".join(parts) + b".")


def test_a_pickle_calls_what_is_admitted_and_nothing_else():
    admitted = {("some", "where"): lambda *given: ["called", *given]}
    assert ClosedReader(pickled(b"csome\nwhere\n(K\x05tR"), admitted).load() == ["called", 5]
    for content in (b"csome\nother\n", b"cos\nsystem\n", b"cbuiltins\ngetattr\n"):
        with pytest.raises(pickle.UnpicklingError, match="it asks for"):
            ClosedReader(pickled(content), admitted).load()
    with pytest.raises(pickle.UnpicklingError, match="it changes what it calls"):
        ClosedReader(pickled(b"csome\nwhere\n}b"), admitted).load()
    with pytest.raises(pickle.UnpicklingError, match="outside itself"):
        ClosedReader(pickled(b"K\x05Q"), admitted).load()
    with pytest.raises(pickle.UnpicklingError, match="it changes a storage"):
        Storage(NUMBERS).__setstate__({"numbers": 3})


def test_errors_are_told_in_one_line():
    assert told(ValueError("one\ntwo")) == "one"
    assert told(MemoryError()) == "MemoryError"
