"""Breakfast-like as tasks, and how its difficulty was chosen."""

from dataclasses import replace

import numpy as np
import pytest

from dkva.baselines import uniform
from dkva.experiments.experiment import Method, RowCache, run
from reproduce import breakfast_like_difficulty
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_facts, read_rows
from reproduce.breakfast_like_difficulty import CHECK, CHOOSE, PUBLISHED, TABLE
from reproduce.collections import breakfast_like
from synthetic.breakfast_labels import LABEL_FILE, from_grammar, read_label_set
from synthetic.breakfast_like import Settings

FEW = Settings(videos=3, features=4)


@pytest.fixture(scope="module")
def labels():
    return from_grammar()


def test_a_data_set_is_made_once_and_again_where_it_is_damaged(labels, tmp_path):
    place = breakfast_like.dataset(FEW, tmp_path, labels)
    path = next((place / "features").rglob("*.npy"))
    before = path.stat().st_mtime_ns
    assert breakfast_like.dataset(FEW, tmp_path, labels) == place
    assert path.stat().st_mtime_ns == before
    path.unlink()
    assert breakfast_like.dataset(FEW, tmp_path, labels) == place
    assert path.is_file()
    assert breakfast_like.dataset(replace(FEW, seed=1), tmp_path, labels) != place
    fewer = replace(labels, sha256="another")
    assert breakfast_like.dataset(FEW, tmp_path, fewer) != place


def test_tasks_say_what_they_are(labels, tmp_path):
    tasks = breakfast_like.tasks(FEW, seeds=[0], labels=labels, folder=tmp_path)
    rows = run([Method("uniform split", uniform)], tasks, RowCache(tmp_path / "rows.sqlite")).rows
    assert len(rows) == 3
    name = "Breakfast-like (synthetic features on label sequences from a built-in grammar)"
    assert {row["dataset"] for row in rows} == {name}
    assert all(0 < row["mof"] <= 1 for row in rows)


@pytest.mark.data
def test_tasks_on_real_labels(data_root, tmp_path):
    labels = read_label_set(data_root / LABEL_FILE)
    tasks = breakfast_like.tasks(FEW, seeds=[0], labels=labels, folder=tmp_path)
    name = "Breakfast-like (synthetic features on real label sequences)"
    assert {task.columns["dataset"] for task in tasks} == {name}
    real = {video.name: video for video in labels.videos}
    for task in tasks:
        np.testing.assert_array_equal(task.load()[1], real[task.video].labels)


def test_k_is_the_activitys():
    assert breakfast_like.n_segments("P16_cam01_P16_pancake") == 9
    with pytest.raises(ValueError, match="is of no activity of Breakfast"):
        breakfast_like.n_segments("P16_cam01_P16_soup")


# --- difficulty --------------------------------------------------------------------------------------


def test_the_default_difficulty_is_the_one_chosen_on_half_of_the_subjects():
    rows, settings = read_rows(TABLE.name), read_facts(TABLE.name)["settings"]
    assert breakfast_like_difficulty.choice(rows) == settings["chosen_difficulty"] == Settings().difficulty
    found = breakfast_like_difficulty.results(rows)
    assert {name: settings[name] for name in found} == found
    subjects = [{row["video"][:3] for row in rows if row["dataset"] == half} for half in (CHOOSE, CHECK)]
    assert not subjects[0] & subjects[1]


@pytest.mark.parametrize("half", [CHOOSE, CHECK])
def test_scores_are_near_the_published_ones_on_both_halves(half):
    means = breakfast_like_difficulty.means(read_rows(TABLE.name), half)
    for measure, published in PUBLISHED.items():
        assert abs(means[Settings().difficulty][measure] - published) < 2, measure
    mof = [scores["mof"] for scores in means.values()]
    assert mof == sorted(mof, reverse=True)


@pytest.mark.data
def test_a_rerun_gives_the_stored_rows(data_root, tmp_path):
    stored = {(r["difficulty"], r["video"]): r for r in read_rows(TABLE.name)}
    labels = read_label_set(data_root / LABEL_FILE)
    tasks = breakfast_like_difficulty.tasks(labels, (Settings().difficulty,), 3)
    rows = run([breakfast_like_difficulty.METHOD], tasks, RowCache(tmp_path / "rows.sqlite")).rows
    for row in rows:
        for measure in TABLE.measures:
            expected = stored[row["difficulty"], row["video"]][measure]
            assert row[measure] == pytest.approx(expected, abs=1e-6)


def test_the_smoke_run_and_a_run_without_the_data_store_nothing(capsys, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    before = {path: path.stat().st_mtime_ns for path in RESULTS.glob("*")}
    assert breakfast_like_difficulty.main(["--smoke"]) == 0
    assert "built-in grammar" in capsys.readouterr().out
    assert breakfast_like_difficulty.main([]) == 0
    assert "needs data" in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime_ns for path in RESULTS.glob("*")}


def test_wrong_labels_are_one_line(tmp_path):
    path = tmp_path / "labels.csv"
    for name, message in (
        ("Anna_cam01_Anna_tea", "ends in no number"),
        ("P16_cam01_P16_tea", "videos is 200"),
    ):
        path.write_text(f"video,start,end,action\n{name},0,9,SIL\n")
        with pytest.raises(SystemExit, match=f"error: .*{message}"):
            breakfast_like_difficulty.main(["--labels", str(path)])
    with pytest.raises(SystemExit, match=r"error: .*nowhere.csv: not found"):
        breakfast_like_difficulty.main(["--labels", str(tmp_path / "nowhere.csv")])
