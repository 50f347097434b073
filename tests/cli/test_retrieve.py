"""`dkva retrieve`, with a learner of a package as strangers have it."""

import csv
import json

import made_learner
import numpy as np
import pytest

from dkva.experiments.models import write_model

pytestmark = pytest.mark.fast

FACTS = {
    "learner": "directions",
    "origin": "a-learner",
    "settings": {},
    "n_segments": None,
    "videos": 3,
    "features": 3,
    "activity": "tea",
    "versions": {"a-learner": "1.0"},
}

#: Frames that point to the first axis, turned towards the second by so many degrees.
TURNED = {"q": [80, 0, 40], "tea/v": [90, 3, 9, 50], "tea/w": [20, 70, 45], "milk/x": [60, 61, 8]}


def frames(degrees):
    turned = np.deg2rad(degrees)
    return 5 * np.stack([np.cos(turned), np.sin(turned), np.zeros(len(turned))], axis=1)


def distance(degrees):
    """Between two directions: the chord of their angle."""
    return 2 * np.sin(np.deg2rad(degrees) / 2)


@pytest.fixture
def folder(tmp_path, package):
    package("a-learner", made_learner.ENTRIES, averages=made_learner.SOURCE)
    for name, degrees in TURNED.items():
        path = tmp_path / "features" / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, frames(degrees))
    write_model(tmp_path / "model.npz", {"means": np.eye(3)}, FACTS)
    return tmp_path / "features"


@pytest.fixture
def retrieve(dkva, folder, tmp_path):
    """Ask with a frame of q in the whole folder; options come last and count."""

    def call(*options, frame=1, query="q.npy", model="model.npz"):
        return dkva("retrieve", "--model", tmp_path / model, folder / query, frame, folder, *options)

    return call


def found(text):
    """Video, frame and degrees of each row of a document."""
    rows = json.loads(text)["retrieved"]
    return [
        (row["video"], row["frame"], round(np.rad2deg(2 * np.arcsin(row["distance"] / 2)), 3)) for row in rows
    ]


def error_of(found):
    code, text, errors = found
    (line,) = (line for line in errors.splitlines() if not line.startswith("note: "))
    assert (code, text, line[:7]) == (2, "", "error: ")
    return line[7:]


def test_the_nearest_frame_of_each_other_video_is_printed(retrieve, folder):
    code, text, errors = retrieve()
    assert code == 0
    lines = [line.split() for line in text.splitlines() if line.strip()]
    assert [lines[0], *lines[2:]] == [
        ["video", "frame", "distance"],
        ["tea/v", "1", f"{distance(3):.4f}"],
        ["milk/x", "2", f"{distance(8):.4f}"],
        ["tea/w", "0", f"{distance(20):.4f}"],
    ]
    assert errors.splitlines() == [
        f"note: {folder / 'q.npy'}: is not searched, as it is what is asked with",
        "note: model.npz: directions, trained on 3 videos of tea",
        "note: 3 frames of 3 videos found for frame 1 of q among 3 videos",
    ]


def test_videos_that_are_not_there_are_told_beside_what_is_found(retrieve, folder):
    code, text, errors = retrieve(str(folder / "nowhere.npy"))
    assert code == 2
    assert "tea/v" in text
    assert f"error: {folder / 'nowhere.npy'}: not found" in errors


@pytest.mark.parametrize(
    ("options", "frame", "expected"),
    [
        ((), 1, [("tea/v", 1, 3), ("milk/x", 2, 8), ("tea/w", 0, 20)]),
        (("--top", 2), 1, [("tea/v", 1, 3), ("milk/x", 2, 8)]),
        (("--all", "--top", 4), 1, [("tea/v", 1, 3), ("milk/x", 2, 8), ("tea/v", 2, 9), ("tea/w", 0, 20)]),
        ((), 0, [("tea/v", 0, 10), ("tea/w", 1, 10), ("milk/x", 1, 19)]),
    ],
)
def test_frames_come_by_their_distance(retrieve, options, frame, expected):
    code, text, _ = retrieve("--json", *options, frame=frame)
    assert code == 0
    rows = found(text)
    assert sorted(rows, key=lambda row: row[0]) == sorted(
        [(video, at, pytest.approx(degrees, abs=1e-2)) for video, at, degrees in expected]
    )
    degrees = [row[2] for row in rows]
    assert degrees == sorted(degrees)


def test_table_document_and_picture_are_written_if_asked_for(retrieve, tmp_path):
    out = tmp_path / "out" / "new"
    code, text, errors = retrieve("--out", out, "--fps", 10, "--stride", 2)
    assert code == 0
    assert "seconds" in text
    assert f"among 3 videos; results in {out}\n" in errors
    assert sorted(path.name for path in out.iterdir()) == [
        "q_at_1.json",
        "q_at_1.png",
        "q_at_1.retrieved.csv",
    ]
    rows = list(csv.DictReader((out / "q_at_1.retrieved.csv").open()))
    assert [(row["video"], row["frame"], row["time"]) for row in rows] == [
        ("tea/v", "1", "0.2"),
        ("milk/x", "2", "0.4"),
        ("tea/w", "0", "0.0"),
    ]
    doc = json.loads((out / "q_at_1.json").read_text())
    assert doc["query"]["time"] == 0.2
    assert {each["video"]: each["frames"] for each in doc["searched"]} == {
        name: len(degrees) for name, degrees in TURNED.items() if name != "q"
    }
    assert (doc["method"], doc["model"]["activity"]) == ("directions", "tea")
    assert str(tmp_path) not in json.dumps(doc)
    assert (out / "q_at_1.png").read_bytes()[1:4] == b"PNG"
    assert retrieve("--out", out)[0] == 0  # in place of the earlier ones
    assert "time" not in json.loads((out / "q_at_1.json").read_text())["query"]


def test_the_files_of_others_are_not_written_over(retrieve, tmp_path):
    (tmp_path / "q_at_1.png").write_text("mine")
    assert "q_at_1.png: is there and is no result of dkva" in error_of(retrieve("--out", tmp_path))
    assert (tmp_path / "q_at_1.png").read_text() == "mine"


def test_videos_that_cannot_be_searched_are_one_line_each_and_the_others_are(retrieve, folder):
    np.save(folder / "tea/v.npy", np.ones((3, 2)))
    code, text, errors = retrieve("--json")
    assert code == 2
    assert [row[0] for row in found(text)] == ["milk/x", "tea/w"]
    (line,) = (line for line in errors.splitlines() if line.startswith("error: "))
    assert "tea/v.npy: has 2 features, and the model was trained on 3; give features made" in line


@pytest.mark.parametrize(
    ("options", "how", "said"),
    [
        ((), {"frame": 3}, "q.npy: has no frame 3; they are 0 to 2, one a row of features"),
        ((), {"query": "nowhere.npy"}, "nowhere.npy: not found; check the path"),
        ((), {"query": "tea"}, "tea: is a folder; give the feature file of the video to ask with"),
        ((), {"model": "none.npz"}, "none.npz: there is no such model; check the path"),
        (("--stride", 2), {}, "--stride 2: says nothing without --fps; give both"),
        (("--top", 0), {}, "Invalid value for '--top'"),
        ((), {"frame": "x"}, "Invalid value for 'FRAME'"),
    ],
)
def test_bad_input_is_one_line(retrieve, options, how, said):
    assert said in error_of(retrieve(*options, **how))


def test_a_query_that_cannot_be_used_is_one_line(retrieve, folder):
    np.save(folder / "q.npy", np.ones((3, 2)))
    assert "q.npy: has 2 features, and the model was trained on 3" in error_of(retrieve())


def test_a_model_that_does_not_embed_is_one_line(retrieve, tmp_path):
    facts = FACTS | {"learner": "means", "n_segments": 3}
    write_model(tmp_path / "model.npz", {"means": np.eye(3)}, facts)
    assert "is a model of means, which does not embed frames" in error_of(retrieve())
