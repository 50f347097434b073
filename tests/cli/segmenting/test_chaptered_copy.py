import pytest
from rendered import numbered, render

from dkva.cli.segmenting.chaptered_copy import chaptered_copies, is_chaptered_copy, write_copy


@pytest.mark.parametrize(
    ("name", "copy"), [("film.mp4", "film.chapters.mp4"), ("film.avi", "film.chapters.mkv")]
)
def test_the_copy_has_the_segments_as_chapters(tmp_path, name, copy):
    import av

    film = render(tmp_path / name, numbered(40), rate=20, codec="mpeg4")
    runs = [
        {"start": 0, "end": 15, "start_time": 0.0, "end_time": 0.75, "label": 0, "name": "pour & stir"},
        {"start": 15, "end": 40, "start_time": 0.75, "end_time": 2.0, "label": 3},
    ]
    out = tmp_path / "out"
    write_copy(out, {"video": "film", "segments": runs}, film)
    with av.open(str(out / copy)) as container:
        found = [
            (float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]), c["metadata"]["title"])
            for c in container.chapters()
        ]
    assert found == [(0.0, 0.75, "pour & stir"), (0.75, 2.0, "Action 3")]
    assert chaptered_copies(out / "film") == [out / copy]
    assert not is_chaptered_copy(out / copy)  # its document is not there
    (out / "film.json").write_text("{}")
    assert is_chaptered_copy(out / copy)
    assert not is_chaptered_copy(film)
    assert chaptered_copies(tmp_path / "none" / "film") == []
