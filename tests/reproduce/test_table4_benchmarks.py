"""Table 4 on small made releases and on the real sample."""

import numpy as np
import pytest
from made_package import NEAREST_MEANS
from made_release import release

from dkva.experiments.registry import LEARNER, SEGMENTER, listed
from dkva.metrics.segmentation import score_row
from reproduce import table4_benchmarks
from reproduce.base.labels import TW_FINCH
from reproduce.base.methods import method
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_facts
from reproduce.collections.benchmarks import SOURCES
from reproduce.ledger.paper import TABLES, number
from reproduce.tables import benchmark_tables


@pytest.fixture
def means(package, monkeypatch, tmp_path):
    """A learner of another package as the only line that is trained; rows and models are kept apart."""
    package("nearest-means", {"dkva.methods": {"means": "listing:LISTED"}}, **NEAREST_MEANS)
    monkeypatch.setattr(table4_benchmarks, "LEARNERS", {"means": "means, trained"})
    monkeypatch.setattr("reproduce.base.options.ROWS", tmp_path / "rows.sqlite")
    monkeypatch.setattr("reproduce.base.options.MODELS", tmp_path / "models")


@pytest.mark.fast
def test_lines_are_methods_of_the_library():
    lines = table4_benchmarks.methods(2.5, 100)
    assert {line.id for line in lines.values()} <= listed(SEGMENTER)[0].keys()
    assert table4_benchmarks.LEARNERS.keys() <= listed(LEARNER)[0].keys()
    labels = {*(line.label for line in lines.values()), *table4_benchmarks.LEARNERS.values()}
    assert labels == set(read_facts("table4_basic_motions")["methods"])


@pytest.mark.fast
@pytest.mark.parametrize("name", ["asot", "clot"])
def test_trained_lines_have_asots_settings_for_a_data_set(name):
    source = {each.key: each for each in SOURCES}
    given = {key: table4_benchmarks.trained_line(name, each).settings for key, each in source.items()}
    assert given["breakfast"] == given["breakfast_like"] == given["breakfast_sample"]
    assert (given["breakfast"]["lambda_actions"], given["breakfast"]["epochs"]) == (0.1, 15)
    assert (given["50salads"]["lambda_actions"], given["50salads"]["epochs"]) == (0.15, 30)
    assert (given["yti"]["hidden"], given["desktop_assembly"]["radius"]) == (32, 0.02)
    short = table4_benchmarks.trained_line(name, source["50salads"], smoke=True)
    assert short.settings == {**given["50salads"], "epochs": 1}
    assert short.label == table4_benchmarks.LEARNERS[name]


@pytest.mark.fast
def test_the_page_says_how_many_videos_are_trained_on():
    page = " ".join((RESULTS / "README.md").read_text().split())
    few = table4_benchmarks.TRAINED_ON["clot"]
    assert f"CLOT, which takes longer, on {few} of each, which alone it is scored on" in page


@pytest.mark.fast
def test_our_similarities_are_decoded_at_our_settings():
    lines = table4_benchmarks.methods(2.5, 100)
    assert lines["dkva_asot"].settings == {**lines["dkva"].settings, "assignment": "asot"}


@pytest.mark.fast
def test_only_lines_of_one_protocol_stand_beside_numbers_of_the_paper():
    lines = table4_benchmarks.methods(2.5, 100)
    labels = {*(line.label for line in lines.values()), *table4_benchmarks.LEARNERS.values()}
    compared = {
        label
        for label in labels
        for dataset in {key[0] for key in TABLES["table4"]}
        if number("table4", {"dataset": dataset, "method": label}, "mof") is not None
    }
    assert compared == {TW_FINCH, "ABD", lines["dkva_initial"].label, lines["dkva"].label}


def test_trained_lines_have_a_model_for_each_activity(means, tmp_path, monkeypatch):
    names = ["P03_cam01_P03_coffee", "P04_cam01_P04_coffee", "P03_cam01_P03_pancake"]
    place = release(tmp_path / "data", "Breakfast", names)
    monkeypatch.setattr(table4_benchmarks, "methods", lambda *_: {"uniform": method("uniform")})
    stored = {}
    monkeypatch.setattr(
        benchmark_tables, "publish", lambda table, outcome, _: stored.update({table.name: outcome})
    )
    arguments = ["--data-root", str(tmp_path / "data"), "--datasets", "breakfast", "--workers", "1"]
    assert table4_benchmarks.main(arguments) == 0
    outcome = stored["table4_breakfast"]
    assert [row["method"] for row in outcome.rows] == ["uniform split"] * 3 + ["means, trained"] * 3
    assert all(row.keys() == outcome.rows[0].keys() for row in outcome.rows)
    assert outcome.provenance["methods"].keys() == {"uniform split", "means, trained"}
    (about,) = outcome.provenance["trained"]
    sizes = {name: each["trained_on"] for name, each in about["collections"].items()}
    assert sizes == {"Breakfast, coffee": 2, "Breakfast, pancake": 1}
    trained = {row["video"]: row for row in outcome.rows[3:]}
    assert {name: row["n_segments"] for name, row in trained.items()} == {
        names[0]: 4,
        names[1]: 4,
        names[2]: 9,
    }

    # The same by hand: a model of each activity's videos, a matching in each video.
    frames = {name: np.loadtxt(place / "features" / f"{name}.txt") for name in names}
    import nearest

    class Nowhere:
        load, save = staticmethod(lambda: None), staticmethod(lambda state: None)

    class Video:
        def __init__(self, name):
            self.features = lambda: frames[name]

    for k, mine in ((4, sorted(names[:2])), (9, names[2:])):
        videos = [Video(name) for name in mine]
        model = nearest.train(videos, n_segments=k, seed=0, checkpoint=Nowhere())
        for name in mine:
            scores = score_row(np.repeat(list("abc"), 20), model.segment(frames[name]), k)
            assert trained[name]["mof"] == pytest.approx(scores["mof"])
            assert trained[name]["iou"] == pytest.approx(scores["iou"])


def test_trained_lines_are_named_as_others(means, tmp_path, monkeypatch, capsys):
    release(tmp_path / "data", "HollywoodExtended", ["v1", "v2"])
    monkeypatch.setattr(benchmark_tables, "publish", lambda *_: pytest.fail("a part of a table is stored"))
    arguments = ["--data-root", str(tmp_path / "data"), "--datasets", "hollywood_extended", "--workers", "1"]
    assert table4_benchmarks.main([*arguments, "--methods", "means"]) == 0
    text = capsys.readouterr().out
    assert "means, trained" in text
    assert "uniform split" not in text
    with pytest.raises(SystemExit, match=r"unknown method 'mean': choose one of uniform, .*, means, "):
        table4_benchmarks.main([*arguments, "--methods", "mean"])


def test_skipped_videos_are_in_the_provenance(means, tmp_path, monkeypatch):
    place = release(tmp_path / "data", "HollywoodExtended", ["v1", "v2"])
    (place / "groundTruth" / "v1").unlink()
    written = {}
    monkeypatch.setattr(
        benchmark_tables, "publish", lambda table, outcome, settings: written.update({table.name: settings})
    )
    monkeypatch.setattr(table4_benchmarks, "methods", lambda *_: {"uniform": method("uniform")})
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
