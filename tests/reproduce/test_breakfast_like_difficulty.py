"""How the difficulty of Breakfast-like was chosen."""

import pytest

from dkva.experiments.experiment import RowCache, run
from reproduce import breakfast_like_difficulty
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_facts, read_rows
from reproduce.breakfast_like_difficulty import TABLE
from reproduce.tables import difficulty
from reproduce.tables.difficulty import CHECK, CHOOSE, PUBLISHED
from synthetic.breakfast_labels import LABEL_FILE, read_label_set
from synthetic.breakfast_like import Settings


def test_the_default_difficulty_is_the_one_chosen_on_half_of_the_subjects():
    rows, settings = read_rows(TABLE.name), read_facts(TABLE.name)["settings"]
    assert difficulty.choice(rows) == settings["chosen_difficulty"] == Settings().difficulty
    found = breakfast_like_difficulty.results(rows)
    assert {name: settings[name] for name in found} == found
    subjects = [{row["video"][:3] for row in rows if row["dataset"] == half} for half in (CHOOSE, CHECK)]
    assert not subjects[0] & subjects[1]


@pytest.mark.parametrize("half", [CHOOSE, CHECK])
def test_scores_are_near_the_published_ones_on_both_halves(half):
    means = difficulty.means(read_rows(TABLE.name), half)
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
