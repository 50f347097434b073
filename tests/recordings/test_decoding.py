"""Video files: the frames that are taken, times of all, damage, and passes that go on."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import EXACT, numbered, render, shown_number

from dkva.recordings.decoding import open_recording
from dkva.recordings.errors import RecordingError

pytestmark = pytest.mark.fast

N = 120
KINDS = {
    "b_frames.mp4": {"options": {"g": "24", "bf": "3"}},
    "no_b_frames.mp4": {"options": {"g": "24", "bf": "0"}},
    "open_groups.mkv": {"options": {"g": "24", "bf": "3", "x264-params": "open-gop=1"}},
    "lossless.mkv": {**EXACT, "options": {"g": "12"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "24", "cpu-used": "8", "deadline": "realtime"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "24"}},
    "b_frames.avi": {"options": {"g": "24", "bf": "3"}},
    "stream.ts": {"options": {"g": "24", "bf": "2"}},
    "changing.mp4": {"options": {"g": "24", "bf": "2"}, "pts": np.cumsum(np.arange(N) % 7 + 1).tolist()},
}


@pytest.fixture(scope="session")
def recording(tmp_path_factory):
    """Path of a recording by its name in `KINDS`."""
    folder = tmp_path_factory.mktemp("recordings")

    def path(name):
        if not (folder / name).exists():
            render(folder / name, noisy(N), **KINDS[name])
        return folder / name

    return path


def noisy(n, height=48, width=64):
    """Numbered frames that cannot be compressed to nothing."""
    noise = np.random.default_rng(0).integers(-30, 30, (n, height, width, 3))
    return (numbered(n, height, width) + noise).clip(0, 255).astype(np.uint8)


def same(samples, others):
    assert [sample[1:] for sample in samples] == [sample[1:] for sample in others]
    for one, other in zip(samples, others, strict=True):
        np.testing.assert_array_equal(one.image, other.image)


@pytest.mark.parametrize("name", KINDS)
def test_samples_show_the_frame_that_they_name(recording, name):
    opened = open_recording(recording(name))
    samples = list(opened.samples(5))
    assert [shown_number(sample.image) for sample in samples] == [sample.frame for sample in samples]
    assert [sample.interval for sample in samples] == list(range(len(samples)))
    grid = opened.grid()
    assert (len(grid.times) - 1, grid.edges[-1], len(grid.edges) - 1) == (N, N, len(samples))
    assert [sample.time for sample in samples] == [grid.times[sample.frame] for sample in samples]
    for sample in samples:
        centre = grid.times[0] + (sample.interval + 0.5) / 5
        # On screen there; players' clocks of milliseconds are off by one at most.
        assert grid.times[sample.frame] - 0.001 <= centre
        assert sample.frame == N - 1 or centre <= grid.times[sample.frame + 1] + 0.001


def test_what_a_file_says_of_itself(recording):
    opened = open_recording(recording("b_frames.mp4"))
    assert (opened.width, opened.height, opened.rotation) == (64, 48, 0)
    assert (opened.average_rate, opened.duration, opened.n_frames) == (30, 4, N)
    assert (opened.container, opened.codec, opened.notes) == ("mov,mp4,m4a,3gp,3g2,mj2", "h264", [])
    assert open_recording(recording("lossless.mkv")).n_frames is None


def test_every_frame_at_the_own_rate(recording):
    opened = open_recording(recording("open_groups.mkv"))
    assert opened.sampling_rate(100) == 30
    samples = list(opened.samples(100))
    assert [shown_number(sample.image) for sample in samples] == list(range(N))
    np.testing.assert_array_equal(opened.grid().edges, np.arange(N + 1))


def test_times_of_a_changing_rate_are_exact(recording):
    """MP4's clock is a multiple of the rate's."""
    opened = open_recording(recording("changing.mp4"))
    list(opened.samples(5, size=(8, 8)))
    shown = np.array(KINDS["changing.mp4"]["pts"])
    np.testing.assert_allclose(opened.grid().times[:-1], (shown - shown[0]) / 30, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("suffix", "fps"), [(".mp4", Fraction(24000, 1001)), (".mkv", 25), (".avi", 15)])
def test_other_rates(tmp_path, suffix, fps):
    path = render(tmp_path / f"a{suffix}", numbered(30), rate=fps, codec="mpeg4")
    opened = open_recording(path)
    assert opened.average_rate == pytest.approx(float(fps))
    samples = list(opened.samples(5))
    assert [shown_number(sample.image) for sample in samples] == [sample.frame for sample in samples]
    np.testing.assert_allclose(opened.grid().times, np.arange(31) / float(fps), atol=0.001)


def test_a_gap_shows_the_frame_before_it(tmp_path):
    path = render(tmp_path / "a.mkv", numbered(30), pts=[i + 90 * (i >= 15) for i in range(30)], **EXACT)
    opened = open_recording(path)
    samples = list(opened.samples(5))
    assert len(samples) == 20
    assert {shown_number(sample.image) for sample in samples[3:17]} == {14}
    assert set(np.diff(opened.grid().edges)[4:16]) == {0}
    assert opened.notes == ["no pictures from 0.5 s to 3.5 s: the one before stands there"]


@pytest.mark.parametrize(
    ("gaps", "told"),
    [
        ([0.9], ""),  # half a second and more, but 9 distances
        ([1.9], "from 1.9 s to 3.8 s"),
        ([2.5], "from 1.9 s to 4.4 s"),
        ([3, 2.5, 4, 5], "from 1.9 s to 4.9 s, from 11.2 s to 15.2 s, from 17.1 s to 22.1 s and 1 shorter"),
    ],
)
def test_the_longest_gaps_are_told(tmp_path, gaps, told):
    """20 pictures, 10 a second, before each of them."""
    distances = [distance for gap in gaps for distance in [1] * 19 + [round(gap * 10)]] + [1] * 19
    times = np.cumsum([0, *distances])
    path = render(tmp_path / "a.mp4", numbered(len(times)), rate=10, pts=times.tolist())
    opened = open_recording(path)
    list(opened.samples(5))
    assert [note.startswith(f"no pictures {told}") for note in opened.notes] == [True] * bool(told)


def test_of_pictures_that_come_as_they_change_a_short_gap_is_none(tmp_path):
    some = [1, 1, 1, 3] * 5
    path = render(tmp_path / "a.mp4", numbered(42), rate=10, pts=np.cumsum([0, *some, 19, *some]).tolist())
    opened = open_recording(path)
    list(opened.samples(5))
    assert opened.notes == []


def test_slow_pictures_have_no_gaps(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(9), rate=1, pts=range(0, 27, 3))
    opened = open_recording(path)
    list(opened.samples(5))
    assert opened.notes == []


def test_a_pause_does_not_thin_out_the_rest(tmp_path):
    """As of a screen that is recorded when it changes: 40 frames in 24 s, 10 a second when there are some."""
    times = [*range(20), *range(220, 240)]
    path = render(tmp_path / "a.mp4", numbered(40), rate=10, pts=times)
    opened = open_recording(path)
    samples = list(opened.samples(5))
    assert (opened.average_rate < 2, opened.sampling_rate(5), len(samples)) == (True, 5, 120)
    assert len({sample.frame for sample in samples}) == 20


@pytest.mark.parametrize(("size", "expected"), [(None, (48, 64)), ((28, 28), (28, 28)), (32, (24, 32))])
def test_sizes(recording, size, expected):
    samples = open_recording(recording("lossless.mkv")).samples(1, size=size)
    assert {sample.image.shape for sample in samples} == {(*expected, 3)}


def test_a_phone_that_was_held_upright(tmp_path):
    upright = numbered(30, 64, 48)
    path = render(tmp_path / "a.mp4", np.rot90(upright, axes=(1, 2)), rotation=-90)
    opened = open_recording(path)
    assert (opened.width, opened.height, opened.rotation) == (48, 64, 90)
    samples = list(opened.samples(5, size=32))
    assert [shown_number(sample.image) for sample in samples] == [sample.frame for sample in samples]
    assert samples[0].image.shape == (32, 24, 3)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("side", [1, 2])
def test_a_few_frames_of_a_few_pixels(tmp_path, n, side):
    opened = open_recording(render(tmp_path / "a.mkv", np.zeros((n, side, side, 3), np.uint8), **EXACT))
    samples = list(opened.samples(5))
    assert len(samples) == 1
    assert samples[0].image.shape == (side, side, 3)
    assert opened.grid().edges.tolist() == [0, n]
    assert opened.grid().times[-1] == pytest.approx(n / 30, abs=0.002)


@settings(max_examples=5)
@given(st.data())
@pytest.mark.parametrize("name", KINDS)
def test_an_interrupted_pass_goes_on_as_if_it_had_not_been(recording, name, data):
    path = recording(name)
    opened = open_recording(path)
    whole = list(opened.samples(5, size=(24, 32)))
    grid, times = opened.grid(), opened.times()
    skip = data.draw(st.integers(0, len(whole)))
    # Times may be ahead of the samples, or behind.
    known = data.draw(st.integers(0, N))
    again = open_recording(path)
    rest = list(again.samples(5, size=(24, 32), skip=skip, resume=times[:known]))
    same(rest, whole[skip:])
    np.testing.assert_array_equal(again.grid().edges, grid.edges)
    np.testing.assert_array_equal(again.grid().times, grid.times)
    assert again.notes == opened.notes


@pytest.mark.parametrize("name", ["b_frames.mp4", "open_groups.mkv", "vp9.webm", "mpeg4.avi"])
def test_what_is_known_is_not_decoded_again(recording, name, monkeypatch):
    opened = open_recording(recording(name))
    whole, times = list(opened.samples(5)), opened.times()
    decoded = []
    monkeypatch.setattr(type(opened), "_time", count(decoded, type(opened)._time))
    rest = list(opened.samples(5, skip=15, resume=times[:100]))
    assert len(set(decoded)) <= N - 60  # from the key frame before frame 93 on; a search may start before
    same(rest, whole[15:])


def count(calls, function):
    def counted(self, frame):
        calls.append(frame.pts)
        return function(self, frame)

    return counted


def test_a_file_that_was_changed_in_between(recording):
    """Times that its frames do not have: all is decoded from the start."""
    opened = open_recording(recording("b_frames.mp4"))
    whole = list(opened.samples(5))
    same(list(opened.samples(5, skip=10, resume=np.arange(100) / 31)), whole[10:])


def test_passes_can_be_given_up(recording):
    opened = open_recording(recording("b_frames.mp4"))
    samples = opened.samples(5)
    first = [next(samples) for _ in range(3)]
    assert len(opened.times()) >= first[-1].frame
    np.testing.assert_array_equal(opened.times(5), opened.times()[5:])
    samples.close()
    assert len(list(opened.samples(5))) == 20


def test_no_grid_before_a_pass(recording):
    with pytest.raises(ValueError, match="no frames were taken yet"):
        open_recording(recording("b_frames.mp4")).grid()
    assert not len(open_recording(recording("b_frames.mp4")).times())


@pytest.mark.parametrize("rate", [None, 0, -5, float("nan"), float("inf")])
def test_rates_that_are_none(recording, rate):
    with pytest.raises(RecordingError, match="frames a second; give a rate above 0"):
        list(open_recording(recording("b_frames.mp4")).samples(rate))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp4", {"container_options": {"movflags": "faststart"}}),
        ("a.mkv", EXACT),
        ("a.avi", EXACT),
        ("a.webm", KINDS["vp9.webm"]),
    ],
)
def test_a_file_that_was_cut_off(tmp_path, name, kind, capfd):
    path = render(tmp_path / name, noisy(N, 72, 96), **kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    opened = open_recording(path)
    samples = list(opened.samples(5))
    assert 5 <= len(samples) <= 15
    assert [shown_number(sample.image) for sample in samples] == [sample.frame for sample in samples]
    *before, note = opened.notes  # FFmpeg tells of the frame that is cut through if it has one thread
    assert all(each.startswith("damaged in places, the first after ") for each in before)
    end = opened.grid().times[-2]
    assert note.startswith(f"no pictures after {end:.1f} s of {opened.duration:.1f} s: ")
    assert "cut short" in note
    assert capfd.readouterr() == ("", "")


def test_a_file_with_a_hole(tmp_path):
    path = render(tmp_path / "a.mkv", numbered(90), **EXACT, options={"g": "10"})
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 500] = b"\xff" * 500
    path.write_bytes(content)
    opened = open_recording(path)
    samples = list(opened.samples(5))
    assert len(samples) == 15
    damage, gap = opened.notes
    assert damage.startswith("damaged in places, the first after 1.")
    assert gap.startswith("no pictures from 1.")
    assert len(opened.grid().times) < 91


def test_damage_that_is_passed_over_without_an_error(tmp_path):
    path = render(tmp_path / "a.mkv", noisy(300), rate=10, options={"g": "10"})
    content = bytearray(path.read_bytes())
    third, half = len(content) // 3, len(content) // 2
    content[third:half] = np.random.default_rng(0).bytes(half - third)
    path.write_bytes(content)
    opened = open_recording(path)
    list(opened.samples(5))
    times = opened.times()
    gap = int(np.diff(times).argmax())
    assert times[gap + 1] - times[gap] > 3
    note = f"no pictures from {times[gap]:.1f} s to {times[gap + 1]:.1f} s: the one before stands there"
    assert note in opened.notes


def test_nothing_can_be_decoded(tmp_path):
    path = render(tmp_path / "a.mp4", numbered(5), container_options={"movflags": "faststart"})
    content = path.read_bytes()
    start = content.index(b"mdat") + 4
    path.write_bytes(content[:start] + b"\xff" * (len(content) - start))
    with pytest.raises(RecordingError, match="holds no frame that can be decoded; "):
        open_recording(path)


def test_two_recordings_in_one_file(tmp_path):
    """Of a camera that was stopped and started: its clock starts anew, and frames go on."""
    first, second = (render(tmp_path / f"{i}.ts", numbered(60, first=60 * i)) for i in range(2))
    path = tmp_path / "both.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    opened = open_recording(path)
    samples = list(opened.samples(5))
    assert [shown_number(sample.image) for sample in samples] == [sample.frame for sample in samples]
    assert len(samples) == 20
    assert any(note.startswith("the clock is set anew after 2.0 s") for note in opened.notes)
    assert opened.grid().times[-1] == pytest.approx(4, abs=0.1)


def test_real_clips(data_root):
    folder = data_root / "recordings" / "sign_clips"
    if not folder.is_dir():
        pytest.skip("recordings/sign_clips/ is not there")
    for path in sorted(folder.glob("*.mkv"))[:4]:
        opened = open_recording(path)
        samples = list(opened.samples(5, size=(28, 28)))
        grid = opened.grid()
        assert (opened.width, opened.height) == (640, 480)
        assert grid.rate == pytest.approx(30, rel=0.05)
        assert opened.duration == pytest.approx(grid.times[-1] - grid.times[0], abs=0.1)
        assert len(samples) == pytest.approx(5 * opened.duration, abs=1)
        assert not opened.notes
