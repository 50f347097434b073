import pytest

from reproduce.pages.markdown import markdown_table
from reproduce.pages.tables import block, pivot

pytestmark = pytest.mark.fast


def test_our_number_stands_beside_the_papers():
    record = {"method": "a|b", "measure": "mof", "mean": 0.5, "low": 0.4, "high": 0.6, "videos": 9}
    facts = {"by": ["method"], "measures": ["mof"], "unit": "video", "paper": "table4", "table": [record]}
    line = {"paper": 55.0, "difference": -5.0, "verdict": "agrees"}
    table = {"id": "t", "title": "T", "command": "make t", "unit": ", in %", "rows": [line]}
    shown = block(table, facts).splitlines()
    assert (
        shown[0]
        == "**T**: means over 9 videos, in %. `make t`: [rows](t.csv), [settings and provenance](t.json)."
    )
    assert shown[-1] == "| a\\|b | 50.0 [40.0, 60.0] (paper: 55.0, -5.0, agrees) |"


def test_lines_over_different_numbers_of_videos_say_how_many():
    means = {"measure": "mof", "mean": 0.5, "low": None, "high": None}
    records = [{"dataset": name, "videos": videos} | means for name, videos in (("a", 3), ("b", 100))]
    facts = {"by": ["dataset"], "measures": ["mof"], "unit": "video", "paper": None, "table": records}
    table = {"id": "t", "title": "T", "command": "c", "unit": "", "rows": [{"paper": None}] * 2}
    assert block(table, facts).endswith(
        markdown_table(["data set", "MoF", "videos"], [["a", "50.0", "3"], ["b", "50.0", "100"]])
    )


def test_a_pivot_has_a_column_for_each_data_set_and_a_dash_where_a_score_is_missing():
    scores = {"measure": "mof", "low": None, "high": None}
    records = [
        {"dataset": dataset, "kernel": kernel, "mean": mean} | scores
        for dataset, kernel, mean in (("a", "NTK", 0.5), ("a", "Gauss", 0.25), ("b", "NTK", 1.0))
    ]
    records.append(records[0] | {"measure": "iou"})
    assert pivot(records, lambda record: (record["kernel"],), ["kernel"], "mof") == markdown_table(
        ["kernel", "a", "b"], [["NTK", "50.0", "100.0"], ["Gauss", "25.0", "–"]]
    )
