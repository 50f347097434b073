"""Clips of a recording: their frames, times, sound and names."""

import errno

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import rendered_once, shown_number, times_of

from dkva.recordings import copying
from dkva.recordings.clips import Span, _file_name, _safe, write_clips
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast

N = 60
SPANS = [Span(0, 7, "A"), Span(7, 20, "B"), Span(24, 30, "A"), Span(30, N, "C")]
CODED = {"options": {"g": "12", "bf": "3"}}
KINDS = {
    "sound.mp4": {**CODED, "sound": True},
    "plain.mkv": CODED,
    "open_groups.mkv": {"options": {"g": "12", "bf": "3", "x264-params": "open-gop=1"}},
    "late.mkv": {**CODED, "pts": range(300, 300 + N)},
    "changing.mp4": {**CODED, "pts": np.cumsum(np.arange(N) % 7 + 1).tolist()},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "12", "cpu-used": "8", "deadline": "realtime"}},
    "stream.ts": CODED,
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "12"}, "sound": True},
}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Path of a recording by its name in `KINDS`, and its times."""
    return rendered_once(tmp_path_factory.mktemp("recordings"), N, KINDS)


def shown_by(path):
    """Numbers that a clip's frames show, and when, from when the pictures begin."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [
            (shown_number(frame.to_ndarray(format="rgb24")), frame.pts) for frame in container.decode(0)
        ]
        times = [float((pts - frames[0][1]) * stream.time_base) for _, pts in frames]
        return [number for number, _ in frames], times, [stream.type for stream in container.streams]


@pytest.mark.parametrize("rounded", [False, True])
@pytest.mark.parametrize("name", KINDS)
def test_copied_clips_hold_their_spans(tmp_path, recordings, name, rounded):
    path, times = recordings(name)
    clips = write_clips(path, tmp_path, SPANS, np.round(times, 6) if rounded else times)
    assert [clip.file for clip in clips] == sorted(each.name for each in tmp_path.iterdir())
    for span, clip in zip(SPANS, clips, strict=True):
        numbers, shown, kinds = shown_by(tmp_path / clip.file)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] <= span.start
        assert numbers[0] > span.start - 12
        assert span.end - 1 <= numbers[-1] <= span.end + 3
        assert clip.start == pytest.approx(times[numbers[0]], abs=1e-9)
        assert clip.end == pytest.approx(times[numbers[-1] + 1], abs=0.001)
        own = times[numbers] - times[numbers[0]]
        np.testing.assert_allclose(
            shown, own, rtol=0, atol=0.0011
        )  # a clock of milliseconds is rounded twice
        assert ("audio" in kinds) == ("sound" in KINDS[name])


@pytest.mark.parametrize("name", KINDS)
def test_clips_encoded_anew_are_exact(tmp_path, recordings, name):
    path, times = recordings(name)
    clips = write_clips(path, tmp_path, SPANS, times, reencode=True)
    for span, clip in zip(SPANS, clips, strict=True):
        numbers, shown, kinds = shown_by(tmp_path / clip.file)
        assert numbers == list(range(span.start, span.end))
        assert (clip.start, clip.end) == (times[span.start], times[span.end])
        own = times[span.start : span.end] - times[span.start]
        np.testing.assert_allclose(shown, own, rtol=0, atol=6e-6)
        assert ("audio" in kinds) == ("sound" in KINDS[name]) or span.start == 30  # it is a second long
        with av.open(str(tmp_path / clip.file)) as container:
            stream = container.streams.video[0]
            assert stream.codec_context.name == "h264"
            assert float(stream.duration * stream.time_base) == pytest.approx(clip.end - clip.start, abs=2e-5)


@pytest.mark.parametrize("reencode", [False, True])
def test_progress(tmp_path, recordings, reencode):
    path, times = recordings("plain.mkv")
    told = []
    write_clips(path, tmp_path, SPANS, times, reencode=reencode, progress=lambda *args: told.append(args))
    total = sum(times[span.end] - times[span.start] for span in SPANS)
    done = [each for each, _ in told]
    assert len(told) == (sum(span.end - span.start for span in SPANS) if reencode else len(SPANS))
    assert done == sorted(done)
    assert done[-1] == pytest.approx(total)
    assert [each for _, each in told] == pytest.approx([total] * len(told))


def test_no_spans(tmp_path, recordings):
    path, times = recordings("plain.mkv")
    assert write_clips(path, tmp_path / "clips", [], times) == []


@pytest.mark.parametrize(
    ("number", "count", "time", "name", "file"),
    [
        (0, 9, 62.3451, "Name", "0001 00-01-02.345 Name"),
        (9998, 10000, 3600 * 123, "a/b", "09999 123-00-00.000 a b"),
        (1, 2, 0.9999, "", "0002 00-00-01.000"),
        (1, 2, 0, "...", "0002 00-00-00.000"),
    ],
)
def test_names_of_files(number, count, time, name, file):
    assert _file_name(number, count, time, name) == file


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Take: cup?", "Take cup"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j"),
        (" .. x. .", "x"),
        ("line\nbreak\ttab", "line break tab"),
        ("Öl 手", "Öl 手"),
        ("\ud800\x00\u202e", ""),
        ("手" * 200, "手" * 50),
    ],
)
def test_safe_names(name, safe):
    assert _safe(name) == safe


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_names_that_every_system_takes(name):
    safe = _safe(name)
    assert not set(safe) & set('/\\:*?"<>|\n\r\t\0')
    assert len(safe.encode()) <= 150
    assert safe == safe.strip(" .")
    assert _safe(safe) == safe


def test_clips_with_hostile_names_are_written(tmp_path, recordings):
    path, times = recordings("plain.mkv")
    spans = [Span(0, 5, "../../x"), Span(5, 9, "a" * 999), Span(9, 12, "..")]
    clips = write_clips(path, tmp_path, spans, times)
    assert sorted(each.name for each in tmp_path.iterdir()) == [clip.file for clip in clips]
    assert clips[0].file == "0001 00-00-00.000 x.mkv"
    assert clips[2].file == "0003 00-00-00.300.mkv"


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ([Span(3, 3, "")], "span 1 is frames 3 to 3, the recording has 60: give frames of it"),
        ([Span(-1, 3, "")], "span 1 is frames -1 to 3"),
        ([Span(0, 3, ""), Span(3, 61, "")], "span 2 is frames 3 to 61"),
        ([Span(0, 4, ""), Span(3, 5, "")], "span 2 begins before the one before it ends: give them in order"),
    ],
)
def test_spans_that_are_none(tmp_path, recordings, spans, message):
    path, times = recordings("plain.mkv")
    with pytest.raises(ValueError, match=message):
        write_clips(path, tmp_path, spans, times)
    assert not list(tmp_path.iterdir())


def test_no_video(tmp_path):
    with pytest.raises(
        RecordingError, match="is a folder of images, which is not cut into clips; give a vid"
    ):
        write_clips(tmp_path, tmp_path, [Span(0, 1, "")], np.arange(3.0))
    with pytest.raises(RecordingError, match="not found"):
        write_clips(tmp_path / "a.mp4", tmp_path, [Span(0, 1, "")], np.arange(3.0))


@pytest.mark.parametrize("reencode", [False, True])
def test_a_full_disk(tmp_path, recordings, monkeypatch, reencode):
    """The clips before are whole, and nothing else is there."""
    path, times = recordings("plain.mkv")
    _, *rest = write_clips(path, tmp_path, SPANS, times, reencode=reencode)
    for clip in rest:
        (tmp_path / clip.file).unlink()
    written = []

    def write(self, data):
        written.append(self.file)
        if len(set(written)) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self.file.write(data)

    monkeypatch.setattr(copying._Sink, "write", lambda self, data: self._kept(lambda: write(self, data)))
    with pytest.raises(OSError, match=r"No space left on device: '.*0002 00-00-00\.233 B\.m"):
        write_clips(path, tmp_path, SPANS, times, reencode=reencode)
    (left,) = tmp_path.iterdir()
    assert shown_by(left)[0][0] == 0


@pytest.mark.parametrize("reencode", [False, True])
def test_real_clips(tmp_path, data_root, reencode):
    folder = data_root / "recordings" / "sign_clips"
    if not folder.is_dir():
        pytest.skip("recordings/sign_clips/ is not there")
    path = sorted(folder.glob("*.mkv"))[0]
    times = times_of(path)
    spans = [Span(10, 25, "x"), Span(25, 40, "y")]
    for span, clip in zip(spans, write_clips(path, tmp_path, spans, times, reencode=reencode), strict=True):
        count = len(times_of(tmp_path / clip.file)) - 1
        first, last = np.searchsorted(times, [clip.start - 1e-6, clip.end - 1e-6])
        assert count == last - first
        assert first <= span.start < span.end <= last
        if reencode:
            assert (first, last) == span[:2]


@settings(max_examples=5)
@given(st.data())
@pytest.mark.parametrize("reencode", [False, True])
def test_any_spans(tmp_path_factory, recordings, reencode, data):
    path, times = recordings("open_groups.mkv")
    edges = sorted(data.draw(st.lists(st.integers(0, N), min_size=2, max_size=8, unique=True)))
    spans = [Span(*pair, "") for pair in zip(edges[::2], edges[1::2], strict=False)]
    folder = tmp_path_factory.mktemp("clips")
    for span, clip in zip(spans, write_clips(path, folder, spans, times, reencode=reencode), strict=True):
        numbers, _, _ = shown_by(folder / clip.file)
        assert set(range(span.start, span.end)) <= set(numbers)
        if reencode:
            assert len(numbers) == span.end - span.start
