import os
import sys
import zipfile

import numpy as np
import polars
import pytest
import scipy.io
import scipy.sparse
from made_files import FRAMES

from dkva.datasets import DataError, load_features
from dkva.datasets.reading import FeatureReading

pytestmark = pytest.mark.fast

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


def npz(**arrays):
    return lambda path: np.savez(path, **arrays)


def mat(**arrays):
    return lambda path: scipy.io.savemat(path, arrays)


def mat4(**arrays):
    return lambda path: scipy.io.savemat(path, arrays, format="4")


def parquet(**columns):
    return lambda path: polars.DataFrame(columns).write_parquet(path)


def hdf5(**arrays):
    def write(path):
        h5py = pytest.importorskip("h5py", reason="HDF5 is read if h5py is installed")
        with h5py.File(path, "w") as file:
            for name, array in arrays.items():
                file[name.replace("__", "/")] = array

    return write


def raw(data):
    return lambda path: path.write_bytes(data)


META = {"fps": 25.0, "names": np.array(["a", "b"]), "times": np.arange(20.0)}
TAKEN = {"array": "x"}


@pytest.mark.parametrize(
    ("name", "make", "array", "noted"),
    [
        ("v.npz", npz(x=FRAMES), None, {}),
        ("v.npz", npz(x=FRAMES, **META), None, TAKEN),
        ("v.npz", npz(x=FRAMES, y=-FRAMES), "x", {}),
        ("v.npz", npz(x=FRAMES, y=np.array([{}], object)), None, TAKEN),
        ("v.npz", npz(features=FRAMES, y=-FRAMES), None, {"array": "features"}),
        ("v.mat", mat(x=FRAMES), None, {}),
        ("v.mat", mat4(x=FRAMES.astype(float)), None, {}),
        ("v.mat", mat(x=FRAMES, fps=25, names="abc", times=np.arange(20)), None, TAKEN),
        ("v.mat", mat(x=FRAMES, y=-FRAMES), "x", {}),
        ("v.mat", mat(x=scipy.sparse.csc_matrix(FRAMES.astype(float))), None, {}),
        ("v.mat", hdf5(x=FRAMES.T), None, {}),
        ("v.h5", hdf5(x=FRAMES), None, {}),
        ("v.hdf5", hdf5(group__x=FRAMES, fps=25), None, {"array": "group/x"}),
        ("v.h5", hdf5(x=-FRAMES, group__x=FRAMES), "/group/x", {}),
        ("v.parquet", parquet(**dict(zip("abcd", FRAMES.T, strict=True))), None, {}),
    ],
)
def test_one_array_of_a_file(tmp_path, name, make, array, noted):
    make(tmp_path / name)
    features = load_features(tmp_path / name, FeatureReading(array=array))
    np.testing.assert_array_equal(features.frames, FRAMES)
    assert {note.name: note.value for note in features.notes} == noted


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("npz", npz(x=FRAMES)),
        ("mat", mat(x=FRAMES)),
        ("h5", hdf5(x=FRAMES)),
        ("parquet", parquet(**dict(zip("abcd", FRAMES.T, strict=True)))),
    ],
)
def test_a_name_need_not_be_utf8(tmp_path, kind, make):
    make(tmp_path / f"v.{kind}")
    path = (tmp_path / f"v.{kind}").rename(tmp_path / os.fsdecode(b"bad\xff." + kind.encode()))
    np.testing.assert_array_equal(load_features(path).frames, FRAMES)


@pytest.mark.parametrize(
    ("name", "make", "array", "said"),
    [
        ("v.npz", npz(x=FRAMES, y=FRAMES), None, r"2 arrays \(x \(20, 4\), y \(20, 4\)\); .*--array NAME"),
        ("v.npz", npz(x=FRAMES), "z", r"1 array \(x \(20, 4\)\), none called 'z'"),
        ("v.npz", npz(x=np.arange(3), y=np.arange(3)), None, "2 arrays"),
        ("v.npz", npz(**{f"a{i}": FRAMES for i in range(8)}), None, "8 arrays .* and 3 more"),
        ("v.npz", raw(POINTER), None, "git lfs pull"),
        ("v.npz", raw(b"<html>"), None, "HTML"),
        ("v.npy", lambda path: np.save(path, FRAMES), "x", "without a name, not 'x'"),
        ("v.npy", lambda path: np.save(path, np.zeros(2, "f4,f4")), None, "named fields"),
        ("v.npy", raw(POINTER), None, "git lfs pull"),
        ("v.npy", raw(b"<html>"), None, "HTML"),
        ("v.mat", mat(x=FRAMES, y=FRAMES), None, "2 arrays"),
        ("v.mat", mat(data={"x": FRAMES}), None, r"'data', a struct.*features = data.features"),
        ("v.mat", mat(x="text"), None, "<U4 values"),
        ("v.mat", raw(b"hello" * 99), None, "no complete array file"),
        ("v.mat", raw(b"MATLAB"), None, "no complete array file"),
        ("v.mat", raw(POINTER), None, "git lfs pull"),
        ("v.h5", hdf5(x=FRAMES, y=FRAMES), None, "2 arrays"),
        ("v.h5", hdf5(tracks=FRAMES.T.reshape(1, 2, 2, 20)), None, "key points of 20 frames"),
        ("v.parquet", parquet(e=[[1.0, 2.0]] * 3), None, "lists in column 'e'"),
        ("v.parquet", parquet(a=["x"]), None, "no numbers"),
        ("v.parquet", parquet(a=[1.0, None], b=[1.0, 2.0]), None, "frame 1, column 'a' is missing"),
        ("v.parquet", raw(b"hello" * 99), None, "no complete Parquet file"),
        ("v.parquet", raw(POINTER), None, "git lfs pull"),
        ("v.parquet", parquet(a=[1.0], b=[2.0]), "x", "leave out --array"),
        ("v.parquet", lambda path: None, None, "not found"),
        ("v.mat", lambda path: None, None, "not found"),
    ],
)
def test_refusals(tmp_path, name, make, array, said):
    path = tmp_path / name
    make(path)
    with pytest.raises(DataError, match=said) as caught:
        load_features(path, FeatureReading(array=array))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_key_points_of_sleap(tmp_path):
    hdf5(tracks=FRAMES.reshape(20, 2, 2).transpose(2, 1, 0)[None])(tmp_path / "v.h5")
    features = load_features(tmp_path / "v.h5", FeatureReading(transposed=True))
    np.testing.assert_array_equal(features.frames, FRAMES)
    assert [note.name for note in features.notes] == ["shape"]


def test_parquet_is_a_table(tmp_path):
    columns = dict(zip(("nose_x", "nose_y", "tail_x", "tail_y"), FRAMES.T, strict=True))
    path = tmp_path / "v.parquet"
    parquet(__index_level_0__=range(20), track=["a"] * 20, nose_likelihood=[0.5] * 20, **columns)(path)
    features = load_features(path)
    np.testing.assert_array_equal(features.frames, FRAMES)
    assert features.notes[0].value == {
        "counts": ["__index_level_0__"],
        "confidence": ["nose_likelihood"],
        "text": ["track"],
    }
    chosen = load_features(path, FeatureReading(columns=("tail_x", "tail_y")))
    np.testing.assert_array_equal(chosen.frames, FRAMES[:, 2:])


@pytest.mark.parametrize(("name", "make"), [("v.mat", mat), ("v.parquet", parquet), ("v.h5", hdf5)])
def test_damage_gives_frames_or_one_error(tmp_path, name, make):
    rng, path = np.random.default_rng(0), tmp_path / name
    make(
        **dict(zip("ab", [FRAMES.astype(float), FRAMES] if make is not parquet else FRAMES.T, strict=False))
    )(path)
    whole = path.read_bytes()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.integers(1, 6)):
            data[rng.integers(len(data))] = rng.integers(256)
        path.write_bytes(data[: rng.integers(1, len(data))] if rng.random() < 0.3 else data)
        try:
            frames = load_features(path, FeatureReading(array=None if make is parquet else "a")).frames
        except DataError as error:
            frames, problem = np.zeros((1, 1)), str(error)
        else:
            problem = ""
        assert "\n" not in problem
        assert np.isfinite(frames).all()


def test_an_archive_inside_is_not_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    np.savez(tmp_path / "v.npz", x=FRAMES, y=np.array([Trap()], object))
    with pytest.raises(DataError, match="never unpickled"):
        load_features(tmp_path / "v.npz", FeatureReading(array="y"))
    assert not (tmp_path / "sprung").exists()


def test_members_that_are_no_arrays(tmp_path):
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("readme.txt", b"hello")
        archive.writestr("other.txt", b"hello")
    with pytest.raises(DataError, match="no complete array file"):
        load_features(tmp_path / "v.npz")


def test_without_h5py_the_way_out_is_named(tmp_path, monkeypatch):
    (tmp_path / "v.mat").write_bytes(b"MATLAB 7.3 MAT-file".ljust(200))
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(DataError, match=r"MATLAB 7\.3.*'-v7'.*pip install h5py"):
        load_features(tmp_path / "v.mat")
