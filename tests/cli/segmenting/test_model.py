"""`dkva segment --model`: a trained model cuts, and answers for what it was trained on."""

import csv
import os
import pickle
import signal
import subprocess
import sys

import made_classes
import made_learner
import numpy as np
import pytest

from dkva.cli.segmenting.model import in_words, open_model
from dkva.cli.segmenting.work import Planned, work
from dkva.datasets import VideoFile
from dkva.experiments.models import read_facts, write_model
from dkva.export.documents import labels_in, read_json

pytestmark = pytest.mark.fast

FACTS = {
    "learner": "means",
    "origin": "a-learner",
    "settings": {"epochs": 4},
    "n_segments": 3,
    "seed": 5,
    "videos": 2,
    "features": 4,
    "activity": "tea",
    "reading": {"transposed": False},
    "key": "made by hand",
    "versions": {"a-learner": "1.0"},
}
MEANS = 9 * np.eye(4)[:3]
ORDERS = {"v": [0, 1, 2], "w": [2, 0], "x": [1, 1]}


def frames(order, n=10):
    return MEANS[order].repeat(n, axis=0) + np.random.default_rng(0).normal(size=(n * len(order), 4))


@pytest.fixture
def folder(tmp_path, package):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    root = tmp_path / "features"
    root.mkdir()
    for name, order in ORDERS.items():
        np.save(root / f"{name}.npy", frames(order))
    return root


@pytest.fixture
def model(tmp_path):
    write_model(tmp_path / "model.npz", {"means": MEANS}, FACTS)
    return tmp_path / "model.npz"


@pytest.fixture
def segment(dkva, folder, model, tmp_path):
    def call(*options, of=model):
        return dkva("segment", folder, "--model", of, "--out", tmp_path / "cuts", *options)

    return call


def document(tmp_path, name):
    return read_json(tmp_path / "cuts" / f"{name}.json")


def test_a_label_means_the_same_in_every_video(segment, tmp_path):
    code, _, errors = segment()
    assert (code, errors) == (0, "note: model.npz: means, trained on 2 videos of tea for -k 3\n")
    for name, order in ORDERS.items():
        np.testing.assert_array_equal(labels_in(document(tmp_path, name)), np.repeat(order, 10))
    doc = document(tmp_path, "w")
    assert doc["method"] == "means"
    assert doc["settings"] == {"n_segments": 3, "epochs": 4, "seed": 5}
    assert doc["model"] == {
        "file": "model.npz",
        "key": "made by hand",
        "videos": 2,
        "activity": "tea",
        "digest": open_model(tmp_path / "model.npz").digest,
    }
    assert doc["versions"]["a-learner"] == "1.0"
    rows = list(csv.DictReader((tmp_path / "cuts" / "summary.csv").open()))
    totals = {row["label"]: row["frames"] for row in rows if row["scope"] == "all"}
    assert totals == {"(any)": "70", "0": "20", "1": "30", "2": "20"}


@pytest.mark.parametrize("form", ["json", "csv", "both"])
def test_a_second_run_goes_on_and_another_model_cuts_anew(segment, tmp_path, form):
    assert "segmented 3;" in segment("--format", form)[1]
    assert "segmented 0; kept 3 done before" in segment("--format", form)[1]
    # The same arrays are the same model, whatever is told of them and wherever they lie.
    write_model(tmp_path / "again.npz", {"means": MEANS}, FACTS | {"seconds": 9})
    assert "segmented 0; kept 3" in segment("--format", form, of=tmp_path / "again.npz")[1]
    write_model(tmp_path / "other.npz", {"means": MEANS + 1e-6}, FACTS)
    assert "segmented 3;" in segment("--format", form, of=tmp_path / "other.npz")[1]


def test_names_and_scores_are_of_one_matching(segment, tmp_path):
    for name, text in {"v": "aaabbb", "w": "ab"}.items():
        labels = np.repeat(list(text), len(ORDERS[name]) * 10 // len(text))
        (tmp_path / "labels").mkdir(exist_ok=True)
        (tmp_path / "labels" / f"{name}.txt").write_text("\n".join(labels))
    code, text, errors = segment("--labels", tmp_path / "labels")
    assert code == 2
    assert "has no labels for 'x'" in errors
    assert text.index("one matching for all videos") < text.index("each video matched by itself")
    # v is a for 0 and half of 1, b for the other half and 2; w is a for 2 and b for 0. Of 0 and 2 one is a.
    names = {name: [run.get("name") for run in document(tmp_path, name)["segments"]] for name in ORDERS}
    meant = {0: names["v"][0], 1: names["v"][1], 2: names["v"][2]}
    assert names == {name: [meant[label] for label in dict.fromkeys(ORDERS[name])] for name in ORDERS}
    together, alone = (
        [document(tmp_path, name)[key]["mof"] for name in "vw"] for key in ("scores_together", "scores")
    )
    assert alone[1] == 1
    assert sum(together) < sum(alone)


def test_workers_are_given_the_model(segment, folder, tmp_path, model):
    assert segment("--workers", 2)[0] == 0
    for name, order in ORDERS.items():
        np.testing.assert_array_equal(labels_in(document(tmp_path, name)), np.repeat(order, 10))
    way = open_model(model)
    assert way.path.is_absolute()
    assert pickle.loads(pickle.dumps(way)) == way


def test_a_killed_run_keeps_what_was_cut(folder, model, segment, tmp_path):
    np.save(folder / "w.npy", frames([2, 0, 1, 1])[:31])  # which ends the process, once
    (tmp_path / "fatal").touch()
    command = ["segment", folder, "--model", model, "--out", tmp_path / "cuts", "--labels", folder]
    done = subprocess.run(
        [sys.executable, "-m", "dkva", *command],
        env=os.environ | {"FATAL_VIDEO": str(tmp_path / "fatal")},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert [path.stem for path in (tmp_path / "cuts").glob("*.json")] == ["v"]
    assert "segmented 2; kept 1" in segment()[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-k", 3), "-k: is the model's; leave it out beside --model"),
        (("-k", "auto"), "-k: is the model's; leave it out beside --model"),
        (("--method", "kms"), "--method: is the model's; leave it out beside --model"),
        (("--seed", 0), "--seed: is of the training; leave it out beside --model"),
        (
            ("--levels", "2-3"),
            "--levels: a model cuts into the number of actions that it was trained on; ",
        ),
        (("--nested",), "--nested: is of --levels, and a model has none; leave it out beside --model"),
        (
            ("--together",),
            "--together: a label of a model means the same in every video already; ",
        ),
        (
            ("--epochs", 3),
            "No such option --epochs: settings of a method are the model's, and none ",
        ),
        (("--scheduler", "none"), "unknown scheduler 'none'"),
    ],
)
def test_what_a_model_has_an_answer_to_is_refused(segment, tmp_path, options, said):
    code, text, errors = segment(*options)
    assert (code, text) == (2, "")
    (line,) = errors.splitlines()
    assert line.startswith(f"error: {said}")
    assert not (tmp_path / "cuts").exists()


def test_features_are_read_as_those_of_the_training(folder, model, segment, tmp_path):
    np.save(folder / "v.npy", np.hstack([frames([0, 1]), np.full((20, 1), 50.0)]))
    write_model(model, {"means": MEANS}, FACTS | {"reading": {"transposed": False, "columns": ["1-4"]}})
    assert segment("--force")[0] == 0
    assert document(tmp_path, "v")["features"] == 4
    code, _, errors = segment("--force", "--drop", "1")  # which takes the place of the model's columns
    assert code == 2
    assert "w.npy: has 3 features, and the model was trained on 4" in errors
    np.save(folder / "v.npy", frames([0, 1]).T)
    write_model(model, {"means": MEANS}, FACTS | {"reading": {"transposed": True}})
    assert "w.npy: has 20 features" in segment("--force")[2]
    assert document(tmp_path, "v")["frames"] == 20
    assert "v.npy: has 20 features" in segment("--force", "--not-transposed")[2]


def test_features_of_another_width_cost_their_video_alone(folder, segment, tmp_path):
    np.save(folder / "w.npy", np.ones((9, 2)))
    code, text, errors = segment()
    assert code == 2
    assert "segmented 2; failed 1" in text
    assert (
        f"error: {folder / 'w.npy'}: has 2 features, and the model was trained on 4; give features made the "
        "same way\n"
    ) in errors


@pytest.mark.usefixtures("unrendered")
def test_a_video_shorter_than_the_number_of_actions_is_cut(folder, segment, tmp_path):
    np.save(folder / "w.npy", MEANS[[2, 0]])
    assert segment("--plot")[0] == 0
    assert labels_in(document(tmp_path, "w")).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("missing", "there is no such model; check the path"),
        ("cut", "is no model, or was cut short (BadZipFile); give the file of a model, or train it again"),
        ("features", "is no model, or was cut short (KeyError); give the file of a model, or train it again"),
        ("state", "is the state of a training that has not ended; run its dkva train again, which goes on"),
        ("facts", "does not say what it is a model of; give a file that dkva train has written"),
        (
            "learner",
            "unknown method 'gone'; it was trained by a-learner 1.0, which must be installed",
        ),
        ("segmenter", "kms is not trained here; it was trained by a-learner 1.0, which must be installed"),
        ("arrays", "is no model as its learner writes them (KeyError: 'means')"),
    ],
)
def test_what_is_no_model_is_one_line(folder, model, segment, tmp_path, damage, said):
    whole = model.read_bytes()
    model.unlink()
    if damage == "cut":
        model.write_bytes(whole[: len(whole) // 2])
    elif damage == "features":
        np.savez(model, X=frames([0, 1]))
    elif damage == "arrays":
        write_model(model, {"centres": MEANS}, FACTS)
    elif damage != "missing":
        facts = {
            "state": {"state_of": "k"},
            "facts": {"learner": "means"},
            "learner": FACTS | {"learner": "gone"},
            "segmenter": FACTS | {"learner": "kms"},
        }
        write_model(model, {"means": MEANS}, facts[damage])
    code, text, errors = segment()
    assert (code, text, errors) == (2, "", f"error: {model}: {said}\n")


def test_a_model_that_is_replaced_meanwhile_is_not_used(folder, model):
    way = open_model(model).with_code()
    write_model(model, {"means": MEANS + 1}, FACTS)
    found = work(Planned(VideoFile("v", folder / "v.npy")), way=way)
    assert found.problem == f"{folder / 'v.npy'}: {model}: was replaced while it was used; run again"


def test_labels_that_are_none_of_the_models_are_refused(folder, model):
    write_model(model, {"means": np.vstack([MEANS[1:], MEANS])}, FACTS | {"n_segments": 2})
    found = work(Planned(VideoFile("v", folder / "v.npy")), way=open_model(model).with_code())
    assert found.problem == (
        f"{folder / 'v.npy'}: means gave the label 2 for 2 actions: a-learner must give 0 to 1"
    )


def test_a_model_without_a_number_of_actions_has_none_in_its_settings(folder, model):
    write_model(model, {"means": MEANS}, FACTS | {"n_segments": None})
    way = open_model(model)
    assert way.recorded(way.n_segments) == {"epochs": 4, "seed": 5}
    assert way.labels(frames([2, 0]), way.n_segments).tolist() == [2] * 10 + [0] * 10


def test_the_code_of_a_model_decides_its_results(folder, model):
    way = open_model(model).with_code()
    assert len(way.code) > 9
    assert way.decisive() == [way.recorded(3), "model", way.digest]


def test_a_model_in_words(folder, model):
    assert in_words(read_facts(model)) == "means, trained on 2 videos of tea for -k 3"
    assert (
        in_words({"learner": "means", "n_segments": 2, "videos": 1}) == "means, trained on 1 video for -k 2"
    )
    several = FACTS | {"activity": None, "activities": ["milk", "tea"], "n_segments": None}
    assert in_words(several) == "means, trained on 2 videos of milk, tea"
    write_model(model, {"means": MEANS}, several)
    assert open_model(model).model["activities"] == ["milk", "tea"]


NAMES = ["pour", "stir", "heat"]


@pytest.fixture
def named(dkva, folder, tmp_path, package):
    """`dkva segment --model` by a model of classes, whose arrays may be changed."""
    package("a-school", made_classes.ENTRY, schooled=made_classes.SOURCE)
    facts = {name: value for name, value in FACTS.items() if name not in ("seed", "origin", "versions")}
    facts |= {"learner": "named_means", "settings": {}, "n_segments": None}

    def call(*options, **changed):
        arrays = {"means": MEANS, "names": np.array(NAMES)} | changed
        write_model(tmp_path / "named.npz", arrays, facts)
        return dkva(
            "segment", folder, "--model", tmp_path / "named.npz", "--out", tmp_path / "cuts", *options
        )

    return call


@pytest.mark.parametrize("form", ["json", "csv", "both"])
def test_classes_have_their_names_and_a_confidence_everywhere(named, tmp_path, form):
    code, _, errors = named("--format", form, "--frame-labels", "txt", "--plot")
    assert (code, errors) == (
        0,
        "note: named.npz: named_means, trained on 2 videos of tea, 3 classes\n",
    )
    cuts = tmp_path / "cuts"
    for name, order in ORDERS.items():
        lines = (cuts / f"{name}.labels.txt").read_text().split()
        assert lines == [NAMES[place] for place in order for _ in range(10)]
        assert (cuts / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    if form != "csv":
        doc = document(tmp_path, "v")
        assert doc["classes"] == NAMES
        assert [run["name"] for run in doc["segments"]] == NAMES
        assert [run["label"] for run in doc["segments"]] == [0, 1, 2]
        # Means are 9 apart in two directions, and frames are about 1 from theirs.
        assert all(0.5 < run["confidence"] < 0.9 for run in doc["segments"])
        assert doc["settings"]["n_segments"] == 3
        assert "suggestion" not in doc
    if form != "json":
        rows = list(csv.DictReader((cuts / "segments.csv").open()))
        assert [row["name"] for row in rows if row["video"] == "v"] == NAMES
        assert all(0.5 < float(row["confidence"]) < 0.9 for row in rows)
        totals = list(csv.DictReader((cuts / "summary.csv").open()))
        frames = {row["label"]: row["frames"] for row in totals if row["scope"] == "all"}
        assert frames == {"(any)": "70", "heat": "20", "pour": "20", "stir": "30"}
    # What is kept is as complete.
    before = {path.name: path.read_bytes() for path in cuts.iterdir() if path.suffix in (".json", ".csv")}
    code, text, _ = named("--format", form, "--frame-labels", "npy")
    assert (code, "segmented 0; kept 3" in text) == (0, True)
    assert {
        path.name: path.read_bytes() for path in cuts.iterdir() if path.suffix in (".json", ".csv")
    } == before
    assert np.load(cuts / "w.labels.npy").tolist() == ["heat"] * 10 + ["pour"] * 10
    assert "segmented 3;" in named("--format", form, names=np.array(["a", "b", "c"]))[1]


@pytest.mark.usefixtures("unrendered")
def test_true_labels_score_classes_as_they_are(named, tmp_path, folder):
    truths = {"v": ["pour"] * 10 + ["stir"] * 20, "w": ["pour"] * 10 + ["heat"] * 10, "x": ["spill"] * 20}
    (tmp_path / "labels").mkdir()
    for name, labels in truths.items():
        (tmp_path / "labels" / f"{name}.txt").write_text("\n".join(labels))
    code, text, errors = named("--labels", tmp_path / "labels", "--plot", "--ignore", "typo")
    assert code == 0
    assert "note: x: labels: no classes of the model: spill" in errors
    assert "note: no video has the label to ignore: typo" in errors
    rows = [line.split() for line in text.splitlines()]
    # Nothing is matched: w has its two classes the wrong way round.
    accuracies = {row[0]: row[1] for row in rows if row and row[0] in truths}
    assert accuracies == {"v": "66.7", "w": "0.0", "x": "0.0"}
    assert ["all", "3", "28.6"] in [row[:3] for row in rows]
    doc = document(tmp_path, "v")
    assert [run["name"] for run in doc["segments"]] == NAMES
    assert doc["scores"]["protocol"] == "ms-tcn"
    assert doc["scores"]["accuracy"] == pytest.approx(2 / 3, abs=1e-6)
    assert "scores_together" not in doc
    assert "matching" not in doc["scores"]
    assert document(tmp_path, "x")["scores"]["miou"] is None


def test_workers_know_the_classes(named, tmp_path):
    assert named("--workers", 2)[0] == 0
    assert [run["name"] for run in document(tmp_path, "w")["segments"]] == ["heat", "pour"]


@pytest.mark.parametrize("trust", [1.5, -1, np.inf])
def test_confidences_that_are_none_are_one_line(named, trust):
    code, _, errors = named(trust=np.array(trust))
    assert code == 2
    assert (
        errors.count("named_means gave confidences of shape (30,): a-school must give one from 0 to 1") == 1
    )


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"names": np.zeros(0)}, "is a model of no class"),
        ({"trust": np.zeros(2)}, "is no model as its learner writes them"),
    ],
)
def test_a_model_of_classes_that_cannot_be_used_is_one_line(named, changed, problem):
    code, text, errors = named(**changed)
    assert (code, text) == (2, "")
    assert problem in errors
    assert errors.count("\n") == 1


def test_more_labels_than_classes_are_one_line_a_video(named):
    code, _, errors = named(names=np.array(NAMES[:2]))
    assert code == 2
    assert errors.count("named_means gave the label 2 for 2 actions: a-school must give 0 to 1") == 2
