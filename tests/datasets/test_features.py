import os
import stat
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.datasets import DataError, cache_folder, read_features

pytestmark = pytest.mark.fast


@pytest.fixture
def frames():
    return np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)


def test_npy_is_mapped_not_read(tmp_path, frames):
    np.save(tmp_path / "v.npy", frames)
    out = read_features(tmp_path / "v.npy")
    assert isinstance(out, np.memmap)
    np.testing.assert_array_equal(out, frames)


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int32, np.uint8, bool])
def test_npy_of_other_numbers(tmp_path, dtype):
    values = np.arange(6).reshape(3, 2).astype(dtype)
    np.save(tmp_path / "v.npy", values)
    out = read_features(tmp_path / "v.npy")
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, values.astype(np.float32))


@pytest.mark.parametrize("names", [("anything",), ("other", "features")])
def test_npz(tmp_path, frames, names):
    np.savez(tmp_path / "v.npz", **{name: frames if name == names[-1] else frames[:1] for name in names})
    np.testing.assert_array_equal(read_features(tmp_path / "v.npz"), frames)


def test_transposed(tmp_path, frames):
    np.save(tmp_path / "v.npy", frames.T)
    np.testing.assert_array_equal(read_features(tmp_path / "v.npy", transposed=True), frames)


def test_places_of_bad_numbers_are_those_of_the_frames(tmp_path, frames):
    frames[7, 1] = np.nan
    np.save(tmp_path / "v.npy", frames.T)
    with pytest.raises(DataError, match="frame 7, feature 1"):
        read_features(tmp_path / "v.npy", transposed=True)


def save_objects(path):
    np.save(path, np.array([{}, 1], object), allow_pickle=True)


def save_objects_npz(path):
    np.savez(path, np.array([{}, 1], object))


def save_truncated(path):
    np.save(path, np.zeros((50, 4)))
    path.write_bytes(path.read_bytes()[:-100])


def save_truncated_npz(path):
    np.savez(path, np.random.default_rng(0).normal(size=(50, 4)))
    path.write_bytes(path.read_bytes()[:-100])


def save(array, **named):
    return lambda path: np.savez(path, **named) if named else np.save(path, array)


@pytest.mark.parametrize(
    ("name", "make", "part"),
    [
        ("v.npy", save_objects, "Python objects"),
        ("v.npz", save_objects_npz, "Python objects"),
        ("v.npy", save_truncated, "no complete array"),
        ("v.npz", save_truncated_npz, "no complete array"),
        ("v.npy", lambda path: path.write_bytes(b"hello"), "no .npy file"),
        ("v.npz", lambda path: path.write_bytes(b"hello"), "no complete array|Python objects"),
        ("v.npy", lambda path: path.write_bytes(b"\x93NUMPY\x01\x00"), "no complete array"),
        ("v.npy", lambda path: path.touch(), "is empty"),
        ("v.npy", save(np.zeros(4)), "shape"),
        ("v.npy", save(np.zeros((4, 1))), "single column"),
        ("v.npy", save(np.zeros((0, 4))), "no frames"),
        ("v.npy", save(np.zeros((4, 2), complex)), "complex128"),
        ("v.npy", save(np.array([["a", "b"]])), "<U1"),
        ("v.npy", save(np.array([[1, 2], [3, np.nan]])), "frame 1, feature 1"),
        ("v.npy", save(np.array([[1, 2], [3, 1e300]])), "frame 1, feature 1"),
        ("v.npz", save(None, a=np.zeros((2, 2)), b=np.zeros((2, 2))), "2 arrays"),
        ("v.mp4", lambda path: path.write_bytes(b"x"), "no known kind"),
        ("v", lambda path: path.write_bytes(b"x"), "no known kind"),
        ("v.npy", lambda path: None, "not found"),
        ("v.npy", lambda path: path.mkdir(), "is a folder"),
    ],
)
def test_bad_files_give_one_error_that_names_them(tmp_path, name, make, part):
    path = tmp_path / name
    make(path)
    with pytest.raises(DataError, match=part) as caught:
        read_features(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_objects_are_never_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    np.save(tmp_path / "v.npy", np.array([Trap()], object), allow_pickle=True)
    with pytest.raises(DataError, match="never unpickled"):
        read_features(tmp_path / "v.npy")
    assert not (tmp_path / "sprung").exists()


def zipped(tmp_path, **settings):
    path = tmp_path / "v.npz"
    with zipfile.ZipFile(path, "w", **settings) as archive:
        archive.writestr("features.npy", b"no array")
    return path


def header(shape):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "shape", ["(-6, 6)", "(10000000000000000000, 64)", "(10000000000000, 2)", "((6, 6)", "6"]
)
def test_made_up_headers(tmp_path, shape):
    (tmp_path / "v.npy").write_bytes(header(shape) + bytes(64))
    with pytest.raises(DataError, match=r"v\.npy"):
        read_features(tmp_path / "v.npy")
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("features.npy", header(shape) + bytes(64))
    with pytest.raises(DataError, match=r"v\.npz"):
        read_features(tmp_path / "v.npz")


def test_archives_of_something_else(tmp_path, frames):
    with pytest.raises(DataError, match="no complete array"):
        read_features(zipped(tmp_path))
    np.save(tmp_path / "array.npy", frames)
    (tmp_path / "array.npy").rename(tmp_path / "renamed.npz")
    with pytest.raises(DataError, match="no complete array"):
        read_features(tmp_path / "renamed.npz")
    with zipfile.ZipFile(tmp_path / "text.npz", "w") as archive:
        archive.writestr("readme.txt", b"hello")
    with pytest.raises(DataError, match="no complete array"):
        read_features(tmp_path / "text.npz")


@given(st.sampled_from(["npy", "npz"]), st.integers(0, 2**31), st.integers(1, 8))
@settings(deadline=None, max_examples=200)
def test_damage_to_whole_files_gives_frames_or_one_error(tmp_path_factory, kind, seed, hits):
    path = tmp_path_factory.mktemp("damage") / f"v.{kind}"
    (np.save if kind == "npy" else np.savez_compressed)(path, np.arange(60.0).reshape(10, 6))
    data, rng = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for _ in range(hits):
        data[rng.integers(len(data))] = rng.integers(256)
    path.write_bytes(data)
    try:
        frames = read_features(path)
    except DataError as error:
        frames, problem = None, str(error)
    else:
        problem = ""
    assert "\n" not in problem
    assert frames is None or (frames.ndim == 2 and np.isfinite(frames).all())


@given(st.binary(max_size=300), st.sampled_from([".npy", ".npz"]))
@settings(deadline=None, max_examples=100)
def test_any_bytes_give_one_error(tmp_path_factory, data, suffix):
    head = b"\x93NUMPY\x01\x00" if suffix == ".npy" else b"PK\x03\x04"
    path = tmp_path_factory.mktemp("bytes") / f"v{suffix}"
    path.write_bytes(head + data)
    with pytest.raises(DataError):
        read_features(path)


class TestCache:
    def test_second_reading_is_mapped_and_equal(self, tmp_path, frames):
        np.savetxt(tmp_path / "v.txt", frames)
        first, second = read_features(tmp_path / "v.txt"), read_features(tmp_path / "v.txt")
        assert isinstance(second, np.memmap)
        np.testing.assert_array_equal(first, second)
        (entry,) = cache_folder().iterdir()
        assert entry.suffix == ".npy"
        assert stat.S_IMODE(entry.stat().st_mode) == 0o600

    def test_a_changed_file_is_parsed_again(self, tmp_path, frames):
        path = tmp_path / "v.txt"
        np.savetxt(path, frames)
        read_features(path)
        np.savetxt(path, -frames, fmt="%+.18e")
        np.testing.assert_allclose(read_features(path), -frames)

    def test_a_change_of_equal_size_is_seen_by_its_time(self, tmp_path):
        path = tmp_path / "v.txt"
        path.write_text("1 2\n3 4\n")
        read_features(path)
        path.write_text("1 2\n3 5\n")
        os.utime(path, ns=(0, 1))
        assert read_features(path)[1, 1] == 5

    def test_a_damaged_entry_is_replaced(self, tmp_path, frames):
        np.savetxt(tmp_path / "v.txt", frames)
        read_features(tmp_path / "v.txt")
        (entry,) = cache_folder().iterdir()
        entry.write_bytes(entry.read_bytes()[:40])
        np.testing.assert_allclose(read_features(tmp_path / "v.txt"), frames)
        assert np.load(entry).shape == frames.shape

    def test_it_can_be_left_out(self, tmp_path, frames):
        np.savetxt(tmp_path / "v.txt", frames)
        read_features(tmp_path / "v.txt", cache=False)
        assert not cache_folder().exists()

    def test_a_folder_that_cannot_be_written_costs_nothing_but_time(self, tmp_path, frames, monkeypatch):
        (tmp_path / "file").touch()
        monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "file" / "below"))
        np.savetxt(tmp_path / "v.txt", frames)
        np.testing.assert_allclose(read_features(tmp_path / "v.txt"), frames)
