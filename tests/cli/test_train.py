"""`dkva train`, with a learner of a package as strangers have it."""

import json
import signal
import subprocess
import sys

import made_learner
import numpy as np
import pytest

from dkva.experiments.models import read_facts, read_model
from dkva.experiments.registry import LEARNER, listed
from dkva.export.documents import labels_in, read_json

pytestmark = pytest.mark.fast


def video(order, seed, n_features=4):
    truth = np.repeat(order, 10)
    return truth, 10 * np.eye(n_features)[truth] + np.random.default_rng(seed).normal(size=(30, n_features))


@pytest.fixture
def data(tmp_path, package):
    """Breakfast-like: two activities, whose actions come in several orders."""
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    root = tmp_path / "data"
    (root / "groundTruth").mkdir(parents=True)
    for seed, (activity, order) in enumerate(
        [("coffee", [0, 1, 2]), ("coffee", [2, 0, 1]), ("coffee", [0, 2, 1]), ("milk", [0, 1, 2])]
    ):
        name = f"P{seed:02}_cam01_P{seed:02}_{activity}"
        (root / "features" / activity).mkdir(parents=True, exist_ok=True)
        truth, features = video(order, seed)
        np.save(root / "features" / activity / f"{name}.npy", features)
        (root / "groundTruth" / f"{name}.txt").write_text("".join(f"{'abc'[each]}\n" for each in truth))
    return root


@pytest.fixture
def out(tmp_path):
    return tmp_path / "models" / "model.npz"


@pytest.fixture
def train(dkva, data, out):
    """Train on the coffee videos; options come last and count."""

    def call(*options):
        given = ("--method", "means", data, "-k", 3, "--activity", "coffee", "--out", out)
        return dkva("train", *given, *options)

    return call


@pytest.mark.usefixtures("unrendered")
def test_a_model_is_trained_on_an_activity_and_cuts_its_videos(dkva, data, out, train, tmp_path):
    code, text, errors = train("--epochs", 3)
    assert code == 0
    assert text.startswith(f"{out}: means, trained on 3 videos of coffee for -k 3, in ")
    assert errors == "note: training means: 3 videos of coffee, 90 frames of 4 features\n"
    assert [path.name for path in out.parent.iterdir()] == ["model.npz"]
    cuts = tmp_path / "cuts"
    code, text, _ = dkva(
        "segment", data, "--model", out, "--labels", data / "groundTruth", "--out", cuts, "--plot"
    )
    assert code == 0
    assert "one matching for all videos" in text
    arrays, _ = read_model(out)
    for path in (data / "features").rglob("*.npy"):
        doc = read_json(cuts / path.parent.name / f"{path.stem}.json")
        distances = ((np.load(path)[:, None] - arrays["means"]) ** 2).sum(axis=-1)
        np.testing.assert_array_equal(labels_in(doc), distances.argmin(axis=1))
        assert doc["scores_together"]["mof"] == 1  # the actions are 14 standard deviations apart


def test_the_file_says_what_the_model_is_and_nothing_of_this_machine(train, out, tmp_path):
    train("--epochs", 3, "--seed", 2, "--columns", "1-3")
    facts = read_facts(out)
    assert facts["names"] == [f"coffee/P{i:02}_cam01_P{i:02}_coffee" for i in range(3)]
    known = {
        "learner": "means",
        "origin": "a-learner",
        "settings": {"epochs": 3, "log": "", "fatal": ""},
        "n_segments": 3,
        "seed": 2,
        "videos": 3,
        "frames": 90,
        "features": 3,
        "activity": "coffee",
        "reading": {"transposed": False, "columns": ["1-3"]},
    }
    assert known.items() <= facts.items()
    assert facts["versions"]["a-learner"] == "1.0"
    assert facts["seconds"] >= 0
    assert str(tmp_path) not in json.dumps(facts)


def test_the_same_model_is_not_trained_again_and_another_not_replaced(train, out, data, tmp_path):
    log = tmp_path / "log"
    train("--log", log)
    before = out.read_bytes()
    code, text, _ = train("--log", log)
    assert code == 0
    assert "is this very model already, means, trained on 3 videos of coffee for -k 3; --force trains" in text
    assert log.read_text() == "0\n1\n2\n3\n"
    others = {("--seed", 1): "the seed", ("-k", 2): "-k", ("--activity", "milk"): "the videos"}
    for other, said in others.items():
        code, text, errors = train("--log", log, *other)
        assert (code, text) == (2, "")
        assert f"which differs in {said}; give another file" in errors
    np.save(data / "features/coffee/P01_cam01_P01_coffee.npy", video([0, 1, 2], 9)[1])
    assert "which differs in the features or the code; give another file" in train("--log", log)[2]
    assert out.read_bytes() == before
    assert train("--log", log, "--force")[0] == 0
    assert log.read_text() == 2 * "0\n1\n2\n3\n"
    assert out.read_bytes() != before


def test_a_killed_training_goes_on_and_gives_the_same_model(train, out, data, tmp_path):
    log, fatal = tmp_path / "log", tmp_path / "fatal"
    options = ["--epochs", "6", "--log", str(log), "--fatal", str(fatal)]
    command = ["train", "--method", "means", data, "-k", "3", "--activity", "coffee", "--out", out, *options]
    fatal.touch()
    done = subprocess.run([sys.executable, "-m", "dkva", *command], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    part = out.with_name("model.part.npz")
    assert (out.exists(), part.exists()) == (False, True)
    code, _, errors = train(*options)
    assert code == 0
    assert f"note: {part}: the training goes on where it was stopped\n" in errors
    assert log.read_text() == "0\n1\n2\n3\n4\n5\n"
    assert not part.exists()
    through = out.with_name("through.npz")
    train(*options, "--out", through)
    np.testing.assert_array_equal(read_model(out)[0]["means"], read_model(through)[0]["means"])
    assert read_facts(out)["key"] == read_facts(through)["key"]


def test_a_learner_of_true_labels_is_given_them(dkva, data, out):
    command = ("train", "--method", "classes", data, "-k", 3, "--mixed", "--out", out)
    assert dkva(*command)[2].startswith("error: classes learns from true labels: give them by --labels, or")
    assert dkva(*command, "--labels", data / "groundTruth")[0] == 0
    facts = read_facts(out)
    assert (facts["videos"], facts["activity"], facts["seed"]) == (4, None, None)
    np.testing.assert_allclose(read_model(out)[0]["means"], 10 * np.eye(4)[:3], atol=5 / np.sqrt(40))


def test_a_learner_of_several_activities_is_told_which_videos_are_of_which(dkva, data, out, tmp_path):
    command = ("train", "--method", "directions", data, "--out", out, "--log", tmp_path / "log")
    code, text, errors = dkva(*command)
    assert code == 0
    assert text.startswith(f"{out}: directions, trained on 4 videos of coffee, milk, in ")
    assert errors.splitlines() == [
        "note: training directions: 4 videos of coffee, milk, 120 frames of 4 features",
        "note: models of directions embed frames: dkva segment cannot use this one; dkva embed, dkva "
        "retrieve, dkva transfer, dkva align can",
    ]
    names = [path.relative_to(data / "features").with_suffix("") for path in data.rglob("*.npy")]
    assert (tmp_path / "log").read_text() == "".join(f"{name}\n" for name in sorted(names))
    facts = read_facts(out)
    assert (facts["activity"], facts["activities"]) == (None, ["coffee", "milk"])
    assert "is this very model already" in dkva(*command)[1]
    assert "which differs in the videos; give another" in dkva(*command, "--mixed")[2]
    assert dkva(*command, "--mixed", "--force")[0] == 0
    assert all(line.startswith("any/") for line in (tmp_path / "log").read_text().splitlines())
    assert read_facts(out).get("activities") is None


def test_a_model_among_features_is_passed_over(dkva, data):
    out = data / "features" / "coffee" / "model.npz"
    command = ("train", "--method", "means", data / "features" / "coffee", "-k", 3, "--out", out)
    assert dkva(*command)[0] == 0
    assert "is this very model already" in dkva(*command)[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--activity", "cofee"), "--activity cofee: no video is of it; there are coffee (3), milk (1)"),
        (("--mixed",), "--mixed: takes all activities and --activity one; leave one of them out"),
        (("--labels", "x"), "--labels: means learns without true labels; leave it out"),
        (("--columns", "1", "--drop", "2"), "columns and drop are both given: name what to keep"),
        (("--stride", "2"), "--stride 2: says nothing without --fps; give both"),
        (
            ("-k", "31"),
            "P00_cam01_P00_coffee.npy: has 30 frames for -k 31 (and 2 more videos too few)",
        ),
        (("-k", "0"), "Invalid value for '-k'"),
        (("--epochs", "100"), "means: epochs is 100: give at most 99"),
        (("--epochs", "13"), "means: RuntimeError: thirteen is unlucky"),
        (("--bogus", "1"), "No such option --bogus: means has no setting 'bogus'; its settings are epochs"),
        (
            ("--method", "kmeans"),
            "kmeans works on one video at a time and is not trained: dkva segment --method",
        ),
        (("--method", "nothing"), "unknown method 'nothing': choose one of"),
        (("--out", "model"), "model: is no name of a model; give one that ends in .npz with --out"),
        (("nowhere",), "nowhere: not found; check the path"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(train, out, options, message):
    code, text, errors = train(*options)
    assert (code, text) == (2, "")
    (line,) = (line for line in errors.splitlines() if not line.startswith("note: "))
    assert line.startswith("error: ")
    assert message in line
    assert not out.exists()


def test_activities_that_are_mixed_are_counted(dkva, data, out):
    assert dkva("train", "--method", "means", data, "-k", 3, "--out", out)[2] == (
        "error: the videos are of several activities, coffee (3), milk (1): take one by --activity, or all "
        "as one by --mixed\n"
    )


def test_without_a_method_those_that_are_trained_are_listed(dkva, data):
    code, _, errors = dkva("train", data, "-k", 3)
    assert code == 2
    assert errors.startswith("error: Missing option '--method': choose a learner (")
    assert "means" in errors
    assert "kmeans" not in errors


def test_a_full_disk_is_one_line(train, out, monkeypatch):
    def full(path, arrays, facts):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("dkva.experiments.models.write_model", full)
    part = out.with_name("model.part.npz")
    said = "cannot be written (No space left on device); free it, and run the same command to go on"
    assert train()[2].splitlines()[-1] == f"error: {part}: {said}"


def test_help_shows_the_settings_of_the_learner(dkva, data):
    code, text, _ = dkva("train", "--method", "means", "--help")
    assert code == 0
    assert "Passes over the frames." in text
    assert "Examples:" in text
    assert "--epochs" not in dkva("train", "--help")[1]


@pytest.mark.parametrize("method", listed(LEARNER)[0])
def test_no_setting_has_the_name_of_an_option(dkva, method):
    code, text, errors = dkva("train", "--method", method, "--help")
    assert (code, errors) == (0, "")
    assert f"Methods:\n  {method} " in text


def test_help_shows_what_is_trained_and_what_models_do(dkva, data):
    text = " ".join(dkva("train", "--help")[1].split())
    assert "vaot learns an encoder from pairs of videos of an activity" in text
    assert "(trained on a collection of videos of one activity or several; embeds, aligns)" in text
    one = " ".join(dkva("train", "--method", "means", "--help")[1].split())
    assert "Methods: means labels each frame by the nearest of K means" in one
    assert "vaot" not in one


def test_a_model_that_does_not_segment_is_written_and_said(dkva, data, train, out, monkeypatch):
    import averages

    monkeypatch.delattr(averages.Means, "segment")
    model = averages.Means({"means": np.eye(3)})
    monkeypatch.setattr(averages, "train", lambda videos, *, n_segments, epochs=1, log="", fatal="": model)
    monkeypatch.setattr("dkva.experiments.learners.code_version", lambda function: "1")
    code, _, errors = train()
    assert code == 0
    assert errors.splitlines()[-1] == "note: models of means embed frames: dkva segment cannot use this one"
    assert "is a model that embeds frames and does not segment" in dkva("segment", data, "--model", out)[2]


def test_actions_are_asked_for_where_a_method_looks_for_them_and_nowhere_else(dkva, data, out):
    command = ("train", data, "--activity", "coffee", "--out", out, "--method")
    assert dkva(*command, "vasot")[2] == (
        "error: vasot looks for actions: say by -k how many different ones the videos have in all\n"
    )
    assert dkva(*command, "vaot", "-k", 3)[2] == "error: -k: vaot looks for no actions; leave it out\n"
    code, text, errors = dkva(*command, "vaot", "--epochs", 0)
    assert code == 0
    assert text.startswith(f"{out}: vaot, trained on 3 videos of coffee, in ")
    assert "note: 3 of 3 videos have fewer frames than the 256 that a step draws of each" in errors
    assert (
        "dkva segment cannot use this one; dkva embed, dkva retrieve, dkva transfer, dkva align can" in errors
    )
    assert read_facts(out)["n_segments"] is None


def test_one_video_cannot_be_aligned(dkva, data, out):
    command = ("train", data, "--activity", "milk", "--out", out, "--method", "vasot", "-k", 3)
    assert dkva(*command)[2].splitlines()[-1] == (
        "error: vasot: milk/P03_cam01_P03_milk is the only video: give two at least, as videos are aligned "
        "in pairs"
    )
