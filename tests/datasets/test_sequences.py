import numpy as np
import pytest

from dkva.datasets import DataError
from dkva.datasets.sequences import find_sequences

pytestmark = pytest.mark.fast

X = np.arange(24, dtype=np.float32).reshape(12, 2)
Y = np.repeat([3, 1, 3], 4)


@pytest.fixture
def root(tmp_path):
    np.savez(tmp_path / "walk__anna.npz", X=X, y=Y)
    np.savez(tmp_path / "walk__ben.npz", features=X.astype(float), labels=Y.astype(str))
    (tmp_path / "bees").mkdir()
    np.savez(tmp_path / "bees/hive.npz", X=X, y=Y)
    for folder in ("tea/features/P01", "tea/groundTruth", ".hidden"):
        (tmp_path / folder).mkdir(parents=True)
    np.save(tmp_path / "tea/features/P01/cup.npy", X)
    (tmp_path / "tea/groundTruth/cup.txt").write_text("pour\n" * 5 + "stir\n" * 7)
    np.savez(tmp_path / ".hidden/a.npz", X=X, y=Y)
    return tmp_path


def test_both_layouts_and_their_domains(root):
    found = find_sequences(root)
    assert [(each.name, each.domain) for each in found] == [
        ("bees/hive", "bees"),
        ("tea/P01/cup", "tea"),
        ("walk__anna", "walk"),
        ("walk__ben", "walk"),
    ]
    for each in found:
        features, truth = each.load()
        np.testing.assert_array_equal(features, X)
        assert (features.dtype, len(truth)) == (np.float32, 12)
    assert found[3].load()[1].tolist() == ["3"] * 4 + ["1"] * 4 + ["3"] * 4


def test_what_a_sequence_holds(root):
    hive, cup, anna, ben = (each.open() for each in find_sequences(root))
    assert (anna.frames, anna.features, anna.actions, anna.ignore) == (12, 2, 2, ())
    assert hive.checksum == anna.checksum  # of what it holds, not of its name
    assert len({anna.checksum, ben.checksum, cup.checksum}) == 3


def test_labels_to_ignore(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=np.repeat([0, 1, 2], 4))
    np.savez(tmp_path / "b.npz", X=X, y=np.repeat(["walk", "", "run"], 4))
    a, b = find_sequences(tmp_path)
    assert (a.open(("0",)).actions, a.open(("0",)).ignore) == (2, (0,))
    assert (a.open(("none",)).actions, a.open(("none",)).ignore) == (3, ())
    assert (b.open().actions, b.open().ignore) == (2, ("",))
    with pytest.raises(DataError, match="fewer than two different labels"):
        b.open(("walk",))


def test_changed_data_has_another_checksum(root):
    sequences = {each.name: each for each in find_sequences(root)}
    before = sequences["walk__anna"].open().checksum
    np.savez(root / "walk__anna.npz", X=X + 1, y=Y)
    changed = sequences["walk__anna"].open().checksum
    np.savez(root / "walk__anna.npz", X=X, y=Y[::-1] + 1)
    assert len({before, changed, sequences["walk__anna"].open().checksum}) == 3


@pytest.mark.parametrize(
    ("arrays", "part"),
    [
        ({"X": X}, "holds no array y"),
        ({"X": X, "y": Y[:-1]}, r"labels of shape \(11,\) for 12 frames"),
        ({"X": X, "y": Y / 2}, "float64 labels"),
        ({"X": X, "y": np.zeros(12, int)}, "fewer than two different labels"),
        ({"y": Y}, "none called 'X'"),
        ({"X": X.astype(str), "y": Y}, "values"),
        ({"X": np.full_like(X, np.nan), "y": Y}, "a.npz"),
        ({"X": X, "y": np.array([None] * 12)}, "Python objects"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, arrays, part):
    np.savez(tmp_path / "a.npz", **arrays)
    (only,) = find_sequences(tmp_path)
    with pytest.raises(DataError, match=part) as caught:
        only.open()
    assert "a.npz" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_files(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=Y)
    whole = (tmp_path / "a.npz").read_bytes()
    for content in (whole[:100], b"PK", b"<html>"):
        (tmp_path / "a.npz").write_bytes(content)
        with pytest.raises(DataError, match=r"a\.npz"):
            find_sequences(tmp_path)[0].open()


def test_videos_without_labels_say_so(root):
    (root / "tea/groundTruth/cup.txt").unlink()
    with pytest.raises(DataError, match="cup"):
        find_sequences(root)[1].open()


def test_gaps_are_filled_if_asked(tmp_path):
    x = X.copy()
    x[3] = np.nan
    np.savez(tmp_path / "a.npz", X=x, y=Y)
    with pytest.raises(DataError, match="1 of 12 frames lack values"):
        find_sequences(tmp_path)[0].load()
    filled, _ = find_sequences(tmp_path, missing="interpolate")[0].load()
    np.testing.assert_allclose(filled, X, rtol=1e-6)


def test_files_of_releases_that_hold_a_column_a_frame(root):
    np.save(root / "tea/features/P01/cup.npy", X.T)
    with pytest.raises(DataError, match=r"cup.txt: has 12 labels for 2 frames.*--transposed"):
        find_sequences(root)[1].load()
    features, _ = find_sequences(root, transposed=True)[1].load()
    np.testing.assert_array_equal(features, X)


def test_names_are_paths_and_two_of_one_name_are_refused(tmp_path):
    for part in ("p1", "p2"):
        for folder in ("features", "groundTruth"):
            (tmp_path / part / "tea" / folder).mkdir(parents=True)
        np.save(tmp_path / part / "tea/features/cup.npy", X)
        (tmp_path / part / "tea/groundTruth/cup.txt").write_text("pour\n" * 5 + "stir\n" * 7)
    found = find_sequences(tmp_path)
    assert [(each.name, each.domain) for each in found] == [("p1/tea/cup", "tea"), ("p2/tea/cup", "tea")]
    np.savez(tmp_path / "p1/tea/cup.npz", X=X, y=Y)
    with pytest.raises(DataError, match=r"cup\.n.*has the name of .*cup\.n.*, 'p1/tea/cup'; rename one"):
        find_sequences(tmp_path)


def test_folders_that_hold_none(tmp_path):
    with pytest.raises(DataError, match="holds no labelled sequences"):
        find_sequences(tmp_path)
    with pytest.raises(DataError, match="not found"):
        find_sequences(tmp_path / "none")
    (tmp_path / "a.npz").touch()
    with pytest.raises(DataError, match="is a file"):
        find_sequences(tmp_path / "a.npz")
