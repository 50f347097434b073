import gzip
import unicodedata

import pytest

from dkva.base.written_exports import write_export
from dkva.datasets import DataError, LabelFiles, find_labels, tried
from dkva.datasets.label_files import video_of

pytestmark = pytest.mark.fast


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize(
    "name",
    [
        "v",
        "v.txt",
        "v.TXT",
        "v.csv",
        "v.tsv",
        "v.eaf",
        "v.npy",
        "v.txt.gz",
        "v.gz",
        "v.csv.gz",
        "v_labels.txt",
        "v-labels.csv",
        "v.labels",
        "v_label.npy",
        "v_gt.txt",
        "v_groundTruth.txt",
        "v_events.csv",
        "v.annot",
    ],
)
def test_files_of_a_video(tmp_path, name):
    touch(tmp_path, name, "vv.txt", "v2.txt", "w_labels.txt", ".v.txt", "v_labels_old.txt", "v.mp4")
    assert find_labels(tmp_path, "v") == tmp_path / name
    assert find_labels(tmp_path, "coffee/v") == tmp_path / name


def test_a_name_with_dots(tmp_path):
    touch(tmp_path, "P1.a_tea", "P1.txt")
    assert find_labels(tmp_path, "P1.a_tea") == tmp_path / "P1.a_tea"
    assert find_labels(tmp_path, "P1") == tmp_path / "P1.txt"


def test_names_in_the_form_of_another_system(tmp_path):
    touch(tmp_path, unicodedata.normalize("NFD", "Tür.txt"))
    assert find_labels(tmp_path, unicodedata.normalize("NFC", "Tür")).is_file()


def test_sub_folders(tmp_path):
    touch(tmp_path, "tea/P1.txt", "tea/both", "milk/both")
    assert find_labels(tmp_path, "P1") == tmp_path / "tea/P1.txt"
    assert find_labels(tmp_path, "milk/both") == tmp_path / "milk/both"
    with pytest.raises(DataError, match=r"milk/both: and tea/both may both be the labels of 'both'"):
        find_labels(tmp_path, "both")


def test_two_files_that_differ_are_refused_and_copies_are_not(tmp_path):
    touch(tmp_path, "v.txt", "v_labels.csv")
    with pytest.raises(DataError, match=r"v\.txt: and v_labels\.csv may both be the labels of 'v'"):
        find_labels(tmp_path, "v")
    (tmp_path / "v_labels.csv").write_text((tmp_path / "v.txt").read_text())
    assert find_labels(tmp_path, "v") == tmp_path / "v.txt"


def test_a_corrected_document_comes_first_and_subtitles_last(tmp_path):
    touch(tmp_path, "v.corrected.json", "v.json", "v.labels.txt", "v.vtt", "v.srt", "w.vtt", "w.txt", "x.srt")
    found = find_labels(tmp_path, "v")
    assert found == tmp_path / "v.corrected.json"
    assert find_labels(tmp_path, "tea/v") == found
    files = LabelFiles(tmp_path)
    assert files.passed_over(found, "v") == [tmp_path / "v.json", tmp_path / "v.labels.txt"]
    assert find_labels(tmp_path, "w") == tmp_path / "w.txt"
    assert files.passed_over(tmp_path / "w.txt", "w") == []
    assert find_labels(tmp_path, "x") == tmp_path / "x.srt"
    assert files.names() == ["v", "w", "x"]
    (tmp_path / "v.corrected.json").unlink()
    with pytest.raises(DataError, match=r"v\.json: and v\.labels\.txt may both be the labels of 'v'"):
        find_labels(tmp_path, "v")


def test_exports_come_last_unless_they_were_edited(tmp_path):
    touch(tmp_path, "v.json")
    write_export(tmp_path / "v.eaf", "as it was cut")
    files = LabelFiles(tmp_path)
    assert files.find("v") == tmp_path / "v.json"
    assert files.passed_over(tmp_path / "v.json", "v") == []
    (tmp_path / "v.eaf").write_text("as a person corrected it")
    assert files.find("v") == tmp_path / "v.eaf"
    assert files.passed_over(tmp_path / "v.eaf", "v") == [tmp_path / "v.json"]


def test_a_name_that_ends_in_corrected_is_no_correction(tmp_path):
    touch(tmp_path, "v.txt", "v_corrected.txt", "v.corrected.txt")
    assert find_labels(tmp_path, "v") == tmp_path / "v.txt"
    assert find_labels(tmp_path, "v_corrected") == tmp_path / "v_corrected.txt"


def test_features_are_no_labels(tmp_path):
    touch(tmp_path, "v.npy", "v_labels.txt")
    assert find_labels(tmp_path, "v", but=tmp_path / "v.npy") == tmp_path / "v_labels.txt"
    (tmp_path / "v_labels.txt").unlink()
    assert find_labels(tmp_path, "v", but=tmp_path / "v.npy") is None


def test_nothing_found(tmp_path):
    assert find_labels(tmp_path, "v") is None
    assert find_labels(tmp_path / "none", "v") is None
    assert tried("tea/v").startswith("tried v, v.txt, v.csv, v.tsv, v.eaf, v.npy, v_labels.txt")


def test_names_that_are_tried_are_found(tmp_path):
    for name in tried("v").removeprefix("tried ").split(" and the like")[0].split(", "):
        (tmp_path / name).write_text("a\n")
        assert find_labels(tmp_path, "v") == tmp_path / name
        (tmp_path / name).unlink()
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(b"a\n"))
        assert find_labels(tmp_path, "v") == tmp_path / f"{name}.gz"
        (tmp_path / f"{name}.gz").unlink()


def test_folders_are_listed_once(tmp_path, monkeypatch):
    touch(tmp_path, *(f"v{number}.txt" for number in range(20)))
    files = LabelFiles(tmp_path)
    assert files.find("v0") is not None
    monkeypatch.setattr("dkva.datasets.label_files.os.scandir", None)
    assert [files.find(f"v{number}").name for number in range(20)] == [
        f"v{number}.txt" for number in range(20)
    ]


def test_names_of_the_videos_that_there_are_labels_of(tmp_path):
    touch(
        tmp_path,
        "v_gt.txt",
        "w",
        "tea/P1.csv",
        "tea/P1.txt",
        "tea/deep/x.npy",
        "picture.png",
        ".hidden/y.txt",
    )
    files = LabelFiles(tmp_path)
    assert files.names() == ["tea/P1", "tea/deep/x", "v", "w"]
    assert files.others() == ["picture.png"]
    assert all(files.find(name) for name in ("v", "w", "tea/deep/x"))
    assert [video_of(name) for name in ("v.labels.npy", "v.TXT.gz", "v.mp4")] == ["v", "v", None]
