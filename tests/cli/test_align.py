"""`dkva align`, with a learner of a package as strangers have it."""

import csv
import json

import made_learner
import numpy as np
import pytest

from dkva.experiments.models import write_model

pytestmark = pytest.mark.fast

FACTS = {
    "learner": "pairs",
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
ORDERS = {"v": [0, 1, 2], "w": [2, 0]}

# Frames of label 0 and 2 match those as many frames after the first; w has none of label 1.
PARTNERS = [*range(10, 20), *([None] * 10), *range(10)]


def frames(order, n=10):
    return MEANS[order].repeat(n, axis=0) + np.random.default_rng(0).normal(size=(n * len(order), 4))


@pytest.fixture
def folder(tmp_path, package):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    root = tmp_path / "tea"
    root.mkdir()
    for name, order in ORDERS.items():
        np.save(root / f"{name}.npy", frames(order))
    return root


@pytest.fixture
def model(tmp_path):
    write_model(tmp_path / "model.npz", {"means": MEANS}, FACTS)
    return tmp_path / "model.npz"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out" / "new"


@pytest.fixture
def align(dkva, folder, model, out):
    """Align v and w, or others of the folder; options come last and count."""

    def call(*options, of=("v.npy", "w.npy"), model=model):
        return dkva("align", *(folder / name for name in of), "--model", model, "--out", out, *options)

    return call


def document(out, name="v_with_w"):
    return json.loads((out / f"{name}.json").read_text())


def error_of(found):
    code, text, errors = found
    (line,) = (line for line in errors.splitlines() if not line.startswith("note: "))
    assert (code, text, line[:7]) == (2, "", "error: ")
    return line[7:]


def test_matched_frames_are_written_as_document_table_and_picture(align, out):
    code, text, errors = align()
    assert (code, errors) == (0, "note: model.npz: pairs, trained on 2 videos of tea for -k 3\n")
    assert text == f"v: 20 of 30 frames matched; w: 0 frames left over; results in {out}\n"
    assert sorted(path.name for path in out.iterdir()) == [
        "v_with_w.json",
        "v_with_w.matches.csv",
        "v_with_w.png",
    ]
    doc = document(out)
    assert [row["frame_b"] for row in doc["matches"]] == PARTNERS
    assert [row["share"] for row in doc["matches"]] == [0.75] * 10 + [1] * 10 + [0.75] * 10
    assert doc["unmatched_b"] == []
    rows = list(csv.DictReader((out / "v_with_w.matches.csv").open()))
    assert [row["frame_a"] for row in rows] == [str(i) for i in range(30)]
    assert [row["frame_b"] for row in rows] == ["" if j is None else str(j) for j in PARTNERS]
    assert (out / "v_with_w.png").read_bytes()[1:4] == b"PNG"


@pytest.mark.usefixtures("unrendered")
def test_the_document_says_what_made_it_and_nothing_of_this_machine(align, out, tmp_path):
    align()
    doc = document(out)
    assert doc["method"] == "pairs"
    assert doc["settings"] == {"n_segments": 3, "epochs": 4, "seed": 5}
    assert {name: doc["model"][name] for name in ("file", "videos", "activity")} == {
        "file": "model.npz",
        "videos": 2,
        "activity": "tea",
    }
    assert [run["label"] for run in doc["b"]["segments"]] == ORDERS["w"]
    assert (doc["b"]["frames"], doc["b"]["features"], doc["b"]["source"]["file"]) == (20, 4, "w.npy")
    assert doc["versions"]["a-learner"] == "1.0"
    assert str(tmp_path) not in (out / "v_with_w.json").read_text()


@pytest.mark.usefixtures("unrendered")
@pytest.mark.usefixtures("unrendered")
def test_a_second_run_keeps_what_is_done_and_another_aligns_anew(align, out, tmp_path, folder):
    align()
    kept = "kept what was done before with the same settings (--force aligns again); v: 20 of 30 frames"
    assert align()[1].startswith(kept)
    assert "kept" not in align("--force")[1]
    assert "kept" not in align("--fps", 5)[1]
    assert "kept" in align("--fps", 5)[1]
    (out / "v_with_w.png").unlink()
    assert "kept" not in align("--fps", 5)[1]
    write_model(tmp_path / "other.npz", {"means": MEANS + 1e-6}, FACTS)
    assert "kept" not in align("--fps", 5, model=tmp_path / "other.npz")[1]
    np.save(folder / "w.npy", frames([2, 1]))
    code, _, errors = align("--fps", 5)
    assert code == 2
    assert "v_with_w.json: is the alignment of other files of these names; give another folder" in errors
    assert align("--fps", 5, "--force")[1].startswith("v: 20 of 30 frames matched")
    assert [row["frame_b"] for row in document(out)["matches"]][:10] == [None] * 10


@pytest.mark.usefixtures("unrendered")
def test_the_files_of_others_are_not_written_over(align, out):
    for name in ("v_with_w.json", "v_with_w.matches.csv", "v_with_w.png"):
        out.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine")
        said = "is there and is no result of dkva; move it away, or give another folder with --out"
        assert error_of(align("--force")) == f"{out / name}: {said}"
        assert (out / name).read_text() == "mine"
        (out / name).unlink()


def test_times_are_of_the_rate(align, out):
    align("--fps", 10, "--stride", 2)
    assert document(out)["matches"][1] == {
        "frame_a": 1,
        "frame_b": 11,
        "share": 0.75,
        "time_a": 0.2,
        "time_b": 2.2,
    }
    header = (out / "v_with_w.matches.csv").read_text().splitlines()[0]
    assert header == "frame_a,frame_b,share,time_a,time_b"


@pytest.mark.usefixtures("unrendered")
def test_every_so_many_frames_alone_are_aligned(align, out):
    align("--every", 5)
    doc = document(out)
    assert [row["frame_a"] for row in doc["matches"]] == [0, 5, 10, 15, 20, 25]
    assert [row["frame_b"] for row in doc["matches"]] == [10, 15, None, None, 0, 5]
    assert [run["end"] for run in doc["a"]["segments"]] == [10, 20, 30]  # all frames are segmented


@pytest.mark.usefixtures("unrendered")
def test_a_video_is_aligned_with_itself_and_it_is_said(align, out):
    code, _, errors = align(of=("v.npy", "v.npy"))
    assert code == 0
    assert "note: v: is both A and B: its frames are aligned with themselves\n" in errors
    assert [row["frame_b"] for row in document(out, "v_with_v")["matches"]] == list(range(30))


@pytest.mark.usefixtures("unrendered")
def test_a_model_that_does_not_segment_aligns(align, out, monkeypatch, folder):
    import averages

    labels = averages.Means.segment
    monkeypatch.setattr(averages.Pairs, "_places", lambda self, x: list(enumerate(labels(self, x).tolist())))
    monkeypatch.delattr(averages.Means, "segment")
    assert align()[0] == 0
    assert "segments" not in document(out)["a"]


@pytest.mark.usefixtures("unrendered")
def test_files_are_read_as_those_of_the_training(align, folder, model, out):
    np.save(folder / "v.npy", frames([0, 1, 2]).T)
    np.save(folder / "w.npy", frames([2, 0]).T)
    write_model(model, {"means": MEANS}, FACTS | {"reading": {"transposed": True}})
    assert align()[0] == 0
    assert document(out)["a"]["reading"]["transposed"]
    assert "has 30 features, and the model" in align("--not-transposed")[2]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("missing", "there is no such model; check the path"),
        ("cut", "is no model, or was cut short (BadZipFile); give the file of a model, or train it again"),
        ("means", "is a model of means, which does not align; train one that does, such as vasot"),
        ("arrays", "is no model as its learner writes them (KeyError: 'means')"),
    ],
)
def test_what_is_no_model_that_aligns_is_one_line(align, folder, model, damage, said):
    whole = model.read_bytes()
    model.unlink()
    if damage == "cut":
        model.write_bytes(whole[: len(whole) // 2])
    elif damage == "means":
        write_model(model, {"means": MEANS}, FACTS | {"learner": "means"})
    elif damage == "arrays":
        write_model(model, {"centres": MEANS}, FACTS)
    assert error_of(align()) == f"{model}: {said}"


def test_videos_that_cannot_be_used_are_one_line_each(align, folder, out):
    np.save(folder / "v.npy", np.empty((0, 4)))
    np.save(folder / "w.npy", np.ones((9, 2)))
    code, text, errors = align()
    assert (code, text) == (2, "")
    first, second = errors.splitlines()
    assert first == (
        f"error: {folder / 'v.npy'}: holds an array of shape (0, 4), no frames; export the file again"
    )
    assert second == (
        f"error: {folder / 'w.npy'}: has 2 features, and the model was trained on 4; give features made the "
        "same way"
    )
    assert list(out.iterdir()) == []


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "../P03_cam01_P03_coffee.npy",
            "is of coffee, and the model was trained on tea; give a video of tea, or",
        ),
        (
            "../coffee/v.npy",
            "is of coffee, and the model was trained on tea; give a video of tea, or --mixed",
        ),
        ("../broth/v.npy", "is of broth, and the model was trained on tea; give a video of tea, or --mixed"),
    ],
)
def test_videos_of_another_activity_are_refused_unless_mixed(align, folder, name, said):
    (folder / name).parent.mkdir(exist_ok=True)
    np.save(folder / name, frames([0, 1]))
    assert f"{folder / name}: {said}" in error_of(align(of=(name, "w.npy")))
    assert align("--mixed", of=(name, "w.npy"))[0] == 0


@pytest.mark.usefixtures("unrendered")
def test_a_full_disk_is_one_line(align, out, monkeypatch):
    def full(path, doc):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("dkva.export.alignment.write_matches", full)
    assert error_of(align()) == (
        f"{out / 'v_with_w.matches.csv'}: cannot be written (No space left on device); free it, or give "
        "another folder with --out"
    )
    monkeypatch.undo()
    assert "kept" not in align()[1]  # what was not written is made again


def test_a_rate_is_asked_for_a_stride(align):
    assert error_of(align("--stride", 2)) == "--stride 2: says nothing without --fps; give both"


def test_a_model_or_features_are_asked_for(dkva, folder):
    code, _, errors = dkva("align", folder / "v.npy", folder / "w.npy")
    assert code == 2
    assert errors.startswith("error: Missing option '--model': give a model, or --features")


@pytest.fixture
def warp(dkva, folder, out):
    """Align v and w by their features."""

    def call(*options, of=("v.npy", "w.npy")):
        return dkva("align", "--features", *(folder / name for name in of), "--out", out, *options)

    return call


@pytest.mark.usefixtures("unrendered")
def test_features_are_matched_by_time_warping(warp, folder, out):
    np.save(folder / "w.npy", np.repeat(frames([0, 1, 2]), 2, axis=0)[5:])
    code, text, errors = warp()
    assert (code, text) == (0, f"v: 30 of 30 frames matched; w: 0 frames left over; results in {out}\n")
    said = "note: time warping of features, each standardised over its video (mean 0, variance 1)\n"
    assert errors == said
    doc = document(out)
    partners = [row["frame_b"] for row in doc["matches"]]
    assert partners == sorted(partners)
    assert partners[:3] == [0, 0, 0]
    assert partners[3:] == list(range(1, 55, 2))
    assert (doc["method"], doc["settings"]) == ("time_warping", {"standardise": True})
    assert "model" not in doc
    assert "segments" not in doc["a"]
    assert (out / "v_with_w.png").read_bytes()[1:4] == b"PNG"
    assert "kept" in warp()[1]
    assert warp("--no-standardise")[2] == "note: time warping of features as they are\n"
    assert document(out)["settings"] == {"standardise": False}


@pytest.mark.usefixtures("unrendered")
def test_features_of_another_scale_match_if_they_are_standardised(warp, folder, out):
    np.save(folder / "w.npy", 100 + 0.01 * np.repeat(frames([0, 1, 2]), 2, axis=0))
    warp()
    assert [row["frame_b"] for row in document(out)["matches"]] == list(range(0, 60, 2))
    warp("--no-standardise")
    assert [row["frame_b"] for row in document(out)["matches"]] != list(range(0, 60, 2))


@pytest.mark.usefixtures("unrendered")
def test_what_does_not_go_with_features_is_one_line(warp, align, folder, model):
    assert error_of(warp("--model", model)) == "--features: aligns without a model; leave it or --model out"
    assert error_of(align("--no-standardise")) == (
        "--standardise: is decided by the model's training; leave it out beside --model"
    )
    np.save(folder / "w.npy", np.ones((9, 2)))
    assert error_of(warp()) == (
        f"{folder / 'w.npy'}: has 2 features, and {folder / 'v.npy'} has 4; give features made the same way, "
        "or choose with --columns"
    )
    names = ["../P1_tea.npy", "../P2_coffee.npy"]
    for name in names:
        np.save(folder / name, frames([0, 1]))
    assert "is of tea, and" in error_of(warp(of=names))
    assert warp("--mixed", of=names)[0] == 0
