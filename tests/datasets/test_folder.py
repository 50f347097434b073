import numpy as np
import pytest

from dkva.datasets import DataError, FeatureFolder, find_features

pytestmark = pytest.mark.fast


@pytest.fixture
def root(tmp_path):
    frames = np.arange(12.0).reshape(6, 2)
    for folder in ("features/tea", "features/milk", "groundTruth", "mapping"):
        (tmp_path / folder).mkdir(parents=True)
    np.savetxt(tmp_path / "features/tea/P01.a_tea.txt", frames)
    np.save(tmp_path / "features/milk/P02_milk.npy", frames)
    (tmp_path / "features/.hidden.npy").touch()
    (tmp_path / "features/README").touch()
    (tmp_path / "groundTruth/P01.a_tea").write_text("a\n" * 6)
    (tmp_path / "groundTruth/P02_milk.txt").write_text("b\n" * 6)
    (tmp_path / "mapping/mapping.txt").write_text("0 a\n1 b\n")
    return tmp_path


def test_videos_of_activities(root):
    folder = FeatureFolder(root)
    assert [video.name for video in folder] == ["milk/P02_milk", "tea/P01.a_tea"]
    assert [video.activity for video in folder] == ["milk", "tea"]
    assert len(folder) == len(folder[:]) == 2
    features, labels = folder[1].load()
    assert features.shape == (6, 2)
    np.testing.assert_array_equal(labels, ["a"] * 6)


def test_flat_folder_without_labels(tmp_path):
    (tmp_path / "features").mkdir()
    np.save(tmp_path / "features/v.npy", np.zeros((3, 2)))
    with pytest.raises(DataError, match="no labels for v"):
        FeatureFolder(tmp_path)
    (video,) = FeatureFolder(tmp_path, require_labels=False)
    assert video.activity is None
    assert video.load()[1] is None


def test_lengths_are_named_in_the_call(root):
    (root / "groundTruth/P02_milk.txt").write_text("b\n" * 4)
    with pytest.raises(DataError, match="4 labels for 6 frames"):
        FeatureFolder(root)[0].load()
    for lengths, end in {"trim": ["", ""], "pad": ["b", "b"]}.items():
        features, labels = FeatureFolder(root, lengths=lengths)[0].load()
        assert len(features) == 6
        assert labels.tolist() == ["b"] * 4 + end
    with pytest.raises(ValueError, match="choose one of"):
        FeatureFolder(root, lengths="guess")


def test_mapping_is_held_against_the_labels(root):
    (root / "groundTruth/P02_milk.txt").write_text("b\n" * 5 + "c\n")
    with pytest.raises(DataError, match="line 6: label 'c'"):
        FeatureFolder(root)[0].load()


def test_two_files_of_one_video(root):
    np.save(root / "features/tea/P01.a_tea.npy", np.zeros((6, 2)))
    with pytest.raises(DataError, match="second file of video"):
        FeatureFolder(root)


def test_single_files_need_not_stop_the_rest(root):
    second = root / "features/tea/P01.a_tea.npy"
    np.save(second, np.zeros((6, 2)))
    (root / "groundTruth/P02_milk.txt").unlink()
    (root / "mapping/mapping.txt").write_text("a\n")
    folder = FeatureFolder(root, strict=False)
    assert [(error.path.name, error.line) for error in folder.problems] == [("mapping.txt", 1)]
    assert folder.mapping is None
    milk, tea = folder
    assert milk.broken[0].path == root / "groundTruth/P02_milk"
    assert {tea.path, tea.broken[0].path} == {second, root / "features/tea/P01.a_tea.txt"}
    for video in folder:
        with pytest.raises(DataError, match=r"not found|second file"):
            video.load()


def test_linked_folders_are_followed_once(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("disk")
    np.save(elsewhere / "P03_juice.npy", np.zeros((6, 2)))
    (elsewhere / "up").symlink_to(root)
    (root / "features/juice").symlink_to(elsewhere)
    (root / "features/loop").symlink_to(root / "features")
    names = [name for name, _ in find_features(root / "features")]
    assert names.count("juice/P03_juice") == 1
    assert {"tea/P01.a_tea", "milk/P02_milk"} <= set(names)


def test_what_label_files_hold_beside_names_is_told_to_a_folder(root):
    (root / "groundTruth/P02_milk.txt").unlink()
    (root / "groundTruth/P02_milk.csv").write_text("tier,onset,offset,label\nA,0.0,0.2,b\nB,0.0,0.3,a\n")
    folder = FeatureFolder(root, fps=20, tier="B")
    np.testing.assert_array_equal(folder[0].load()[1], ["a"] * 6)
    with pytest.raises(ValueError, match="fps"):
        FeatureFolder(root, fps=0)


def test_two_label_files_of_one_video(root):
    (root / "groundTruth/P02_milk.csv").write_text("label\n" + "a\n" * 6)
    with pytest.raises(DataError, match=r"P02_milk\.csv: and P02_milk\.txt may both be the labels"):
        FeatureFolder(root)
    milk, tea = FeatureFolder(root, strict=False)
    assert "may both be" in str(milk.broken[0])
    assert len(milk.broken) == 1
    assert tea.broken == ()


def test_names_that_were_tried_are_said(root):
    (root / "groundTruth/P02_milk.txt").unlink()
    milk = FeatureFolder(root, strict=False)[0]
    assert "not found; add the label file (tried P02_milk, P02_milk.txt, P02_milk.csv" in str(milk.broken[0])


def test_notes_and_labels_by_themselves(root):
    (root / "groundTruth/P02_milk.txt").write_text("0 2 b\n2 4 a\n")
    video = FeatureFolder(root)[0]
    frames, notes = video.features_with_notes()
    assert (frames.shape, notes) == ((6, 2), ())
    truth = video.truth_with_notes(5)
    assert truth.labels.tolist() == ["b", "b", "a", "a", ""]
    assert [note.name for note in truth.notes] == ["labels_read_as", "frames_without_label"]


def test_folders_that_hold_nothing(tmp_path):
    with pytest.raises(DataError, match="no feature files"):
        find_features(tmp_path)
    with pytest.raises(DataError, match="no folder features/"):
        FeatureFolder(tmp_path)


@pytest.mark.data
def test_real_breakfast_videos(data_root):
    folder = FeatureFolder(data_root / "breakfast_sample")
    shapes = {video.name.rsplit("/", 1)[-1]: video.load()[0].shape for video in folder}
    assert shapes == {
        "P03_cam01_P03_coffee": (917, 64),
        "P05_cam01_P05_coffee": (1119, 64),
        "P09_cam01_P09_coffee": (571, 64),
    }
    features, labels = folder[0].load()
    np.testing.assert_array_equal(features, np.loadtxt(folder[0].path, np.float32))
    assert set(labels) <= set(folder.mapping)
