import numpy as np
import pytest
import supervised_releases as releases

from dkva.datasets import BENCHMARKS, SUPERVISED_SETS, BrokenDataError, DataError, open_split
from dkva.datasets.supervised_sets import holds_columns, released_videos, set_of

pytestmark = pytest.mark.fast


def test_a_split_is_opened_as_it_was_released(tmp_path):
    root = releases.released(tmp_path / "gtea")
    train, test = open_split(root, 1)
    assert [video.name for video in train] == ["S1_Tea_C1", "S2_Tea_C1"]
    assert [video.name for video in test] == ["S3_Tea_C1", "S4_Tea_C1"]
    for video in (*train, *test):
        features, labels = video.labelled()
        np.testing.assert_array_equal(features, releases.features_of(video.name))
        assert labels.tolist() == releases.labels_of(video.name).tolist()
    (other, _), _ = open_split(root, root / "splits" / "train.split2.bundle")
    assert other.name == "S3_Tea_C1"


def test_rows_that_are_frames_are_seen_by_the_labels(tmp_path):
    root = releases.released(tmp_path, rows=True)
    for given in (None, False):
        (video, *_), _ = open_split(root, 1, transposed=given)
        np.testing.assert_array_equal(video.features(), releases.features_of(video.name))
    (video, *_), _ = open_split(root, 1, transposed=True)
    with pytest.raises(DataError, match="has 30 labels for 6 frames"):
        video.load()
    (root / "groundTruth" / "S1_Tea_C1.txt").write_text("1-15 take\n16-30 pour\n")  # a list says nothing
    assert holds_columns(released_videos(root)[0])
    (root / "groundTruth" / "S1_Tea_C1.txt").write_bytes(b"")
    assert holds_columns(released_videos(root)[0])


@pytest.mark.parametrize("labels", [29, 31, 33])
def test_labels_are_fitted_as_the_released_programs_do(tmp_path, labels):
    root = releases.released(tmp_path)
    releases.write_labels(root, "S1_Tea_C1", np.resize(releases.labels_of("S1_Tea_C1"), labels))
    (video, *_), _ = open_split(root, 1)
    features, truth = video.labelled()
    assert len(features) == 30
    kept = min(labels, 30)
    assert truth.tolist() == releases.labels_of("S1_Tea_C1")[:kept].tolist() + [""] * (30 - kept)


def test_what_does_not_fit_is_one_line(tmp_path):
    root = releases.released(tmp_path)
    releases.write_labels(root, "S1_Tea_C1", releases.labels_of("S1_Tea_C1")[:20])
    releases.write_labels(root, "S2_Tea_C1", ["take"] * 29 + ["tale"])
    (short, unknown), _ = open_split(root, 1)
    with pytest.raises(DataError, match=r"S1_Tea_C1.txt: has 20 labels for 30 frames"):
        short.load()
    with pytest.raises(DataError, match=r"S2_Tea_C1.txt, line 30: label 'tale' is not in the mapping"):
        unknown.load()


def test_what_cannot_be_opened(tmp_path):
    root = releases.released(tmp_path / "gtea")
    with pytest.raises(DataError, match="none: is no folder; give the folder of the data set"):
        open_split(tmp_path / "none", 1)
    (root / "groundTruth" / "S1_Tea_C1.txt").unlink()
    with pytest.raises(BrokenDataError, match=r"1 problem in the data; .*\n.*S1_Tea_C1: not found; add the"):
        open_split(root, 1)
    (root / "features" / "S2_Tea_C1.npy").unlink()
    with pytest.raises(DataError, match="line 2: names 'S2_Tea_C1', without a feature file"):
        open_split(root, 1)
    releases.write_split(root, 1, ["S1_Tea_C1"], ["S1_Tea_C1"])
    with pytest.raises(DataError, match=r"names 'S1_Tea_C1' of train.split1.bundle, too"):
        open_split(root, 1)


def test_folders_are_known_by_their_names_and_their_splits(tmp_path):
    gtea, breakfast, salads = (SUPERVISED_SETS[name] for name in ("gtea", "breakfast", "50salads"))
    assert gtea.find(tmp_path) is None
    (tmp_path / "Breakfast" / "features").mkdir(parents=True)  # the benchmark of that name
    assert breakfast.find(tmp_path) is breakfast.find(tmp_path / "Breakfast") is None
    assert BENCHMARKS["breakfast"].find(tmp_path) == tmp_path / "Breakfast"
    place = releases.released(tmp_path / "50_Salads")
    assert salads.find(tmp_path) == salads.find(place) == place
    assert BENCHMARKS["50salads"].find(tmp_path) is BENCHMARKS["50salads"].find(place) is None
    with pytest.raises(DataError, match="50_Salads: is the folder of 50 Salads; give that of GTEA"):
        gtea.find(place)
    (tmp_path / "gtea" / "features").mkdir(parents=True)  # lacks splits, and is no benchmark
    assert gtea.find(tmp_path) == gtea.find(tmp_path / "gtea") == tmp_path / "gtea"
    releases.released(tmp_path / "GTEA_")
    with pytest.raises(DataError, match="holds GTEA_ and gtea for GTEA; leave one of them there"):
        gtea.find(tmp_path)
    mine = releases.released(tmp_path / "mine")
    assert gtea.find(mine) == mine
    assert (set_of(mine).title, set_of(mine).videos, set_of(place)) == ("mine", None, salads)


def test_what_is_published():
    assert {name: each.splits for name, each in SUPERVISED_SETS.items()} == {
        "50salads": 5,
        "gtea": 4,
        "breakfast": 4,
    }
    assert {name: each.sample_rate for name, each in SUPERVISED_SETS.items() if each.sample_rate > 1} == {
        "50salads": 2
    }
    assert SUPERVISED_SETS["gtea"].background == ("background",)
