import csv
import itertools
import multiprocessing
import os
import signal
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from rendered import numbered, render, shown_number

from dkva.cli.segmenting.clip_files import (
    clips_folder,
    clips_in,
    is_clips_folder,
    is_foreign_folder,
    unfinished_clips,
    write_clip_files,
)
from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.recording import RecordingFile
from dkva.cli.segmenting.recording_reading import RecordingReading


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    place = tmp_path_factory.mktemp("films") / "film.mp4"
    return render(place, numbered(60), rate=30, options={"g": "12", "bf": "0"})


@pytest.fixture
def video(film, monkeypatch, tmp_path):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    return RecordingFile("film", film, recording=RecordingReading("pixels"))


def document(*edges):
    """Segments between these frames, of 30 a second, whose names return."""
    runs = [
        {"start": a, "end": b, "start_time": a / 30, "end_time": b / 30, "label": i % 2, "name": "ab"[i % 2]}
        for i, (a, b) in enumerate(itertools.pairwise(edges))
    ]
    return {"video": "film", "segments": runs}


def numbers(path):
    import av

    with av.open(str(path)) as container:
        return [shown_number(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def test_clips_hold_their_segments_and_the_table_says_what_they_are(video, tmp_path):
    out = tmp_path / "out"
    notes = write_clip_files(out, document(0, 20, 45, 60), video, reencode=False)
    place = clips_folder(out, "film")
    rows = list(csv.DictReader((place / "clips.csv").open()))
    assert [(row["start"], row["end"], row["name"], row["cut"]) for row in rows] == [
        ("0", "20", "a", "key frames"), ("20", "45", "b", "key frames"), ("45", "60", "a", "key frames")
    ]  # fmt: skip
    for row in rows:
        shown = numbers(place / row["file"])
        assert {*range(int(row["start"]), int(row["end"]))} <= {*shown}
    assert notes == [
        "film.clips: clips begin at key frames, up to 0.3 s before their segments; --reencode cuts to the "
        "very frame"
    ]
    assert is_clips_folder(place)
    assert not is_foreign_folder(place)
    before = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    assert write_clip_files(out, document(0, 20, 45, 60), video, reencode=False) == notes
    assert {path.name: path.stat().st_mtime_ns for path in place.iterdir()} == before


def test_clips_of_another_cut_replace_them_and_nothing_else(video, tmp_path):
    write_clip_files(tmp_path, document(0, 20, 60), video, reencode=False)
    place = clips_folder(tmp_path, "film")
    (place / "mine.txt").write_text("kept")
    old = {path.name for path in place.iterdir()}
    assert write_clip_files(tmp_path, document(0, 31, 60), video, reencode=True) == []
    rows = list(csv.DictReader((place / "clips.csv").open()))
    assert {path.name for path in place.iterdir()} == {row["file"] for row in rows} | {
        "clips.csv",
        "mine.txt",
    }
    assert len(old) == 4
    assert [numbers(place / row["file"]) for row in rows] == [[*range(31)], [*range(31, 60)]]


def test_clips_of_another_recording_are_made_again(film, video, tmp_path):
    write_clip_files(tmp_path, document(0, 60), video, reencode=False)
    other = render(tmp_path / "other.mp4", numbered(60, first=100), rate=30)
    again = RecordingFile("film", other, recording=RecordingReading("pixels"))
    write_clip_files(tmp_path, document(0, 60), again, reencode=False)
    (row,) = csv.DictReader((clips_folder(tmp_path, "film") / "clips.csv").open())
    assert numbers(clips_folder(tmp_path, "film") / row["file"]) == [*range(100, 160)]


def test_clips_of_an_earlier_cut_are_known(video, tmp_path):
    place = clips_folder(tmp_path, "film")
    assert clips_in(place) == []
    write_clip_files(tmp_path, document(0, 20, 60), video, reencode=False)
    (place / "mine.txt").touch()
    assert {*clips_in(place)} == {path for path in place.iterdir() if path.name != "mine.txt"}
    assert {*clips_in(place)} <= {*Exported().beside(tmp_path, "film")}


def test_a_table_cannot_name_files_elsewhere(video, tmp_path):
    precious = tmp_path / "precious.mp4"
    precious.write_bytes(b"mine")
    write_clip_files(tmp_path, document(0, 60), video, reencode=False)
    table = clips_folder(tmp_path, "film") / "clips.csv"
    table.write_text(table.read_text() + "../precious.mp4,0,1,0,1,a,key frames,x\n")
    write_clip_files(tmp_path, document(0, 30, 60), video, reencode=False)
    assert precious.read_bytes() == b"mine"


def test_foreign_folders(tmp_path):
    place = tmp_path / "film.clips"
    assert not is_foreign_folder(place)
    place.mkdir()
    assert not is_foreign_folder(place)
    (place / ".abcdefgh.part").mkdir()  # of a killed run
    assert not is_foreign_folder(place)
    (place / "clips.csv").write_text("somebody's own\n")
    assert is_foreign_folder(place)
    assert not is_clips_folder(place)
    (tmp_path / "x.clips").write_text("a file")
    assert is_foreign_folder(tmp_path / "x.clips")


def test_clips_that_cannot_be_made_leave_the_earlier_ones(video, tmp_path, monkeypatch):
    from dkva.recordings import clips

    write_clip_files(tmp_path, document(0, 60), video, reencode=False)
    place = clips_folder(tmp_path, "film")
    before = {path.name: path.read_bytes() for path in place.iterdir()}

    def full(*given, **more):
        raise OSError(28, "No space left on device", str(place))

    monkeypatch.setattr(clips, "write_clips", full)
    with pytest.raises(OSError, match="No space left"):
        write_clip_files(tmp_path, document(0, 30, 60), video, reencode=False)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert np.array_equal(numbers(place / next(name for name in before if name != "clips.csv")), range(60))


def test_what_killed_runs_left_goes(video, tmp_path):
    place, part = clips_folder(tmp_path, "film"), unfinished_clips(tmp_path, "film")
    for _ in range(2):  # without earlier clips, and beside them
        for leftover in (part, place / ".abc_efg8.part"):
            leftover.mkdir(parents=True)
            (leftover / "0001 00-00-00.000 a.mp4").touch()
        (place / ".k2345678.part").touch()
        write_clip_files(tmp_path, document(0, 60), video, reencode=False)
        assert {path.name for path in place.iterdir()} == {"clips.csv", "0001 00-00-00.000 a.mp4"}
        assert not part.exists()


def killed_writing(steps, folder, film):
    """Cut anew, and be killed, which nothing can catch, before clips or the table are moved again."""
    left, move = iter(range(steps)), Path.replace

    def counted(path, target):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return move(path, target)

    video = RecordingFile("film", film, recording=RecordingReading("pixels"))
    with mock.patch.object(Path, "replace", counted):
        write_clip_files(folder, document(0, 31, 60), video, reencode=False)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_run_killed_at_any_step_is_gone_on_with(film, video, tmp_path):
    for steps in range(4):  # the table of both cuts, two clips, the table of the new one
        folder = tmp_path / str(steps)
        place = clips_folder(folder, "film")
        write_clip_files(folder, document(0, 20, 40, 60), video, reencode=False)
        (place / "mine.txt").touch()
        process = multiprocessing.get_context("spawn").Process(
            target=killed_writing, args=(steps, folder, film)
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert not is_foreign_folder(place)
        assert {*place.iterdir()} <= {*clips_in(place), place / "mine.txt"}
        write_clip_files(folder, document(0, 31, 60), video, reencode=False)
        assert {*place.iterdir()} == {*clips_in(place), place / "mine.txt"}
        assert [numbers(clip)[-1] for clip in clips_in(place)[:-1]] == [30, 59]
        assert not unfinished_clips(folder, "film").exists()
