"""Stills show the frames that they are of, upright."""

import io

import av
import numpy as np
import pytest
from rendered import EXACT, numbered, render, shown_number, times_of

from dkva.recordings.errors import RecordingError
from dkva.recordings.stills import stills

pytestmark = pytest.mark.fast


def image_of(jpeg):
    with av.open(io.BytesIO(jpeg)) as container:
        assert container.streams.video[0].codec_context.name == "mjpeg"
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def test_frames_of_a_video(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(120), options={"g": "24", "bf": "3"})
    found = stills(path, [100, 3, 3, 55, 119, 120, -1], times_of(path))
    assert list(found) == [3, 55, 100, 119]
    assert {number: shown_number(image_of(jpeg)) for number, jpeg in found.items()} == {i: i for i in found}


def test_a_still_is_the_frame_that_the_whole_pass_gives(tmp_path):
    """A smooth picture loses little in a JPEG."""
    slopes = np.linspace(20, 200, 64) + np.arange(30)[:, None, None]
    frames = np.stack([np.broadcast_to(slopes, (30, 48, 64))] * 3, -1).astype(np.uint8)
    path = render(tmp_path / "a.mkv", frames, **EXACT)
    found = stills(path, [7, 21], times_of(path), quality=2)
    for number, jpeg in found.items():
        assert np.abs(image_of(jpeg).astype(int) - frames[number]).max() <= 3


@pytest.mark.parametrize("turn", [-90, 90, 180])
def test_rotated_by_metadata(tmp_path, turn):
    upright = numbered(60, 64, 48)
    lying = np.rot90(upright, -turn // 90, axes=(1, 2))  # as a camera that is held so writes it
    path = render(tmp_path / "a.mp4", lying, rotation=turn, options={"g": "12"})
    shown = image_of(stills(path, [40], times_of(path))[40])
    assert shown_number(shown) == 40
    assert shown.shape == upright.shape[1:]


def test_oblong_pixels_are_stretched(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = 2
        frame = av.VideoFrame.from_ndarray(numbered(1)[0], format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert image_of(stills(tmp_path / "a.mkv", [0], None)[0]).shape == (48, 128, 3)


@pytest.mark.parametrize(("longest", "shape"), [(32, (24, 32)), (1, (1, 1)), (320, (48, 64))])
def test_sizes(tmp_path, longest, shape):
    path = render(tmp_path / "a.mp4", numbered(3))
    assert image_of(stills(path, [1], None, longest=longest)[1]).shape == (*shape, 3)


def test_quality(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (2, 48, 64, 3)).astype(np.uint8)
    path = render(tmp_path / "a.mkv", noise, **EXACT)
    sizes = [len(stills(path, [1], None, quality=quality)[1]) for quality in (2, 4, 31)]
    assert sizes[0] > 1.2 * sizes[1] > 1.4 * sizes[2]


def test_images(tmp_path):
    for number, frame in enumerate(numbered(12)):
        render(
            tmp_path / f"img{number}.png",
            frame[None],
            codec="png",
            pix_fmt="rgb24",
            container_format="image2",
        )
    (tmp_path / "img4.png").write_bytes(b"")
    found = stills(tmp_path, [11, 2, 4, 12, -1, 2], None)
    assert {number: shown_number(image_of(jpeg)) for number, jpeg in found.items()} == {2: 2, 11: 11}


@pytest.mark.parametrize("kind", [{**EXACT}, {"codec": "ffv1", "pix_fmt": "yuv420p10le"}])
def test_other_pixels(tmp_path, kind):
    path = render(tmp_path / "a.mkv", numbered(5), **kind)
    assert shown_number(image_of(stills(path, [3], None)[3])) == 3


def test_what_cannot_be_asked_for(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(3))
    assert stills(path, [], None) == {}
    with pytest.raises(ValueError, match="longest is 0: give pixels"):
        stills(path, [0], None, longest=0)
    with pytest.raises(ValueError, match="quality is 32: give 2"):
        stills(path, [0], None, quality=32)
    with pytest.raises(RecordingError, match="not found"):
        stills(tmp_path / "b.mp4", [0], None)


def test_real_clips(data_root):
    folder = data_root / "recordings" / "sign_clips"
    if not folder.is_dir():
        pytest.skip("recordings/sign_clips/ is not there")
    path = sorted(folder.glob("*.mkv"))[0]
    found = stills(path, [10, 50], times_of(path))
    assert {image_of(jpeg).shape for jpeg in found.values()} == {(240, 320, 3)}
