"""Copied streams, and files that are written whole or not at all."""

import errno
from contextlib import closing
from fractions import Fraction

import av
import numpy as np
import pytest
from rendered import EXACT, numbered, render

from dkva.recordings import copying
from dkva.recordings.containers import open_container
from dkva.recordings.copying import Copies, copied_suffix, packets_of, write_container
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    return render(folder / "a.mp4", numbered(30), options={"g": "12", "bf": "2"}, sound=True)


def copy(path, target):
    with closing(open_container(path)) as source:
        notes = []

        def fill(container):
            copies = Copies(path, source, container)
            for packet in packets_of(source, damaged=lambda: notes.append("damaged")):
                copies.write(packet)
            notes.extend(copies.notes)

        write_container(target, path, fill)
    return notes


def kinds(path):
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.mp4", ".mp4"), ("b.MOV", ".mov"), ("a.webm", ".webm"), ("a.avi", ".mkv"), ("a", ".mkv")],
)
def test_suffixes(name, suffix):
    assert copied_suffix(name) == suffix


def test_what_is_said_of_file_and_streams_is_kept(tmp_path, clip):
    path = tmp_path / "a.mp4"
    with av.open(str(clip)) as source, av.open(str(path), "w") as container:
        container.metadata["title"], container.metadata["creation_time"] = "Tänze", "2024-05-06T07:08:09Z"
        stream = container.add_stream_from_template(source.streams.audio[0], opaque=True)
        pictures = container.add_stream_from_template(source.streams.video[0], opaque=True)
        stream.metadata["language"], pictures.metadata["handler_name"] = "deu", "Kamera"
        for packet in source.demux():
            if packet.size:
                packet.stream = stream if packet.stream.type == "audio" else pictures
                container.mux(packet)
    assert copy(path, tmp_path / "b.mp4") == []
    with av.open(str(tmp_path / "b.mp4")) as found, av.open(str(path)) as source:
        assert found.metadata["title"] == "Tänze"
        assert found.metadata["creation_time"].startswith("2024-05-06T07:08:09")
        assert [each.metadata for each in found.streams] == [each.metadata for each in source.streams]
        assert [each.disposition for each in found.streams] == [each.disposition for each in source.streams]


def test_what_another_container_does_not_take_is_told(tmp_path, clip):
    with av.open(str(clip)) as source, av.open(str(tmp_path / "a.mp4"), "w") as container:
        streams = {s.index: container.add_stream_from_template(s, opaque=True) for s in source.streams}
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic.value
        frame = av.VideoFrame.from_ndarray(numbered(1)[0], format="rgb24").reformat(format="yuvj420p")
        frame.pts = 0
        container.mux(cover.encode(frame))
        container.mux(cover.encode(None))
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                container.mux(packet)
    assert copy(tmp_path / "a.mp4", tmp_path / "b.mp4") == []
    assert sorted(kinds(tmp_path / "b.mp4")) == ["audio", "video", "video"]
    assert copy(tmp_path / "a.mp4", tmp_path / "b.mkv") == [
        "attached picture is left out: matroska does not take it"
    ]
    assert sorted(kinds(tmp_path / "b.mkv")) == ["audio", "video"]


def test_subtitles_and_attachments(tmp_path, clip):
    """Matroska takes them, with their times; .mp4 does not."""
    path = tmp_path / "a.mkv"
    with av.open(str(clip)) as source, av.open(str(path), "w") as container:
        pictures = container.add_stream_from_template(source.streams.video[0], opaque=True)
        text = container.add_mux_stream("subrip")
        text.time_base = Fraction(1, 1000)
        container.add_attachment("a.txt", "text/plain", b"attached")
        words = av.Packet(b"Words")
        words.stream, words.time_base = text, text.time_base
        words.pts, words.dts, words.duration = 500, 500, 200
        container.mux(words)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = pictures
                container.mux(packet)
    assert copy(path, tmp_path / "b.mkv") == []
    with av.open(str(tmp_path / "b.mkv")) as found:
        (said,) = [packet for packet in found.demux(subtitles=0) if packet.size]
        assert (bytes(said), said.pts, said.duration) == (b"Words", 500, 200)  # milliseconds
        (attached,) = [stream for stream in found.streams if stream.type == "attachment"]
        assert (attached.name, attached.data) == ("a.txt", b"attached")
    assert copy(path, tmp_path / "b.mp4") == [
        "subtitle (srt) is left out: mp4 does not take it",
        "attachment is left out: mp4 does not take it",
    ]
    assert kinds(tmp_path / "b.mp4") == ["video"]


def test_pictures_that_a_container_does_not_take(tmp_path):
    path = render(tmp_path / "a.mkv", numbered(5), **EXACT)
    with pytest.raises(RecordingError, match=r"a\.mkv: holds ffv1, which webm does not take; convert it"):
        copy(path, tmp_path / "b.webm")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.mkv"]


def test_an_avi_with_frames_that_refer_to_later_ones(tmp_path):
    path = render(tmp_path / "a.avi", numbered(30), options={"bf": "2"})
    with pytest.raises(RecordingError, match="whose frames have no times of their own; convert it"):
        copy(path, tmp_path / "b.mkv")


def test_hidden_sound_does_not_make_pictures_late(tmp_path, clip):
    """AAC begins before 0."""
    with av.open(str(clip)) as source:
        assert min(packet.pts for packet in source.demux(audio=0) if packet.size) < 0
    copy(clip, tmp_path / "b.mkv")
    with av.open(str(tmp_path / "b.mkv")) as found:
        assert [stream.start_time for stream in found.streams] == [0, 0]


def test_packets_that_do_not_say_when_they_are_decoded(tmp_path, clip):
    """As Matroska's first ones: they are decoded before they are shown, and before those that say so."""
    copy(clip, tmp_path / "b.mkv")
    with av.open(str(tmp_path / "b.mkv")) as source:
        assert None in [packet.dts for packet in source.demux(video=0) if packet.size]
    copy(tmp_path / "b.mkv", tmp_path / "c.mp4")
    with av.open(str(tmp_path / "c.mp4")) as found:
        packets = [packet for packet in found.demux(video=0) if packet.size]
    decoded = [packet.dts for packet in packets]
    assert decoded == sorted(set(decoded))
    assert all(packet.dts <= packet.pts for packet in packets)
    shown = sorted(packet.pts * packet.time_base for packet in packets)
    np.testing.assert_allclose([float(time) for time in shown], np.arange(30) / 30, rtol=0, atol=0.0006)


def test_hidden_pictures(tmp_path, clip):
    with closing(open_container(clip)) as source:

        def fill(container):
            copies = Copies(clip, source, container)
            for packet in packets_of(source):
                copies.write(packet, 0.5)

        write_container(tmp_path / "edited.mp4", clip, fill)
    copy(tmp_path / "edited.mp4", tmp_path / "b.mp4")
    with av.open(str(tmp_path / "b.mp4")) as found:
        assert len(list(found.decode(video=0))) == 15
    with pytest.raises(RecordingError, match="pictures that players hide, which Matroska does not know"):
        copy(tmp_path / "edited.mp4", tmp_path / "b.mkv")
    assert not (tmp_path / "b.mkv").exists()


@pytest.mark.parametrize("room", [0, 2000])
def test_a_full_disk(tmp_path, clip, room, monkeypatch):
    target = tmp_path / "b.mp4"
    target.write_bytes(b"before")
    written = []

    def write(self, data):
        written.append(len(data))
        if sum(written) > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

    monkeypatch.setattr(copying._Sink, "write", lambda self, data: self._kept(lambda: write(self, data)))
    with pytest.raises(OSError, match=r"No space left on device: '.*b\.mp4'") as caught:
        copy(clip, target)
    assert caught.value.errno == errno.ENOSPC
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("b.mp4", b"before")]


def test_a_folder_that_cannot_be_made(tmp_path, clip):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=r"'.*b\.mp4'"):
        copy(clip, tmp_path / "file" / "b.mp4")


def test_targets(tmp_path, clip):
    with pytest.raises(ValueError, match=r"b\.avi: give a name that ends in one of \.mp4, \.m4v"):
        copy(clip, tmp_path / "b.avi")
    with pytest.raises(ValueError, match=r"a\.mp4: is the recording itself"):
        copy(clip, clip)


def test_what_ffmpeg_refuses(tmp_path, clip):
    def fill(container):
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height = 63, 47  # no such colours

        frame = av.VideoFrame.from_ndarray(np.zeros((47, 63, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))

    with pytest.raises(RecordingError, match=r"a\.mp4: cannot be written as \.mp4: .*; convert it first"):
        write_container(tmp_path / "b.mp4", clip, fill)
    assert not list(tmp_path.iterdir())
