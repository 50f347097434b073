"""Sound of clips, cut at the sample."""

from contextlib import closing
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import numbered, render

from dkva.recordings.clip_sound import Sound, SoundEncoder

pytestmark = pytest.mark.fast

RATE = 8000


def record(path, samples, *, rate=RATE, layout="mono", codec="pcm_s16le", starts=(0,)):
    """A file of 16-bit sound [channels, n]; it is there from each of `starts`, in samples, in equal parts."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate, layout=layout)
        for start, part in zip(starts, np.array_split(samples, len(starts), axis=1), strict=True):
            for begin in range(0, part.shape[1], 400):
                packed = np.ascontiguousarray(part[:, begin : begin + 400].T).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
                frame.sample_rate, frame.pts = rate, start + begin
                frame.time_base = Fraction(1, rate)
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def ramp(n):
    return np.arange(1, n + 1, dtype=np.int16)[None]


@pytest.fixture(scope="module")
def ramped(tmp_path_factory):
    return record(tmp_path_factory.mktemp("sound") / "a.mkv", ramp(RATE))


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, RATE + 100), max_size=6))
def test_each_sample_is_given_once_and_at_its_time(ramped, cuts):
    with closing(Sound(ramped, Fraction(0))) as sound:
        pieces = [(cut, piece) for cut in [*sorted(cuts), 2 * RATE] for piece in sound.until(cut / RATE)]
    samples = np.concatenate([piece.samples[0] for _, piece in pieces]) * 32768
    np.testing.assert_allclose(samples, ramp(RATE)[0], rtol=0, atol=0.01)
    for cut, piece in pieces:
        last = round(piece.samples[0, -1] * 32768)
        assert last <= cut
        assert piece.time * RATE == pytest.approx(last - piece.samples.shape[1], abs=RATE / 1999)


def test_no_sound(tmp_path):
    with closing(Sound(render(tmp_path / "a.mp4", numbered(3)), Fraction(0))) as sound:
        assert sound.rate == 0
        with av.open(str(tmp_path / "b.mp4"), "w") as container:
            encoder = SoundEncoder(container, sound, 0, 1)
            encoder.advance(0.5)
            encoder.finish()
            assert not container.streams


@pytest.mark.parametrize(
    ("rate", "layout", "expected"),
    [(44100, "stereo", (44100, "stereo")), (8000, "mono", (8000, "mono")), (10000, "5.1", (48000, "stereo"))],
)
def test_forms(tmp_path, rate, layout, expected):
    samples = np.zeros((av.AudioLayout(layout).nb_channels, rate), np.int16)
    path = record(tmp_path / "a.mkv", samples, rate=rate, layout=layout)
    with closing(Sound(path, Fraction(0))) as sound:
        assert (sound.rate, sound.layout) == expected
        count = sum(piece.samples.shape[1] for piece in sound.until(5))
    assert count == pytest.approx(expected[0], abs=50)


def heard(path):
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), frames[0].time


def cut(path, target, edges):
    """Clips between edges, in seconds, one after the other."""
    with closing(Sound(path, Fraction(0))) as sound:
        for number, (begin, end) in enumerate(pairwise(edges)):
            with av.open(str(target / f"{number}.mp4"), "w") as container:
                encoder = SoundEncoder(container, sound, begin, end)
                encoder.advance((begin + end) / 2)
                encoder.finish()
    return [heard(target / f"{number}.mp4") for number in range(len(edges) - 1)]


def test_clicks_are_where_they_were(tmp_path):
    samples = np.zeros((1, 3 * RATE), np.int16)
    clicks = [3000, 11111, 20000]
    samples[0, clicks] = 30000
    path = record(tmp_path / "a.mkv", samples)
    edges = [0.25, 1, 2.125, 3]
    for click, (begin, end), (found, start) in zip(
        clicks, pairwise(edges), cut(path, tmp_path, edges), strict=True
    ):
        assert start == 0
        assert int(np.abs(found).argmax()) == pytest.approx(click - begin * RATE, abs=1)
        # The rest of the encoder's last group of 1024 is hidden, or silent.
        assert (end - begin) * RATE - 1 <= len(found) <= (end - begin) * RATE + 1024


def test_holes_become_silence(tmp_path):
    """Sound from 0.5 to 1 s and from 2 s on."""
    path = record(tmp_path / "a.mkv", np.full((1, RATE), 20000, np.int16), starts=(RATE // 2, 2 * RATE))
    ((found, start),) = cut(path, tmp_path, [0, 2.5])
    assert start == 0
    loud = np.abs(found) > 0.3
    at = [round(place * RATE) for place in (0.25, 0.75, 1.5, 2.25)]
    assert loud[at].tolist() == [False, True, False, True]
    edges = np.flatnonzero(np.diff(loud.astype(int)))
    assert edges[0] == pytest.approx(0.5 * RATE, abs=30)


def test_sound_that_is_damaged(tmp_path):
    samples = (8000 * np.sin(np.arange(3 * RATE) / 5)).astype(np.int16)[None]
    path = record(tmp_path / "a.mkv", samples, codec="flac")
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 300] = b"\xff" * 300
    path.write_bytes(content)
    ((found, _),) = cut(path, tmp_path, [0, 3])
    assert len(found) > 1.2 * RATE
