import json

import numpy as np
import pytest

from dkva.base.errors import NewerFormatError
from dkva.base.segmentation import Segmentation
from dkva.cli.evaluating.find import open_labels
from dkva.datasets import DataError
from dkva.export.documents import document, write_csv, write_json

pytestmark = pytest.mark.fast


def doc(name):
    made = Segmentation(np.repeat([0, 1], 5), 3, "kms", {"n_segments": 2})
    return document(name, made, source={"file": "v.npy", "blake2b": "0"}, reading={}, key="k")


def test_label_files_of_a_folder_by_the_names_of_their_videos(tmp_path):
    (tmp_path / "tea").mkdir()
    files = ["tea/P03.txt", "P04_labels.csv", "P05", "P06.gt.txt", ".hidden.txt", "picture.png", "P07.txt.gz"]
    for name in files:
        (tmp_path / name).write_text("a\nb\n")
    found = open_labels(tmp_path)
    assert found.names == ("P04", "P05", "P06", "P07", "tea/P03")
    assert found.find("tea/P03").path == tmp_path / "tea" / "P03.txt"
    assert found.find("P03").path == tmp_path / "tea" / "P03.txt"
    assert found.find("P04").path == tmp_path / "P04_labels.csv"
    assert found.find("P99") is None
    assert found.notes == (f"{tmp_path}: passed over picture.png: no label file has such a suffix",)
    (tmp_path / "P05.npy").write_bytes(b"other")
    with pytest.raises(DataError, match="may both be the labels of 'P05'"):
        open_labels(tmp_path).find("P05")


def test_the_root_of_a_data_set_stands_for_its_true_labels(tmp_path):
    for folder in ("features", "groundTruth"):
        (tmp_path / folder).mkdir()
    (tmp_path / "features" / "v.npy").touch()
    (tmp_path / "groundTruth" / "v.txt").write_text("a\n")
    assert open_labels(tmp_path).find("v").path == tmp_path / "groundTruth" / "v.txt"


@pytest.mark.parametrize("form", ["json", "csv", "both"])
def test_results_of_dkva_are_taken_from_documents_or_the_table(tmp_path, form):
    docs = [doc("tea/v"), doc("w")]
    if form != "csv":
        for each in docs:
            write_json(tmp_path / f"{each['video']}.json", each)
            (tmp_path / f"{each['video']}.labels.txt").write_text("x\n")
        (tmp_path / "other.json").write_text("{}")
    if form != "json":
        write_csv(tmp_path / "segments.csv", docs)
        (tmp_path / "summary.csv").write_text("scope,name,label\n")
    found = open_labels(tmp_path)
    assert found.names == ("tea/v", "w")
    assert found.find("v").doc["video"] == "tea/v"
    assert found.find("elsewhere/w").doc["segments"] == found.find("w").doc["segments"]
    assert found.find("x") is None
    assert len(found.notes) == (form != "csv")
    path = tmp_path / ("segments.csv" if form == "csv" else "w.json")
    one = open_labels(path)
    assert one.names == (("tea/v", "w") if form == "csv" else ("w",))
    assert one.find("w").doc["frames"] == 10


def test_two_videos_of_one_name_in_folders_are_not_mixed_up(tmp_path):
    for name in ("tea/v", "coffee/v"):
        write_json(tmp_path / f"{name}.json", doc(name))
    found = open_labels(tmp_path)
    assert found.find("coffee/v").doc["video"] == "coffee/v"
    assert found.find("v") is None


def test_a_single_file_is_of_any_video(tmp_path):
    (tmp_path / "mine_gt.txt").write_text("a\n")
    found = open_labels(tmp_path / "mine_gt.txt")
    assert found.names == ("mine",)
    assert found.find("another").path == tmp_path / "mine_gt.txt"
    (tmp_path / "odd.labels").write_text("a\n")
    assert open_labels(tmp_path / "odd.labels").names == ("odd.labels",)
    write_csv(tmp_path / "segments.csv", [doc("w")])
    assert open_labels(tmp_path / "segments.csv").find("another").doc["video"] == "w"


@pytest.mark.parametrize("kind", ["absent", "empty", "json"])
def test_what_holds_no_labels_is_one_line(tmp_path, kind):
    path = tmp_path / "given"
    if kind == "empty":
        path.mkdir()
    if kind == "json":
        path = tmp_path / "given.json"
        path.write_text("[]")
    problem = {"absent": "not found", "empty": "holds no labels", "json": "is no document of dkva"}[kind]
    with pytest.raises(DataError, match=problem):
        open_labels(path)


def test_results_of_a_newer_dkva_are_refused(tmp_path):
    (tmp_path / "v.json").write_text(json.dumps(doc("v") | {"format": 99}))
    with pytest.raises(NewerFormatError):
        open_labels(tmp_path)


def test_of_two_documents_of_a_video_that_which_a_person_corrected_is_taken(tmp_path):
    corrected = doc("v") | {"corrected": {"of": "k", "level": 2}, "key": ""}
    places = {"v.corrected.json": corrected, "v.json": doc("v"), "a.json": doc("v"), "w.json": doc("w")}
    for name, each in places.items():
        write_json(tmp_path / name, each)
    found = open_labels(tmp_path)
    assert found.find("v").path == tmp_path / "v.corrected.json"
    assert found.find("v").corrected
    assert not found.find("w").corrected
    assert found.notes == tuple(
        f"{tmp_path / name}: passed over, as v.corrected.json is of the same video"
        for name in ("a.json", "v.json")
    )
    predicted = open_labels(tmp_path, predicted=True)  # what a person corrected is no prediction
    assert not predicted.find("v").corrected
    assert predicted.notes[0].startswith(f"{tmp_path / 'v.corrected.json'}: passed over")
