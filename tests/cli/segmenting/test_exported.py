import pytest

from dkva.cli.segmenting import chaptered_copy, clip_files, page_file
from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.recording import RecordingFile
from dkva.datasets import VideoFile

pytestmark = pytest.mark.fast

RUNS = [{"start": 0, "end": 4, "start_time": 0.0, "end_time": 2.0, "label": 0}]
DOC = {"video": "tea/v", "frames": 4, "segments": RUNS, "method": "kms", "frames_per_second": 2.0}


def test_what_is_asked_for_is_written(tmp_path, monkeypatch):
    called = []

    def stand_in(name, notes):
        def write(*given, **more):
            called.append((name, more))
            return notes

        return write

    monkeypatch.setattr(page_file, "write_page", stand_in("page", None))
    monkeypatch.setattr(chaptered_copy, "write_copy", stand_in("copy", ["a"]))
    monkeypatch.setattr(clip_files, "write_clip_files", stand_in("clips", ["b"]))
    video = VideoFile("tea/v", tmp_path / "v.npy")
    assert Exported().write(tmp_path, DOC, video) == []
    assert called == []
    assert not [*tmp_path.iterdir()]
    assert Exported(("srt",), html=True).write(tmp_path, DOC, video) == []
    assert (tmp_path / "tea/v.srt").exists()
    film = RecordingFile("tea/v", tmp_path / "v.mp4")
    assert Exported(chapters=True, clips=True, reencode=True).write(tmp_path, DOC, film) == ["a", "b"]
    assert called == [("page", {}), ("copy", {}), ("clips", {"reencode": True})]


def test_files_beside_a_document(tmp_path):
    (tmp_path / "v.chapters.mkv").touch()
    (tmp_path / "v.chapters.txt").touch()
    found = Exported(("vtt",), chapters=True).beside(tmp_path, "v")
    written = {path.name for path, now in found.items() if now}
    assert written == {"v.vtt", "v.chapters.mkv"}
    assert {"v.srt", "v.html"} <= {path.name for path in found}


def test_a_folder_of_others_is_in_the_way_of_clips(tmp_path):
    (tmp_path / "v.clips").mkdir()
    assert Exported(clips=True).foreign(tmp_path, "v") is None
    (tmp_path / "v.clips/mine.mp4").touch()
    assert Exported(clips=True).foreign(tmp_path, "v") == tmp_path / "v.clips"
    assert Exported().foreign(tmp_path, "v") is None


def test_the_table_of_clips_stays_where_new_ones_come(tmp_path):
    place = tmp_path / "v.clips"
    place.mkdir()
    clip, table = place / "0001 a.mp4", place / "clips.csv"
    clip.touch()
    table.write_text(",".join(clip_files._COLUMNS) + f"\n{clip.name}" + "," * 7 + "\n")
    assert Exported().beside(tmp_path, "v").keys() >= {clip, table}
    assert Exported(clips=True).beside(tmp_path, "v").keys() & {clip, table} == {clip}
