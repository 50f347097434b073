"""Frames become upright RGB images of 8 bits, whatever they were."""

import builtins
import struct
from typing import ClassVar

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from PIL import Image, ImageOps
from rendered import EXACT, numbered, render, shown_number

from dkva.recordings import pictures
from dkva.recordings.errors import RecordingError
from dkva.recordings.pictures import Turn, load_av, scaled, to_rgb, turn_of

pytestmark = pytest.mark.fast

FRAME = numbered(1, first=0b000100000001)  # no two of its turns are equal


def first_frame(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def upright(path, size=None):
    frame = first_frame(path)
    turn = turn_of(frame)
    shape = (frame.width, frame.height) if turn.exchanged else (frame.height, frame.width)
    return to_rgb(frame, size or shape, turn)


def with_orientation(jpeg, orientation):
    """The JPEG with EXIF's word on how it is to be turned."""
    entry = struct.pack(">HHHIHHI", 1, 0x112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0MM\0*\0\0\0\x08" + entry
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_images_are_turned_as_pillow_turns_them(tmp_path, orientation):
    path = tmp_path / "image.jpg"
    render(path, FRAME, codec="mjpeg", pix_fmt="yuvj420p", container_format="image2")
    path.write_bytes(with_orientation(path.read_bytes(), orientation))
    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    # Two converters from YUV, whose roundings add up to 2 of 255.
    np.testing.assert_allclose(upright(path).astype(int), expected.astype(int), atol=2)


@pytest.mark.parametrize(("degrees", "quarters"), [(0, 0), (90, 1), (180, 2), (-90, 3)])
def test_videos_are_turned_by_their_metadata(tmp_path, degrees, quarters):
    """Counterclockwise, as numpy.rot90 turns."""
    plain = upright(render(tmp_path / "plain.mp4", FRAME))
    turned = render(tmp_path / "turned.mp4", FRAME, rotation=degrees)
    np.testing.assert_array_equal(upright(turned), np.rot90(plain, quarters))
    assert turn_of(first_frame(turned)).rotation == -degrees % 360


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), lambda image: image),
        ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),  # a phone held upright: clockwise
        ((0, -1, 1, 0), np.rot90),
        ((-1, 0, 0, 1), np.fliplr),
        ((1, 0, 0, -1), np.flipud),
        ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2)),
    ],
)
def test_every_matrix_of_right_angles(monkeypatch, matrix, expected):
    """Pixel x, y is shown at a·x + c·y, b·x + d·y; 16 bits after the point."""
    a, b, c, d = (value << 16 for value in matrix)
    frame = av.VideoFrame.from_ndarray(FRAME[0])

    class Frame:
        side_data: ClassVar = {"DISPLAYMATRIX": np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], np.int32)}

    turn = turn_of(Frame)
    size = FRAME.shape[1:3][::-1] if turn.exchanged else FRAME.shape[1:3]
    np.testing.assert_array_equal(to_rgb(frame, size, turn), expected(FRAME[0]))


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "suffix"),
    [
        ("libx264", "yuv420p10le", ".mp4"),
        ("ffv1", "gray", ".mkv"),
        ("ffv1", "gray16le", ".mkv"),
        ("ffv1", "yuva420p", ".mkv"),
        ("png", "rgba", ".mov"),
        ("png", "pal8", ".mov"),
        ("mjpeg", "yuvj422p", ".avi"),
        ("gif", "rgb8", ".gif"),
    ],
)
def test_all_kinds_of_pixels_become_rgb(tmp_path, codec, pix_fmt, suffix):
    frame = numbered(1, first=1234)
    if pix_fmt == "rgba":
        frame = np.concatenate([frame, np.full_like(frame[..., :1], 128)], axis=3)
    if pix_fmt == "pal8":
        Image.fromarray(frame[0]).quantize().save(tmp_path / "palette.png")
        image = upright(tmp_path / "palette.png")
    else:
        image = upright(render(tmp_path / f"video{suffix}", frame, codec=codec, pix_fmt=pix_fmt))
    assert (image.dtype, image.shape) == (np.uint8, (48, 64, 3))
    assert shown_number(image) == 1234
    np.testing.assert_allclose(image.astype(int), frame[0, ..., :3].astype(int), atol=48)  # rgb8's steps


def test_pixels_are_kept_bit_for_bit(tmp_path):
    frame = np.random.default_rng(0).integers(0, 256, (1, 7, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(upright(render(tmp_path / "a.mkv", frame, **EXACT)), frame[0])


def test_a_smaller_frame_holds_means_of_areas(tmp_path):
    frame = np.random.default_rng(0).integers(0, 256, (1, 40, 60, 3), dtype=np.uint8)
    small = upright(render(tmp_path / "a.mkv", frame, **EXACT), (4, 6))
    expected = frame[0].reshape(4, 10, 6, 10, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(small, expected, atol=3)  # by way of YUV of 8 bits


def test_a_scaler_serves_frames_of_all_kinds(tmp_path):
    scaler = VideoReformatter()
    for height, width, pix_fmt in [
        (48, 64, "yuv420p"),
        (48, 64, "yuv444p"),
        (96, 64, "yuv420p"),
        (48, 64, "yuv420p"),
    ]:
        frame = first_frame(render(tmp_path / "a.mkv", numbered(1, height, width, first=77), pix_fmt=pix_fmt))
        again = to_rgb(frame, (24, 32), Turn(), scaler)
        np.testing.assert_array_equal(again, to_rgb(frame, (24, 32), Turn()))


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (3, 1)])
def test_single_pixels(tmp_path, shape):
    frame = np.full((1, *shape, 3), 200, np.uint8)
    path = render(tmp_path / "a.mov", frame, codec="png", pix_fmt="rgb24")
    assert upright(path).shape == (*shape, 3)
    np.testing.assert_allclose(upright(path, (28, 28)), 200, atol=2)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (None, (480, 640)),
        ((28, 28), (28, 28)),
        (160, (120, 160)),
        (640, (480, 640)),
        (9999, (480, 640)),
        (1, (1, 1)),
    ],
)
def test_sizes(size, expected):
    assert scaled(size, 480, 640) == expected


def test_no_side_is_lost():
    assert scaled(10, 3, 1000) == (1, 10)


def test_pyav_is_missing(monkeypatch, tmp_path):
    real = builtins.__import__

    def lacking(name, *arguments, **options):
        if name == "av":
            raise ModuleNotFoundError("No module named 'av'")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(RecordingError, match=r"a\.mp4: is read by PyAV.*; pip install 'dkva\[video\]'$"):
        load_av(tmp_path / "a.mp4")


def test_angles_that_pyav_alone_tells(monkeypatch):
    """It fails on what it does not know of, such as EXIF."""

    class Frame:
        rotation = -90

        @property
        def side_data(self):
            raise ValueError("31 is not a valid Type")

    assert turn_of(Frame()) == Turn(True, False, True)
    assert pictures.turn_of(Frame()).rotation == 90


def test_scaling_keeps_the_colour_of_every_column():
    """Columns of red and green, each eight pixels wide; YUV's halved colours still have four of them."""
    colours = np.array([[200, 40, 40], [40, 160, 40]], np.uint8)[np.arange(12) % 2]
    wide = np.repeat(np.repeat(colours[None], 32, axis=0), 8, axis=1)
    frame = av.VideoFrame.from_ndarray(wide, format="rgb24").reformat(format="yuv420p")
    image = to_rgb(frame, (4, 12), Turn()).astype(int)
    # Limited range and halved colours round off a few grey levels; a column's colour lost is 60 and more.
    assert np.abs(image - colours).max() < 25
