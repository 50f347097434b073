import gzip
import os
import stat
import warnings
import zipfile

import made_files as made
import numpy as np
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.datasets import DataError, DataWarning, cache_folder, load_features, read_features
from dkva.datasets.reading import FeatureReading

pytestmark = pytest.mark.fast


@pytest.fixture
def frames():
    return np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)


FRAMES, X, Y = made.FRAMES, made.NAMES, ("a", "b", "c", "d")
HEADER = {"header": {"lines": 1}}


def counts(*names):
    return {"left_out": {"counts": list(names)}}


#: Files as people have them: name, text, and what is said of them; all hold the same frames.
FILES = {
    "plain text": ("v.txt", made.rows(separator=" "), {}),
    "commas": ("v.csv", made.rows(), {}),
    "pandas to_csv": ("v.csv", made.pandas_csv(), {**HEADER, **counts(1)}),
    "pandas to_csv of an array": ("v.csv", made.pandas_csv(range(4)), {**HEADER, **counts(1)}),
    "pandas without its index": ("v.csv", made.pandas_csv(range(4), index=False), HEADER),
    "pandas without its header": ("v.csv", made.rows(first=int), counts(1)),
    "pandas written, read and written": (
        "v.csv",
        "Unnamed: 0" + made.pandas_csv(),
        {**HEADER, **counts("Unnamed: 0")},
    ),
    "pandas with tabs, packed": ("v.tsv.gz", made.pandas_csv(separator="\t"), {**HEADER, **counts(1)}),
    "German Excel": ("v.csv", made.pandas_csv(index=False, separator=";", decimal=","), HEADER),
    "Excel with sep=": ("v.csv", "sep=;\r\n" + made.rows(separator=";").replace("\n", "\r\n"), {}),
    "Excel's Unicode text": ("v.txt", made.pandas_csv(separator="\t", index=False).encode("utf-16"), HEADER),
    "UTF-8 with its mark": ("v.csv", made.pandas_csv().encode("utf-8-sig"), {**HEADER, **counts(1)}),
    "Latin-1": ("v.csv", made.pandas_csv(("Höhe", *Y[1:]), index=False).encode("latin-1"), HEADER),
    "quotes": ("v.csv", '"' + made.rows(separator='","', last='"').replace("\n", '\n"')[:-1], {}),
    "R write.table": ("v.txt", made.r_table(), {**HEADER, **counts(1)}),
    "R write.csv": ("v.csv", '""' + made.pandas_csv(), {**HEADER, **counts(1)}),
    "numpy savetxt": ("v.txt", made.numpy_text(), {}),
    "numpy savetxt with names": ("v.txt", made.numpy_text(header=" ".join(X)), HEADER),
    "numpy savetxt with a sentence": ("v.txt", made.numpy_text(header="of video 3, by hand"), HEADER),
    "numpy savetxt for MATLAB": ("v.txt", made.numpy_text(header="x", footer="end", comments="% "), HEADER),
    "numpy savetxt with bare names": ("v.txt", made.numpy_text(header=" ".join(X), comments=""), HEADER),
    "a comma at the end": ("v.csv", made.rows(last=","), {"left_out": {"empty": [5]}}),
    "a comma at the end, names without": (
        "v.csv",
        ",".join(Y) + "\n" + made.rows(last=","),
        {**HEADER, "left_out": {"empty": [5]}},
    ),
    "a blank at the end": ("v.txt", made.rows(separator=" ", last=" "), {}),
    "blank lines at the end": ("v.csv", made.pandas_csv(index=False) + "\n\n", HEADER),
    "decimal commas between blanks": ("v.txt", made.rows(separator=" ", decimal=","), {}),
    "DeepLabCut": (
        "v.csv",
        made.deeplabcut(),
        {
            "header": {"lines": 3},
            "left_out": {"counts": [1], "confidence": ["nose_likelihood", "tail_likelihood"]},
        },
    ),
    "DeepLabCut with individuals and paths of pictures": (
        "v.csv",
        made.deeplabcut(first=lambda i: f"labeled-data/v/img{i:04}.png", individuals=("m1", "m2")),
        {
            "header": {"lines": 4},
            "left_out": {"confidence": ["m1_nose_likelihood", "m2_tail_likelihood"], "text": [1]},
        },
    ),
    "DeepLabCut, read as rows and written again": (
        "v.csv",
        "".join(
            f"{'' if i == 0 else i - 1},{line}\n" for i, line in enumerate(made.deeplabcut().splitlines())
        ),
        {
            "header": {"lines": 3},
            "left_out": {
                "counts": [1, "scorer_bodyparts_coords"],
                "confidence": ["DLC_resnet50_mouse_nose_likelihood", "DLC_resnet50_mouse_tail_likelihood"],
            },
        },
    ),
    "SLEAP": (
        "v.csv",
        made.sleap(),
        {
            **HEADER,
            "left_out": {
                "counts": ["frame_idx"],
                "confidence": ["instance.score", "nose.score", "tail.score"],
                "empty": ["track"],
            },
        },
    ),
    "SLEAP, one track": (
        "v.csv",
        made.sleap(track=lambda i: "track_0", frame=lambda i: i + 5 * (i > 9)),
        {
            **HEADER,
            "left_out": {
                "counts": ["frame_idx"],
                "confidence": ["instance.score", "nose.score", "tail.score"],
                "text": ["track"],
            },
            "jumps": {"jumps": 1, "first": [9.0, 15.0]},
        },
    ),
    "Anipose": (
        "v.csv",
        made.anipose(),
        {
            **HEADER,
            "left_out": {"counts": ["fnum"], "confidence": ["nose_error", "nose_ncams", "nose_score"]},
        },
    ),
    "MediaPipe": (
        "v.csv",
        made.mediapipe(),
        {
            **HEADER,
            "left_out": {"counts": ["frame", "timestamp (ms)"], "confidence": ["visibility0", "presence1"]},
        },
    ),
    "OpenFace": (
        "v.csv",
        made.openface(),
        {**HEADER, "left_out": {"counts": ["frame", "timestamp"], "confidence": ["confidence"]}},
    ),
    "SimBA": (
        "v.csv",
        made.simba(),
        {**HEADER, "left_out": {"counts": [1], "confidence": ["Ear_left_p", "Tail_p"]}},
    ),
}


def put(path, text):
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", FILES)
def test_files_that_people_have(tmp_path, name):
    name, text, said = FILES[name]
    path = put(tmp_path / name, text)
    for _ in range(2):  # parsed, and from the cache
        features = load_features(path)
        np.testing.assert_array_equal(features.frames, FRAMES)
        assert {note.name: note.value for note in features.notes} == said
    assert isinstance(features.frames, np.memmap)
    assert load_features(path, FeatureReading(cache=False)).notes == features.notes


#: Files that are refused: text, settings, and what is said.
REFUSED = {
    "two tracks": (
        made.sleap(track=lambda i: f"track_{i % 2}", frame=lambda i: i // 2),
        {},
        r"line 3: column 'frame_idx' is 0 again, as in line 2: several tracks .*\('track_0', 'track_1'\)",
    ),
    "lost tracking": (
        "frame,x,y\n0,1,2\n1,,\n2,3,NaN\n3,1,2\n",
        {},
        r"line 3: column 'x' is missing, 2 of 4 frames lack values \(3 in all\); .*--missing interpolate",
    ),
    "no names": ("1 2\n3 nan\n", {}, r"line 2: number 2 is missing, 1 of 2 frames lack values \(1 in all\)"),
    "an empty cell": ("1,2\n3,\n", {}, "line 2: number 2 is missing"),
    "an empty column": (
        "x,y,z\n1,2,\n3,4,\n",
        {"missing": "interpolate"},
        r"'z' is empty throughout; .*--drop z",
    ),
    "infinity": ("1 2\n3 4\n-inf 4\n", {"missing": "interpolate"}, "line 3: number 1 is -inf"),
    "too large": ("1 2\n1e39 4\n", {}, "line 2: number 1 is inf"),
    "too large, between runs of blanks": ("1  2\n1e39 4\n", {}, "line 2: number 1 is inf"),
    "unknown names": (
        made.pandas_csv(),
        {"columns": ("tail",)},
        "no column 'tail'; its columns are nose_x, nose_y",
    ),
    "labels": ("pour\npour\nstir\n", {}, "single column of text.*--labels"),
    "numbers of labels": ("1\n1\n2\n", {}, "single column; .*label file"),
    "segments": ("1-75 pour\n76-150 stir\n", {}, "no column of numbers; .*--labels"),
    "ELAN": ("t\t\t1.0\t2.0\tpour\nt\t\t2.5\t3.0\tstir\n", {}, "list of segments.*--labels"),
    "BORIS": (
        "Behavior,Behavior type,Time\na,START,1.5\na,STOP,2.5\n",
        {},
        "no column of features left.*--labels",
    ),
    "a mapping": ("0 pour\n1 stir\n", {}, "single column of features left beside column 2 .text.*--labels"),
    "what dkva wrote": ("video,start,end,label\nv,0,10,1\n", {}, "a table that dkva wrote"),
    "Git LFS": ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", {}, "git lfs pull"),
    "an array's name": ("1 2\n3 4\n", {"array": "x"}, "leave out --array"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_refused(tmp_path, name):
    text, reading, said = REFUSED[name]
    path = put(tmp_path / "v.txt", text)
    with pytest.raises(DataError, match=said) as caught:
        load_features(path, FeatureReading(**reading))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not cache_folder().exists()


def test_missing_values_are_interpolated_if_asked(tmp_path):
    path = put(tmp_path / "v.csv", "frame,x,y,likelihood\n0,1,5,.\n1,,6,.\n2,3,,.\n".replace(".", "0.5"))
    for _ in range(2):
        features = load_features(path, FeatureReading(missing="interpolate"))
        np.testing.assert_array_equal(features.frames, [[1, 5], [2, 6], [3, 6]])
        assert {note.name: note.value for note in features.notes} == {
            **HEADER,
            "left_out": {"counts": ["frame"], "confidence": ["likelihood"]},
            "interpolated": {"frames": 2, "values": 2},
        }
    np.save(tmp_path / "v.npy", np.array([[1, 5], [np.nan, 6], [3, 7]]))
    np.testing.assert_array_equal(
        read_features(tmp_path / "v.npy", missing="interpolate"), [[1, 5], [2, 6], [3, 7]]
    )


def test_gaps_in_columns_that_are_left_out_do_no_harm(tmp_path):
    path = put(tmp_path / "v.csv", "frame,x,y,likelihood\n0,1,5,\n1,2,6,inf\n")
    assert load_features(path).frames.tolist() == [[1, 5], [2, 6]]


def test_columns_that_the_user_names(tmp_path):
    path = put(tmp_path / "v.csv", made.deeplabcut())
    for asked in (("tail_x", "nose_y"), ("3", "5"), [3, 5]):
        np.testing.assert_array_equal(read_features(path, columns=asked), FRAMES[:, 1:3])
    np.testing.assert_array_equal(read_features(path, columns="5"), FRAMES[:, 2:3])
    np.testing.assert_array_equal(read_features(path, columns="2-3"), FRAMES[:, :2])
    whole = read_features(path, drop=("nose_likelihood", "7"))
    np.testing.assert_array_equal(whole, FRAMES)  # the count is no feature all the same
    np.testing.assert_array_equal(read_features(path, drop=("nose_x", "3")), FRAMES[:, 2:])
    np.testing.assert_array_equal(read_features(path, columns="2-3, 5"), FRAMES[:, :3])
    with pytest.raises(ValueError, match="both given"):
        read_features(path, columns="5", drop="6")
    with pytest.raises(ValueError, match="unknown missing 'drop'"):
        read_features(path, missing="drop")


def test_columns_of_arrays_are_named_by_number(tmp_path):
    np.save(tmp_path / "v.npy", np.c_[range(20), FRAMES].astype(np.float32))
    features = load_features(tmp_path / "v.npy")
    np.testing.assert_array_equal(features.frames, FRAMES)
    assert {note.name: note.value for note in features.notes} == counts(1)
    np.testing.assert_array_equal(read_features(tmp_path / "v.npy", columns="2-3"), FRAMES[:, :2])
    assert read_features(tmp_path / "v.npy", drop="2").shape == (20, 3)


def test_what_is_noted_is_a_warning_in_python(tmp_path):
    path = put(tmp_path / "v.csv", made.pandas_csv())
    with pytest.warns(DataWarning) as caught:
        read_features(path)
    header, left_out = (str(each.message) for each in caught)
    assert (
        header
        == f'{path}: the first line is taken as the names of the columns ("", nose_x, nose_y, tail_x, ...)'
    )
    assert left_out == f"{path}: left out as no features: column 1 (counts); --columns takes columns by name"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_features(put(tmp_path / "plain.csv", made.rows()))


def test_turned_tables(tmp_path):
    for name, text in {
        "plain.csv": made.rows(FRAMES.T),
        "pandas.csv": made.pandas_csv(range(20), FRAMES.T),
        "named.csv": made.pandas_csv(range(20), FRAMES.T, index=False),
        "text.csv": made.pandas_csv(range(20), FRAMES.T)
        .replace("\n0,", "\nnose,")
        .replace("\n1,", "\ntail,")
        .replace("\n2,", "\near,")
        .replace("\n3,", "\npaw,"),
    }.items():
        path = put(tmp_path / name, text)
        np.testing.assert_array_equal(read_features(path, transposed=True), FRAMES)
        assert read_features(path, transposed=True).dtype == np.float32


def test_what_may_be_turned_is_noted(tmp_path):
    path = put(tmp_path / "v.csv", made.rows(FRAMES.T))
    for _ in range(2):
        (note,) = load_features(path).notes
        assert (note.name, note.value) == ("orientation", {"frames": 4, "features": 20})
        assert load_features(path, FeatureReading(transposed=True)).notes == ()


def test_times_since_1970_are_told_in_every_kind_of_file(tmp_path):
    stamps = 1_700_000_000_000 + np.cumsum(np.random.default_rng(0).integers(20, 60, 20))
    whole = np.c_[FRAMES[:, :1], stamps]
    text = "".join(f"{x},{int(t)}\n" for x, t in whole)
    polars.DataFrame(whole, schema=["a", "Uhr"]).write_parquet(tmp_path / "v.parquet")
    np.save(tmp_path / "v.npy", whole)
    put(tmp_path / "named.csv", f"a,Uhr\n{text}")
    put(tmp_path / "slow.csv", f"# by hand\n{text}# end\n")
    for name, called in {"v.parquet": "Uhr", "named.csv": "Uhr", "v.npy": 2, "slow.csv": 2}.items():
        for _ in range(2):  # the second time from the cache
            notes = {note.name: note.value for note in load_features(tmp_path / name).notes}
            assert notes.get("clock") == [called], name


def test_shapes_are_flattened_with_a_note(tmp_path):
    np.save(tmp_path / "v.npy", FRAMES.reshape(20, 1, 2, 2))
    features = load_features(tmp_path / "v.npy")
    np.testing.assert_array_equal(features.frames, FRAMES)
    assert {note.name: note.value for note in features.notes} == {
        "shape": {"from": [20, 1, 2, 2], "to": [20, 4]}
    }


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
        ("v.mp4", lambda path: path.write_bytes(b"x"), "a video, no known kind"),
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

    def test_settings_have_entries_of_their_own(self, tmp_path):
        path = put(tmp_path / "v.csv", made.pandas_csv())
        shapes = [
            read_features(path, **reading).shape
            for _ in range(2)
            for reading in ({}, {"columns": "2"}, {"drop": "2"}, {"transposed": True})
        ]
        assert shapes == [(20, 4), (20, 1), (20, 3), (4, 20)] * 2
        assert len(list(cache_folder().iterdir())) == 4

    def test_an_entry_without_its_notes_is_replaced(self, tmp_path):
        path = put(tmp_path / "v.csv", made.pandas_csv())
        notes = load_features(path).notes
        (entry,) = cache_folder().iterdir()
        whole = entry.read_bytes()
        for cut in (1, 5, len(whole) - whole.rindex(b"[{")):
            entry.write_bytes(whole[:-cut])
            assert load_features(path).notes == notes
            assert entry.read_bytes() == whole

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
