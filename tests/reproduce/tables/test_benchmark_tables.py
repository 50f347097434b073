"""Parts of Tables 1, 4 and 5: where they are stored, and what is shown."""

import pytest
from made_release import release

from dkva.experiments.experiment import Outcome
from reproduce.base.labels import CLOT_TRAINED, CLOT_VIDEOS
from reproduce.base.methods import method
from reproduce.base.store import read_facts, read_rows
from reproduce.collections.benchmarks import SOURCES, Opened, open_all, options_of, request_of
from reproduce.tables import benchmark_tables
from reproduce.tables.benchmark_tables import (
    BenchmarkTable,
    affordable,
    publish_part,
    show_needs,
    show_scores,
    with_stored,
    with_trained,
)

TABLE = BenchmarkTable("table4", "Table 4", "python -m reproduce.table4_benchmarks", "average number")


def request(*arguments):
    return request_of(options_of(None, seeds=1).parse_args([str(argument) for argument in arguments]))


pytestmark = pytest.mark.fast


def test_another_k_or_granularity_is_stored_apart(tmp_path):
    place = release(tmp_path, "50Salads", ["v1"])
    (place / "mapping" / "mappingeval.txt").write_text("0 a\n0 b\n1 c\n")
    given = request(
        "--data-root",
        tmp_path,
        "--datasets",
        "50salads",
        "--granularity",
        "eval",
        "--clusters",
        "twfinch",
    )
    (found,) = open_all(given)
    assert found.source.title == "50 Salads (eval)"
    assert found.tasks[0].n_segments == 18
    assert found.tasks[0].columns == {"dataset": "50 Salads (eval)"}
    assert set(found.tasks[0].scoring) >= {"coarse"}
    part = TABLE.part(found.source, given)
    assert part.name == "table4_50salads_eval_twfinch"
    assert part.command.endswith("--datasets 50salads --clusters twfinch --granularity eval")
    assert TABLE.part(SOURCES[0], request()).name == "table4_50salads"


def test_parts_are_stored_unless_only_some_videos_are_asked_for(monkeypatch):
    written = []
    monkeypatch.setattr(
        benchmark_tables, "publish", lambda table, outcome, settings: written.append((table.name, settings))
    )
    row = {"dataset": "YTI", "video": "v", "method": "m", "mof": 0.5, "iou": 0.4, "f1": 0.3}
    opened = Opened(next(source for source in SOURCES if source.key == "yti"), [], ["v9: broken"])
    for arguments in ([], ["--videos", 1], ["--smoke"]):
        records = publish_part(TABLE, opened, Outcome([row], {}, 1), request(*arguments))
        assert [record["mean"] for record in records] == [0.5, 0.4, 0.3]
    assert written == [("table4_yti", {"clusters": "authors", "skipped": ["v9: broken"]})]


def test_trained_lines_are_stored_with_the_others():
    alone = {"methods": {"a": 1}, "seeds": [1], "videos": 2, "data": "d", "runs": ["now"]}
    models = {"methods": {"b": 2}, "collections": {"c": 3}, "models": [4], "seeds": [0, 1], "runs": ["then"]}
    more = {"methods": {"d": 5}, "collections": {"c": 6}, "models": [7], "seeds": [0], "runs": []}
    found = with_trained(
        Outcome([{"method": "a"}], alone, 1),
        [Outcome([{"method": "b"}], models, 2), Outcome([{"method": "d"}], more, 4)],
    )
    assert [row["method"] for row in found.rows] == ["a", "b", "d"]
    assert found.computed == 7
    assert found.provenance == {
        "methods": {"a": 1, "b": 2, "d": 5},
        "seeds": [0, 1],
        "videos": 2,
        "data": "d",
        "runs": ["now", "then"],
        "trained": [
            {"methods": ["b"], "collections": {"c": 3}, "models": [4]},
            {"methods": ["d"], "collections": {"c": 6}, "models": [7]},
        ],
    }


def test_fresh_stored_and_absent_parts_are_shown(capsys):
    asked = request("--datasets", "yti", "desktop_assembly", "basic_motions")
    record = {"dataset": "YTI", "method": "TW-FINCH", "low": 0.1, "high": 0.9, "videos": 4}
    fresh = {"yti": [record | {"measure": measure, "mean": 0.123} for measure in ("mof", "iou", "f1")]}
    parts = with_stored(TABLE, fresh, asked)
    found = {source.key: records for source, records in parts}
    assert found["yti"] == fresh["yti"]
    assert found["desktop_assembly"] is None
    assert "uniform split" in {record["method"] for record in found["basic_motions"]}
    show_scores(TABLE, parts)
    show_needs(TABLE, parts)
    text = capsys.readouterr().out
    assert "12.3 [10.0, 90.0]" in text
    assert "72.5" in text  # the paper's
    assert "needs data: Desktop Assembly" in text
    assert "needs data: YTI" not in text


@pytest.mark.fast
@pytest.mark.parametrize("table", ["table4", "table5"])
def test_the_rehearsal_has_all_videos_of_the_ground_truth(table):
    rows = read_rows(f"{table}_breakfast_like")
    described = {row["video"] for row in read_rows("table1_breakfast_like")}
    assert len(described) == 1460
    assert {row["video"] for row in rows} == described
    videos = {method: set() for method in read_facts(f"{table}_breakfast_like")["methods"]}
    for row in rows:
        videos[row["method"]].add(row["video"])
    few = len(videos.pop(CLOT_TRAINED, ()))
    assert few == (10 * CLOT_VIDEOS if table == "table4" else 0)  # of each of ten activities
    assert all(each == described for each in videos.values())
    assert len(rows) == 1460 * len(videos) + few  # one seed
    assert all("synthetic features" in row["dataset"] for row in rows)


def test_slow_lines_are_left_out_on_the_largest_stand_in_alone():
    sources = {source.key: source for source in SOURCES}
    lines = {name: method("uniform") for name in ("uniform", "asot_single", "dkva_asot")}
    assert list(affordable(lines, sources["breakfast_like"])) == ["uniform"]
    assert affordable(lines, sources["breakfast_sample"]) == lines
