"""What is refused, in one line, and which stream is taken."""

import wave
from fractions import Fraction

import av
import numpy as np
import pytest
from rendered import EXACT, numbered, render

from dkva.recordings.containers import (
    check_opens,
    choose_stream,
    decoded_frames,
    notes_of,
    open_container,
    start_of,
    stated_end,
)
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast


def refusal(path):
    with pytest.raises(RecordingError) as caught:
        choose_stream(path, open_container(path))
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


def test_no_file(tmp_path):
    assert refusal(tmp_path / "a.mp4") == "not found; check the path"
    assert refusal(tmp_path).startswith("is no file; give a recording")


@pytest.mark.parametrize("content", [b"\0" * 5000, b"<html>Not found</html>" * 50, bytes(range(256)) * 99])
def test_no_video(tmp_path, content, capfd):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert refusal(path).startswith("is no video that FFmpeg can read, or was cut off before its index")
    assert capfd.readouterr() == ("", "")


def test_text(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("a\nb\n" * 100)
    assert refusal(path).startswith("is no")


def test_an_empty_file(tmp_path):
    (tmp_path / "a.mp4").touch()
    assert refusal(tmp_path / "a.mp4").startswith("is empty; ")


def test_what_a_file_holds_counts_not_its_name(tmp_path):
    check_opens(render(tmp_path / "a.mp4", numbered(3)).rename(tmp_path / "a"))
    with wave.open(str(tmp_path / "b"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    with pytest.raises(RecordingError, match="holds sound alone, no video stream"):
        check_opens(tmp_path / "b")


def test_an_index_that_was_never_written(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(30))
    path.write_bytes(path.read_bytes()[:2000])
    assert "cut off before its index was written" in refusal(path)


@pytest.mark.parametrize(
    ("suffix", "codec", "pix_fmt"), [(".png", "png", "rgb24"), (".jpg", "mjpeg", "yuvj420p")]
)
def test_a_still_image(tmp_path, suffix, codec, pix_fmt):
    path = render(
        tmp_path / f"a{suffix}", numbered(1), codec=codec, pix_fmt=pix_fmt, container_format="image2"
    )
    renamed = path.rename(tmp_path / "a.mp4")
    assert refusal(renamed) == "is a still image; give a video, or a folder of two or more images"


def with_cover(path, frames):
    """A file with a picture attached, as beside music, and video, or sound if there are no frames."""
    with av.open(str(path), "w", format="mp4") as container:
        main = container.add_stream("libx264" if len(frames) else "aac", 30 if len(frames) else 8000)
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 256, 256, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        if len(frames):
            main.height, main.width = frames.shape[1:3]
        else:
            main.layout = "mono"
        container.start_encoding()
        picture = av.VideoFrame.from_ndarray(numbered(1, 256, 256)[0])
        picture.pts = 0
        for stream, content in (cover, [picture]), (main, map(av.VideoFrame.from_ndarray, frames)):
            for index, frame in enumerate(content):
                frame.pts = index
                container.mux(stream.encode(frame))
            container.mux(stream.encode(silence()) if stream.type == "audio" else [])
            container.mux(stream.encode(None))
    return path


def silence():
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
    frame.sample_rate, frame.pts = 8000, 0
    return frame


def test_sound_alone(tmp_path):
    """Also with a cover, which is a stream of pictures to FFmpeg."""
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    for each in (with_cover(tmp_path / "a.m4a", ()), path):
        assert refusal(each).startswith("holds sound alone, no video stream; give a recording")


def test_a_cover_is_no_video(tmp_path):
    path = with_cover(tmp_path / "a.mp4", numbered(5))
    with open_container(path) as container:
        stream = choose_stream(path, container)
        frame = next(container.decode(stream))
        assert (frame.height, frame.width) == (48, 64)
        assert notes_of(container, stream, frame) == ["attached pictures are passed over: 1"]


def test_lists_of_other_files_are_not_followed(tmp_path):
    """Nor are the addresses in them asked for anything."""
    render(tmp_path / "real.ts", numbered(30))
    path = tmp_path / "a.m3u8"
    for target in ("real.ts", "http://localhost:9/real.ts"):
        path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n")
        assert refusal(path).startswith(("is a list of other files", "is no video", "cannot be read"))


def test_streams_that_are_passed_over(tmp_path):
    path = render(tmp_path / "a.mkv", numbered(5), pictures=2, sound=True)
    with open_container(path) as container:
        stream = choose_stream(path, container)
        frame = next(container.decode(stream))
        assert notes_of(container, stream, frame) == ["other video streams are passed over: 1"]


def test_interlaced_frames_are_told_of(tmp_path):
    options = {"flags": "+ildct+ilme", "x264-params": "tff=1"}
    path = render(tmp_path / "a.mp4", numbered(5), options=options)
    with open_container(path) as container:
        stream = choose_stream(path, container)
        frame = next(container.decode(stream))
        assert notes_of(container, stream, frame) == [
            "interlaced: both fields of a frame are taken as one picture"
        ]


@pytest.mark.parametrize(("suffix", "start"), [(".mp4", 50), (".mkv", 50), (".ts", 0), (".mp4", 0)])
def test_players_count_from_the_start_of_the_file(tmp_path, suffix, start):
    path = render(tmp_path / f"a{suffix}", numbered(30), pts=range(start, start + 30))
    with open_container(path) as container:
        stream = choose_stream(path, container)
        frame = next(container.decode(stream))
        assert frame.pts * stream.time_base == start_of(container, stream)
        assert start_of(container, stream) >= Fraction(start, 30) - Fraction(1, 1000)
        assert stated_end(container, stream) == pytest.approx(1, abs=0.002)  # Matroska counts milliseconds


def test_frames_go_on_past_damage(tmp_path):
    path = render(tmp_path / "a.mkv", numbered(90), **EXACT, options={"g": "10"})
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 500] = b"\xff" * 500
    path.write_bytes(content)
    damage = []
    with open_container(path) as container:
        stream = choose_stream(path, container)
        times = [frame.time for frame in decoded_frames(container, stream, lambda: damage.append(0))]
    assert damage
    assert 45 < len(times) < 90
    assert times[-1] == pytest.approx(89 / 30, abs=0.001)
