"""The studies of kernels, smoothing and settings: what they draw, measure and store."""

import numpy as np
import pytest

from dkva.experiment import Method, Outcome, Task
from dkva.segmentation import segment_video
from reproduce import figure3a_kernels, figure3b_smoothing, study_settings, table2_moving5
from reproduce.benchmarks import options_of
from reproduce.claim_tests import CHARACTERISTIC, GAUSS, PRODUCT
from reproduce.equal_steps import epochs_of, segment_in_equal_steps
from reproduce.pieces import measure
from reproduce.store import Table, read_facts, read_rows
from reproduce.studies import open_studied, store, subset
from reproduce.table4_benchmarks import EPOCHS
from reproduce.table4_benchmarks import methods as table4_methods

pytestmark = pytest.mark.fast

TABLE = Table("study", "t", "c", by=("dataset",), measures=("mof",))


def options(*arguments):
    return options_of(None, seeds=1).parse_args([str(argument) for argument in arguments])


def video(seed=0):
    """Frames [40, 3] of two actions, and their labels."""
    truth = np.repeat([0, 1], 20)
    return np.random.default_rng(seed).normal(size=(40, 3)) + 5 * truth[:, None], truth


def test_a_subset_is_drawn_once_and_keeps_the_order():
    tasks = [Task(f"v{i:03d}", video, "", 2) for i in range(300)]
    drawn = [task.video for task in subset(tasks, 100)]
    assert drawn == [task.video for task in subset(tasks, 100)]
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 100
    assert drawn[-1] > "v250"
    assert subset(tasks[:5], 100) == tasks[:5]


def test_pieces_are_runs_of_labels():
    row = measure(np.repeat([0, 1], 6), np.repeat([0, 1, 0, 1, 2, 2], 2), 4)
    assert (row["pieces"], row["pieces_per_asked"], row["found"]) == (5, 1.25, 3)
    assert row["mof"] == pytest.approx(8 / 12)


def test_batches_of_any_size_take_as_many_steps():
    assert epochs_of(2000, 5, 400, 100) == 100
    assert epochs_of(2000, 5, 32, 100) * (2000 // 32) == pytest.approx(500, abs=31)
    assert epochs_of(2000, 5, "video", 100) == 500
    assert epochs_of(2000, 5, 1, 1) == 1
    frames, _ = video()
    expected = segment_video(frames, 2, epochs=4, batch_size="video", smoothing=0, name="a")
    found = segment_in_equal_steps(frames, 2, epochs=2, batch_size="video", smoothing=0, name="a")
    np.testing.assert_array_equal(found, expected)


def test_the_papers_method_is_that_of_tables_2_and_4_whose_rows_serve():
    (theirs,) = (method for method in table4_methods(2.5) if method.name == "learned, kernel")
    mine = {m.name: m for m in figure3a_kernels.methods({"smoothing": 2.5, "epochs": EPOCHS})}
    assert (mine[PRODUCT].settings, mine[PRODUCT].segment) == (theirs.settings, theirs.segment)
    settings = figure3a_kernels._moving5_settings(smoke=False)
    rows = table2_moving5.methods(settings["epochs"], settings["weight_decay"])
    (theirs,) = (method for method in rows if method.name == "learned, kernel")
    assert settings == theirs.settings
    assert {*CHARACTERISTIC, PRODUCT} <= set(mine)
    assert sum(name.startswith(GAUSS) for name in mine) == 4
    assert len(mine) == 10


def test_the_gaussian_factor_of_known_distances():
    task = Task("v", lambda: (np.array([[0.0], [0.0], [1.0], [1.0]]), None), "", 2)
    found = figure3a_kernels.gaussian_factor([task], 0)
    assert found["length_scale"] == 4  # standardised, the frames lie at -1 and 1
    assert found["quantiles"]["0"] == pytest.approx(np.exp(-4 / 16), abs=1e-5)
    assert found["quantiles"]["100"] == 1
    assert found["videos"] == 1


def test_every_factor_has_the_default_first_and_names_of_its_own():
    names = [f"{factor}: {value}" for factor, values in study_settings.FACTORS.items() for value in values]
    assert len(set(names)) == len(names)
    for values in study_settings.FACTORS.values():
        assert next(iter(values.values())) == {}
        made = [study_settings._method("m", changed, {"epochs": 1}) for changed in values.values()]
        assert made[0] == Method("m", segment_video, {"epochs": 1})
    assert sorted(figure3b_smoothing.SMOOTHINGS) == list(figure3b_smoothing.SMOOTHINGS)


def test_rows_of_data_that_is_not_here_are_not_lost(tmp_path, capsys):
    rows = [{"dataset": d, "video": v, "mof": 0.5} for d in ("A", "B") for v in ("v0", "v1")]
    assert store(TABLE, Outcome(rows, {}, 4), {}, options(), tmp_path)
    assert not store(TABLE, Outcome(rows[:2], {}, 2), {}, options(), tmp_path)
    assert "have B too" in capsys.readouterr().out
    assert len(read_rows("study", tmp_path)) == read_facts("study", tmp_path)["rows"] == 4


@pytest.mark.parametrize(
    "given", [["--smoke"], ["--videos", 2], ["--datasets", "yti"], ["--clusters", "twfinch"]]
)
def test_parts_of_a_run_are_not_stored(given, tmp_path):
    assert not store(TABLE, Outcome([{"dataset": "A"}], {}, 1), {}, options(*given), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_data_set_of_another_study_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no data set of this study"):
        open_studied(options("--datasets", "yti"), study_settings.DATASETS, 2)
    assert open_studied(options("--datasets", "yti", "--data-root", tmp_path), ("yti",), 2) == []


@pytest.mark.parametrize("script", [figure3a_kernels, figure3b_smoothing, study_settings])
def test_absent_data_is_said(script, capsys, tmp_path):
    name = script.DATASETS[0]
    assert script.main(["--datasets", name, "--data-root", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "needs data: " in said
    assert f"{script.COMMAND} --data-root DATA" in said
