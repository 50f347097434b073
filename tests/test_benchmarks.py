"""The benchmarks run, and the direct implementation they measure against computes what dkva computes."""

import functools
import json
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks import (
    _run,
    alignment_steps,
    cold_start,
    decoding,
    gpu,
    joint_tasks,
    kernel_means,
    many_videos,
    memory,
    processors,
    recordings,
    reference,
    rivals,
    scaling,
    speed,
    step,
    supervised,
    text_reading,
    transport,
    tw_finch,
    warping,
)
from benchmarks.__main__ import _table, main
from dkva import Kernel, VideoSegmenter
from dkva.approximation.length_scale import length_scale
from dkva.approximation.mmd import mmd, root
from dkva.base.uniform import uniform_edges
from dkva.transport.fused_gw import decode
from reproduce.collections import moving5 as tasks_of_moving5
from reproduce.tables.moving5 import BASE
from synthetic import moving5

rng = np.random.default_rng(3)
BATCH = jnp.asarray(rng.standard_normal((40, 8)), jnp.float32)
SYNTHETIC = jnp.asarray(rng.standard_normal((5, 8)), jnp.float32)
SCALE = 7.0


@pytest.fixture(autouse=True)
def lenient():
    """The reference is written as a reader of the paper would, not under strict JAX."""
    with jax.numpy_dtype_promotion("standard"):
        yield


@pytest.fixture(scope="module", autouse=True)
def steps_taken_once():
    """The GPU's benchmark ends with that of alignment's steps, which compiles five methods."""
    with mock.patch.object(alignment_steps, "run", functools.cache(alignment_steps.run)):
        yield


@pytest.mark.fast
@pytest.mark.parametrize("y", [BATCH, SYNTHETIC])
def test_reference_kernels_are_dkvas(y):
    # The diagonal's angle keeps half the digits of float32.
    np.testing.assert_allclose(reference.ntk(BATCH, y), Kernel("ntk")(BATCH, y), rtol=5e-4, atol=1e-6)
    np.testing.assert_allclose(
        reference.gauss(BATCH, y, SCALE), Kernel("gaussian")(BATCH, y, length_scale=SCALE), rtol=1e-5
    )


@pytest.mark.fast
def test_reference_loss_is_dkvas():
    own = Kernel()(BATCH, BATCH, length_scale=SCALE)
    ratio = reference.median_ratio(BATCH, SCALE)
    between = Kernel()(BATCH, SYNTHETIC, length_scale=SCALE, rescale=ratio)
    synthetic = Kernel()(SYNTHETIC, length_scale=SCALE, rescale=ratio)
    expected = mmd(own, between, synthetic) + 1e-3 * np.linalg.norm(SYNTHETIC)
    np.testing.assert_allclose(reference.loss(SYNTHETIC, BATCH, SCALE), expected, rtol=2e-4)


@pytest.mark.fast
def test_reference_gradient_is_finite_and_dkvas():
    def loss(synthetic):
        ratio = reference.median_ratio(BATCH, SCALE)
        grams = (
            Kernel()(BATCH, length_scale=SCALE, rescale=ratio),
            Kernel()(BATCH, synthetic, length_scale=SCALE, rescale=ratio),
            Kernel()(synthetic, length_scale=SCALE, rescale=ratio),
        )
        size = (synthetic**2).sum()
        return mmd(*grams) + 1e-3 * root(size, size)

    got = jax.jit(jax.grad(reference.loss))(SYNTHETIC, BATCH, SCALE)
    np.testing.assert_allclose(got, jax.jit(jax.grad(loss))(SYNTHETIC), rtol=1e-2, atol=1e-4)


@pytest.mark.fast
@pytest.mark.parametrize(("n", "m"), [(100, 7), (11788, 19), (5, 5), (3, 1)])
def test_reference_batches_hold_each_segment_alike(n, m):
    drawn = reference.sample(np.random.default_rng(0), n, m)
    size = min(512, n // m)
    assert len(drawn) == size
    assert 0 <= drawn.min() <= drawn.max() < n
    stratified = np.searchsorted(uniform_edges(n, m), drawn[: size // m * m], side="right") - 1
    np.testing.assert_array_equal(np.bincount(stratified, minlength=m), size // m)


@pytest.mark.fast
def test_reference_length_scale_is_dkvas():
    np.testing.assert_allclose(
        reference.length_scale(np.asarray(BATCH)), length_scale(np.asarray(BATCH)), rtol=1e-5
    )


def test_reference_segments_as_dkva_does():
    rng = np.random.default_rng(0)  # its own: that of the module depends on which tests ran before
    centres = 3 * rng.standard_normal((4, 8))
    raw = np.repeat(centres, (40, 25, 35, 30), axis=0)
    raw += 0.3 * rng.standard_normal(raw.shape)
    expected = VideoSegmenter(4, smoothing=0, epochs=20).fit_predict(raw)
    got = reference.segment(_run.standardised(raw), 4, epochs=20)
    np.testing.assert_array_equal(got, expected)
    assert set(expected) == {0, 1, 2, 3}


@pytest.mark.parametrize(("n", "k"), [(60, 4), (300, 7)])
def test_reference_decoder_is_dkvas(n, k):
    costs = np.random.default_rng(n).uniform(0, 2, (n, k)).astype(np.float32)
    expected = decode(costs).assignment
    assert np.ptp(expected, axis=1).min() > 0.1  # no plan is left where it began
    # 25 steps multiply by exp(-step·gradient), whose exponents of up to 4 are off by some 2^-22 each.
    np.testing.assert_allclose(reference.decode(costs), expected, atol=25 * 4 * 2.0**-22)


@pytest.mark.fast
def test_warm_up_is_not_timed_and_functions_take_turns():
    calls = []
    timings = _run.timed({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repeats=3)
    assert calls == ["a", "b"] * 4
    for timing in timings.values():
        assert timing["repeats"] == 3
        assert 0 <= timing["min_s"] <= timing["median_s"]


@pytest.mark.fast
def test_a_process_that_fails_is_reported():
    with pytest.raises(RuntimeError, match="no such thing"):
        _run.fresh_process("-c", "raise SystemExit('no such thing')")


@pytest.mark.parametrize(
    "module",
    [
        speed,
        step,
        cold_start,
        memory,
        scaling,
        many_videos,
        text_reading,
        tw_finch,
        kernel_means,
        transport,
        decoding,
        warping,
        supervised,
        rivals,
        joint_tasks,
        recordings,
        processors,
        alignment_steps,  # beside the next test, which goes on with what it has compiled
    ],
)
def test_smoke(module, tmp_path):
    name = module.__name__.rpartition(".")[2]
    main(["--smoke", "--only", name, "--out", str(tmp_path)])
    record = json.loads((tmp_path / f"{name}.json").read_text())
    assert record["command"] == f"python -m benchmarks --only {name} --smoke"
    assert record["device"]
    assert record["processor"]
    assert record["cores"] >= 1
    assert {"python", "jax", "numpy", "optax", "dkva"} <= set(record["versions"])
    table = (tmp_path / "README.md").read_text()
    for row in module.rows(record["figures"]):
        assert row.what in table


def test_the_gpu_benchmark_runs_on_a_cpu(tmp_path, capsys):
    out = tmp_path / "gpu.json"
    sizes = ["--smoke", "--scale", "0.001", "--epochs", "1", "--group-size", "2"]
    assert gpu.main([*sizes, "--out", str(out)]) == 0
    record = json.loads(out.read_text())
    runs = record["figures"]["runs"]
    assert set(runs) == {"50 Salads", "Table 4"}
    assert runs["50 Salads"]["videos"] == 1
    assert runs["Table 4"]["videos"] == sum(
        max(1, round(0.001 * each.videos)) for each in gpu.RUNS["Table 4"]
    )
    for each in runs.values():
        assert each["frames_equal_to_cpu"] > 0.99
        assert each["seconds"] > 0
    text = capsys.readouterr().out
    for row in gpu.rows(record["figures"]):
        assert row.what in text
    assert set(record["figures"]["alignment"]["steps"]) == set(alignment_steps.PROGRAMS)


def test_models_that_take_no_memory_of_their_own_have_no_ratio_of_it():
    beside = [
        {"program": program, "seconds": 2.0, "memory_mb": 0.0, "file_kb": 3.0}
        for program in joint_tasks.PROGRAMS
    ]
    rows = joint_tasks.rows({"videos": 2, "frames": 9, "epochs": 1, "beside": beside})
    assert [row.measured for row in rows[-2:]] == ["0.50, –, 0.50"] * 2


def test_smoke_writes_nothing_unless_told_where(monkeypatch, tmp_path):
    monkeypatch.setattr("benchmarks.__main__.RESULTS", tmp_path / "results")
    main(["--smoke", "--only", "text_reading"])
    assert not (tmp_path / "results").exists()


def test_only_keeps_the_other_benchmarks_lines(tmp_path, monkeypatch):
    stored = json.loads((_run.RESULTS / "speed.json").read_text())["figures"]
    monkeypatch.setattr(speed, "run", lambda smoke: stored)
    for name in ("text_reading", "speed"):
        main(["--smoke", "--only", name, "--out", str(tmp_path)])
    table = (tmp_path / "README.md").read_text()
    assert "speed.json" in table
    assert "text_reading.json" in table


@pytest.mark.fast
def test_the_stored_page_is_what_the_measurements_give():
    assert (_run.RESULTS / "README.md").read_text() == _table(_run.RESULTS)


@pytest.mark.fast
def test_what_the_page_says_of_the_measurements():
    figures = {path.stem: json.loads(path.read_text())["figures"] for path in _run.RESULTS.glob("*.json")}
    seconds = {}
    for each in figures["scaling"]["lengths"]:
        seconds.setdefault(each["frames"], {})[each["program"]] = each["seconds"]
    compared = {frames: each for frames, each in seconds.items() if "TW-FINCH" in each}
    assert max(compared) == 300000
    for frames, each in compared.items():
        assert each["TW-FINCH"] < each["dkva"]
        assert (each["dkva, early stopping"] < each["TW-FINCH"]) == (frames >= 30000)
    for size in figures["step"]["sizes"].values():
        parts = size["parts"]
        assert parts["kernels and loss"] + parts["their gradient"] > 0.7 * size["microseconds"]
    assert figures["many_videos"]["groups"]["group_over_alone"] > 1
    readers = figures["text_reading"]["readers"]
    others = {
        name: each["median_s"]
        for name, each in readers.items()
        if "dkva" not in name and each != "not installed"
    }
    assert min(others, key=others.get) == "polars.read_csv"
    losses = {name: each["ms_per_step"] for name, each in figures["transport"]["losses"].items()}
    mmd = [each for name, each in losses.items() if "MMD" in name]
    sinkhorn = [each for name, each in losses.items() if "MMD" not in name]
    assert min(mmd) < min(sinkhorn) < max(mmd) < max(sinkhorn)


@pytest.mark.fast
def test_the_gpu_benchmark_has_the_papers_counts():
    videos = {each.name: gpu.listed(each, 1.0) for each in gpu.RUNS["Table 4"]}
    assert {name: len(each) for name, each in videos.items()} == {
        "50 Salads": 50,
        "MPII Cooking 2": 273,
        "Breakfast": 1712,
        "Hollywood Extended": 937,
        "Desktop Assembly": 76,
        "YTI": 150,
    }
    for each in gpu.RUNS["Table 4"]:
        mean = np.mean([video.frames for video in videos[each.name]])
        assert mean == pytest.approx(each.frames, rel=0.1)
    video = videos["YTI"][0]
    np.testing.assert_array_equal(gpu.made(video), gpu.made(video))
    assert gpu.made(video).shape == (video.frames, 3000)


@pytest.mark.fast
def test_many_videos_are_breakfasts():
    found = many_videos.videos()
    assert len(found) == 1460
    assert np.mean([n for _, n, _ in found]) == pytest.approx(2113.3, abs=0.1)
    assert {k for _, _, k in found} == {4, 5, 6, 7, 9}


@pytest.mark.fast
def test_a_long_walk_is_written_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(scaling, "_BLOCK", 7)
    scaling.write_walk(tmp_path / "a.npy", 20, 3)
    steps = np.diff(np.load(tmp_path / "a.npy"), axis=0)
    assert steps.shape == (19, 3)
    assert 0.5 < steps.std() < 1.5  # no jump between blocks


def test_moving5_is_compared_as_table_2_has_it(monkeypatch, tmp_path):
    few = moving5.Settings(videos=2)
    folder, _ = tasks_of_moving5.dataset(few, tmp_path)
    monkeypatch.setattr(moving5, "generate", functools.partial(moving5.generate, few))
    first, second = processors._moving5(2)
    for index, video in enumerate((first, second)):
        features, truth = tasks_of_moving5.load_video(folder, "test", index)
        np.testing.assert_array_equal(video.features, features)
        np.testing.assert_array_equal(video.truth, truth)
    assert first.n_segments == tasks_of_moving5.K
    assert BASE == {"smoothing": 0}
    assert first.settings["smoothing"] == 0


def test_labels_of_two_machines_are_compared(tmp_path, capsys):
    assert processors.main([str(tmp_path / "there"), "--smoke"]) == 0
    assert processors.main([str(tmp_path / "here"), "--smoke", "--against", str(tmp_path / "there")]) == 0
    text = capsys.readouterr().out
    assert text.count("all labels equal in 1 of 1 videos, 100.00% of 120 frames") == 2
    assert "MoF differs by 0.00 points at most" in text
