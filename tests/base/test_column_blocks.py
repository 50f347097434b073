import threading

import numpy as np
import pytest

from dkva.base import column_blocks
from dkva.base.column_blocks import by_columns

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("block", [1, 7, 100])
def test_every_column_is_worked_on_once_and_in_order(block, monkeypatch):
    monkeypatch.setattr(column_blocks, "_BLOCK", block)
    array = np.arange(15.0).reshape(3, 5)
    found = list(by_columns(lambda columns: array[:, columns], *array.shape))
    np.testing.assert_array_equal(np.concatenate([part for _, part in found], axis=1), array)
    assert all(part.size <= max(block, 3) for _, part in found)
    assert [columns.start for columns, _ in found] == sorted(columns.start for columns, _ in found)


def test_two_blocks_are_worked_on_side_by_side(monkeypatch):
    monkeypatch.setattr(column_blocks, "_BLOCK", 1)
    both = threading.Barrier(2)
    assert len(list(by_columns(lambda columns: both.wait(timeout=30), 1, 2))) == 2


def test_an_error_is_raised_to_who_asked():
    with pytest.raises(ZeroDivisionError):
        list(by_columns(lambda columns: 1 / 0, 3, 5))
