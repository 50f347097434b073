"""Tables 1, 4 and 5 on small made releases and on the real sample."""

import numpy as np
import pytest

from dkva.datasets import BENCHMARKS
from reproduce import table1_datasets, table4_benchmarks, table5_random_k
from reproduce.base.paths import RESULTS
from reproduce.base.store import best, read_facts, read_rows, summarise
from reproduce.collections.benchmarks import SOURCES, open_all, options_of, random_k, with_random_k
from reproduce.ledger.paper import TABLES
from reproduce.tables import benchmark_tables

TABLE_SCRIPTS = (table1_datasets, table4_benchmarks, table5_random_k)


def release(root, folder, names, background=()):
    """A data set of videos of 60 frames with the labels a, b, c, in the releases' layout."""
    place = root / folder
    for sub in ("features", "groundTruth", "mapping"):
        (place / sub).mkdir(parents=True)
    (place / "mapping" / "mapping.txt").write_text("0 a\n1 b\n2 c\n")
    rng = np.random.default_rng(0)
    for name in names:
        frames = rng.normal(size=(60, 4)) + np.repeat(rng.normal(size=(3, 4)) * 9, 20, axis=0)
        np.savetxt(place / "features" / f"{name}.txt", frames)
        (place / "groundTruth" / name).write_text("a\n" * 20 + "b\n" * 20 + "c\n" * 20)
    return place


def opened(*arguments):
    return open_all(options_of(None, seeds=2).parse_args([str(argument) for argument in arguments]))


@pytest.mark.fast
def test_lines_have_the_papers_names():
    named = {source.title for source in SOURCES}
    for table in ("table1", "table4", "table5"):
        assert {key[0] for key in TABLES[table]} <= named
    assert set(BENCHMARKS) <= {source.key for source in SOURCES}


@pytest.mark.fast
def test_a_set_that_is_there_becomes_tasks_with_the_authors_k(tmp_path):
    release(tmp_path, "HollywoodExtended", ["v1", "v2"])
    (found,) = opened("--data-root", tmp_path, "--datasets", "hollywood_extended", "yti")
    assert found.source.key == "hollywood_extended"
    assert [(task.video, task.n_segments, task.seeds) for task in found.tasks] == [
        ("v1", 3, (0, 1)),
        ("v2", 3, (0, 1)),
    ]
    frames, truth = found.tasks[0].load()
    assert frames.shape == (60, 4)
    assert truth.tolist()[::20] == ["a", "b", "c"]
    assert len({task.checksum for task in found.tasks}) == 2
    assert found.skipped == []


@pytest.mark.fast
def test_every_problem_of_every_set_is_listed_before_anything_is_computed(tmp_path):
    first = release(tmp_path, "HollywoodExtended", ["v1", "v2", "v3"])
    second = release(tmp_path, "DesktopAssemble", ["w1", "w2"])
    (first / "groundTruth" / "v1").unlink()
    (first / "features" / "v2.txt").write_text("<!DOCTYPE html>\n<html></html>\n")
    (second / "features" / "w1.txt").write_text("")
    (second / "groundTruth" / "w2").write_text("a\n" * 59 + "z\n")
    with pytest.raises(SystemExit) as stop:
        opened("--data-root", tmp_path, "--datasets", "hollywood_extended", "desktop_assembly")
    told = str(stop.value)
    for name in ("v1", "v2.txt", "w1.txt", "w2"):
        assert name in told, told
    assert "nothing was computed" in told
    assert "--skip-broken" in told
    (found,) = opened("--data-root", tmp_path, "--datasets", "hollywood_extended", "--skip-broken")
    assert [task.video for task in found.tasks] == ["v3"]
    assert len(found.skipped) == 2
    assert not any(str(tmp_path) in problem for problem in found.skipped)


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


@pytest.mark.fast
def test_random_k_is_the_same_for_every_method_and_within_bounds(tmp_path):
    assert {random_k(f"v{i}", 3, 0) for i in range(300)} == {2, 3, 4, 5, 6}
    release(tmp_path, "HollywoodExtended", ["v1"])
    (found,) = opened("--data-root", tmp_path, "--datasets", "hollywood_extended")
    tasks = with_random_k(found.tasks)
    assert [task.seeds for task in tasks] == [(0,), (1,)]
    assert [task.n_segments for task in tasks] == [random_k("v1", 3, draw) for draw in (0, 1)]
    assert [task.columns["draw"] for task in tasks] == [0, 1]


@pytest.mark.parametrize("script", TABLE_SCRIPTS)
def test_absent_data_is_said_with_the_command_that_fills_it(script, capsys, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in RESULTS.glob("*")}
    arguments = ["--data-root", str(tmp_path), "--datasets", "yti", "basic_motions", "--smoke"]
    assert script.main(arguments) == 0
    text = capsys.readouterr().out
    assert "needs data: YTI" in text
    assert f"{script.COMMAND} --data-root DATA" in text
    assert "BasicMotions" in text
    assert before == {path: path.stat().st_mtime_ns for path in RESULTS.glob("*")}


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


@pytest.mark.fast
def test_the_weight_decay_of_table_5_is_chosen_on_odd_subjects():
    rows = read_rows("table5_choice")
    assert all(table5_random_k.odd_subject(row["video"]) for row in rows)
    found = best(summarise(rows, ("weight_decay",), ("f1",)), "f1")
    learned = read_facts("table5_breakfast_sample")["methods"]["learned, kernel"]["settings"]
    assert learned["weight_decay"] == found["weight_decay"]


@pytest.mark.fast
@pytest.mark.parametrize(("script", "methods"), [(table4_benchmarks, 6), (table5_random_k, 3)])
def test_the_rehearsal_has_all_videos_of_the_ground_truth(script, methods):
    name = f"{script.TABLE.name}_breakfast_like"
    rows = read_rows(name)
    described = {row["video"] for row in read_rows("table1_breakfast_like")}
    assert len(described) == 1460
    assert {row["video"] for row in rows} == described
    assert len(rows) == 1460 * methods
    assert all("synthetic features" in row["dataset"] for row in rows)


@pytest.mark.fast
def test_another_k_or_granularity_is_stored_apart(tmp_path):
    place = release(tmp_path, "50Salads", ["v1"])
    (place / "mapping" / "mappingeval.txt").write_text("0 a\n0 b\n1 c\n")
    given = options_of(None, seeds=1).parse_args(
        [
            "--data-root",
            str(tmp_path),
            "--datasets",
            "50salads",
            "--granularity",
            "eval",
            "--clusters",
            "twfinch",
        ]
    )
    (found,) = open_all(given)
    assert found.source.title == "50 Salads (eval)"
    assert found.tasks[0].n_segments == 18
    assert found.tasks[0].columns == {"dataset": "50 Salads (eval)"}
    assert set(found.tasks[0].scoring) >= {"coarse"}
    part = table4_benchmarks.TABLE.part(found.source, given)
    assert part.name == "table4_50salads_eval_twfinch"
    assert part.command.endswith("--datasets 50salads --clusters twfinch --granularity eval")
    usual = options_of(None, seeds=1).parse_args([])
    assert table4_benchmarks.TABLE.part(SOURCES[0], usual).name == "table4_50salads"


@pytest.mark.fast
def test_a_granularity_that_the_release_lacks_is_said(tmp_path):
    release(tmp_path, "50Salads", ["v1"])
    with pytest.raises(SystemExit, match=r"mappinghigh\.txt"):
        opened("--data-root", tmp_path, "--datasets", "50salads", "--granularity", "high")
