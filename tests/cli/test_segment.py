import csv
import json
import os
import signal
import subprocess
import sys
import time

import made_plugin
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dkva import KernelMeanSegmenter, VideoSegmenter, baselines, segments
from dkva.export.documents import FORMAT
from dkva.export.levels import read_levels


def video(n=60, d=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) + np.repeat(rng.normal(size=(3, d)) * 9, -(-n // 3), axis=0)[:n]


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "data"
    for sub in ("features/tea", "features/milk", "groundTruth", "mapping"):
        (root / sub).mkdir(parents=True)
    for seed, name in enumerate(("tea/P1_tea", "milk/P1_milk", "milk/P2_milk")):
        np.savetxt(root / f"features/{name}.txt", video(seed=seed))
        (root / f"groundTruth/{name.split('/')[1]}.txt").write_text("a\n" * 20 + "b\n" * 20 + "c\n" * 20)
    (root / "mapping/mapping.txt").write_text("0 a\n1 b\n2 c\n")
    return root


@pytest.fixture
def lone(folder):
    """The same with one video, where more would show no more."""
    for path in (folder / "features/milk").iterdir():
        path.unlink()
    return folder


#: The command, slow from a video on: it waits there until it is stopped.
SLOW = """
import sys
import time

import dkva.cli.segment
from dkva.cli.main import main
from dkva.cli.segmenting import collect

work = dkva.cli.segment.work


def slow(unit, way):
    if unit.video.name == sys.argv[1]:
        time.sleep(300)
    return work(unit, way=way)


dkva.cli.segment.work = slow
collect._CSV_SECONDS = 0
main(sys.argv[2:])
"""


FAST = ("--method", "dkva", "--smoothing", "0", "--epochs", "3")
KMS = ("--method", "kms")


def scored(folder):
    """Options that ask for scores."""
    return "--labels", folder / "groundTruth"


def test_a_folder_in_documents_a_table_and_pictures_out(dkva, folder, tmp_path):
    out = tmp_path / "out"
    code, text, errors = dkva(
        "segment", folder, "-k", 3, "--labels", folder / "groundTruth", "--out", out, "--plot", *FAST
    )
    assert (code, errors) == (0, "")
    assert "mean of 3" in text
    for name in ("tea/P1_tea", "milk/P1_milk", "milk/P2_milk"):
        doc = json.loads((out / f"{name}.json").read_text())
        assert {"segments", "settings", "versions", "scores"} <= doc.keys()
        assert doc["video"] == name
        assert doc["segments"][0]["start"] == 0
        assert doc["segments"][-1]["end"] == doc["frames"] == 60
        for run, following in zip(doc["segments"], doc["segments"][1:], strict=False):
            assert run["end"] == following["start"]
            assert -1 <= run["margin"] <= 1
        assert (out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert str(tmp_path) not in (out / f"{name}.json").read_text()
    rows = list(csv.DictReader((out / "segments.csv").open()))
    assert {row["video"] for row in rows} == {"tea/P1_tea", "milk/P1_milk", "milk/P2_milk"}


@pytest.mark.parametrize(
    "given", [{}, {"kernel": "sntk_authors", "init": "random"}], ids=["default", "authors"]
)
def test_the_command_gives_what_the_library_gives(dkva, lone, tmp_path, given):
    options = [word for name, value in given.items() for word in (f"--{name}", value)]
    dkva("segment", lone, "-k", 3, "--out", tmp_path / "out", "--seed", 7, *FAST, *options)
    doc = json.loads((tmp_path / "out/tea/P1_tea.json").read_text())
    fitted = VideoSegmenter(**doc["settings"]).fit(
        np.loadtxt(lone / "features/tea/P1_tea.txt"), name="P1_tea"
    )
    runs = [(run["start"], run["end"], run["label"]) for run in doc["segments"]]
    assert runs == [tuple(run) for run in segments(fitted.labels_)]
    assert doc["settings"]["random_state"] == 7
    assert given.items() <= doc["settings"].items()


def test_a_second_run_keeps_what_is_done_and_says_so(dkva, folder, tmp_path):
    command = ("segment", folder, "-k", 3, "--out", tmp_path / "out", "--method", "kmeans")
    dkva(*command)
    path = tmp_path / "out/tea/P1_tea.json"
    before = path.stat().st_mtime_ns
    code, text, _ = dkva(*command)
    assert code == 0
    assert "segmented 0; kept 3 done before" in text
    assert path.stat().st_mtime_ns == before
    # scores can be added without segmenting again
    _, text, _ = dkva(*command, "--labels", folder / "groundTruth")
    assert "kept 3" in text
    assert "scores" in json.loads(path.read_text())
    for changed in (("--seed", 1), ("--n-init", 4), ("--force",), ("--transposed",)):
        _, text, _ = dkva(*command, *changed)
        assert "segmented 3" in text, changed
    np.savetxt(folder / "features/tea/P1_tea.txt", video(seed=9))
    assert "segmented 3" in dkva(*command)[1]
    np.savetxt(folder / "features/tea/P1_tea.txt", video(seed=10))
    assert "segmented 1; kept 2" in dkva(*command)[1]


@pytest.mark.parametrize("form", ["json", "csv", "both"])
def test_formats(dkva, lone, tmp_path, form):
    out = tmp_path / "out"
    command = ("segment", lone / "features", "-k", 3, "--out", out, "--format", form, *FAST)
    dkva(*command)
    assert (out / "segments.csv").exists() == (form != "json")
    assert (out / "tea/P1_tea.json").exists() == (form != "csv")
    assert "kept 1" in dkva(*command)[1]


def test_the_table_keeps_videos_of_earlier_runs(dkva, folder, tmp_path):
    out = tmp_path / "out"
    for sub in ("tea", "milk"):
        dkva("segment", folder / "features" / sub, "-k", 3, "--out", out, *FAST)
    assert {row["video"] for row in csv.DictReader((out / "segments.csv").open())} == {
        "P1_tea",
        "P1_milk",
        "P2_milk",
    }


def test_labels_do_not_change_with_the_folder_the_run_was_started_on(dkva, lone, tmp_path):
    dkva("segment", lone, "-k", 3, "--out", tmp_path / "a", *FAST)
    dkva("segment", lone / "features/tea/P1_tea.txt", "-k", 3, "--out", tmp_path / "b", *FAST)
    a = json.loads((tmp_path / "a/tea/P1_tea.json").read_text())
    b = json.loads((tmp_path / "b/P1_tea.json").read_text())
    assert a["segments"] == b["segments"]


@pytest.mark.parametrize("scheduler", ["processes", "dask"])
def test_more_processes_write_the_same_and_go_on_where_one_stopped(dkva, folder, tmp_path, scheduler):
    (folder / "features/milk/P3_milk.txt").write_text("1 2\n3 vier\n")
    (folder / "groundTruth/P3_milk.txt").write_text("a\nb\n")
    many = ("--workers", 2, "--scheduler", scheduler)
    base = ("segment", folder, "-k", 3, "--labels", folder / "groundTruth", "--method", "tw_finch")
    plain, parallel = (
        dkva(*base, *more, "--out", tmp_path / out) for out, more in (("one", ()), ("two", many))
    )
    assert plain[0] == parallel[0] == 2
    assert parallel[1].replace("two", "one") == plain[1]  # the table in the order of the videos
    assert parallel[2] == plain[2]
    names = {path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*")}
    assert names == {path.relative_to(tmp_path / "two") for path in (tmp_path / "two").rglob("*.*")}
    assert len(names) == 3 + 4  # documents; three tables and what stands beside one
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    (tmp_path / "one/tea/P1_tea.json").unlink()
    assert "segmented 1; kept 2 done before" in dkva(*base, *many, "--out", tmp_path / "one")[1]


def test_a_scheduler_that_is_not_there_is_one_line(dkva, folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, text, errors = dkva(
        "segment", folder, "-k", 3, "--out", tmp_path / "out", "--scheduler", "dask", *FAST
    )
    assert code == 2
    assert "segmented 0; failed 3" in text
    assert errors.splitlines() == ['error: Dask is not installed: pip install "dkva[cluster]"']


BAD_FILES = {
    "empty.txt": b"",
    "ragged.txt": b"1 2\n3 4\n5\n",
    "words.txt": b"1 2\n3 vier\n",
    "nan.txt": b"1 2\nnan 4\n",
    "column.txt": b"1\n2\n",
    "page.txt": b"<html>",
    "short.txt": b"1 2\n3 4\n",
    "junk.npy": b"junk",
}


def test_bad_videos_are_listed_one_line_each_and_the_others_done(dkva, folder, tmp_path):
    features = folder / "features/milk"
    for name, data in BAD_FILES.items():
        (features / name).write_bytes(data)
    np.save(features / "objects.npy", np.array([{}], object), allow_pickle=True)
    code, text, errors = dkva("segment", folder, "-k", 3, "--out", tmp_path / "out", *FAST)
    assert code == 2
    assert "segmented 3; failed 9" in text
    lines = errors.splitlines()
    assert len(lines) == 9
    for name in [*BAD_FILES, "objects.npy"]:
        (line,) = [line for line in lines if name in line]
        assert line.startswith("error: ")
        assert "; " in line
    assert "ragged.txt, line 3:" in errors
    assert "words.txt, line 2:" in errors
    assert "nan.txt, line 2:" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["{root}/none.txt", "-k", "3"], "none.txt: not found"),
        (["{root}/mapping/..", "-k", "0"], "-k is 0"),
        (["{root}", "-k", "-2"], "-k is -2"),
        (["{root}", "-k", "2.5"], "'2.5' is not a whole number, nor auto"),
        (["{root}"], "Missing option '-k'"),
        (["-k", "3"], "Missing argument"),
        (["{root}", "--levels", "3-2"], "'--levels': '3-2' is no range: give FROM-TO such as 2-12"),
        (
            ["{root}", "--levels", "2-8", "--nested", "--method", "kmeans"],
            "--nested: the levels of kmeans are",
        ),
        (
            ["{root}", "--levels", "2-8", "--nested", "--epochs", "3"],
            "kms alone (--epochs is a setting of the",
        ),
        (["{root}", "--levels", "2"], "--levels 2: give -k, too, or levels up to 3 at least"),
        (["{root}", "-k", "3", "--nested"], "--nested: says nothing without --levels"),
        (["{root}", "-k", "3", "--ignore", "SIL"], "--ignore: is of --labels; give both, or leave it out"),
        (["{root}", "-k", "3", "--force-lengths"], "--force-lengths: is of --labels; give both"),
        (["{root}", "--levels", "2-51"], "'2-51': give levels up to 50 at most"),
        (["{root}", "-k", "3", "--together", "--epochs", "3"], "(--epochs is a setting of the paper's"),
        (["{root}", "-k", "61"], "60 frames for 61 segments; ask for at most 60"),
        (["{root}/mapping", "-k", "3"], "single column of features left"),
        (["{root}/empty", "-k", "3"], "no feature files"),
        (["{root}", "-k", "3", "--labels", "{root}/none"], "none: not found"),
        (["{root}", "-k", "3", "--labels", "{root}/mapping"], "no labels for 'milk/P1_milk'"),
        (["{root}", "-k", "3", "--labels", "{root}/mapping/mapping.txt"], "one file for 3 videos"),
        (["{root}", "-k", "3", "--whitening", "2"], "whitening is 2"),
        (["{root}", "-k", "3", "--smoothing", "-1"], "smoothing is -1"),
        (["{root}", "-k", "3", "--smoothing", "nan"], "smoothing is nan"),
        (["{root}", "-k", "3", "--epochs", "-1"], "epochs is -1"),
        (["{root}", "-k", "3", "--seed", "-1"], "'--seed': -1 is not in the range"),
        (["{root}", "-k", "3", "--learning-rate", "0"], "learning_rate is 0"),
        (["{root}", "-k", "3", "--length-scale", "mean"], "median_squared, median"),
        (["{root}", "-k", "3", "--kernel", "rbf"], "'gauss_ntk'"),
        (["{root}", "-k", "3", "--out", "{root}/mapping/mapping.txt"], "cannot be written"),
        (["{root}", "-k", "3", "--bogus"], "No such option"),
        (["{root}", "-k", "3", "--workers", "0"], "'--workers': 0 is not in the range"),
        (["{root}", "-k", "3", "--scheduler", "slurm"], "unknown scheduler 'slurm': choose processes, dask"),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_says_what_to_do(dkva, folder, tmp_path, arguments, part):
    (folder / "empty").mkdir()
    filled = [argument.format(root=folder) for argument in arguments]
    code, _, errors = dkva("segment", "--out", tmp_path / "out", *filled)
    assert code == 2
    assert part in errors
    assert all(line.startswith(("error: ", "note: ")) for line in errors.splitlines())


def test_labels_that_do_not_fit(dkva, folder, tmp_path):
    truth = folder / "groundTruth"
    (truth / "P1_tea.txt").write_text("a\n" * 59)
    (truth / "P1_milk.txt").write_text("a\n" * 59 + "z\n")
    command = ("segment", folder, "-k", 3, "--labels", truth, "--out", tmp_path / "out", *FAST)
    code, text, errors = dkva(*command)
    assert code == 2
    assert "segmented 3;" in text
    assert {path.stem for path in (tmp_path / "out").rglob("P*.json")} == {"P1_tea", "P1_milk", "P2_milk"}
    assert "P1_tea.txt: has 59 labels for 60 frames" in errors
    assert "P1_milk.txt, line 60: label 'z' is not in the mapping" in errors
    code, text, errors = dkva(*command, "--lengths", "authors")
    assert "kept 3" in text
    assert "error: " not in "".join(line for line in errors.splitlines() if "P1_tea" in line)
    assert "P1_milk.txt, line 60" in errors


def test_two_videos_of_one_name(dkva, folder, tmp_path):
    np.save(folder / "features/tea/P1_tea.npy", video())
    code, text, errors = dkva("segment", folder, "-k", 3, "--out", tmp_path / "out", *FAST)
    assert code == 2
    assert "segmented 3" in text
    assert "has the name of" in errors


def test_results_in_the_folder_of_features_are_no_videos(dkva, folder):
    command = ("segment", folder / "features", "-k", 3, "--out", folder / "features/cuts", *FAST)
    assert dkva(*command)[0] == 0
    code, text, errors = dkva(*command)
    assert (code, errors) == (0, f"note: {folder}/features/cuts: passed over, as it holds results of dkva\n")
    assert "kept 3" in text


@pytest.mark.parametrize(
    "name", ["clip[front]", "a b", "Übung", "v.1", "[bold]", "x,y", os.fsdecode(b"bad\xff")], ids=repr
)
def test_any_file_name(dkva, tmp_path, name):
    np.save(tmp_path / f"{name}.npy", video())
    command = ("segment", tmp_path, "-k", 3, "--out", tmp_path / "out", *FAST)
    code, text, errors = dkva(*command)
    assert (code, errors) == (0, "")
    assert json.loads((tmp_path / f"out/{name}.json").read_bytes())["frames"] == 60
    if name.isprintable():
        assert name in text


def test_a_table_whose_name_is_no_utf8_is_cut(dkva, tmp_path):
    (tmp_path / "v").mkdir()
    name = os.fsdecode(b"bad\xff")
    np.savetxt(tmp_path / f"v/{name}.csv", video(), delimiter=",")
    for line in ((), ("--force",)):  # parsed, and as it was kept
        code, _, errors = dkva("segment", tmp_path / "v", "-k", 3, "--out", tmp_path / "out", *FAST, *line)
        assert (code, errors) == (0, "")
    assert json.loads((tmp_path / f"out/{name}.json").read_bytes())["frames"] == 60


def test_names_too_long_for_results_are_a_line_each_and_the_others_are_cut(dkva, tmp_path):
    longest = "v" * 251
    for name in (longest, "u" * 245, "w"):
        np.save(tmp_path / f"{name}.npy", video())
    for k in (3, 4):  # anew, and where results of other settings would go
        code, text, errors = dkva("segment", tmp_path, "-k", k, "--out", tmp_path / "out", *FAST)
        assert code == 2
        assert "segmented 2;" in text
        assert f"error: {tmp_path / longest}.npy: the name is too long for those of its results" in errors
    code, _, errors = dkva("segment", tmp_path / f"{longest}.npy", "-k", 3, "--out", tmp_path / "new", *FAST)
    assert (code, errors.count("\n")) == (2, 1)
    assert not (tmp_path / "new").exists()


def test_labels_to_ignore_are_recorded_and_missed(dkva, lone, tmp_path):
    command = ("segment", lone, "-k", 3, *scored(lone), "--out", tmp_path / "out", *FAST)
    code, _, errors = dkva(*command, "--ignore", "a", "--ignore", "typo")
    assert code == 0
    assert "no video has the label to ignore: typo" in errors
    scores = json.loads((tmp_path / "out/tea/P1_tea.json").read_text())["scores"]
    assert scores["ignored"] == ["a", "typo"]
    assert scores["n_frames"] == 40


def test_a_video_that_cannot_be_scored_is_segmented_all_the_same(dkva, folder, tmp_path):
    (folder / "groundTruth/P1_tea.txt").write_text("a\n" * 60)
    command = ("segment", folder, "-k", 3, *scored(folder), "--out", tmp_path / "out", *FAST)
    code, _, errors = dkva(*command, "--ignore", "a")
    assert code == 2
    assert "P1_tea.txt: no frame is left to score" in errors
    assert (tmp_path / "out/tea/P1_tea.json").exists()


def test_numbers_too_large_are_said_and_the_rest_goes_on(dkva, folder, tmp_path):
    base = ("segment", folder / "features/tea", "-k", 3, "--out", tmp_path / "out", "--method", "dkva")
    code, _, errors = dkva(*base, "--learning-rate", "1e30", "--epochs", 3)
    assert code == 2
    assert "P1_tea.txt: learning ended in numbers too large: lower learning_rate" in errors
    for option, value in (("--smoothing", "1e9"), ("--epochs", "3000000000")):
        code, _, errors = dkva(*base, option, value)
        assert code == 2
        assert len(errors.splitlines()) == 1


@pytest.mark.usefixtures("unrendered")
def test_a_new_segmentation_takes_an_old_picture_away(dkva, folder, tmp_path):
    base = ("segment", folder / "features/tea", "--out", tmp_path, *FAST)
    dkva(*base, "-k", 3, "--plot")
    assert (tmp_path / "P1_tea.png").exists()
    dkva(*base, "-k", 2)
    assert not (tmp_path / "P1_tea.png").exists()


def test_an_interrupted_run_says_so_and_ends_with_130(folder, tmp_path):
    command = ["segment", str(folder), "-k", "3", "--out", str(tmp_path / "o"), "--method", "uniform"]
    command[:0] = [sys.executable, "-c", SLOW, "tea/P1_tea"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    limit = time.monotonic() + 120
    while not list((tmp_path / "o/milk").glob("P2*.json")) and time.monotonic() < limit:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped; what was done is kept" in errors
    assert (tmp_path / "o/segments.csv").exists()


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 9), st.integers(0, 4)),
        elements=st.floats(width=32),
    ),
    st.integers(-1, 6),
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_array_gives_segments_or_one_line(dkva, tmp_path_factory, frames, k):
    out = tmp_path_factory.mktemp("any")
    np.save(out / "v.npy", frames)
    code, _, errors = dkva(
        "segment", out / "v.npy", "-k", k, "--out", out / "o", "--method", "dkva", "--epochs", 2
    )
    usable = len(frames) >= k >= 1 and frames.shape[1] > 1 and np.isfinite(frames).all()
    assert code == (0 if usable else 2)
    lines = errors.splitlines()
    assert [line for line in lines if line.startswith("error: ")] == ([] if usable else lines)
    assert len(lines) == 1 or usable
    if usable:
        doc = json.loads((out / "o/v.json").read_text())
        assert doc["segments"][-1]["end"] == len(frames)


@pytest.mark.parametrize("form", ["both", "csv"])
def test_a_killed_run_loses_only_the_videos_in_flight(dkva, tmp_path, form):
    root, out = tmp_path / "many", tmp_path / "out"
    root.mkdir()
    count = 12
    for i in range(count):
        np.save(root / f"v{i:03}.npy", video(seed=i))
    command = ["segment", str(root), "-k", "3", "--out", str(out), "--format", form, "--method", "uniform"]
    process = subprocess.Popen([sys.executable, "-c", SLOW, "v006", *command], stdout=subprocess.DEVNULL)

    def done():
        if form == "both":
            return {path.stem for path in out.glob("*.json")}
        table = out / "segments.csv"
        return {row["video"] for row in csv.DictReader(table.open())} if table.exists() else set()

    limit = time.monotonic() + 120
    while len(done()) < 5 and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = done()
    assert 5 <= len(kept) < count - 3, "the run was not caught in the middle"
    for path in out.glob("*.json"):
        json.loads(path.read_text())
    if form == "csv":
        assert os.path.getsize(out / "segments.csv") > 0
    _, *rest = sorted({path.stem for path in root.glob("*.npy")} - kept)
    for name in rest[2:]:  # three are enough to go on with
        (root / f"{name}.npy").unlink()
    _, text, _ = dkva(*command)
    assert f"kept {len(kept)} " in text
    assert "segmented 3;" in text


OWN_SETTINGS = {
    "uniform": {},
    "kmeans": {"n_init": 5},
    "kernel_change_points": {"kernel": "linear", "min_size": 2},
    "tw_finch": {},
}


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("method", OWN_SETTINGS)
def test_a_method_with_settings_of_its_own(dkva, lone, tmp_path, method):
    own = OWN_SETTINGS[method]
    options = [word for name, value in own.items() for word in (f"--{name.replace('_', '-')}", value)]
    command = (
        "segment",
        lone,
        "-k",
        3,
        "--out",
        tmp_path / "out",
        "--seed",
        7,
        "--method",
        method,
        *options,
    )
    code, _, errors = dkva(*command, "--labels", lone / "groundTruth", "--plot")
    assert (code, errors) == (0, "")
    doc = json.loads((tmp_path / "out/tea/P1_tea.json").read_text())
    assert (doc["method"], doc["format"], doc["features"]) == (method, FORMAT, 4)
    assert own.items() <= doc["settings"].items()
    labels = getattr(baselines, method)(np.loadtxt(lone / "features/tea/P1_tea.txt"), **doc["settings"])
    assert [(run["start"], run["end"], run["label"]) for run in doc["segments"]] == [
        tuple(run) for run in segments(labels)
    ]
    assert all(-1 <= run["margin"] <= 1 for run in doc["segments"])
    assert "scores" in doc
    rows = list(csv.DictReader((tmp_path / "out/segments.csv").open()))
    assert {(row["method"], row["n_segments"]) for row in rows} == {(method, "3")}
    assert "kept 1" in dkva(*command)[1]


def test_kernel_mean_segments_are_the_estimators(dkva, lone, tmp_path):
    command = ("segment", lone, "-k", 3, "--out", tmp_path / "out", "--method", "kms", "--whitening", 0)
    code, _, errors = dkva(*command, "--labels", lone / "groundTruth")
    assert (code, errors) == (0, "")
    doc = json.loads((tmp_path / "out/tea/P1_tea.json").read_text())
    fitted = KernelMeanSegmenter(**doc["settings"]).fit(np.loadtxt(lone / "features/tea/P1_tea.txt"))
    assert [(run["start"], run["end"], run["label"]) for run in doc["segments"]] == fitted.segments_
    assert doc["scores"]["mof"] == 1
    assert "kept 1" in dkva(*command)[1]


@pytest.mark.parametrize(
    ("options", "method", "said"),
    [
        ((), "kms", "note: method kms (kernel mean segments): on average ahead of the others"),
        (("--restarts", 1), "kms", "note: --restarts is a setting of kernel mean segments: --method kms is"),
        (("--epochs", 1), "dkva", "note: --epochs is a setting of the paper's method: --method dkva is used"),
        (("--method", "kms"), "kms", ""),
        (("--method", "uniform"), "uniform", ""),
    ],
)
def test_the_method_of_who_names_none_is_said_once_and_recorded(dkva, lone, tmp_path, options, method, said):
    command = ("segment", lone, "-k", 3, "--out", tmp_path, *options)
    code, _, errors = dkva(*command)
    about = [line for line in errors.splitlines() if "method" in line]
    assert (code, len(about)) == (0, bool(said))
    assert "".join(about).startswith(said)
    assert json.loads((tmp_path / "tea/P1_tea.json").read_text())["method"] == method
    for name in ("segments.csv", "summary.csv", "transitions.csv"):
        assert {row["method"] for row in csv.DictReader((tmp_path / name).open())} == {method}
    _, text, errors = dkva(*command)
    assert "kept 1" in text
    assert "method" not in errors


@pytest.mark.parametrize("form", ["json", "csv", "both"])
@pytest.mark.parametrize("rate", [(), ("--fps", 10)], ids=["frames", "seconds"])
def test_levels_are_written_and_kept(dkva, lone, tmp_path, form, rate):
    base = ("segment", lone, "-k", 3, "--out", tmp_path, "--format", form, *KMS, *rate)
    command = (*base, "--levels", 5)
    assert dkva(*command)[::2] == (0, "")
    levels = read_levels(tmp_path / "levels.csv")
    if form != "csv":
        doc = json.loads((tmp_path / "tea/P1_tea.json").read_text())
        assert levels.get("tea/P1_tea", doc["levels"]) == doc["levels"]
        assert [level["n_segments"] for level in doc["levels"]] == [2, 3, 4, 5]
        runs = [(run["start"], run["end"], run["label"]) for run in doc["levels"][1]["segments"]]
        assert runs == [(run["start"], run["end"], run["label"]) for run in doc["segments"]]
        assert ("start_time" in doc["levels"][3]["segments"][0]) == bool(rate)
    assert len(levels) == (0 if form == "json" else 1)
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert "kept 1" in dkva(*command)[1]
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    for changed in (("--levels", "3-5"), ("--levels", 5, "--nested"), ()):
        assert "segmented 1" in dkva(*base, *changed)[1]
    assert not (tmp_path / "levels.csv").exists()


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("form", ["both", "csv"])
def test_levels_of_other_methods_are_their_cuts(dkva, lone, tmp_path, form):
    options = ("--method", "smoothed_kmeans", "--out", tmp_path, "--format", form)
    command = ("segment", lone, "-k", 3, "--levels", "2-4", *options)
    assert dkva(*command, "--plot")[0] == 0
    levels = read_levels(tmp_path / "levels.csv")["tea/P1_tea"]
    assert [level["n_segments"] for level in levels] == [2, 3, 4]
    assert levels[1]["segments"] == [
        {"start": int(row["start"]), "end": int(row["end"]), "label": int(row["label"])}
        for row in csv.DictReader((tmp_path / "segments.csv").open())
        if row["video"] == "tea/P1_tea"
    ]
    assert not levels[0].keys() & {"cost", "nesting"}
    assert "kept 1" in dkva(*command)[1]


def test_levels_and_hints_come_from_other_processes_as_from_this_one(dkva, folder, tmp_path):
    command = ("segment", folder, "--levels", 4, *KMS)
    plain = dkva(*command, "--out", tmp_path / "one")
    assert dkva(*command, "--out", tmp_path / "two", "--workers", 2)[0] == plain[0] == 0
    for name in ("tea/P1_tea.json", "levels.csv", "segments.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_levels_that_were_changed_are_made_again(dkva, folder, tmp_path):
    command = ("segment", folder, "-k", 3, "--out", tmp_path, "--format", "csv", "--levels", 4, *KMS)
    dkva(*command)
    path = tmp_path / "levels.csv"
    text = path.read_text()
    path.write_text(text.replace("tea/P1_tea,2,0,", "tea/P1_tea,2,1,"))
    assert "segmented 1; kept 2" in dkva(*command)[1]
    assert path.read_text() == text
    path.write_text("mine\n")
    code, _, errors = dkva(*command)
    assert (code, len(errors.splitlines()), path.read_text()) == (2, 1, "mine\n")


@pytest.mark.usefixtures("unrendered")
def test_a_number_that_is_a_hint(dkva, lone, tmp_path):
    np.savetxt(lone / "features/tea/P2_tea.txt", np.repeat(video(8, 4), 5, axis=0))
    np.savetxt(lone / "features/tea/P3_tea.txt", video(2, 4))
    command = ("segment", lone, "-k", "auto", "--out", tmp_path)
    code, text, errors = dkva(*command, *KMS, "--plot")
    assert code == 2
    assert "P3_tea.txt: has 2 frames, too few for -k auto; give -k" in errors
    hints = [
        line for line in errors.splitlines() if "is a hint, often off by 2 or more: look at other" in line
    ]
    assert len(hints) == 1
    docs = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("*/*.json"))]
    numbers = {doc["video"]: doc["suggestion"]["k"] for doc in docs}
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()[:2] in ("mi", "te")}
    assert len(set(numbers.values())) > 1
    for doc in docs:
        assert doc["settings"]["n_segments"] == numbers[doc["video"]]
        assert len({run["label"] for run in doc["segments"]}) <= numbers[doc["video"]]
        assert rows[doc["video"]][3] == str(numbers[doc["video"]])
        assert (tmp_path / f"{doc['video']}.suggestion.png").exists()
    assert "kept 2" in dkva(*command, *KMS)[1]
    assert "segmented 2" in dkva(*command, "--method", "tw_finch")[1]
    again = json.loads((tmp_path / "tea/P1_tea.json").read_text())
    assert (again["method"], again["suggestion"]["k"]) == ("tw_finch", numbers["tea/P1_tea"])
    _, text, _ = dkva(*command, "--method", "tw_finch", *scored(lone))
    assert text.split()[3:6] == ["video", "k", "MoF"]


@pytest.mark.usefixtures("unrendered")
def test_levels_without_a_number_give_a_hint_within_them(dkva, lone, tmp_path):
    command = ("segment", lone, "--levels", "4-6", "--out", tmp_path, "--plot", *KMS, *scored(lone))
    code, _, errors = dkva(*command, "--format", "csv")
    assert code == 0
    assert "look at the levels, too" in errors
    assert {row["n_segments"] for row in csv.DictReader((tmp_path / "segments.csv").open())} <= {
        "4",
        "5",
        "6",
    }
    assert {row["level"] for row in csv.DictReader((tmp_path / "levels.csv").open())} == {"4", "5", "6"}
    for kind in ("png", "levels.png", "suggestion.png"):
        assert (tmp_path / f"tea/P1_tea.{kind}").read_bytes().startswith(b"\x89PNG")
    code, text, errors = dkva(*command, "--format", "csv")
    assert "kept 1" in text
    assert "look at the levels, too" in errors  # a hint that was kept is no better
    assert "segmented 1" in dkva(*command, "--format", "csv", "-k", 4)[1]
    assert not (tmp_path / "tea/P1_tea.suggestion.png").exists()


@pytest.fixture
def tall(tmp_path, package):
    """Videos whose frames say their label, with truth for two of three, and a method that sees it."""
    package("a-tall-one", made_plugin.TOGETHER_ENTRY, tallest=made_plugin.TOGETHER)
    root = tmp_path / "tall"
    (root / "truth").mkdir(parents=True)
    for name, order, truth in (("v", [0, 1, 2], "aabbcc"), ("w", [2, 0], "ccaa"), ("x", [1, 2], "")):
        np.save(root / f"{name}.npy", np.eye(3)[order].repeat(2, axis=0))
        if truth:
            (root / f"truth/{name}.txt").write_text("".join(f"{label}\n" for label in truth))
    return ("segment", *(root / f"{name}.npy" for name in "vwx"), "-k", 3, "--out", tmp_path / "out")


TALL = ("--method", "largest", "--together")


def labels_of(path):
    return [run["label"] for run in json.loads(path.read_text())["segments"]]


@pytest.mark.usefixtures("unrendered")
def test_one_set_of_actions_for_all_videos(dkva, tall, tmp_path):
    out = tmp_path / "out"
    code, text, errors = dkva(*tall, *TALL, "--plot")
    assert (code, errors) == (0, "")
    assert [labels_of(out / f"{name}.json") for name in "vwx"] == [[0, 1, 2], [2, 0], [1, 2]]
    rows = [row for row in csv.DictReader((out / "summary.csv").open()) if row["scope"] == "all"]
    assert [(row["label"], row["frames"]) for row in rows] == [
        ("(any)", "14"),
        ("0", "4"),
        ("1", "4"),
        ("2", "6"),
    ]
    steps = [row for row in csv.DictReader((out / "transitions.csv").open()) if row["scope"] == "all"]
    assert [(row["from"], row["to"], row["count"]) for row in steps] == [
        ("0", "1", "1"),
        ("1", "2", "2"),
        ("2", "0", "1"),
    ]
    assert "kept 3" in dkva(*tall, *TALL)[1]
    assert (out / "v.png").exists()
    code, text, errors = dkva(*tall[:3], *tall[4:], *TALL)
    assert "segmented 2;" in text
    assert "note: v: cut anew with all others, as the set of videos, or a setting, is another" in errors
    rows = [row for row in csv.DictReader((out / "summary.csv").open()) if row["scope"] == "all"]
    assert [(row["label"], row["frames"]) for row in rows] == [
        ("(any)", "10"),
        ("0", "4"),
        ("1", "2"),
        ("2", "4"),
    ]
    assert "note: x: of an earlier run, not of this set of videos: left out of the totals" in errors
    assert [row["video"] for row in csv.DictReader((out / "segments.csv").open())] == [*"vvvwwxx"]
    tall[3].write_bytes(b"junk")  # x stays as it was, and is a problem too
    code, text, errors = dkva(*tall, *TALL)
    assert (code, "note: x: of an earlier run" in errors) == (2, True)
    assert [row for row in csv.DictReader((out / "summary.csv").open()) if row["scope"] == "all"] == rows
    np.save(tall[3], np.eye(3)[[1, 2]].repeat(2, axis=0))
    dkva(*tall, "--method", "largest")
    assert [labels_of(out / f"{name}.json") for name in "vwx"] == [[0, 1, 2], [0, 1], [0, 1]]


@pytest.mark.parametrize("form", ["both", "csv"])
def test_one_matching_names_the_labels_of_all_videos(dkva, tall, tmp_path, form):
    out = tmp_path / "out"
    command = (*tall, *TALL, "--labels", tmp_path / "tall/truth", "--format", form)
    for done in ("segmented 3", "kept 3"):
        code, text, errors = dkva(*command)
        assert done in text
        assert (code, errors.count("has no labels for 'x'")) == (2, 1)
        first, second = text.split("Scores in %, ")[1:]
        assert first.startswith("one matching for all videos")
        assert second.startswith("each video matched by itself")
        names = {}
        for row in csv.DictReader((out / "segments.csv").open()):
            names.setdefault(row["video"], []).append(row["name"])
        assert names == {"v": ["a", "b", "c"], "w": ["c", "a"], "x": ["b", "c"]}
    if form == "both":
        docs = {name: json.loads((out / f"{name}.json").read_text()) for name in "vwx"}
        assert [docs[name]["scores_together"]["mof"] for name in "vw"] == [1, 1]
        assert docs["w"]["scores_together"]["matching"] == {"0": "a", "1": "b", "2": "c"}
        assert "scores" in docs["w"]
        assert not {"scores", "scores_together"} & docs["x"].keys()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--method", "uniform"), "--together: uniform cuts each video by itself; it is of"),
        (("--method", "largest", "-k", "auto"), "-k auto: looks at each video by itself; give -k a number"),
        (("--method", "kms", "-k", 3, "--levels", 5), "--levels: cuts each video by itself; leave it or"),
        (
            ("--method", "largest", "-k", 3, "--workers", 2),
            "--together: works in one process; leave --workers",
        ),
    ],
)
def test_what_does_not_go_together(dkva, tall, tmp_path, options, problem):
    k = () if "-k" in options else ("-k", 3)
    code, text, errors = dkva(*tall[:4], *k, *options, "--together", "--out", tmp_path / "out")
    assert (code, text, len(errors.splitlines())) == (2, "", 1)
    assert problem in errors
    if "uniform" in options:
        assert "largest" in errors


def test_results_of_another_method_are_not_kept(dkva, folder, tmp_path):
    base = ("segment", folder / "features/tea", "-k", 3, "--out", tmp_path / "out")
    for method in ("uniform", "tw_finch", "uniform"):
        assert "segmented 1;" in dkva(*base, "--method", method)[1]


def test_a_package_that_is_absent_is_one_line_before_a_file_is_read(dkva, folder, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, text, errors = dkva("segment", folder, "-k", 3, "--out", tmp_path / "out", "--method", "sticky_hmm")
    assert (code, text, len(errors.splitlines())) == (2, "", 1)
    assert "needs hmmlearn, which is not installed: pip install hmmlearn" in errors
    assert not (tmp_path / "out").exists()


def test_optimal_transport_takes_the_settings_of_both(dkva, folder, tmp_path):
    pytest.importorskip("ott")
    base = ("segment", folder / "features/tea", "-k", 3, "--out", tmp_path, *FAST, "--method", "sinkhorn")
    assert dkva(*base, "--entropy", "0.5")[::2] == (0, "")
    settings = json.loads((tmp_path / "P1_tea.json").read_text())["settings"]
    assert {"entropy": 0.5, "epochs": 3, "seed": 0}.items() <= settings.items()
    assert "entropy is -1.0" in dkva(*base, "--entropy", "-1")[2]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("kmeans", "--epochs", 3), "kmeans has no setting 'epochs'; its settings are n_init (see"),
        (("uniform", "--n-init", 3), "uniform has no setting 'n_init'; it has none (see"),
        (("dkva", "--n-init", 3), "dkva has no setting 'n_init'; its settings are kernel, epochs"),
        (("kmeans", "--n-init", 0), "n_init is 0: give a whole number of at least 1"),
        (("kmeans", "--n-init", "many"), "'many' is not a valid integer"),
        (("kernel_change_points", "--kernel", "ntk"), "unknown kernel 'ntk': choose one of rbf, linear"),
        (("k-means",), "unknown method 'k-means': choose one of dkva, sinkhorn, uniform, kmeans"),
    ],
)
def test_a_setting_is_refused_before_a_video_is_read(dkva, tmp_path, arguments, problem):
    nowhere = tmp_path / "nowhere.npy"
    code, text, errors = dkva("segment", nowhere, "-k", 3, "--out", tmp_path / "out", "--method", *arguments)
    assert (code, text) == (2, "")
    assert problem in errors
    assert len(errors.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_strangers_method_works_as_the_others_do(dkva, folder, tmp_path, package, workers):
    package("tenths-of-a-video", made_plugin.ENTRY, tenths=made_plugin.SOURCE)
    base = ("segment", folder, "-k", 3, "--out", tmp_path / "out", "--method", "every_tenth")
    many = ("--workers", workers)
    assert dkva(*base, "--step", 15, *many)[::2] == (0, "")
    doc = json.loads((tmp_path / "out/tea/P1_tea.json").read_text())
    assert [(run["start"], run["end"]) for run in doc["segments"]] == [(0, 15), (15, 30), (30, 60)]
    settings = {"n_segments": 3, "step": 15, "first": False, "shape": "flat", "seed": 0}
    assert (doc["method"], doc["settings"]) == ("every_tenth", settings)
    assert doc["versions"]["tenths-of-a-video"] == "1.0"
    assert "kept 3" in dkva(*base, "--step", 15, *many)[1]
    code, text, errors = dkva(*base, "--step", 7, *many)
    assert code == 0
    assert "segmented 3" in text
    assert errors == "note: milk/P1_milk: seven is unlucky (and 2 more videos alike)\n"
    code, text, errors = dkva(*base, "--shape", "float", *many)
    assert (code, len(errors.splitlines())) == (2, 3)
    assert "every_tenth gave float64 of shape (60,): tenths-of-a-video must give one whole number" in errors


@pytest.mark.parametrize("form", ["json", "csv"])
def test_results_of_a_newer_format_are_left_alone(dkva, folder, tmp_path, form):
    base = ("segment", folder / "features/tea", "-k", 3, "--out", tmp_path, "--method", "uniform")
    dkva(*base, "--format", form)
    path = tmp_path / ("P1_tea.json" if form == "json" else ".segments.state")
    newer = path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}')
    path.write_text(newer)
    named = path if form == "json" else tmp_path / "segments.csv"
    for more in ((), ("--force",)):
        code, text, errors = dkva(*base, "--format", form, *more)
        assert (code, text) == (2, "")
        assert errors == (
            f"error: {named}: is of format {FORMAT + 1}, and this dkva knows formats up to {FORMAT}; update "
            "dkva, or give another folder for the results\n"
        )
    assert path.read_text() == newer


def test_results_of_an_older_format_are_made_again(dkva, folder, tmp_path):
    """Their margins were of another kind."""
    command = ("segment", folder / "features/tea", "-k", 3, "--out", tmp_path, *FAST)
    dkva(*command)
    path = tmp_path / "P1_tea.json"
    doc = json.loads(path.read_text())
    for older in ({"format": 1}, {}):
        kept = {name: value for name, value in doc.items() if name not in ("format", "method")}
        path.write_text(json.dumps(kept | older))
        assert "segmented 1;" in dkva(*command)[1]
        assert json.loads(path.read_text()) == doc


@pytest.mark.data
def test_real_videos_end_to_end(dkva, data_root, tmp_path):
    sample = tmp_path / "sample"
    for path in (data_root / "breakfast_sample").glob("*/**/*"):
        if path.is_file() and (path.parent.name == "mapping" or "P03" in path.name):
            place = sample / path.relative_to(data_root / "breakfast_sample")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)
    code, text, errors = dkva(
        "segment", sample, "-k", 4, "--labels", sample / "groundTruth", "--out", tmp_path / "out", "--plot",
        "--method", "dkva",
    )  # fmt: skip
    assert code == 0
    assert all(line.startswith("note: ") for line in errors.splitlines())  # the window is more than half
    doc = json.loads((tmp_path / "out/coffee/P03_cam01_P03_coffee.json").read_text())
    assert abs(doc["scores"]["mof"] - 0.79) < 0.04
    assert f"{100 * doc['scores']['mof']:.1f}" in text
