"""`dkva transfer`: labels of one video for others, by features and by a learner of a package."""

import csv
import json
from fractions import Fraction

import made_learner
import numpy as np
import pytest
from timed_documents import document as made_document

from dkva.experiments.models import write_model
from dkva.export.elan import eaf

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
NAMES = np.array(["boil", "pour", "stir"])

#: Frames of each action, in the order boil, pour, stir.
LENGTHS = {"v": (10, 10, 10), "w": (4, 12, 8), "u": (15, 5, 5)}


def labels_of(name):
    return NAMES.repeat(LENGTHS[name])


def write_labels(path, labels):
    path.write_text("".join(f"{label}\n" for label in labels))


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "tea"
    for part in ("features", "groundTruth"):
        (root / part).mkdir(parents=True)
    for seed, name in enumerate(LENGTHS):
        noise = np.random.default_rng(seed).normal(size=(sum(LENGTHS[name]), 4))
        noise[:, 3] = 0  # standardised, it would be as large as the others
        np.save(root / "features" / f"{name}.npy", MEANS.repeat(LENGTHS[name], axis=0) + 0.1 * noise)
        write_labels(root / "groundTruth" / f"{name}.txt", labels_of(name))
    return root


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out" / "new"


@pytest.fixture
def transfer(dkva, folder, out):
    """Give the labels of v to all others; options come last and count."""

    def call(*options, of=("features",), labels="groundTruth/v.txt"):
        paths = (folder / name for name in of)
        first = folder / "features" / "v.npy"
        return dkva("transfer", first, *paths, "--labels", folder / labels, "--out", out, *options)

    return call


def document(out, name="w"):
    return json.loads((out / f"{name}.json").read_text())


def error_of(found, text=""):
    code, said, errors = found
    (line,) = (line for line in errors.splitlines() if not line.startswith("note: "))
    assert (code, said, line[:7]) == (2, text, "error: ")
    return line[7:]


def test_others_have_the_labels_of_the_labelled_video(transfer, folder, out):
    code, text, errors = transfer()
    assert code == 0
    assert f"labels of v for 2 videos; results in {out}\n" in text
    assert "right" not in text
    assert errors.splitlines() == [
        "note: each frame takes the label of its partners on the path of time warping; compared by features, "
        "each standardised over its video (mean 0, variance 1)",
        f"note: {folder / 'features' / 'v.npy'}: is left out of the other videos",
    ]
    files = {"u.json", "w.json", "from_v.png", "segments.csv", "summary.csv", "transitions.csv"}
    assert {path.name for path in out.iterdir() if path.name[0] != "."} == files
    assert (out / "from_v.png").read_bytes()[1:4] == b"PNG"
    for name in ("u", "w"):
        runs = document(out, name)["segments"]
        ends = np.cumsum(LENGTHS[name]).tolist()
        assert [(run["name"], run["label"], run["end"]) for run in runs] == [
            ("boil", 0, ends[0]),
            ("pour", 1, ends[1]),
            ("stir", 2, ends[2]),
        ]
    rows = list(csv.DictReader((out / "segments.csv").open()))
    assert [(row["video"], row["name"]) for row in rows] == [
        (name, action) for name in "uw" for action in NAMES
    ]
    assert {row["method"] for row in rows} == {"transfer"}


@pytest.mark.usefixtures("unrendered")
def test_the_document_says_what_made_it_and_nothing_of_this_machine(transfer, out, tmp_path):
    transfer("--by", "nearest", "--no-standardise")
    doc = document(out)
    assert doc["method"] == "transfer"
    assert doc["settings"] == {"n_segments": 3, "by": "nearest", "standardise": False}
    about = doc["labelled"]
    assert (about["video"], about["frames"], about["labels"]) == ("v", 30, "v.txt")
    assert about["source"]["file"] == "v.npy"
    assert "model" not in doc
    assert str(tmp_path) not in (out / "w.json").read_text()


@pytest.mark.usefixtures("unrendered")
def test_truth_gives_scores_beside_stretched_labels(transfer, folder, out):
    truth = labels_of("w")
    truth[:4] = "wait"  # which v does not have
    write_labels(folder / "groundTruth" / "w.txt", truth)
    code, text, _ = transfer("--truth", folder / "groundTruth")
    assert code == 0
    assert {"right", "stretched"} <= set(text.split())
    (mean,) = (line.split() for line in text.splitlines() if "mean of 2" in line)
    assert mean[3] == f"{100 * (20 / 24 + 1) / 2:.1f}"
    scores = document(out)["scores"]
    assert (scores["mof"], scores["most"]) == (round(20 / 24, 6), round(20 / 24, 6))
    stretched = labels_of("v")[((np.arange(24) + 0.5) * 30 / 24).astype(int)]
    assert scores["stretched"] == round(np.mean(stretched == truth), 6)
    assert document(out, "u")["scores"]["mof"] == 1
    transfer("--truth", folder / "groundTruth", "--ignore", "wait")
    assert document(out)["scores"]["mof"] == 1
    assert document(out)["scores"]["ignored"] == ["wait"]
    _, _, errors = transfer("--truth", folder / "groundTruth", "--ignore", "wait", "--ignore", "nap")
    assert "note: no video has the label to ignore: nap\n" in errors


@pytest.mark.usefixtures("unrendered")
def test_by_a_model_its_embedded_frames_are_compared(transfer, folder, out, package, tmp_path, monkeypatch):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    import averages

    model = tmp_path / "model.npz"
    write_model(model, {"means": MEANS}, FACTS)
    said = f"{model}: is a model of means, which does not embed frames; train one that does, such as vaot"
    assert error_of(transfer("--model", model)) == said
    # Stirring looks like boiling to this one, so that stirred frames are nearest to the first.
    monkeypatch.setattr(averages.Means, "embed", lambda self, x: x[:, [1, 3]], raising=False)
    code, _, errors = transfer("--model", model, "--by", "nearest")
    assert code == 0
    assert (
        "each frame takes the label of the nearest frame; compared by model.npz: means, trained on" in errors
    )
    doc = document(out)
    assert doc["model"]["file"] == "model.npz"
    assert doc["settings"] == {"n_segments": 3, "by": "nearest"}
    named = {run["name"] for run in doc["segments"] if run["start"] >= 4 and run["end"] <= 16}
    assert named == {"pour"}
    assert "each video's" not in errors
    np.save(folder / "features" / "w.npy", np.ones((9, 2)))
    code, text, errors = transfer("--model", model)
    assert code == 2
    assert "labels of v for 1 video;" in text
    assert (
        f"error: {folder / 'features' / 'w.npy'}: has 2 features, and the model was trained on 4;" in errors
    )
    assert error_of(transfer("--model", model, "--standardise")).startswith("--standardise: is decided by")


@pytest.mark.usefixtures("unrendered")
def test_frames_without_a_label_give_none(transfer, folder, out):
    (folder / "groundTruth" / "v.csv").write_text("start,end,label\n10,20,pour\n20,30,stir\n")
    transfer("--frame-labels", "txt", labels="groundTruth/v.csv")
    assert [run["name"] for run in document(out)["segments"]] == ["(none)", "pour", "stir"]
    assert (out / "w.labels.txt").read_text().splitlines() == ["(none)"] * 4 + ["pour"] * 12 + ["stir"] * 8


def test_times_are_of_the_rate_and_forms_are_as_asked(transfer, out):
    transfer("--fps", 10, "--stride", 2, "--format", "csv", "--frame-labels", "npy")
    assert not (out / "w.json").exists()
    rows = [row for row in csv.DictReader((out / "segments.csv").open()) if row["video"] == "w"]
    assert [row["end_time"] for row in rows] == ["0.8", "3.2", "4.8"]
    assert np.load(out / "w.labels.npy").tolist() == labels_of("w").tolist()
    transfer("--format", "json")
    assert "start_time" not in document(out)["segments"][0]


@pytest.mark.usefixtures("unrendered")
def test_videos_of_another_run_stay_in_the_table(transfer, out):
    transfer(of=("features/u.npy",))
    transfer(of=("features/w.npy",))
    rows = csv.DictReader((out / "segments.csv").open())
    assert sorted({row["video"] for row in rows}) == ["u", "w"]


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("name", ["w.json", "segments.csv", "summary.csv", "from_v.png", "w.labels.txt"])
def test_the_files_of_others_are_not_written_over(transfer, out, name):
    out.mkdir(parents=True)
    (out / name).write_text("mine")
    said = error_of(transfer("--frame-labels", "txt"))
    assert said.startswith(f"{out / name}: ")
    assert (out / name).read_text() == "mine"
    assert [path.name for path in out.iterdir()] == [name]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"labels": "groundTruth/nobody.txt"}, "nobody.txt: not found; check --labels"),
        ({"of": ("features/v.npy",)}, "v.npy: is the only video; give others after it"),
        ({"of": ("features/x.npy",)}, "x.npy: not found; check the path"),
        ({"labels": "features"}, "features: has no labels for 'v'"),
    ],
)
def test_what_is_not_there_is_one_line(transfer, options, said):
    code, _, errors = transfer(**options)
    assert code == 2
    (line,) = (line for line in errors.splitlines() if line.startswith("error: "))
    assert said in line


@pytest.mark.usefixtures("unrendered")
def test_labels_that_do_not_fit_are_one_line(transfer, folder, out):
    write_labels(folder / "groundTruth" / "v.txt", labels_of("v")[:25])
    said = error_of(transfer())
    assert "v.txt" in said
    assert "--lengths" in said or "lengths" in said
    assert transfer("--lengths", "resample", "--force-lengths")[0] == 0
    write_labels(folder / "groundTruth" / "v.txt", labels_of("v"))
    write_labels(folder / "groundTruth" / "w.txt", labels_of("w")[:3])
    code, text, errors = transfer("--truth", folder / "groundTruth")
    assert code == 2
    assert "error: " in errors
    assert "labels of v for 2 videos" in text  # without scores for one of them
    assert "scores" not in document(out)


def test_labels_that_the_mapping_does_not_have_are_one_line(transfer, folder):
    (folder / "mapping.txt").write_text("0 boil\n1 pour\n")
    said = error_of(transfer("--mapping", folder / "mapping.txt"))
    assert "'stir'" in said
    assert "v.txt" in said


def test_a_folder_in_the_place_of_the_labelled_video_is_one_line(dkva, folder, out):
    found = dkva(
        "transfer", folder / "features", folder / "features", "--labels", folder / "groundTruth", "--out", out
    )
    said = "is a folder; give the feature file or the recording of the labelled video first"
    assert error_of(found) == f"{folder / 'features'}: {said}"


@pytest.mark.usefixtures("unrendered")
def test_videos_that_cannot_be_used_cost_themselves_alone(transfer, folder, out):
    np.save(folder / "features" / "w.npy", np.ones((9, 2)))
    code, text, errors = transfer()
    assert code == 2
    assert f"labels of v for 1 video; results in {out}" in text
    assert (
        f"error: {folder / 'features' / 'w.npy'}: has 2 features, and {folder / 'features' / 'v.npy'} has 4; "
        "give features made the same way, or choose with --columns\n"
    ) in errors
    assert not (out / "w.json").exists()


@pytest.mark.usefixtures("unrendered")
def test_videos_of_another_activity_are_refused_unless_mixed(dkva, folder, out):
    places = {name: folder.parent / f"{name}.npy" for name in ("P1_tea", "P2_coffee")}
    for name, path in zip("vw", places.values(), strict=True):
        (folder / "features" / f"{name}.npy").rename(path)
    given = [*places.values(), "--labels", folder / "groundTruth" / "v.txt", "--out", out]
    tea, coffee = places.values()
    said = f"{tea}: is of tea, and {coffee} of coffee; give videos of one activity, or --mixed"
    assert error_of(dkva("transfer", *given)) == said
    assert dkva("transfer", *given, "--mixed")[0] == 0


#: Scenes of two recordings, each of so many frames: what is seen returns, in another order.
FIRST, SECOND = [(0, 30), (1, 40), (2, 20)], [(1, 30), (0, 21), (2, 24), (1, 15)]


def scenes(parts):
    return np.concatenate([np.full(n, scene) for scene, n in parts])


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Two recordings, one of frames at changing distances, and one of them as images."""
    av = pytest.importorskip("av", reason="PyAV is not installed: pip install 'dkva[video]'")
    from rendered import render

    folder = tmp_path_factory.mktemp("films")
    draw = np.random.default_rng(0)
    looks = draw.integers(0, 256, (3, 4, 6, 3)).repeat(8, 1).repeat(8, 2)

    def frames(parts):
        truth = scenes(parts)
        return np.clip(looks[truth] + draw.integers(-6, 7, (len(truth), 32, 48, 3)), 0, 255).astype(np.uint8)

    render(folder / "monday.mp4", frames(FIRST), rate=10, options={"g": "10"})
    times = np.cumsum([0, *draw.integers(60, 141, len(scenes(SECOND)) - 1)])
    render(folder / "tuesday.mkv", frames(SECOND), rate=10, pts=times.tolist(), time_base=Fraction(1, 1000))
    (folder / "wednesday").mkdir()
    for index, image in enumerate(frames([(2, 3), (1, 4)])):
        av.VideoFrame.from_ndarray(image, format="rgb24").save(folder / "wednesday" / f"{index:02}.png")
    return folder


@pytest.fixture
def of_films(dkva, films, out, tmp_path, monkeypatch):
    """Give the labels of monday to the other recordings."""
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))

    def call(labels, *options, others=("tuesday.mkv",)):
        first, rest = films / "monday.mp4", [films / name for name in others]
        encoding = ("--encoder", "pixels", "--size", 8, "--by", "nearest")
        return dkva("transfer", first, *rest, "--labels", labels, "--out", out, *encoding, *options)

    return call


def corrected(folder):
    """The document of monday as a person left it: one action is named, the others are not."""
    ends = np.cumsum([n for _, n in FIRST]).tolist()
    doc = made_document(ends, 10.0, labels=[4, 1, 2], names=["boil", None, None])
    doc |= {"video": "monday", "corrected": {"of": "k", "level": 3}, "key": ""}
    (folder / "monday.corrected.json").write_text(json.dumps(doc))
    (folder / "monday.eaf").write_text(eaf(doc, ["monday.mp4"]))
    return np.array(["boil", "Action 1", "Action 2"])


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("form", ["both", "csv"])
def test_a_document_that_was_corrected_is_not_replaced(of_films, out, tmp_path, form):
    corrected(tmp_path)
    out.mkdir(parents=True)
    (out / "tuesday.json").write_text((tmp_path / "monday.corrected.json").read_text())
    code, _, errors = of_films(tmp_path / "monday.corrected.json", "--format", form)
    assert code == 2
    assert "tuesday.json: was corrected by hand, and would be replaced" in errors
    assert (out / "tuesday.json").exists()


@pytest.mark.parametrize("labels", ["monday.corrected.json", "monday.eaf"])
def test_a_corrected_recording_labels_another_in_its_own_frames(of_films, out, tmp_path, labels):
    names = corrected(tmp_path)
    write_labels(tmp_path / "tuesday.txt", names[scenes(SECOND)])
    code, text, errors = of_films(
        tmp_path / labels, "--truth", tmp_path / "tuesday.txt", "--frame-labels", "txt"
    )
    assert code == 0, errors
    assert "labels of monday for 1 video" in text
    doc = document(out, "tuesday")
    assert doc["frames"] == len(scenes(SECOND))
    assert [run["name"] for run in doc["segments"]] == names[[part for part, _ in SECOND]].tolist()
    found = np.array([run["start"] for run in doc["segments"]])
    assert np.abs(found - np.cumsum([0, *(n for _, n in SECOND[:-1])])).max() <= 2  # a sample is two frames
    written = (out / "tuesday.labels.txt").read_text().splitlines()
    right = float(np.mean(np.array(written) == names[scenes(SECOND)]))
    assert doc["scores"]["mof"] == pytest.approx(right, abs=1e-6)
    assert right >= 1 - 3 * 2 / doc["frames"]
    assert doc["scores"]["stretched"] < 0.5
    times = [run["start_time"] for run in doc["segments"]] + [doc["segments"][-1]["end_time"]]
    assert times == sorted(times)
    assert np.diff(times).sum() == pytest.approx(doc["frames"] / doc["frames_per_second"], abs=1e-3)
    assert doc["recording"]["encoder"] == "pixels"
    assert (doc["labelled"]["frames"], doc["labelled"]["labels"]) == (90, labels)
    rows = list(csv.DictReader((out / "segments.csv").open()))
    assert [(int(row["end"]), row["name"]) for row in rows] == [
        (run["end"], run["name"]) for run in doc["segments"]
    ]
    assert rows[0]["end_time"] == str(doc["segments"][0]["end_time"])
    assert "of the nearest frame; compared by features" in errors


def test_a_folder_of_images_takes_labels_with_times_or_without(of_films, out, tmp_path):
    names = corrected(tmp_path)
    labels = tmp_path / "monday.corrected.json"
    for rate in ((), ("--fps", 5)):
        code, _, errors = of_films(labels, *rate, others=("wednesday",))
        assert code == 0, errors
        runs = document(out, "wednesday")["segments"]
        assert [(run["name"], run["end"]) for run in runs] == [(names[2], 3), (names[1], 7)]
        assert runs[-1].get("end_time") == (1.4 if rate else None)


def test_recordings_and_features_are_not_mixed(of_films, folder, films, tmp_path, dkva, out):
    corrected(tmp_path)
    labels = tmp_path / "monday.corrected.json"
    said = error_of(of_films(labels, others=(folder / "features" / "v.npy",)))
    assert said.endswith("v.npy holds features; give recordings alone, or features alone")
    told = dkva("transfer", folder / "features" / "v.npy", films / "monday.mp4", "--labels", labels)
    assert error_of(told).startswith(f"{films / 'monday.mp4'}: is a recording, and ")
    assert error_of(of_films(labels, "--stride", 2)).startswith("--stride: is of feature files, and none is")
    features = (folder / "features" / "v.npy", folder / "features", "--labels", folder / "groundTruth")
    assert error_of(dkva("transfer", *features, "--encoder", "pixels")).startswith("--encoder: is of record")


def test_labels_of_another_recording_are_one_line(of_films, tmp_path):
    doc = made_document([10, 400], 10.0) | {"video": "sunday"}
    (tmp_path / "sunday.json").write_text(json.dumps(doc))
    said = error_of(of_films(tmp_path / "sunday.json"))
    assert said.startswith(f"{tmp_path / 'sunday.json'}: has 400 labels for 90 frames")


def test_too_long_recordings_are_told_the_option(of_films, tmp_path, monkeypatch):
    corrected(tmp_path)
    monkeypatch.setattr("dkva.cli.transferring.work.MOST_PAIRS", 9)
    said = error_of(of_films(tmp_path / "monday.corrected.json"), "labels of monday for 0 videos\n")
    assert said.endswith("memory is taken for 9; take fewer a second by --fps")
