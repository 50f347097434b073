"""Files of data sets: bytes that other programs read, and that are read back as they were."""

import csv
import hashlib
import io
import json

import numpy as np
import pytest

from synthetic.files import array_bytes, array_of, checksum, read, rows_of, table_bytes, write

pytestmark = pytest.mark.fast

FILES = {"train": {"a.npy": b"1", "b.csv": b"2"}, "test": {"a.npy": b"3"}}


def test_arrays_are_little_endian_whatever_they_were():
    numbers = np.arange(6).reshape(2, 3).T
    for dtype in ("<i8", ">i8"):
        body = array_bytes(numbers.astype(dtype))
        assert body == array_bytes(numbers)
        assert np.load(io.BytesIO(body)).dtype == np.dtype("<i8")
        np.testing.assert_array_equal(array_of(body), numbers)


def test_tables_keep_numbers_to_the_last_bit():
    body = table_bytes(("n", "x"), [(1, 1 / 3), (2, 0.1 + 0.2)])
    assert next(csv.reader(io.StringIO(body.decode()))) == ["n", "x"]
    assert [(int(n), float(x)) for n, x in rows_of(body)] == [(1, 1 / 3), (2, 0.1 + 0.2)]


def test_what_is_written_is_read_and_its_checksum_is_of_all_files(tmp_path):
    marker = tmp_path / "made.json"
    write(marker, FILES, {"name": "made", "settings": {"seed": 3}})
    told = json.loads(marker.read_text())
    assert told["name"] == "made"
    assert told["sha256"]["test"]["a.npy"] == hashlib.sha256(b"3").hexdigest()
    assert (tmp_path / "train/b.csv").read_bytes() == b"2"
    assert read(marker, ("train", "test"), dict, "maker.py") == ({"seed": 3}, told["checksum"], FILES)
    assert checksum(FILES) == told["checksum"]
    for other in ({"train": FILES["train"], "test": {"a.npy": b"4"}}, {"train": FILES["train"]}):
        assert checksum(other) != checksum(FILES)


def test_what_is_not_there_or_damaged_is_named_with_what_makes_it(tmp_path):
    marker = tmp_path / "made.json"
    with pytest.raises(
        FileNotFoundError, match=r"made\.json: not found; make it with python maker\.py --out"
    ):
        read(marker, ("train",), dict, "maker.py")
    write(marker, FILES, {"settings": {}})
    (tmp_path / "train/a.npy").write_bytes(b"0")
    with pytest.raises(ValueError, match=r"a\.npy: is not what was written; make .* again with maker\.py"):
        read(marker, ("train", "test"), dict, "maker.py")
    with pytest.raises(ValueError, match=r"made\.json: is not what was written \('other'\)"):
        read(marker, ("other",), dict, "maker.py")
