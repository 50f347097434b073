"""Frames encoded anew: upright, of even sides, in their colours, at their times."""

from contextlib import closing
from itertools import pairwise

import av
import numpy as np
import pytest
from rendered import EXACT, numbered, render, shown_number

from dkva.recordings.clip_encoding import ClipEncoder
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast


def encoded(path, target, start=0, end=10, times=None):
    with closing(ClipEncoder(path, np.arange(31) / 30 if times is None else times)) as encoder:
        encoder.write(target, start, end, lambda seconds: None)
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        facts = float(stream.duration * stream.time_base), stream.sample_aspect_ratio
        frames = list(container.decode(video=0))
        return facts, frames, [frame.to_ndarray(format="rgb24") for frame in frames]


@pytest.mark.parametrize("turn", [-90, 90, 180])
def test_rotated_by_metadata(tmp_path, turn):
    upright = numbered(30, 64, 48)
    path = render(tmp_path / "a.mp4", np.rot90(upright, -turn // 90, axes=(1, 2)), rotation=turn)
    _, frames, images = encoded(path, tmp_path / "b.mp4", 3, 9)
    assert [shown_number(image) for image in images] == list(range(3, 9))
    assert {image.shape for image in images} == {upright.shape[1:]}
    assert {frame.rotation for frame in frames} == {0}


@pytest.mark.parametrize(("height", "width"), [(47, 64), (48, 63), (1, 1), (49, 65)])
def test_odd_sides_get_a_border(tmp_path, height, width):
    path = render(tmp_path / "a.mkv", np.full((30, height, width, 3), 200, np.uint8), **EXACT)
    _, _, images = encoded(path, tmp_path / "b.mp4")
    assert images[0].shape == (height + height % 2, width + width % 2, 3)
    # Next to the border colours run into it.
    inner = images[0][: max(1, height - 2), : max(1, width - 2)]
    if height > 1:
        assert np.abs(inner.astype(int) - 200).max() <= 8


@pytest.mark.parametrize(
    "kind",
    [
        {"codec": "ffv1", "pix_fmt": "bgr0"},
        {"codec": "ffv1", "pix_fmt": "yuv420p"},
        {"codec": "ffv1", "pix_fmt": "yuv444p"},
        {"codec": "ffv1", "pix_fmt": "yuv420p10le"},
        {"codec": "mjpeg", "pix_fmt": "yuvj420p", "options": {"qmin": "1", "qmax": "1"}},
    ],
)
def test_colours(tmp_path, kind):
    """Even ones come back near to what they are in the file: the clip is of 8 bits."""
    colours = np.array([(250, 250, 250), (10, 10, 10), (200, 40, 40), (40, 200, 40), (40, 40, 200)], np.uint8)
    frames = np.repeat(np.broadcast_to(colours[:, None, None], (5, 48, 64, 3)), 6, 0)
    path = render(tmp_path / "a.mkv", frames, **kind)
    with av.open(str(path)) as container:
        own = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    _, _, images = encoded(path, tmp_path / "b.mp4", 0, 30)
    assert np.abs(np.array(images).astype(int) - np.array(own)).max() <= 6


def test_oblong_pixels_stay_so(tmp_path):
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = 2
        for image in numbered(30):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    (_, pixel), _, _ = encoded(tmp_path / "a.mkv", tmp_path / "b.mp4")
    assert pixel == 2


def test_any_times(tmp_path):
    """The length of the last frame, too, and frames that are shown at once."""
    times = np.cumsum([0, *(np.arange(30) % 5 / 7)])
    path = render(tmp_path / "a.mp4", numbered(30), options={"bf": "2"})
    (duration, _), frames, images = encoded(path, tmp_path / "b.mp4", 2, 12, times)
    assert [shown_number(image) for image in images] == list(range(2, 12))
    shown = [float(frame.pts * frame.time_base) for frame in frames]
    np.testing.assert_allclose(shown, times[2:12] - times[2], rtol=0, atol=1.7e-5)  # a tick and a half
    assert all(one < other for one, other in pairwise(shown))
    assert duration == pytest.approx(times[12] - times[2], abs=1.2e-5)


def test_a_file_that_was_changed(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(20))
    with pytest.raises(RecordingError, match=r"has no frame 20 any more; run again if it was changed"):
        encoded(path, tmp_path / "b.mp4", 15, 25)
    assert not (tmp_path / "b.mp4").exists()


def test_without_x264(tmp_path, monkeypatch):
    path = render(tmp_path / "a.mp4", numbered(5))
    monkeypatch.setattr(av, "codecs_available", {"mpeg4"})
    with pytest.raises(RecordingError, match="cannot be encoded anew: PyAV is without x264; "):
        ClipEncoder(path, np.arange(6) / 30)
