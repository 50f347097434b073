"""Every script: its smoke run, and that what is stored is what it gives."""

import json

import numpy as np
import pytest

from dkva.experiments.experiment import RowCache, run
from reproduce import (
    basic_motions,
    breakfast_sample,
    claims,
    figure3a_kernels,
    figure3b_smoothing,
    figure_arrays,
    figures,
    gaussian_factor,
    moving5_figures,
    report,
    study_batches,
    study_estimator,
    study_initialisation,
    study_moving5,
    study_network,
    study_seeds,
    study_transport,
    table2_moving5,
    table3_moving5_random_k,
)
from reproduce.base import options as options_module
from reproduce.base.paths import GENERATED, RENDERED, RESULTS
from reproduce.base.show import with_interval
from reproduce.base.store import best, chosen, read_facts, read_rows, summarise
from reproduce.collections import moving5
from reproduce.collections.benchmarks import random_k
from synthetic.moving5 import REPEATED, Settings

SCRIPTS = [
    basic_motions,
    breakfast_sample,
    figure3a_kernels,
    figure3b_smoothing,
    figure_arrays,
    figures,
    gaussian_factor,
    moving5_figures,
    report,
    study_batches,
    study_estimator,
    study_initialisation,
    study_moving5,
    study_network,
    study_seeds,
    study_transport,
    table2_moving5,
    table3_moving5_random_k,
]


def stamps():
    return {path: path.stat().st_mtime_ns for path in [*RESULTS.glob("*"), *RENDERED.glob("*")]}


@pytest.mark.parametrize(
    ("script", "options"),
    [*((script, []) for script in [*SCRIPTS, claims]), *((script, ["--select"]) for script in SCRIPTS[-2:])],
)
def test_smoke_runs_store_nothing(script, options, capsys):
    before = stamps()
    assert script.main([*options, "--smoke"]) == 0
    assert capsys.readouterr().out
    assert before == stamps()


# --- Moving5 -----------------------------------------------------------------------------------------


def test_frames_are_divided_by_their_norm():
    frames = np.zeros((3, 28, 28, 3), np.uint8)
    frames[0, 0, 0], frames[1] = (3, 4, 0), 7
    features = moving5.features_of(frames)
    assert features.shape == (3, 2352)
    assert np.linalg.norm(features, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert features[0, :3] == pytest.approx([0.6, 0.8, 0])


def test_a_data_set_is_made_once_and_again_where_it_is_damaged(tmp_path):
    settings = Settings(videos=2)
    place, checksum = moving5.dataset(settings, tmp_path)
    path = place / "test" / "frames.npy"
    before = path.stat().st_mtime_ns
    assert moving5.dataset(settings, tmp_path) == (place, checksum)
    assert path.stat().st_mtime_ns == before
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(body)
    assert moving5.dataset(settings, tmp_path) == (place, checksum)
    assert path.read_bytes() != bytes(body)
    other, _ = moving5.dataset(Settings(videos=2, travel=1), tmp_path)
    assert other != place


def test_random_k_is_what_the_paper_says_and_the_same_for_every_method():
    draws = [random_k(f"test{i:02d}", moving5.K, draw) for i in range(300) for draw in range(5)]
    assert set(draws) == set(range(2, 11))
    assert draws.count(2) / len(draws) == pytest.approx(3 / 11, abs=0.04)
    assert draws.count(10) / len(draws) == pytest.approx(1 / 11, abs=0.03)
    rows = read_rows("table3_moving5_random_k")
    by_draw = {}
    for row in rows:
        by_draw.setdefault((row["video"], row["draw"]), set()).add(row["n_segments"])
    assert len(by_draw) == 250
    assert all(len(numbers) == 1 for numbers in by_draw.values())


def test_further_appearances_that_are_joined():
    three = REPEATED
    truth = np.repeat([three, 9, three, 1, three], 4)

    def joined(*labels):
        return moving5.measure(truth, np.repeat(labels, 4), 5)["repeats_joined"]

    assert joined(0, 1, 0, 2, 0) == 1
    assert joined(0, 1, 0, 2, 3) == 0.5
    assert joined(0, 1, 3, 2, 4) == 0
    assert np.isnan(moving5.measure(np.repeat([three, 9], 4), np.repeat([0, 1], 4), 2)["repeats_joined"])


def test_boundary_f1_and_unused():
    truth = np.repeat([9, 3, 7, 5, 1], 4)
    row = moving5.measure(truth, np.repeat([0, 1], [8, 12]), 5)
    assert (row["boundary_accuracy"], row["boundary_precision"]) == (0.25, 1)
    assert row["boundary_f1"] == pytest.approx(0.4)
    assert row["unused"] == pytest.approx(0.6)
    assert moving5.measure(truth, np.zeros(20, int), 5)["boundary_f1"] == 0


def test_a_rerun_gives_the_stored_rows(tmp_path):
    choice = chosen(table2_moving5.CHOICE)
    methods = table2_moving5.methods(int(choice["epochs"]), choice["weight_decay"])
    mine = [method for method in methods if method.name == "learned, kernel"]
    rows = run(mine, moving5.tasks(seeds=range(2), videos=3), RowCache(tmp_path / "rows.sqlite")).rows
    stored = {
        (r["video"], r["seed"]): r for r in read_rows("table2_moving5") if r["method"] == "learned, kernel"
    }
    assert len(rows) == 6
    for row in rows:
        expected = stored[row["video"], row["seed"]]
        for measure in (*table2_moving5.TABLE.measures, "found", "edit"):
            assert row[measure] == pytest.approx(expected[measure], abs=1e-6, nan_ok=True), measure


@pytest.mark.parametrize("script", [table2_moving5, table3_moving5_random_k])
def test_settings_come_from_the_validation_videos(script):
    table, choice = script.TABLE, script.CHOICE
    rows = read_rows(choice.name)
    assert {row["video"][:10] for row in rows} == {"validation"}
    assert len({row["video"] for row in rows}) == 50
    facts = read_facts(table.name)
    found = best(summarise(rows, choice.by, choice.measures), choice.choose)
    learned = [
        m["settings"]
        for name, m in facts["methods"].items()
        if name in ("learned, kernel", "learned, chosen weight decay")
    ]
    for name, value in found.items():
        assert value in {settings[name] for settings in learned}, name
    assert len(facts["seeds"]) >= 5
    assert facts["videos"] == 50


def test_the_measured_order_of_methods_and_overfitting():
    """What was measured before this code was written (method: section 8), on the stored rows."""
    mean = {
        record["method"]: record["mean"]
        for record in read_facts("table2_moving5")["table"]
        if record["measure"] == "mof"
    }
    assert mean["uniform split"] < mean["initial, L2"] < mean["initial, kernel"] < mean["learned, kernel"]
    assert mean["learned, kernel: 4 × epochs"] < mean["learned, kernel"]


def test_figures_are_drawn_from_the_stored_arrays():
    computed = moving5_figures.arrays(moving5_figures.VIDEOS[:1])
    with np.load(RESULTS / moving5_figures.ARRAYS, allow_pickle=False) as stored:
        assert {name for name in stored.files if name.startswith("5/")} == set(computed)
        for name, array in computed.items():
            if array.dtype == np.uint8 and array.ndim == 4:
                np.testing.assert_allclose(stored[name].astype(int), array.astype(int), atol=2)
            else:
                assert np.mean(stored[name] == array) > 0.99, name
    assert GENERATED.is_dir()


# --- real recordings ---------------------------------------------------------------------------------


def test_without_the_data_the_stored_table_is_shown(capsys, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert breakfast_sample.main([]) == 0
    text = capsys.readouterr().out
    assert "needs data" in text
    assert "P05_cam01_P05_coffee" in text


def test_the_authors_figures_are_those_of_the_reference(reference_root):
    from reproduce.ledger.paper import number

    reference = json.loads((reference_root / "authors_breakfast_sample.json").read_text())["videos"]
    for name in breakfast_sample.VIDEOS:
        theirs = reference[name]["authors_gauss_ntk"]
        for measure in ("mof", "iou", "f1"):
            assert number("program", {"video": name}, measure) == pytest.approx(
                100 * theirs[measure], abs=0.01
            )


def test_the_smoothing_was_chosen_on_training_sequences():
    rows = read_rows("basic_motions_choice")
    assert {row["video"][:5] for row in rows} == {"train"}
    assert {row["smoothing"] for row in rows} == set(basic_motions.SMOOTHINGS)
    found = best(summarise(rows, ("smoothing",), ("mof",)), "mof")
    assert read_facts("basic_motions")["settings"]["smoothing"] == found["smoothing"]


def test_sequences_are_real_pieces_joined():
    frames, labels = basic_motions.sequence("test", 0)
    assert frames.shape == (4000, 12)
    again, _ = basic_motions.sequence("test", 0)
    assert (frames == again).all()
    assert not (basic_motions.sequence("test", 1)[1] == labels).all()


# --- the README --------------------------------------------------------------------------------------


def test_tables_in_the_readme_are_the_stored_rows():
    readme = (RESULTS.parent / "README.md").read_text()
    rows = read_rows("breakfast_sample")
    for name in breakfast_sample.VIDEOS:
        for cell in breakfast_sample.cells(rows, name):
            scores, spread = cell.split("  (MoF ")
            assert scores in readme
            assert spread.rstrip(")") in readme
    for table in (basic_motions.TABLE, table2_moving5.TABLE, table3_moving5_random_k.TABLE):
        for record in read_facts(table.name)["table"]:
            if record["measure"] in table.measures[:3]:
                line = next(
                    line for line in readme.splitlines() if line.startswith(f"| {record['method']} |")
                )
                assert any(
                    with_interval(record) in line
                    for line in readme.splitlines()
                    if line.startswith(f"| {record['method']} |")
                ), (record, line)
    rows = read_rows("basic_motions")
    for a, b in basic_motions.GAINS:
        assert " | ".join(basic_motions.gains(rows, a, b)) in readme
    speed = json.loads((RESULTS / "benchmarks/speed.json").read_text())["figures"]
    for estimator in ("batch", "video"):
        assert f"{speed[estimator]['direct_over_this']:.0f}× as fast" in readme


def test_verdicts_in_the_readme_are_the_ledgers():
    readme = (RESULTS.parent / "README.md").read_text()
    for record in json.loads((RESULTS / claims.LEDGER).read_text())["claims"]:
        if record["effect"] is not None:
            line = next(line for line in readme.splitlines() if line.startswith(f"| {record['statement']} |"))
            low, high = record["interval"]
            assert f"{record['effect']:+.1f} [{low:+.1f}, {high:+.1f}]" in line
            assert f"| {record['verdict']} |" in line


@pytest.mark.parametrize("smoke", [[], ["--smoke"]])
def test_the_scheduler_is_passed_on(monkeypatch, tmp_path, smoke):
    given = []
    monkeypatch.setattr(options_module, "run", lambda *_, **options: given.append(options))
    for name in ([], ["--scheduler", "dask"], ["--scheduler", "tcp://10.0.0.1:8786"]):
        options = options_module.parser(None).parse_args([*name, *smoke])
        options_module.compute([], [], options, tmp_path / "rows.sqlite")
    assert [options["scheduler"] for options in given] == ["processes", "dask", "tcp://10.0.0.1:8786"]


def test_an_unknown_scheduler_is_refused(capsys):
    with pytest.raises(SystemExit):
        options_module.parser(None).parse_args(["--scheduler", "slurm"])
    assert "unknown scheduler 'slurm': choose processes, dask" in capsys.readouterr().err
