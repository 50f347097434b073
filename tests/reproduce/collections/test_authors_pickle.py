"""What the reader admits, and that nothing else is ever run."""

import builtins
import copyreg
import io
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reproduce.collections.authors_pickle import SPLITS, read_authors_pickle, split_indices

pytestmark = pytest.mark.fast

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def videos(dtype=np.uint8, labels=np.int64):
    rng = np.random.default_rng(0)
    frames = [(255 * rng.random((n, 8, 8, 3))).astype(dtype) for n in (5, 7, 6)]
    return frames, [rng.integers(0, 10, len(video)).astype(labels) for video in frames]


def written(folder, content, protocol=pickle.DEFAULT_PROTOCOL):
    path = folder / "authors.pkl"
    path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol))
    return path


def same(read, frames, labels):
    assert len(read) == len(frames)
    for (got, marks), video, truth in zip(read, frames, labels, strict=True):
        assert got.dtype == video.dtype
        np.testing.assert_array_equal(got, video)
        np.testing.assert_array_equal(marks, truth)
        assert marks.dtype.kind == np.asarray(truth).dtype.kind


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("container", [list, tuple])
@pytest.mark.parametrize(
    ("dtype", "labels"),
    [(np.uint8, np.int64), (np.float32, "U4"), (">f8", "S2"), (np.float64, np.uint8), (np.int16, np.float64)],
)
def test_arrays_in_lists_and_tuples_are_read(tmp_path, protocol, container, dtype, labels):
    frames, truth = videos(dtype, labels)
    path = written(tmp_path, container([container(frames), container(truth)]), protocol)
    same(read_authors_pickle(path), frames, truth)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda video: video[:, ::2],
        lambda video: video.transpose(0, 3, 1, 2),
        lambda video: video.reshape(len(video), -1),
        lambda video: video.tolist(),
        list,
        lambda video: [np.asfortranarray(frame) for frame in video],
    ],
)
def test_arrays_of_any_layout_and_lists_of_frames_are_read(tmp_path, protocol, change):
    frames, truth = videos()
    path = written(tmp_path, ([change(video) for video in frames], truth), protocol)
    for (got, _), video in zip(read_authors_pickle(path), frames, strict=True):
        np.testing.assert_array_equal(got, np.asarray(change(video)))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", [int, str, float, np.int64, np.uint8, np.float32, np.str_])
def test_lists_of_labels_are_read(tmp_path, protocol, kind):
    frames, truth = videos()
    labels = [[kind(int(label)) for label in one] for one in truth]
    same(read_authors_pickle(written(tmp_path, (frames, labels), protocol)), frames, labels)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_videos_of_one_length_in_one_array_are_read(tmp_path, protocol):
    frames, labels = np.arange(4 * 5 * 6, dtype=np.uint8).reshape(4, 5, 6), np.arange(20).reshape(4, 5)
    same(read_authors_pickle(written(tmp_path, (frames, labels), protocol)), frames, labels)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_names_of_numpy_1_are_read(tmp_path, protocol):
    frames, labels = videos()
    file = io.BytesIO()
    pickler = pickle._Pickler(file, protocol)
    pickler.framer.start_framing = lambda: None  # frames have lengths, which are optional and would change
    pickler.dump((frames, labels))
    body = file.getvalue()
    for module in (b"numpy._core.multiarray", b"numpy._core.numeric"):
        older = module.replace(b"_", b"")
        body = body.replace(bytes([0x8C, len(module)]) + module, bytes([0x8C, len(older)]) + older)
        body = body.replace(module, older)
    assert b"numpy.core" in body
    assert b"numpy._core" not in body
    same(read_authors_pickle(written(tmp_path, body)), frames, labels)


# --- what is refused -------------------------------------------------------------------------------


class Call:
    """Whatever reads it calls this function."""

    def __init__(self, function, *arguments, state=None):
        self.parts = function, arguments, state

    def __reduce__(self):
        return self.parts


class Sub(np.ndarray):
    pass


def opened(path):
    return Path(path).open("w").close()


def traps(made):
    """Content by name; to run one of the first makes the file `made`."""
    frames, _ = videos()
    code = f"open({str(made)!r}, 'w').close()"
    bare = np.ndarray
    reconstruct = frames[0].__reduce__()[0]
    cleared = Call(np.dtype, "O8", False, True, state=(3, "|", None, None, None, -1, -1, 0))
    pointers = Call(np.ndarray, (1,), "O", b"A" * 8)
    return {
        "os.system": Call(os.system, f"touch {made}"),
        "subprocess": Call(subprocess.check_call, ["touch", str(made)]),
        "builtins.eval": Call(builtins.eval, code),
        "builtins.exec": Call(builtins.exec, code),
        "getattr": Call(getattr, frames[0], "tofile"),
        "a function of a test": Call(opened, str(made)),
        "a call inside a dtype": Call(np.dtype, Call(os.system, f"touch {made}")),
        "a call inside a state": Call(reconstruct, bare, (0,), b"b", state=Call(builtins.eval, code)),
        "numpy.load": Call(np.load, str(made)),
        "numpy.memmap": Call(np.memmap, str(made), np.uint8, "w+", 0, (4,)),
        "objects": np.array([frames[0], "a"], object),
        "a record": np.zeros(3, [("a", "i4"), ("b", "f4")]),
        "dates": np.zeros(3, "M8[s]"),
        "a subclass": frames[0].view(Sub),
        "a masked array": np.ma.masked_array(frames[0]),
        "a torch-like tensor": Call(copyreg._reconstructor, Sub, object, None),
        "a Path": made,
        "a class": Sub,
        "pointers": pointers,
        "a shape of pointers": Call(np.ndarray, pointers, "u1"),
        "objects from bytes": Call(reconstruct, bare, (0,), b"b", state=(1, (2,), cleared, False, b"A" * 16)),
        "a number with a state": Call(
            reconstruct, bare, (0,), b"b", state=(1, (9,), np.dtype("i8"), False, b"")
        ),
        "an array that is never filled": Call(reconstruct, bare, (0,), b"b"),
        "a dict": {"frames": frames[0]},
        "a set": {1, 2},
        "a complex number": [1j],
        "none": None,
    }


NAMES = list(traps(Path("nowhere")))


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("place", ["frames", "labels", "all"])
@pytest.mark.parametrize("name", NAMES)
def test_all_else_is_refused_and_nothing_is_run(tmp_path, name, place, protocol):
    made = tmp_path / "made"
    trap = traps(made)[name]
    frames, labels = videos()
    if place == "frames":
        frames[1] = trap
    elif place == "labels":
        labels[1] = trap
    path = written(tmp_path, trap if place == "all" else (frames, labels), protocol)
    with pytest.raises(ValueError, match=r"authors\.pkl: ") as caught:
        read_authors_pickle(path)
    assert "\n" not in str(caught.value)
    assert not made.exists()


def test_the_traps_would_have_sprung(tmp_path):
    made = tmp_path / "made"
    for name in ("os.system", "subprocess", "builtins.eval", "builtins.exec", "a function of a test"):
        pickle.loads(pickle.dumps(traps(made)[name]))
        assert made.exists(), name
        made.unlink()


def test_a_tensor_of_torch_is_refused_though_torch_is_not_there(tmp_path):
    body = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R."
    with pytest.raises(ValueError, match=r"it asks for torch\._utils\._rebuild_tensor_v2"):
        read_authors_pickle(written(tmp_path, body))


def test_what_it_may_call_it_may_not_change(tmp_path):
    """A state is given to numpy's function: its `__defaults__`, and a new attribute."""
    import numpy._core.numeric as numeric

    before = numeric._frombuffer.__defaults__, dict(vars(numeric._frombuffer))
    for state in (b"(N}X\x0c\x00\x00\x00__defaults__)st", b"}X\x01\x00\x00\x00aK\x01s"):
        body = b"\x80\x02cnumpy._core.numeric\n_frombuffer\n" + state + b"b."
        assert b"_frombuffer" in body
        with pytest.raises(ValueError, match="it changes what it calls"):
            read_authors_pickle(written(tmp_path, body))
    assert (numeric._frombuffer.__defaults__, vars(numeric._frombuffer)) == before


def test_an_id_of_something_outside_is_refused(tmp_path):
    class Writer(pickle.Pickler):
        def persistent_id(self, value):
            return "storage" if isinstance(value, str) else None

    body = io.BytesIO()
    Writer(body).dump((videos()[0], ["a"]))
    with pytest.raises(ValueError, match="it refers to something outside itself"):
        read_authors_pickle(written(tmp_path, body.getvalue()))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.9999])
def test_truncated_file_is_refused(tmp_path, protocol, share):
    body = pickle.dumps(videos(), protocol)
    with pytest.raises(ValueError, match="is refused"):
        read_authors_pickle(written(tmp_path, body[: int(share * len(body))]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"frames and labels\n",
        b"0 0 1\n" * 50,
        b"PK\x03\x04" + bytes(60),
        b"\x93NUMPY\x01\x00v\x00{'descr': '|u1'}",
        b"\x80\xff.",
        b"\x80\x05\x8e" + b"\xff" * 8 + b"x",  # bytes of an absurd length
        b"\x80\x02]q\x00h\x00a.",  # a list that holds itself
        b"\x80\x02]q\x00(h\x00h\x00e.",
        b".",
    ],
)
def test_files_that_are_no_pickle_are_refused(tmp_path, body):
    with pytest.raises(ValueError, match=r"authors\.pkl: "):
        read_authors_pickle(written(tmp_path, body))


def test_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere.*not found"):
        read_authors_pickle(tmp_path / "nowhere.pkl")


def cut(content, **changes):
    frames, labels = content
    for name, change in changes.items():
        if name == "frames":
            frames = change(frames)
        else:
            labels = change(labels)
    return frames, labels


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "no pair of videos and labels"),
        (videos()[0], "no pair of videos and labels"),
        (np.zeros((2, 5, 3)), "no pair of videos and labels"),
        ({"frames": 1}, "no pair of videos and labels"),
        (cut(videos(), labels=lambda labels: labels[:2]), "no two lists of one length"),
        ((1, 2), "no two lists of one length"),
        ((np.array(1), np.array(2)), "no two lists of one length"),
        (("ab", "cd"), "no two lists of one length"),
        (cut(videos(), labels=lambda labels: [*labels[:2], labels[2][:-1]]), "video 2 has frames of shape"),
        (cut(videos(), frames=lambda frames: [frames[0], frames[1][:0], frames[2]]), "video 1"),
        (cut(videos(), frames=lambda frames: [np.zeros(5), *frames[1:]]), "video 0 has frames of shape"),
        (cut(videos(), frames=lambda frames: [np.zeros((5, 2), "U1"), *frames[1:]]), "video 0 is <U1"),
        (cut(videos(), frames=lambda frames: [np.zeros((5, 2), complex), *frames[1:]]), "complex128|c16"),
        (cut(videos(), frames=lambda frames: [[[1, 2], [3]], *frames[1:]]), "video 0 is no array"),
        (cut(videos(), labels=lambda labels: [labels[0][:, None], *labels[1:]]), "video 0 is uint8"),
        (([np.zeros((0, 2))], [[]]), "video 0"),
    ],
)
def test_other_content_is_refused(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read_authors_pickle(written(tmp_path, content))


def test_it_runs_no_code_in_a_process_of_its_own(tmp_path):
    """The worst of them would end the process: here it is seen to live on."""
    made = tmp_path / "made"
    path = written(tmp_path, traps(made)["a shape of pointers"])
    script = (
        "import sys, pathlib; from reproduce.collections.authors_pickle import read_authors_pickle\n"
        "try: read_authors_pickle(pathlib.Path(sys.argv[1]))\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).resolve().parents[3],
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "is refused: it makes an array by hand" in done.stdout


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 150])
def test_splits_are_thirds_of_numpys_old_shuffle(count):
    splits = split_indices(count)
    assert tuple(splits) == SPLITS
    shuffled = np.arange(count)
    np.random.RandomState(0).shuffle(shuffled)
    np.testing.assert_array_equal(np.concatenate(list(splits.values())), shuffled)
    assert len(splits["train"]) == count // 3
    assert sum(map(len, splits.values())) == count
    if count == 10:
        assert {name: part.tolist() for name, part in splits.items()} == {
            "train": [2, 8, 4],
            "validation": [9, 1, 6],
            "test": [7, 3, 0, 5],
        }
