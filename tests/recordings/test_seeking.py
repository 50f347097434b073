"""Frames found again by their numbers are those that a pass over the whole file gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import EXACT, numbered, render, rendered_once, shown_number, times_of

from dkva.recordings import seeking
from dkva.recordings.seeking import counted_frames, found_frames

pytestmark = pytest.mark.fast

N = 240
KINDS = {
    "b_frames.mp4": {"options": {"g": "24", "bf": "3"}},
    "one_key_frame.mp4": {"options": {"g": "1000", "bf": "2"}},
    "open_groups.mkv": {"options": {"g": "24", "bf": "3", "x264-params": "open-gop=1"}},
    "late.mkv": {"options": {"g": "24", "bf": "2"}, "pts": range(300, 300 + N)},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "24", "cpu-used": "8", "deadline": "realtime"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "24"}},
    "b_frames.avi": {"options": {"g": "24", "bf": "3"}},
    "stream.ts": {"options": {"g": "24", "bf": "2"}},
    "changing.mp4": {"options": {"g": "24", "bf": "2"}, "pts": np.cumsum(np.arange(N) % 7 + 1).tolist()},
}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Path of a recording by its name in `KINDS`, and its times."""
    return rendered_once(tmp_path_factory.mktemp("recordings"), N, KINDS)


@pytest.fixture
def uncounted(monkeypatch):
    def refuse(path):
        raise AssertionError(f"the frames of {path} are counted")

    return lambda: monkeypatch.setattr(seeking, "counted_frames", refuse)


def shown(frame):
    return shown_number(frame.to_ndarray(format="rgb24"))


def found(path, wanted, times):
    return [(number, shown(frame)) for number, frame in found_frames(path, wanted, times)]


@settings(max_examples=5)
@given(st.lists(st.integers(-5, N + 5), max_size=6), st.booleans())
@pytest.mark.parametrize("name", KINDS)
def test_each_number_gives_its_frame(recordings, name, wanted, rounded):
    path, times = recordings(name)
    expected = [(number, number) for number in sorted(set(wanted)) if 0 <= number < N]
    assert found(path, wanted, np.round(times, 6) if rounded else times) == expected
    assert found(path, wanted, None) == expected


@pytest.mark.parametrize("name", [name for name in KINDS if name != "b_frames.avi"])  # states no times
def test_far_frames_are_searched_for(recordings, name, uncounted):
    path, times = recordings(name)
    uncounted()
    assert found(path, [200, 30, 31, 110], times) == [(i, i) for i in (30, 31, 110, 200)]


def test_what_is_not_wanted_is_hardly_decoded(recordings, monkeypatch):
    path, times = recordings("b_frames.mp4")
    decoded, number = [], seeking._Search._number
    monkeypatch.setattr(seeking._Search, "_number", lambda *args: decoded.append(0) or number(*args))
    list(found_frames(path, [20, 230], times))
    assert len(decoded) < 60
    decoded.clear()
    list(found_frames(path, [*range(N)] * 2, times))
    assert len(decoded) <= N + 1


def test_with_one_key_frame_the_way_is_gone_once(recordings, monkeypatch):
    path, times = recordings("one_key_frame.mp4")
    decoded, number = [], seeking._Search._number
    monkeypatch.setattr(seeking._Search, "_number", lambda *args: decoded.append(0) or number(*args))
    list(found_frames(path, [100, 170, 235], times))
    assert len(decoded) < N


def test_the_same_bits(recordings):
    path, times = recordings("open_groups.mkv")
    whole = [frame.to_ndarray(format="rgb24") for frame in counted_frames(path)]
    for number, frame in found_frames(path, [23, 24, 25, 100, 190], times):
        np.testing.assert_array_equal(frame.to_ndarray(format="rgb24"), whole[number])


def test_an_avi_without_an_index(tmp_path):
    path = render(tmp_path / "a.avi", numbered(90), codec="mpeg4", options={"g": "12"})
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"idx1")])
    assert found(path, [80, 5, 40], times_of(path)) == [(5, 5), (40, 40), (80, 80)]


def test_two_recordings_in_one_file(tmp_path):
    """Each time stands twice in the file: frames are counted."""
    first, second = (render(tmp_path / f"{i}.ts", numbered(60, first=60 * i)) for i in range(2))
    path = tmp_path / "both.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    assert found(path, [15, 75, 100], times_of(path)) == [(15, 15), (75, 75), (100, 100)]


def test_behind_a_hole_frames_are_those_of_the_pass(tmp_path):
    path = render(tmp_path / "a.mkv", numbered(90), **EXACT, options={"g": "10"})
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 500] = b"\xff" * 500
    path.write_bytes(content)
    times = times_of(path)
    whole = [shown(frame) for frame in counted_frames(path)]
    assert whole != list(range(len(whole)))
    wanted = range(0, len(times) - 1, 4)
    assert found(path, wanted, times) == [(number, whole[number]) for number in wanted]


def test_times_that_stand_still(recordings):
    """As of clocks that ran back: nothing can be searched for."""
    path, times = recordings("b_frames.mp4")
    times = times.copy()
    times[50] = times[49]
    assert found(path, [50, 51], times) == [(50, 50), (51, 51)]


def test_times_of_another_file(recordings):
    path, times = recordings("b_frames.mp4")
    assert found(path, [50, 51], times + 0.004) == [(50, 50), (51, 51)]
