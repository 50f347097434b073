import itertools
import json
import os
import re
from pathlib import Path

import pytest
from rendered import numbered, render

from dkva.cli.segmenting import page_file
from dkva.cli.segmenting.page_file import links_to, write_page
from dkva.cli.segmenting.recording import RecordingFile
from dkva.cli.segmenting.recording_reading import RecordingReading
from dkva.datasets import VideoFile


def runs(*edges):
    return [
        {"start": a, "end": b, "start_time": a / 30, "end_time": b / 30, "label": i}
        for i, (a, b) in enumerate(itertools.pairwise(edges))
    ]


def document(**more):
    return {
        "format": 2, "video": "film", "method": "kms", "frames": 60, "features": 3,
        "segments": runs(0, 20, 60), "settings": {"n_segments": 2}, "source": {"file": "my film.mp4"},
        "key": "k", "frames_per_second": 30.0,
    } | more  # fmt: skip


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return render(tmp_path_factory.mktemp("films") / "my film.mp4", numbered(60), rate=30)


def test_the_page_of_a_recording_has_a_still_of_each_segment(film, tmp_path, monkeypatch):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(page_file, "_STILLS", 3)
    given = {}

    def page(doc, **more):
        given.update(more)
        return "a page"

    monkeypatch.setattr("dkva.export.page.page", page)
    video = RecordingFile("film", film, recording=RecordingReading("pixels"))
    doc = document(levels=[{"n_segments": 3, "switches": 2, "segments": runs(0, 5, 30, 60)}])
    write_page(film.parent / "out", doc, video)
    assert (film.parent / "out/film.html").read_text() == "a page"
    assert given["media"] == ["../my%20film.mp4", "my%20film.mp4"]
    assert [*given["stills"]] == [(20, 60), (0, 20), (30, 60)]  # the cut's, then the longest of the level
    for (start, end), still in given["stills"].items():
        assert start <= still.frame < end
        assert still.jpeg.startswith(b"\xff\xd8")
    assert len(given["times"]) == 61


def test_the_page_of_features_has_none(tmp_path):
    write_page(tmp_path, document(), VideoFile("film", tmp_path / "film.npy"))
    text = (tmp_path / "film.html").read_text()
    assert "film" in text
    assert not re.search(r"/9j/", text)  # how every JPEG begins in base64


@pytest.mark.fast
def test_links_name_no_folder(tmp_path, monkeypatch):
    def links(recording, folder):
        return links_to(RecordingFile("f", tmp_path / recording), tmp_path / folder)

    assert links("a b.mp4", ".") == ["a%20b.mp4"]
    assert links("é#?.mp4", "out/deep") == ["../../%C3%A9%23%3F.mp4", "%C3%A9%23%3F.mp4"]
    assert links(os.fsdecode(b"bad\xff.mp4"), ".") == ["bad%FF.mp4"]
    assert links("patients/smith/a.mp4", "out") == ["a.mp4"]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/target.mp4").touch()
    (tmp_path / "monday.mp4").symlink_to(tmp_path / "deep/target.mp4")
    assert links("monday.mp4", "out") == ["../monday.mp4", "monday.mp4"]
    (tmp_path / "images").mkdir()
    assert links("images", ".") == []
    assert links_to(VideoFile("f", tmp_path / "f.npy"), tmp_path) == []

    def elsewhere(*given):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", elsewhere)
    assert links("a.mp4", "out") == ["a.mp4"]


def test_a_recording_that_is_gone_is_one_error(tmp_path, monkeypatch):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    video = RecordingFile("film", Path(tmp_path / "gone.mp4"), recording=RecordingReading("pixels"))
    with pytest.raises(ValueError, match="not found"):
        write_page(tmp_path, json.loads(json.dumps(document())), video)
