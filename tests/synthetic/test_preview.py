"""Pictures are opened again by other programs."""

import sys

import numpy as np
import pytest
from PIL import Image

from synthetic.moving5 import Settings, generate
from synthetic.preview import contact_sheet, write_preview

CELL = 2 * 28 + 4


@pytest.fixture(scope="module", params=[2, 11])
def split(request, few):
    return generate(Settings(few, videos=request.param)).splits["test"]


def cell(picture, row, column):
    """One frame of a picture, enlarged, and the gap below and right of it."""
    return picture[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]


def large(frame):
    return np.kron(frame, np.ones((2, 2, 1), np.uint8))


def test_contact_sheet_has_a_row_a_video_from_its_first_frame_to_its_last(split):
    sheet = contact_sheet(split)
    rows = min(10, len(split))
    assert sheet.shape == (rows * CELL, 24 * CELL, 3)
    for row in range(rows):
        frames, _ = split.video(row)
        for column, frame in ((0, frames[0]), (23, frames[-1])):
            np.testing.assert_array_equal(cell(sheet, row, column)[:56, :56], large(frame))
            assert (cell(sheet, row, column)[56:] == 255).all()
            assert (cell(sheet, row, column)[:, 56:] == 255).all()
        shown = [large(frame).tobytes() for frame in frames]
        places = [shown.index(cell(sheet, row, column)[:56, :56].tobytes()) for column in range(24)]
        assert places == sorted(set(places))


def test_png_and_gif_open_with_their_sizes_and_frames(split, tmp_path):
    paths = write_preview(split, tmp_path)
    assert paths == [tmp_path / "contact_sheet.png", tmp_path / "preview.gif"]
    assert {path.name for path in tmp_path.iterdir()} == {"contact_sheet.png", "preview.gif"}
    with Image.open(paths[0]) as sheet:
        assert (sheet.format, sheet.mode) == ("PNG", "RGB")
        np.testing.assert_array_equal(np.asarray(sheet), contact_sheet(split))
    shown = min(6, len(split))
    videos = [split.video(i)[0] for i in range(shown)]
    with Image.open(paths[1]) as film:
        assert film.format == "GIF"
        assert film.n_frames == max(map(len, videos))
        assert film.size == (shown * CELL, CELL)
        assert film.info["loop"] == 0
        for at in (0, 7, film.n_frames - 1):
            film.seek(at)
            picture = np.asarray(film.convert("RGB")).astype(int)
            for column, video in enumerate(videos):
                still = large(video[min(at, len(video) - 1)]).astype(int)
                # A GIF has 256 colours.
                assert np.abs(cell(picture, 0, column)[:56, :56] - still).mean() < 6


def test_mp4_opens_with_its_size_and_frames(split, tmp_path):
    av = pytest.importorskip("av", reason="PyAV is not installed: pip install av")
    _, path = write_preview(split, tmp_path, "mp4")
    assert path == tmp_path / "preview.mp4"
    shown = min(6, len(split))
    videos = [split.video(i)[0] for i in range(shown)]
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert stream.average_rate == 15
    assert len(frames) == max(map(len, videos))
    assert frames[0].shape == (CELL, shown * CELL, 3)
    still = large(videos[0][5]).astype(int)
    assert np.abs(cell(frames[5], 0, 0)[:56, :56] - still).mean() < 20  # the codec keeps half of the colour


def test_mp4_without_its_package_says_what_to_install(split, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImportError, match="pip install av, or choose --preview gif"):
        write_preview(split, tmp_path, "mp4")
    assert not (tmp_path / "preview.mp4").exists()
