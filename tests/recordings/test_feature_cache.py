import contextlib
import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dkva.base.cache import cache_folder
from dkva.recordings import feature_cache
from dkva.recordings.errors import RecordingError
from dkva.recordings.feature_cache import (
    State,
    find_features,
    kept_name,
    open_writer,
)

pytestmark = pytest.mark.fast

NAME = "0123"


def rows(n, d=3, first=0):
    return (first * d + np.arange(n * d, dtype=np.float32)).reshape(n, d)


def state(frames, *notes):
    return lambda: State(np.arange(frames) / 10, notes)


def stopped(n):
    """A run that wrote n rows and was stopped."""
    with contextlib.suppress(KeyboardInterrupt), open_writer(Path("a.mp4"), NAME) as writer:
        writer.append(rows(n), state(2 * n))
        raise KeyboardInterrupt


def finish(writer, n, facts=None, notes=()):
    return writer.finish(np.arange(n + 1), np.arange(n + 1) / 5, facts or {"frames": n}, notes)


def listed():
    """Files and folders of the cache."""
    folder = cache_folder() / "recordings"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


WHOLE = [NAME, f"{NAME}/about.json", f"{NAME}/edges.npy", f"{NAME}/features.npy", f"{NAME}/times.npy"]


@pytest.fixture(params=[NAME, None])
def name(request):
    return request.param


@pytest.fixture
def every_time(monkeypatch):
    """A state is kept after every batch."""
    monkeypatch.setattr(feature_cache, "_EVERY", 0.0)


def test_what_is_written_is_there_again(tmp_path, name):
    with open_writer(tmp_path, name) as writer:
        assert writer.already() is None
        for first in (0, 4, 5):
            writer.append(rows(4 if first == 0 else 1, first=first), state(2 * first))
        assert writer.samples == 6
        kept = finish(writer, 6, {"codec": "é"}, ["a note"])
    expected = rows(6)
    for found in [kept] if name is None else [kept, find_features(name)]:
        assert isinstance(found.features, np.memmap)
        assert not found.features.flags.writeable
        assert found.features.dtype == np.float32
        np.testing.assert_array_equal(found.features, expected)
        np.testing.assert_array_equal(found.edges, np.arange(7))
        np.testing.assert_array_equal(found.times, np.arange(7) / 5)
        assert (found.facts, found.notes) == ({"codec": "é"}, ("a note",))
    if name is not None:
        assert listed() == WHOLE
        assert (cache_folder() / "recordings" / NAME).stat().st_mode & 0o077 == 0


def test_without_times(tmp_path, name):
    with open_writer(tmp_path, name) as writer:
        writer.append(rows(2), state(0))
        kept = writer.finish(np.arange(3), None, {}, [])
    assert kept.times is None
    assert name is None or find_features(name).times is None


@given(
    batches=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    stops=st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=4),
    seconds=st.sampled_from([0, 99]),
)
@settings(max_examples=25)
def test_a_run_that_is_stopped_is_gone_on_with(tmp_path_factory, batches, stops, seconds):
    """Stopped after any batch, by Ctrl-C, or so hard that only the last state that was kept is left."""
    folder = tmp_path_factory.mktemp("cache")
    total = sum(batches)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DKVA_CACHE", str(folder))
        patch.setattr(feature_cache, "_EVERY", seconds)
        for each, hard in [*stops, (None, False)]:
            with contextlib.suppress(KeyboardInterrupt), open_writer(folder, NAME) as writer:
                start = writer.samples
                np.testing.assert_array_equal(writer.state.times, np.arange(2 * start) / 10)
                assert writer.state.notes == (("begun",) if start else ())
                done, count = 0, 0
                for batch in batches:
                    lower = max(done, start)
                    done += batch
                    if lower >= done:
                        continue
                    writer.append(rows(done - lower, first=lower), state(2 * done, "begun"))
                    count += 1
                    if each == count:
                        if hard:
                            patch.setattr(writer, "_save", lambda part: None)
                        raise KeyboardInterrupt
                kept = finish(writer, total)
                np.testing.assert_array_equal(kept.features, rows(total))
                break
        assert listed() == WHOLE


def test_rows_behind_the_last_state_are_not_believed(tmp_path):
    stopped(2)
    part = cache_folder() / "recordings" / f"{NAME}.part"
    assert sorted(path.name for path in part.iterdir()) == ["features.npy", "state.json", "times.part"]
    for path in (part / "features.npy", part / "times.part"):
        with path.open("ab") as file:
            file.write(b"\xff" * 1001)
    with open_writer(tmp_path, NAME) as writer:
        assert (writer.samples, len(writer.state.times)) == (2, 4)
        writer.append(rows(1, first=2), state(6))
        np.testing.assert_array_equal(finish(writer, 3).features, rows(3))


@pytest.mark.parametrize("file", ["features.npy", "state.json", "times.part"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_damaged_part_begins_anew(tmp_path, file, content):
    stopped(20)
    path = cache_folder() / "recordings" / f"{NAME}.part" / file
    path.unlink() if content is None else path.write_bytes(content)
    with open_writer(tmp_path, NAME) as writer:
        assert (writer.samples, len(writer.state.times)) == (0, 0)
        writer.append(rows(3), state(3))
        np.testing.assert_array_equal(finish(writer, 3).features, rows(3))
    assert listed() == WHOLE


@pytest.mark.parametrize("file", ["about.json", "edges.npy", "features.npy", "times.npy"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_damaged_features_are_made_again(tmp_path, file, content):
    for _ in range(2):
        with open_writer(tmp_path, NAME) as writer:
            assert writer.already() is None
            writer.append(rows(3), state(3))
            finish(writer, 3)
        path = cache_folder() / "recordings" / NAME / file
        path.unlink() if content is None else path.write_bytes(content)
        assert find_features(NAME) is None


def test_two_runs_at_once_do_not_damage_one_another(tmp_path):
    with open_writer(tmp_path, NAME) as one, open_writer(tmp_path, NAME) as other:
        for first in range(3):
            one.append(rows(1, first=first), state(first))
            other.append(rows(1, first=first), state(first))
        assert f"{NAME}.lock" in listed()
        kept, own = finish(one, 3), finish(other, 3)
    for found in (kept, own, find_features(NAME)):
        np.testing.assert_array_equal(found.features, rows(3))
    assert listed() == WHOLE
    with open_writer(tmp_path, NAME) as late:
        np.testing.assert_array_equal(late.already().features, rows(3))
    assert listed() == WHOLE


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "where",
    [
        "pathlib.Path.mkdir",
        *(f"{feature_cache.__name__}.{name}" for name in ("write_atomically", "Writer._write", "os.fsync")),
    ],
)
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, monkeypatch, every_time, where):
    def run():
        with open_writer(tmp_path / "a.mp4", NAME) as writer:
            writer.append(rows(2), state(2))
            if where != "pathlib.Path.mkdir":
                monkeypatch.setattr(where, full)
            writer.append(rows(2), state(2))

    (cache_folder() / "recordings").mkdir(parents=True)
    if where == "pathlib.Path.mkdir":
        monkeypatch.setattr(where, full)
    with pytest.raises(RecordingError) as caught:
        run()
    assert str(caught.value) == (
        f"{tmp_path / 'a.mp4'}: {cache_folder() / 'recordings'} has no room left for its features; "
        "make room, or name another folder in the variable DKVA_CACHE"
    )
    assert listed() == []


def test_a_disk_that_is_full_in_the_end(tmp_path, monkeypatch):
    def run():
        with open_writer(tmp_path, NAME) as writer:
            writer.append(rows(2), state(2))
            monkeypatch.setattr(feature_cache, "write_atomically", full)
            finish(writer, 2)

    with pytest.raises(RecordingError, match="no room left"):
        run()
    assert listed() == []


def test_a_full_disk_is_seen_before_it_is_full(tmp_path, name):
    def run(samples):
        with open_writer(tmp_path, name) as writer:
            writer.expect(samples, 10**9)

    run(0)
    variable = "TMPDIR" if name is None else "DKVA_CACHE"
    with pytest.raises(RecordingError, match=f"for its features, 4000000000000 MB; .* variable {variable}"):
        run(10**9)
    assert name is None or listed() == []


LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from dkva.recordings.feature_cache import State, open_writer
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for name in (sys.argv[1], None):
    try:
        with open_writer(Path("a.mp4"), name) as writer:
            for _ in range(100):
                writer.append(np.ones((10, 100), np.float32), lambda: State(np.empty(0)))
    except ValueError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no files")
def test_files_that_may_grow_no_more():
    run = subprocess.run([sys.executable, "-c", LIMITED, NAME], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    kept, own = run.stdout.splitlines()
    for line in (kept, own):
        assert line.startswith("a.mp4: ")
        assert "has no room left for its features; make room" in line
    assert listed() == []


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "file"))
    with open_writer(tmp_path, NAME) as writer:
        folder = tmp_path / "file" / "recordings"
        assert writer.notes == (f"features are not kept: {folder} cannot be written (Not a directory)",)
        writer.append(rows(3), state(3))
        np.testing.assert_array_equal(finish(writer, 3).features, rows(3))


def test_rows_of_another_length(tmp_path, name):
    def run():
        with open_writer(tmp_path, name) as writer:
            for d in (3, 4):
                writer.append(rows(3, d), state(3))

    with pytest.raises(RecordingError, match="have 3 features each, and then 4; take an encoder"):
        run()


def test_the_name_depends_on_everything_but_names(tmp_path):
    a, b, copy = (tmp_path / name for name in ("a.mp4", "b.mp4", "c.avi"))
    a.write_text("a")
    b.write_text("b")
    copy.write_text("a")
    names = [kept_name(a, "b", 5.0), kept_name(a, "b", 4.0), kept_name(a, "b", None)]
    names += [kept_name(a, "c", 5.0), kept_name(b, "b", 5.0)]
    assert len(set(names)) == 5
    assert kept_name(copy, "b", 5.0) == names[0]
    with pytest.raises(FileNotFoundError):
        kept_name(tmp_path / "missing", "b", 5.0)
