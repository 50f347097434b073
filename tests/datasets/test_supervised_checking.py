import json

import numpy as np
import pytest
import supervised_releases as releases

from dkva.datasets import DataError, check_supervised

pytestmark = pytest.mark.fast


def test_what_is_found_and_differs(tmp_path):
    root = releases.released(tmp_path / "gtea")
    salads, gtea, breakfast = check_supervised(tmp_path)
    assert (salads.root, breakfast.root, gtea.root) == (None, None, root)
    assert gtea.found == {"videos": 4, "classes": 4, "features": 6, "splits": 2, "frames": 30}
    assert gtea.differs == {"videos": 28, "classes": 11, "features": 2048, "splits": 4}
    assert [(split.name, split.train, split.test) for split in gtea.splits] == [("1", 2, 2), ("2", 2, 2)]
    assert gtea.notes == ["split 1: 1 class of the mapping is in no training video: stir"]
    assert (gtea.problems, salads.differs) == ((), {})


def test_a_folder_of_your_own(tmp_path):
    root = releases.released(tmp_path / "kitchen", rows=True)
    (report,) = check_supervised(root)
    assert (report.data_set.title, report.problems, report.differs) == ("kitchen", (), {})
    assert report.found["features"] == 6


def test_every_problem_is_told(tmp_path):
    root = releases.released(tmp_path / "gtea")
    releases.write_labels(root, "S1_Tea_C1", releases.labels_of("S1_Tea_C1")[:15])
    releases.write_labels(root, "S2_Tea_C1", ["take"] * 29 + ["tale"])
    np.save(root / "features" / "S3_Tea_C1.npy", releases.features_of("S3_Tea_C1", d=7).T)
    releases.write_split(root, 1, ["S1_Tea_C1"], ["S9_Tea_C1", "S8_Tea_C1"])
    releases.write_split(root, 2, ["S1_Tea_C1"], ["S2_Tea_C1", "S1_Tea_C1"])
    releases.write_split(root, 3, ["S1_Tea_C1"], ["S2_Tea_C1"])
    releases.write_split(root, 4, [], ["S2_Tea_C1"])
    (report,) = check_supervised(tmp_path, ["gtea"])
    names = [
        ("test.split1.bundle", 1, "names 'S9_Tea_C1', 'S8_Tea_C1', without a feature file in features/"),
        ("test.split2.bundle", 2, "names 'S1_Tea_C1' of train.split2.bundle, too"),
        ("train.split4.bundle", None, "is empty"),
        ("S1_Tea_C1.txt", None, "has 15 labels for 30 frames: 1 for 2?"),
        ("S2_Tea_C1.txt", 30, "label 'tale' is not in the mapping"),
        ("S3_Tea_C1.npy", None, "has 7 features a frame, most videos beside it have 6"),
    ]
    assert [(each.path.name, each.line, each.problem) for each in report.problems] == names
    assert report.problems[3].remedy == "download or export both again"
    assert [split.name for split in report.splits] == ["3"]
    assert report.found["features"] is None


def test_what_is_missing(tmp_path):
    root = releases.released(tmp_path / "gtea")
    (root / "mapping.txt").unlink()
    (report,) = check_supervised(root)
    assert [str(each) for each in report.problems] == [
        f'{root / "mapping.txt"}: not found; give one of lines "number class", an action each'
    ]
    assert report.classes == 4  # of the labels
    (root / "mapping.txt").write_text("background take\n")
    (report,) = check_supervised(root)
    assert "'background take' is no mapping" in str(report.problems[0])
    for path in (root / "splits").iterdir():
        path.unlink()
    (report,) = check_supervised(root, ["gtea"])
    assert "splits: holds no splits; get train.split1.bundle" in str(report.problems[1])
    (root / "features").rename(root / "feature")
    (report,) = check_supervised(releases.released(tmp_path / "mine"), ["breakfast"])
    assert report.root == tmp_path / "mine"


def test_few_labels_more_or_fewer_and_videos_of_no_bundle_are_notes(tmp_path):
    root = releases.released(tmp_path / "50salads")
    releases.write_labels(root, "S1_Tea_C1", releases.labels_of("S1_Tea_C1")[:28])
    releases.write_split(root, 1, ["S1_Tea_C1", "S4_Tea_C1"], ["S2_Tea_C1"])
    for path in (root / "splits").glob("*.split2.bundle"):
        path.unlink()
    (report,) = check_supervised(root)
    assert report.problems == ()
    assert report.notes == [
        "1 video has up to 2 labels more or fewer than frames; labels at the end are cut, and frames at the "
        "end are left without one",
        "in no bundle: S3_Tea_C1",
        "published methods take one frame of 2 of it",
    ]


def test_labels_that_do_not_fit_have_a_remedy_that_is_there_and_no_note(tmp_path):
    root = releases.released(tmp_path / "gtea")
    releases.write_labels(root, "S1_Tea_C1", [*releases.labels_of("S1_Tea_C1"), *["take"] * 100])
    (report,) = check_supervised(root)
    (problem,) = report.problems
    assert (problem.problem, problem.remedy) == (
        'has 130 labels for 30 frames, too large a difference for "trim"',
        "download or export both again",
    )
    assert not any("more or fewer" in note for note in report.notes)


def test_two_folders_for_one_are_a_problem(tmp_path):
    releases.released(tmp_path / "gtea")
    releases.released(tmp_path / "GTEA_")
    (report,) = check_supervised(tmp_path, ["gtea"])
    assert "holds GTEA_ and gtea for GTEA" in str(report.problems[0])
    assert (report.root, report.splits, report.findings) == (tmp_path, (), ())


def test_documents(tmp_path):
    releases.released(tmp_path / "gtea")
    gtea, breakfast = (
        json.loads(json.dumps(each.as_dict())) for each in check_supervised(tmp_path, ["gtea", "breakfast"])
    )
    assert gtea["folder"] == str(tmp_path / "gtea")
    assert gtea["splits"]["1"] == {"train": 2, "test": 2, "untrained": ["stir"]}
    assert (gtea["layout"], gtea["published"]["videos"], gtea["problems"]) == ("splits", 28, [])
    assert (breakfast["folder"], breakfast["found"], breakfast["differs"]) == (None, None, {})


def test_wrong_calls(tmp_path):
    with pytest.raises(ValueError, match="unknown data set 'tea': choose one of 50salads"):
        check_supervised(tmp_path, ["tea"])
    with pytest.raises(DataError, match="is no folder"):
        check_supervised(tmp_path / "none")


def test_videos_are_watched(tmp_path):
    seen = []

    def watch(videos, title):
        seen.append((len(videos), title))
        return videos

    check_supervised(releases.released(tmp_path / "gtea"), watch=watch)
    assert seen == [(4, "GTEA")]
