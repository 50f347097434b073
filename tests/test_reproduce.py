import csv
import json

import numpy as np
import pytest

from reproduce import basic_motions, breakfast_sample
from reproduce.paths import RENDERED, RESULTS
from reproduce.store import read_rows, write_rows


def test_rows_come_back_with_their_provenance(tmp_path):
    path = tmp_path / "r.csv"
    write_rows(path, [{"a": 1, "b": 0.123456789}], command="make it", settings={"seed": 0})
    assert read_rows(path) == [{"a": "1", "b": "0.123457"}]
    provenance = json.loads(path.with_suffix(".json").read_text())
    assert provenance["command"] == "make it"
    assert {"settings", "device", "versions", "commit", "rows"} <= provenance.keys()


@pytest.mark.parametrize("script", [basic_motions, breakfast_sample])
def test_smoke_runs_store_nothing(script, capsys, monkeypatch):
    before = {path: path.stat().st_mtime_ns for path in [*RESULTS.glob("*"), *RENDERED.glob("*")]}
    assert script.main(["--smoke"]) == 0
    assert "MoF" in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime_ns for path in [*RESULTS.glob("*"), *RENDERED.glob("*")]}


def test_without_the_data_the_stored_table_is_shown(capsys, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert breakfast_sample.main([]) == 0
    text = capsys.readouterr().out
    assert "needs data" in text
    assert "P05_cam01_P05_coffee" in text


@pytest.mark.data
def test_stored_breakfast_rows_come_out_again(data_root):
    stored = {(r["video"], r["estimator"], r["seed"]): r for r in read_rows(RESULTS / "breakfast_sample.csv")}
    for row in breakfast_sample.run(data_root, seeds=range(1)):
        assert abs(row["mof"] - float(stored[row["video"], row["estimator"], "0"]["mof"])) < 0.01


def test_the_authors_figures_are_those_of_the_reference(reference_root):
    reference = json.loads((reference_root / "authors_breakfast_sample.json").read_text())["videos"]
    for name, figures in breakfast_sample.AUTHORS.items():
        theirs = reference[name]["authors_gauss_ntk"]
        assert figures == pytest.approx([100 * theirs[field] for field in ("mof", "iou", "f1")], abs=0.01)


def test_the_smoothing_was_chosen_on_training_sequences():
    with (RESULTS / "basic_motions_choice.csv").open() as file:
        rows = list(csv.DictReader(file))
    means = {}
    for smoothing in basic_motions.SMOOTHINGS:
        mine = [float(row["mof"]) for row in rows if float(row["smoothing"]) == smoothing]
        assert len(mine) == basic_motions.SEQUENCES
        means[smoothing] = sum(mine) / len(mine)
    provenance = json.loads((RESULTS / "basic_motions.json").read_text())
    assert provenance["settings"]["smoothing"] == max(means, key=means.get)


def test_sequences_are_real_pieces_joined():
    frames, labels = basic_motions.sequence("test", 0)
    assert frames.shape == (4000, 12)
    again, _ = basic_motions.sequence("test", 0)
    assert (frames == again).all()
    assert not (basic_motions.sequence("test", 1)[1] == labels).all()


def test_tables_in_the_readme_are_the_stored_rows():
    readme = (RESULTS.parent / "README.md").read_text()
    rows = read_rows(RESULTS / "breakfast_sample.csv")
    for name in breakfast_sample.AUTHORS:
        for estimator in breakfast_sample.ESTIMATORS:
            mine = [r for r in rows if r["video"] == name and r["estimator"] == estimator]
            values = 100 * np.array([[float(r[field]) for field in ("mof", "iou", "f1")] for r in mine])
            spread = zip(values.mean(axis=0), values.std(axis=0, ddof=1), strict=True)
            low, high = values[:, 0].min(), values[:, 0].max()
            assert " / ".join(f"{m:.1f}±{s:.1f}" for m, s in spread) in readme
            assert f"{low:.1f} to {high:.1f}" in readme
    rows = [
        r | {f: float(r[f]) for f in ("mof", "iou", "f1")} for r in read_rows(RESULTS / "basic_motions.csv")
    ]
    scores = {method: basic_motions.values_of(rows, method=method) for method in basic_motions.METHODS}
    gains = [scores["dkva"] - scores[other] for other in ("uniform split", "initial")]
    for values in [*scores.values(), *gains]:
        assert " | ".join(basic_motions.with_interval(column) for column in values.T) in readme
    speed = json.loads((RESULTS / "benchmarks/speed.json").read_text())["figures"]
    for estimator in ("batch", "video"):
        assert f"{speed[estimator]['direct_over_this']:.0f}× as fast" in readme
