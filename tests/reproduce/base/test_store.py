import json
import math

import numpy as np
import pytest

from dkva.experiments.experiment import Outcome
from reproduce.base.store import (
    Table,
    best,
    checksum,
    chosen,
    publish,
    read_facts,
    read_rows,
    summarise,
    write_arrays,
)

pytestmark = pytest.mark.fast

TABLE = Table("t", "a title", "python -m t", choose="mof")


def outcome(mof=0.25, started="now"):
    scores = {"iou": 0.5, "f1": float("nan")}
    rows = [
        {"video": video, "method": method, "seed": seed, "mof": mof + 0.123456789 * (method == "b")} | scores
        for video in ("v1", "v2")
        for method, seed in (("a", None), ("b", 0), ("b", 1))
    ]
    return Outcome(rows, {"seeds": [0, 1], "runs": [{"started": started}]}, 6)


def test_rows_summary_and_provenance_come_back(tmp_path):
    assert publish(TABLE, outcome(), {"n": 1}, tmp_path)
    rows = read_rows("t", tmp_path)
    assert [row["method"] for row in rows] == ["a", "b", "b"] * 2
    assert rows[1]["mof"] == pytest.approx(0.373457, abs=1e-9)
    assert rows[1]["seed"] == 0
    assert math.isnan(rows[0]["seed"])
    assert math.isnan(rows[0]["f1"])
    facts = read_facts("t", tmp_path)
    assert facts["rows"] == 6
    assert facts["settings"] == {"n": 1}
    assert facts["table"] == summarise(rows, ("method",), ("mof", "iou", "f1"))
    assert facts["chosen"] == {"method": "b"} == chosen(TABLE, tmp_path)


def test_what_is_there_already_is_left_alone_whoever_ran_it(tmp_path):
    publish(TABLE, outcome(), {}, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert not publish(TABLE, outcome(started="later"), {}, tmp_path)
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert publish(TABLE, outcome(0.5), {}, tmp_path)
    assert publish(TABLE, outcome(0.5), {"n": 2}, tmp_path)


def test_a_changed_cell_is_found_with_its_line(tmp_path):
    publish(TABLE, outcome(), {}, tmp_path)
    path = tmp_path / "t.csv"
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace("0.373457", "0.973457")
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=r"t\.csv, line 3: the checksum"):
        read_rows("t", tmp_path)
    assert len(read_rows("t", tmp_path, check=False)) == 6


def test_what_one_reader_changes_another_does_not_see(tmp_path):
    publish(TABLE, outcome(), {}, tmp_path)
    first = read_rows("t", tmp_path)
    first[0]["mof"] = 7
    first.pop()
    again = read_rows("t", tmp_path)
    assert (len(again), again[0]["mof"]) == (6, 0.25)


def test_short_and_long_lines_are_read_where_they_are_not_checked(tmp_path):
    (tmp_path / "t.csv").write_text("video,mof,checksum\nv1\n\nv2,0.5,x,more\nv3,,x\n")
    rows = read_rows("t", tmp_path, check=False)
    assert [row["video"] for row in rows] == ["v1", "v2", "v3"]
    assert rows[1] == {"video": "v2", "mof": 0.5}
    assert math.isnan(rows[0]["mof"])
    assert math.isnan(rows[2]["mof"])


def test_a_checksum_is_of_all_cells_and_not_of_itself():
    cells = {"a": "1", "b": "x"}
    assert checksum(cells) == checksum(cells | {"checksum": "?"})
    assert (
        len({checksum(c) for c in (cells, cells | {"a": "2"}, cells | {"b": "y"}, {"b": "x", "c": "1"})}) == 4
    )


def test_a_choice_not_made_says_how(tmp_path):
    with pytest.raises(SystemExit, match=r"t\.json: not found; make the choice with python -m t"):
        chosen(TABLE, tmp_path)


def test_a_measure_that_no_video_has_is_none():
    (record,) = summarise([{"video": "v", "method": "a", "mof": math.nan}], ("method",), ("mof",))
    assert record == {"method": "a", "measure": "mof", "mean": None, "low": None, "high": None, "videos": 0}


def test_the_best_is_the_first_of_equals():
    rest = {"measure": "mof", "low": 0, "high": 1, "videos": 2}
    lines = [{"k": k, "mean": mean} | rest for k, mean in ((1, 2), (2, 3), (3, 3))]
    assert best(lines, "mof") == {"k": 2}


def test_arrays_are_written_when_they_differ(tmp_path):
    path = tmp_path / "a.npz"
    assert write_arrays(path, {"x": np.arange(3)})
    assert not write_arrays(path, {"x": np.arange(3)})
    assert write_arrays(path, {"x": np.arange(4)})
    with np.load(path, allow_pickle=False) as stored:
        assert stored["x"].tolist() == [0, 1, 2, 3]


def test_provenance_is_json_without_nan(tmp_path):
    publish(TABLE, outcome(), {}, tmp_path)
    json.loads((tmp_path / "t.json").read_text(), parse_constant=pytest.fail)
