"""Copies with chapters: what players find, and pictures, sound and times as they were."""

from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import numbered, render, times_of

from dkva.recordings.chapters import Chapter, chaptered_suffix, write_chaptered
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast

N = 60
CODED = {"options": {"g": "12", "bf": "2"}}
KINDS = {
    "sound.mp4": {**CODED, "sound": True},
    "sound.mov": {**CODED, "sound": True},
    "sound.mkv": {**CODED, "sound": True},
    "rotated.mp4": {**CODED, "rotation": -90},
    "late.mp4": {**CODED, "pts": range(300, 300 + N)},
    "late.mkv": {**CODED, "pts": range(300, 300 + N)},
    "changing.mp4": {**CODED, "pts": np.cumsum(np.arange(N) % 7 + 1).tolist()},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "24", "cpu-used": "8", "deadline": "realtime"}},
    "stream.ts": CODED,
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "12"}, "sound": True},
}
PARTS = [Chapter(0, 0.5, "One"), Chapter(0.5, 1.2345, "Zwei; = # \\"), Chapter(1.2345, 2, "Drei\n<b>")]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")

    def recording(name):
        if not (folder / name).exists():
            render(folder / name, numbered(N), **KINDS[name])
        return folder / name

    return recording


def chapters_of(path):
    with av.open(str(path)) as container:
        return [
            Chapter(
                float(each["start"] * each["time_base"]),
                float(each["end"] * each["time_base"]),
                each["metadata"].get("title", ""),
            )
            for each in container.chapters()
        ]


def rounded(chapters):
    return [Chapter(round(start, 3), round(end, 3), title) for start, end, title in chapters]


def pictures_of(path):
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for frame in frames], frames[0].rotation


def sound_of(path):
    """Samples, and when they begin, by the clock by which pictures begin at 0."""
    with av.open(str(path)) as container:
        start = container.streams.video[0].start_time * container.streams.video[0].time_base
        frames = list(container.decode(audio=0)) if container.streams.audio else []
        if not frames:
            return [], 0
        samples = np.concatenate([frame.to_ndarray().ravel() for frame in frames])
        return samples, frames[0].time - float(start)


@pytest.mark.parametrize("name", KINDS)
def test_a_copy_shows_the_same_and_has_chapters(tmp_path, recordings, name):
    path = recordings(name)
    target = tmp_path / f"copy{chaptered_suffix(path)}"
    assert write_chaptered(path, target, PARTS) == []
    assert chapters_of(target) == rounded(PARTS)
    (shown, turn), (expected, own_turn) = pictures_of(target), pictures_of(path)
    assert turn == own_turn
    np.testing.assert_array_equal(shown, expected)
    # Another container's clock may tick in milliseconds.
    unit = 0 if target.suffix == path.suffix else 0.0005
    np.testing.assert_allclose(times_of(target), times_of(path), rtol=0, atol=unit + 1e-6)
    (heard, begin), (own, own_begin) = sound_of(target), sound_of(path)
    np.testing.assert_array_equal(heard, own)
    assert begin == pytest.approx(own_begin, abs=unit + 1e-6)


@settings(max_examples=5)
@given(
    st.lists(st.integers(1, 900_000), min_size=1, max_size=8, unique=True),
    # NUL ends text there, and surrogates are none.
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30),
)
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_any_boundaries_and_titles(tmp_path_factory, recordings, suffix, stamps, title):
    edges = [0.0, *(stamp / 1000 for stamp in sorted(stamps))]
    parts = [Chapter(*part, f"{title} {number}") for number, part in enumerate(pairwise(edges))]
    target = tmp_path_factory.mktemp("copies") / f"copy{suffix}"
    write_chaptered(recordings("sound.mp4"), target, parts)
    assert chapters_of(target) == parts


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_many_chapters(tmp_path, recordings, suffix):
    parts = [Chapter(i / 100, (i + 1) / 100, f"Action {i % 7}") for i in range(3000)]
    write_chaptered(recordings("sound.mp4"), tmp_path / f"copy{suffix}", parts)
    assert chapters_of(tmp_path / f"copy{suffix}") == parts


def test_gaps(tmp_path, recordings):
    parts = [Chapter(0.25, 0.5, "A"), Chapter(0.75, 1, "B")]
    write_chaptered(recordings("sound.mp4"), tmp_path / "copy.mkv", parts)
    assert chapters_of(tmp_path / "copy.mkv") == parts
    write_chaptered(recordings("sound.mp4"), tmp_path / "copy.mp4", parts)
    assert chapters_of(tmp_path / "copy.mp4") == [Chapter(0, 0.75, "A"), Chapter(0.75, 1, "B")]


def test_other_chapters_take_the_place_of_its_own(tmp_path, recordings):
    write_chaptered(recordings("sound.mp4"), tmp_path / "one.mp4", PARTS)
    assert write_chaptered(tmp_path / "one.mp4", tmp_path / "two.mp4", PARTS[:1]) == []
    assert chapters_of(tmp_path / "two.mp4") == PARTS[:1]
    assert write_chaptered(tmp_path / "one.mp4", tmp_path / "none.mp4", []) == []
    assert chapters_of(tmp_path / "none.mp4") == []


def test_a_trimmed_recording(tmp_path, recordings):
    """As phones trim: what comes before 0 is kept, and hidden by an edit list."""
    path = tmp_path / "trimmed.mp4"
    with av.open(str(recordings("sound.mp4"))) as source, av.open(str(path), "w") as container:
        streams = {s.index: container.add_stream_from_template(s, opaque=True) for s in source.streams}
        for packet in source.demux():
            if packet.size:
                shift = round(Fraction(20, 30) / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                packet.stream = streams[packet.stream.index]
                container.mux(packet)
    expected, _ = pictures_of(path)
    assert len(expected) == 40
    write_chaptered(path, tmp_path / "copy.mp4", PARTS)
    np.testing.assert_array_equal(pictures_of(tmp_path / "copy.mp4")[0], expected)
    np.testing.assert_allclose(times_of(tmp_path / "copy.mp4"), times_of(path), rtol=0, atol=1e-6)
    np.testing.assert_array_equal(sound_of(tmp_path / "copy.mp4")[0], sound_of(path)[0])
    assert chapters_of(tmp_path / "copy.mp4") == rounded(PARTS)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp4", {**CODED, "container_options": {"movflags": "faststart"}}), ("a.mkv", CODED)]
)
def test_a_file_that_was_cut_off(tmp_path, name, kind):
    noise = np.random.default_rng(0).integers(0, 255, (N, 48, 64, 3)).astype(np.uint8)
    path = render(tmp_path / name, noise, **kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    target = tmp_path / f"copy{path.suffix}"
    notes = write_chaptered(path, target, PARTS)
    assert set(notes) <= {"damaged or cut short: what comes after is not copied"}
    count = len(times_of(path)) - 1
    assert 10 < count < N
    # The frame that is cut through may have been decoded in part.
    np.testing.assert_allclose(times_of(target)[: count - 1], times_of(path)[: count - 1], rtol=0, atol=1e-6)
    assert chapters_of(target)[:2] == rounded(PARTS)[:2]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([Chapter(1, 1, "")], r"chapter 1 is from 1 s to 1 s: give a start before its end"),
        ([Chapter(-1, 1, "")], "chapter 1 is from -1 s"),
        ([Chapter(0, float("inf"), "")], "chapter 1 is from 0 s to inf s"),
        ([Chapter(0, 2, ""), Chapter(1, 3, "")], "chapter 2 begins before the one before it ends"),
    ],
)
def test_chapters_that_are_none(tmp_path, recordings, parts, message):
    with pytest.raises(ValueError, match=message):
        write_chaptered(recordings("sound.mp4"), tmp_path / "copy.mp4", parts)
    assert not list(tmp_path.iterdir())


def test_no_video(tmp_path):
    with pytest.raises(RecordingError, match="is a folder of images, which has no chapters; give a video"):
        write_chaptered(tmp_path, tmp_path / "copy.mp4", PARTS)
    with pytest.raises(RecordingError, match="not found"):
        write_chaptered(tmp_path / "a.mp4", tmp_path / "copy.mp4", PARTS)
    assert not list(tmp_path.iterdir())


def test_real_clips(tmp_path, data_root):
    folder = data_root / "recordings" / "sign_clips"
    if not folder.is_dir():
        pytest.skip("recordings/sign_clips/ is not there")
    path = sorted(folder.glob("*.mkv"))[0]
    assert write_chaptered(path, tmp_path / "copy.mkv", PARTS[:2]) == []
    np.testing.assert_array_equal(times_of(tmp_path / "copy.mkv"), times_of(path))
    assert chapters_of(tmp_path / "copy.mkv") == rounded(PARTS[:2])
