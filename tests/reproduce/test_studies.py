"""The studies of kernels, smoothing and settings: what they draw, measure and store."""

import numpy as np
import pytest

from dkva.approximation.segmenter import segment_video
from dkva.experiments.experiment import Method, Outcome, Task
from dkva.experiments.registry import SEGMENTER, listed
from reproduce import (
    figure3a_kernels,
    figure3b_smoothing,
    gaussian_factor,
    study_batches,
    study_estimator,
    study_initialisation,
    study_network,
    study_seeds,
    study_transport,
    table2_moving5,
)
from reproduce.base.methods import method
from reproduce.base.store import Table, read_facts, read_rows
from reproduce.collections.benchmarks import options_of
from reproduce.figure3b_smoothing import measure
from reproduce.ledger.claim_tests import CHARACTERISTIC, GAUSS, PRODUCT
from reproduce.study_batches import epochs_of, segment_in_equal_steps
from reproduce.table4_benchmarks import EPOCHS
from reproduce.table4_benchmarks import methods as table4_methods
from reproduce.tables import varied
from reproduce.tables.smoothing_rule import by_rule, rule
from reproduce.tables.studies import LEARNED, open_studied, store, subset

pytestmark = pytest.mark.fast

STUDIES = [
    study_network, study_initialisation, study_batches, study_estimator, study_seeds, study_transport
]  # fmt: skip
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


def test_methods_of_the_library_have_ids_of_their_own():
    assert {m.id for m in table4_methods(2.5)} == {*listed(SEGMENTER)[0]} - {"sinkhorn"}
    assert {m.id for m in varied.methods(study_transport.FACTORS, {})} == {"dkva", "sinkhorn"}
    assert {m.id for m in varied.methods(study_batches.FACTORS, {})} == {"dkva", "segment_in_equal_steps"}
    assert method("m", segment_video, {"epochs": 1}, False) == Method(
        "m", segment_video, {"epochs": 1}, False, id="dkva"
    )


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
    assert len(mine) == 12


def test_the_gaussian_factor_of_known_distances():
    task = Task("v", lambda: (np.array([[0.0], [0.0], [1.0], [1.0]]), None), "", 2, columns={"dataset": "d"})
    (row,) = gaussian_factor.describe([task, task], 0).rows
    assert row["length_scale"] == pytest.approx(4, rel=1e-5)  # standardised, the frames lie at -1 and 1
    # Of six pairs four are 2 apart.
    assert (row["lowest"], row["median"]) == pytest.approx([np.exp(-4 / 16)] * 2, abs=1e-5)
    assert row["0.5 to 0.9"] == pytest.approx(4 / 6)
    assert row["0.999 to 1"] == pytest.approx(2 / 6)
    assert sum(row[name] for name in gaussian_factor.RANGES) == pytest.approx(1)


@pytest.mark.parametrize("script", STUDIES)
def test_every_factor_has_the_methods_own_value_first_and_names_of_its_own(script):
    names = [f"{factor}: {value}" for factor, values in script.FACTORS.items() for value in values]
    assert len(set(names)) == len(names)
    made = {m.name: m for m in varied.methods(script.FACTORS, {"smoothing": 2.5, "epochs": EPOCHS})}
    (theirs,) = (method for method in table4_methods(2.5) if method.name == LEARNED)
    for factor, values in script.FACTORS.items():
        own = made[f"{factor}: {next(iter(values))}"]
        if own.settings["epochs"]:  # what is not learned has another name
            assert (own.settings, own.segment) == (theirs.settings, theirs.segment)
        assert all(value.method == LEARNED or "epochs" in value.changed for value in values.values())


def test_strengths_of_smoothing_are_in_order():
    assert sorted(figure3b_smoothing.SMOOTHINGS) == list(figure3b_smoothing.SMOOTHINGS)


def curve(dataset, frames, scores):
    return [
        {"dataset": dataset, "video": f"v{i}", "n_frames": frames, "smoothing": a, "mof": mof + 0.01 * i}
        for a, mof in scores.items()
        for i in range(3)
    ]


def test_the_papers_rule_by_length_and_what_it_costs():
    lengths = {"50 Salads (mid)": 11788, "MPII Cooking 2": 10555, "Breakfast": 2099}
    assert {rule(name, frames) for name, frames in lengths.items()} == {2.5}
    assert {rule("another one", frames) for frames in lengths.values()} == {2.5}
    lengths = {"Hollywood Extended": 835, "Desktop Assembly": 779, "YTI": 520}
    assert {rule(name, frames) for name, frames in lengths.items()} == {1.0}
    assert {rule("another one", frames) for frames in lengths.values()} == {1.0}
    assert rule("Breakfast sample (3 real videos)", 900) == 2.5
    rows = curve("long", 3000, {0.0: 0.2, 1.0: 0.5, 2.5: 0.6, 4.0: 0.65})
    rows += curve("short", 500, {0.0: 0.2, 1.0: 0.5}) + curve("not tried", 500, {0.0: 0.2, 2.5: 0.5})
    found = by_rule(rows)
    assert set(found) == {"long", "short"}
    assert (found["long"].rule, found["long"].best, found["short"].best) == (2.5, 4.0, 1.0)
    assert found["long"].cost[:3] == pytest.approx([-0.05] * 3)
    assert found["short"].cost.mean == 0


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
        open_studied(options("--datasets", "yti"), varied.DATASETS, 2)
    assert open_studied(options("--datasets", "yti", "--data-root", tmp_path), ("yti",), 2) == []


@pytest.mark.parametrize("script", [figure3a_kernels, figure3b_smoothing, gaussian_factor, *STUDIES])
def test_absent_data_is_said(script, capsys, tmp_path):
    name = "breakfast_sample" if script in STUDIES else "50salads"
    assert script.main(["--datasets", name, "--data-root", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "needs data: " in said
    assert f"{script.TABLE.command} --data-root DATA" in said
