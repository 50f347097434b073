"""`dkva compare` on planted sequences: tables, files, advice, and what goes wrong."""

import csv
import json

import numpy as np
import pytest

from dkva.cli.compare import DEFAULT_METHODS
from dkva.experiments.registry import SEGMENTER, listed

pytestmark = pytest.mark.fast

QUICK = "uniform,kmeans"


@pytest.fixture
def data(tmp_path):
    """Two domains of sequences whose actions return: k-means finds them, a uniform split cannot."""
    rng = np.random.default_rng(0)
    for domain, seeds in {"walk": range(3), "dance": range(2)}.items():
        for seed in seeds:
            y = np.repeat([0, 1, 0, 2], [9 + seed, 12, 14, 8])
            x = 8 * np.eye(3)[y] + rng.normal(size=(len(y), 3))
            np.savez(tmp_path / f"{domain}__{seed}.npz", X=x, y=y)
    return tmp_path


@pytest.fixture
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("out") / "new"


def test_table_files_and_advice(dkva, data, out):
    code, text, errors = dkva("compare", data, "--methods", QUICK, "--seeds", "2", "--out", out)
    assert code == 0
    assert errors.splitlines() == [
        "note: uniform: uniform split, 5 sequences",
        "note: kmeans: k-means, 5 sequences",
    ]
    document = json.loads((out / "comparison.json").read_text())
    best, other = document["methods"]
    assert (best["method"], other["method"]) == ("k-means", "uniform split")
    assert (document["sequences"], document["domains"]) == (5, ["dance", "walk"])
    assert best["scores"]["mof"]["mean"] == 1
    assert other["best_minus_this"]["mean"]["low"] > 0
    assert document["advice"] in text
    assert "Highest mean of MoF, IoU and F1: k-means (100.0 %)" in text
    assert "is not statistically significant" in text  # of five sequences nothing can be
    assert other["p"] == 2 / 2**5
    assert document["names"] == ["dance__0", "dance__1", "walk__0", "walk__1", "walk__2"]
    assert (document["seeds"], document["ignore"], document["left_out"]) == (2, [], [])
    head = next(line for line in text.splitlines() if "MoF" in line)
    assert head.split()[0] == "method"
    assert head.split()[-2:] == ["dance", "walk"]
    line = next(line for line in text.splitlines() if line.lstrip().startswith("uniform split"))
    for measure in ("mof", "iou", "f1", "mean"):
        found = other["scores"][measure]
        assert "{mean:.1f} [{low:.1f}, {high:.1f}]".format(**{k: 100 * v for k, v in found.items()}) in line
    assert line.split()[-2:] == [f"{100 * other['domains'][each]['mean']:.1f}" for each in ("dance", "walk")]
    rows = list(csv.DictReader((out / "scores.csv").open()))
    assert len(rows) == 5 + 10
    of_uniform = [
        float(row["mof"]) for row in rows if (row["method"], row["domain"]) == ("uniform split", "walk")
    ]
    assert np.mean(of_uniform) == pytest.approx(other["domains"]["walk"]["mof"])
    assert (out / "comparison.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("unrendered")
def test_a_second_run_computes_nothing_and_says_the_same(dkva, data, out, monkeypatch):
    arguments = ("compare", data, "--methods", QUICK, "--out", out)
    first = dkva(*arguments)
    written = (out / "scores.csv").read_bytes()
    monkeypatch.setattr("sklearn.cluster.KMeans", None)
    assert dkva(*arguments) == first
    assert (out / "scores.csv").read_bytes() == written
    code, _, errors = dkva(*arguments, "--force")
    assert code == 2
    assert "error: kmeans is left out: 5 of 5 videos failed" in errors


@pytest.mark.usefixtures("unrendered")
def test_numbers_of_segments_and_labels_to_ignore(dkva, data, out):
    code, _, errors = dkva(
        "compare", data, "--methods", "uniform", "-k", 2, "--ignore", "2", "--ignore", "none", "--out", out
    )
    assert code == 0
    assert "note: --ignore none: no sequence has this label" in errors
    rows = list(csv.DictReader((out / "scores.csv").open()))
    assert {row["n_segments"] for row in rows} == {"2"}
    assert [int(row["n_frames"]) for row in rows if row["video"] == "walk__1"] == [10 + 12 + 14]


@pytest.mark.usefixtures("unrendered")
def test_files_that_cannot_be_used_are_named_and_the_others_compared(dkva, data, out):
    np.savez(data / "walk__3.npz", X=np.zeros((4, 2)))
    np.savez(data / "walk__4.npz", X=np.eye(2), y=[0, 1])
    code, text, errors = dkva("compare", data, "--methods", "uniform", "-k", "3", "--out", out)
    assert code == 2
    assert "walk__3.npz: holds no array y of labels" in errors
    assert "walk__4.npz: has fewer frames than segments (2 for 3)" in errors
    assert "uniform split (" in text
    assert "which alone was run" in text
    assert len(json.loads((out / "comparison.json").read_text())["left_out"]) == 2


@pytest.mark.usefixtures("unrendered")
def test_gaps_are_filled_if_asked(dkva, data, out):
    with np.load(data / "walk__0.npz") as held:
        x, y = held["X"], held["y"]
    x[3] = np.nan
    np.savez(data / "walk__0.npz", X=x, y=y)
    arguments = ("compare", data, "--methods", "uniform", "--out", out)
    code, _, errors = dkva(*arguments)
    assert code == 2
    assert "--missing interpolate" in errors
    assert dkva(*arguments, "--missing", "interpolate")[0] == 0
    assert json.loads((out / "comparison.json").read_text())["sequences"] == 5


@pytest.mark.usefixtures("unrendered")
def test_a_release_that_holds_a_column_a_frame(dkva, data, out, tmp_path):
    root = tmp_path / "release"
    for folder in ("features", "groundTruth"):
        (root / folder).mkdir(parents=True)
    for path in data.glob("walk*.npz"):
        held = np.load(path)
        np.save(root / "features" / path.stem, held["X"].T)
        (root / "groundTruth" / f"{path.stem}.txt").write_text("".join(f"a{each}\n" for each in held["y"]))
    code, _, errors = dkva("compare", root, "--methods", "uniform", "--out", out)
    assert code == 2
    assert "the features look transposed: say so (--transposed)" in errors
    assert dkva("compare", root, "--methods", "uniform", "--out", out, "--transposed")[0] == 0


def test_a_smaller_comparison_says_what_it_replaces(dkva, data, out):
    dkva("compare", data, "--methods", QUICK, "--out", out)
    (data / "walk__0.npz").unlink()
    _, _, errors = dkva("compare", data, "--methods", "uniform", "--out", out)
    assert (
        "comparison.json: the earlier comparison, which also had k-means, 1 sequence, is replaced" in errors
    )
    _, _, errors = dkva("compare", data, "--methods", QUICK, "--out", out)
    assert "is replaced" not in errors


@pytest.mark.usefixtures("unrendered")
def test_methods_that_lack_a_package_are_named_once(dkva, data, out, monkeypatch):
    said = "method kmeans needs this, which is not installed"
    monkeypatch.setattr("dkva.cli.compare.lacking", lambda each: said if each.id == "kmeans" else None)
    code, text, errors = dkva("compare", data, "--methods", QUICK, "--out", out)
    assert code == 2
    assert errors.splitlines() == [f"error: {said}", "note: uniform: uniform split, 5 sequences"]
    assert "uniform split" in text
    assert dkva("compare", data, "--methods", "kmeans", "--out", out)[0] == 2


@pytest.mark.usefixtures("unrendered")
def test_results_that_cannot_be_written_are_one_line(dkva, data, out):
    (out / "scores.csv").mkdir(parents=True)
    code, _, errors = dkva("compare", data, "--methods", "uniform", "--out", out)
    assert code == 2
    assert "cannot be written" in errors.splitlines()[-1]
    (out / "rows.sqlite").write_text("no cache at all")
    code, _, errors = dkva("compare", data, "--methods", QUICK, "--out", out)
    assert code == 2
    assert "cannot be used as a cache of rows" in errors


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["{data}/none"], "none: not found; give the folder"),
        (["{data}/walk__0.npz"], "is a file; give the folder"),
        (["{data}", "--methods", "tea"], "unknown method 'tea': choose one of dkva"),
        (["{data}", "--scheduler", "tea"], "tea"),
        (["{data}", "--out", "{data}/walk__0.npz/x"], "cannot be written"),
        ([], "Missing argument"),
    ],
)
def test_a_wrong_call_is_one_line(dkva, data, out, arguments, part):
    given = [each.format(data=data) for each in arguments]
    code, text, errors = dkva("compare", *given, *([] if "--out" in given else ["--out", out]))
    assert (code, text) == (2, "")
    (line,) = errors.splitlines()
    assert line.startswith("error: ")
    assert part in line


def test_default_methods_are_listed_segmenters():
    assert set(DEFAULT_METHODS) <= listed(SEGMENTER)[0].keys()
