"""Table 4 on small made releases and on the real sample."""

import pytest
from made_release import release

from dkva.experiments.registry import SEGMENTER, listed
from reproduce import table4_benchmarks
from reproduce.base.store import read_facts
from reproduce.tables import benchmark_tables


@pytest.mark.fast
def test_lines_are_methods_of_the_library():
    lines = table4_benchmarks.methods(2.5, 100)
    assert {line.id for line in lines.values()} <= listed(SEGMENTER)[0].keys()
    assert {m.label for m in lines.values()} == set(read_facts("table4_basic_motions")["methods"])


def test_skipped_videos_are_in_the_provenance(tmp_path, monkeypatch):
    place = release(tmp_path / "data", "HollywoodExtended", ["v1", "v2"])
    (place / "groundTruth" / "v1").unlink()
    written = {}
    monkeypatch.setattr(
        benchmark_tables, "publish", lambda table, outcome, settings: written.update({table.name: settings})
    )
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    monkeypatch.setattr(table4_benchmarks, "EPOCHS", 2)
    arguments = ["--data-root", str(tmp_path / "data"), "--datasets", "hollywood_extended", "--workers", "1"]
    assert table4_benchmarks.main([*arguments, "--skip-broken"]) == 0
    assert "v1" in written["table4_hollywood_extended"]["skipped"][0]


def test_methods_named_by_id_run_alone_and_store_nothing(tmp_path, monkeypatch, capsys):
    release(tmp_path / "data", "HollywoodExtended", ["v1", "v2"])
    monkeypatch.setattr(benchmark_tables, "publish", lambda *_: pytest.fail("a part of a table is stored"))
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    arguments = ["--data-root", str(tmp_path / "data"), "--datasets", "hollywood_extended", "--workers", "1"]
    assert table4_benchmarks.main([*arguments, "--methods", "uniform", "tw_finch"]) == 0
    text = capsys.readouterr().out
    assert "TW-FINCH" in text
    assert "uniform split" in text
    assert "k-means" not in text
    with pytest.raises(SystemExit, match="unknown method 'TW-FINCH': choose one of uniform"):
        table4_benchmarks.main([*arguments, "--methods", "TW-FINCH"])


@pytest.mark.data
def test_the_real_sample_gives_tw_finchs_scores(data_root, capsys):
    mean = {
        record["measure"]: 100 * record["mean"]
        for record in read_facts("table4_breakfast_sample")["table"]
        if record["method"] == "TW-FINCH"
    }
    expected = {
        "mof": (67.2 + 85.7 + 73.0) / 3,
        "iou": (56.3 + 80.3 + 48.5) / 3,
        "f1": (70.6 + 70.9 + 58.8) / 3,
    }
    assert mean == pytest.approx(expected, abs=0.05)
    assert (
        table4_benchmarks.main(["--data-root", str(data_root), "--datasets", "breakfast_sample", "--smoke"])
        == 0
    )
    assert "TW-FINCH" in capsys.readouterr().out
