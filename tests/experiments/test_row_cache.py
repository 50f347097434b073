"""Rows are kept in one file, and a file that is something else is left alone."""

import os

import pytest

from dkva.base.errors import ExperimentError
from dkva.experiments.row_cache import RowCache


def test_file_that_is_no_cache_is_named(tmp_path):
    path = tmp_path / "rows.sqlite"
    for body in (b"video,mof\nv1,0.5\n" * 99, b"SQLite format 3\x00" + bytes(200)):
        path.write_bytes(body)
        with pytest.raises(
            ExperimentError, match=r"cannot be used as a cache of rows .*; delete it"
        ) as caught:
            RowCache(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)
        assert path.read_bytes() == body


def test_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "rows.sqlite", tmp_path / "folder"):
        with pytest.raises(ExperimentError, match=f"{path.name}: cannot be used as a cache"):
            RowCache(path)
    if os.geteuid():  # root may write anywhere
        (tmp_path / "folder").chmod(0o500)
        with pytest.raises(ExperimentError, match="cannot be used as a cache"):
            RowCache(tmp_path / "folder" / "rows.sqlite")


def test_cache_holds_more_rows_than_one_query_asks_for(tmp_path):
    cache = RowCache(tmp_path / "kept" / "rows.sqlite")
    rows = {f"key{i}": ({"value": i}, 0.5) for i in range(1203)}
    cache.put(rows, "run", {"a": 1})
    assert cache.get([*rows, "missing"]) == {
        key: (row, "run", seconds) for key, (row, seconds) in rows.items()
    }
    cache.put({"key7": ({"value": -1}, 2.0)}, "later", {"a": 2})
    assert RowCache(cache.path).get(["key7"]) == {"key7": ({"value": -1}, "later", 2.0)}
    assert cache.runs() == {"run": {"a": 1}, "later": {"a": 2}}
