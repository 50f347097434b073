"""Folders of images, read as recordings."""

import numpy as np
import pytest
from rendered import numbered, render, shown_number

from dkva.recordings.decoding import open_recording
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast

KINDS = {
    ".png": ("png", "rgb24"),
    ".jpg": ("mjpeg", "yuvj420p"),
    ".bmp": ("bmp", "bgr24"),
    ".tif": ("tiff", "rgb24"),
}


def write(path, number, height=48, width=64):
    codec, pix_fmt = KINDS[path.suffix]
    frame = numbered(1, height, width, first=number)
    return render(path, frame, codec=codec, pix_fmt=pix_fmt, container_format="image2")


@pytest.fixture
def folder(tmp_path):
    """Images 0 to 11, whose order by letters is another."""
    for number in range(12):
        write(tmp_path / f"img{number}{list(KINDS)[number % 4]}", number)
    return tmp_path


def test_each_image_is_a_frame_and_a_sample(folder):
    opened = open_recording(folder)
    samples = list(opened.samples(4))
    assert [shown_number(sample.image) for sample in samples] == list(range(12))
    assert [(s.interval, s.frame, s.time) for s in samples] == [(i, i, i / 4) for i in range(12)]
    grid = opened.grid()
    np.testing.assert_array_equal(grid.edges, np.arange(13))
    np.testing.assert_array_equal(grid.times, np.arange(13) / 4)
    np.testing.assert_array_equal(opened.times(3), grid.times[3:-1])
    assert (opened.width, opened.height, opened.n_frames, opened.container) == (64, 48, 12, "images")
    assert opened.sampling_rate(4) == 4
    assert opened.notes == []


def test_without_a_rate_there_are_no_times(folder):
    opened = open_recording(folder)
    assert all(sample.time is None for sample in opened.samples(None))
    assert opened.grid().times is None
    assert opened.grid().rate is None
    assert opened.sampling_rate(None) is None
    assert not len(opened.times())


def test_going_on(folder):
    opened = open_recording(folder)
    rest = list(opened.samples(2, size=(24, 32), skip=5, resume=np.arange(7) / 2))
    whole = list(opened.samples(2, size=(24, 32)))[5:]
    assert [sample[1:] for sample in rest] == [sample[1:] for sample in whole]
    for one, other in zip(rest, whole, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        assert one.image.shape == (24, 32, 3)


def test_images_of_other_sizes_are_stretched_to_one(folder):
    write(folder / "img12.png", 12, 64, 48)
    write(folder / "img13.png", 13, 48, 48)
    opened = open_recording(folder)
    for _ in range(2):
        assert {sample.image.shape for sample in opened.samples(None, size=32)} == {(24, 32, 3)}
        assert opened.notes == [
            "img12.png is 48 × 64 pixels, the first image 64 × 48: all are stretched to one size"
        ]
    with pytest.raises(
        RecordingError, match=r"img12\.png: is 48 × 64 pixels, the first image 64 × 48; make all"
    ):
        list(opened.samples(None))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("img1", "img2", "img4", "img9"), "jumps 2 times, first from 2 to 4; images are taken as frames"),
        (("frame_0", "frame_5", "frame_10"), "jumps 2 times, first from 0 to 5"),
        (("08", "09", "11"), "the number in the images' names jumps 1 time, first from 9 to 11"),
        (("img07", "IMG08", "img9"), None),
        (("a1", "a2", "b4"), None),
        (("a1", "a3", "b"), None),
    ],
)
def test_names_whose_numbers_jump_are_noted(tmp_path, names, told):
    for number, name in enumerate(names):
        write(tmp_path / f"{name}.png", number)
    opened = open_recording(tmp_path)
    assert len(list(opened.samples(None))) == len(names)
    assert len(opened.notes) == (told is not None)
    assert told is None or told in opened.notes[0]


def test_an_image_that_cannot_be_read(folder):
    (folder / "img5.png").write_bytes(b"")
    (folder / "img5.jpg").unlink()
    with pytest.raises(
        RecordingError, match=r"img5\.png: is no image that can be read; leave it out, or save"
    ):
        list(open_recording(folder).samples(None))


def test_names_that_ffmpeg_takes_for_patterns(tmp_path):
    for number in range(2):
        write(tmp_path / f"{number}.png", number).rename(tmp_path / f"%d{number}.png")
    samples = open_recording(tmp_path).samples(None)
    assert [shown_number(sample.image) for sample in samples] == [0, 1]


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_rates_that_are_none(folder, rate):
    with pytest.raises(RecordingError, match="images a second; give a rate above 0"):
        list(open_recording(folder).samples(rate))


def test_folders_without_images(tmp_path):
    with pytest.raises(
        RecordingError, match="holds no images; give a video file, or a folder of two or more"
    ):
        open_recording(tmp_path)
    write(tmp_path / "1.png", 1)
    with pytest.raises(RecordingError, match="holds a single image; "):
        open_recording(tmp_path)
