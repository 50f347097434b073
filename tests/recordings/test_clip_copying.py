"""Which packets a copied clip needs, and files that are hard to copy from."""

from contextlib import closing

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import numbered, render, shown_number, times_of

from dkva.recordings.clip_copying import ClipCopier, packet_range
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast

N = 90


def shown_by(path):
    with av.open(str(path)) as container:
        return [shown_number(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def copied(path, target, start, end, times=None):
    with closing(ClipCopier(path, times_of(path) if times is None else times)) as copier:
        copier.write(target, start, end, lambda seconds: None)
    return shown_by(target)


@given(st.data())
def test_packets_are_those_that_the_frames_need(data):
    """Against their definition, packet by packet."""
    n = data.draw(st.integers(1, 12))
    stamps = np.array(data.draw(st.permutations(range(n))), np.int64)
    keys = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    first = data.draw(st.integers(0, n - 1))
    last = data.draw(st.integers(first + 1, n))
    found = packet_range(stamps, keys, first, last)
    heads = [stamp for stamp, key in zip(stamps, keys, strict=True) if key and stamp <= first]
    if not heads:
        assert found is None
        return
    assert stamps[found.start] == max(heads)
    kept = {int(stamp) for stamp in stamps[found.start : found.stop] if stamp >= max(heads)}
    # Nothing is missing among what is shown, but for what comes before the key frame in the file.
    before = {int(stamp) for stamp in stamps[: found.start]}
    assert kept | before >= set(range(first, last))
    assert kept | before >= set(range(max(heads), max(kept)))
    # Without its last packet it would be too short, or have a hole.
    if found.stop - found.start > 1:
        less = {int(stamp) for stamp in stamps[found.start : found.stop - 1]}
        missing = int(stamps[found.stop - 1])
        assert missing < last or missing < max(less)


@pytest.mark.parametrize("start", [0, 20, 50])
def test_an_avi_without_an_index(tmp_path, start):
    path = render(tmp_path / "a.avi", numbered(N), codec="mpeg4", options={"g": "12"})
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"idx1")])
    shown = copied(path, tmp_path / "b.mkv", start, start + 5)
    assert shown == list(range(start // 12 * 12, start + 5))


def test_a_clock_that_was_set_anew(tmp_path):
    first, second = (render(tmp_path / f"{i}.ts", numbered(30, first=30 * i)) for i in range(2))
    path = tmp_path / "both.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    with pytest.raises(
        RecordingError, match="does not say when each of its frames is shown; encode the clip"
    ):
        copied(path, tmp_path / "b.mkv", 0, 5)


def test_times_of_another_file(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(N))
    with pytest.raises(
        RecordingError, match="does not say when each of its frames is shown; encode the clip"
    ):
        copied(path, tmp_path / "b.mp4", 1, 5, np.arange(N + 1) / 31)


def test_pictures_without_a_key_frame_before_them(tmp_path):
    """A stream that was recorded from its middle on."""
    path = render(tmp_path / "a.mkv", numbered(N), options={"g": "30", "bf": "0"})
    with av.open(str(path)) as source, av.open(str(tmp_path / "b.mkv"), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0], opaque=True)
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size and number > 5:
                packet.stream = stream
                container.mux(packet)
    times = np.append((np.arange(6, N) * 1000 / 30).round() / 1000 - 0.2, 2.8)
    with pytest.raises(RecordingError, match="has no key frame before frame 3; encode the clips anew"):
        copied(tmp_path / "b.mkv", tmp_path / "c.mkv", 3, 10, times)
    assert copied(tmp_path / "b.mkv", tmp_path / "c.mkv", 30, 40, times) == list(range(30, 46))


def test_sound_goes_with_its_pictures(tmp_path):
    """A click at 2 s, in a clip from 1 s on."""
    rate, path = 8000, tmp_path / "a.mov"
    sound = np.zeros((1, 3 * rate), np.int16)
    sound[0, 2 * rate] = 30000
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=30, options={"g": "15"})
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        voice = container.add_stream("pcm_s16le", rate, layout="mono")
        for number, image in enumerate(numbered(N)):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(pictures.encode(frame))
            if number % 3 == 0:
                piece = np.ascontiguousarray(sound[:, number * rate // 30 : (number + 3) * rate // 30])
                heard = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
                heard.sample_rate, heard.pts = rate, number * rate // 30
                container.mux(voice.encode(heard))
        container.mux(pictures.encode(None))
        container.mux(voice.encode(None))
    assert copied(path, tmp_path / "b.mov", 32, 80)[0] == 30
    with av.open(str(tmp_path / "b.mov")) as found:
        pieces = [(frame.time, frame.to_ndarray().ravel()) for frame in found.decode(audio=0)]
    (time,) = [begin + int(piece.argmax()) / rate for begin, piece in pieces if piece.max() > 20000]
    assert time == pytest.approx(1, abs=1 / rate)
    assert pieces[0][0] == pytest.approx(0, abs=0.15)
