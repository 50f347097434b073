import shutil
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from rendered import EXACT, numbered, render, shown_number

import dkva
from dkva.recordings import feature_cache, reading
from dkva.recordings.encoders import function_encoder
from dkva.recordings.errors import RecordingError
from dkva.recordings.pixels import Pixels
from dkva.recordings.reading import read_recording

pytestmark = pytest.mark.fast

#: At 5 frames a second, 30 of the frames are taken, in 8 batches.
RATE, FRAMES = 10, 60


class Numbers:
    """Features are the number that a frame shows and its share of light; calls are counted."""

    def __init__(self, key="numbers/1", batch=4, size=None):
        self.id, self.size, self.batch, self.key = "numbers", size, batch, key
        self.given = []

    def __call__(self, frames):
        self.given.append(len(frames))
        return np.array([[shown_number(frame), frame.mean() / 255] for frame in frames], np.float32)

    @property
    def count(self):
        return sum(self.given)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    render(folder / "exact.mkv", numbered(FRAMES), rate=RATE, **EXACT)
    # Frames refer to later ones, and key frames are few.
    render(folder / "coded.mp4", numbered(FRAMES), rate=RATE, options={"g": "25", "bf": "2"})
    (folder / "images").mkdir()
    for index, frame in enumerate(numbered(FRAMES)):
        render(
            folder / "images" / f"{index}.png",
            frame[None],
            codec="png",
            pix_fmt="rgb24",
            container_format="image2",
        )
    return folder


@pytest.fixture(params=["exact.mkv", "coded.mp4"])
def video(request, recordings):
    return recordings / request.param


@pytest.fixture
def every_time(monkeypatch):
    monkeypatch.setattr(feature_cache, "_EVERY", 0.0)


@pytest.fixture
def closed(monkeypatch):
    """Recordings can be opened no more."""

    def refuse(path):
        raise AssertionError(f"{path} is decoded")

    return lambda: monkeypatch.setattr(reading, "open_recording", refuse)


def assert_same(found, expected):
    np.testing.assert_array_equal(found.features, expected.features)
    np.testing.assert_array_equal(found.edges, expected.edges)
    np.testing.assert_array_equal(found.times, expected.times)
    assert found[3:] == expected[3:]


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "dkva-ahead"]


@pytest.mark.parametrize(("fps", "cache"), [(None, True), (2.0, False), (10, True), (30.0, False)])
def test_frames_are_taken_by_time(video, fps, cache):
    told = []
    found = read_recording(video, Numbers(), fps=fps, cache=cache, progress=lambda *both: told.append(both))
    rate = min(fps or 5, RATE)
    n = FRAMES * rate // RATE
    centres = (np.arange(n) + 0.5) / rate
    np.testing.assert_array_equal(found.features[:, 0], np.floor(centres * RATE + 1e-9))
    np.testing.assert_array_equal(found.edges, np.arange(n + 1) * FRAMES // n)
    np.testing.assert_allclose(found.times, np.arange(FRAMES + 1) / RATE, atol=1e-3)
    assert found.fps == rate
    assert found.notes == ()
    assert isinstance(found.features, np.memmap)
    assert (found.features.dtype, found.features.flags.writeable) == (np.float32, False)
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert len(done) == -(-n // 4)
    assert done[-1] == pytest.approx(FRAMES / RATE, abs=1 / rate)
    assert [total for _, total in told] == pytest.approx([FRAMES / RATE] * len(told), abs=1e-3)


def test_facts(recordings):
    found = dkva.read_recording(recordings / "coded.mp4", Numbers(size=(20, 30)))
    assert found.facts == {
        "width": 64,
        "height": 48,
        "rotation": 0,
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "codec": "h264",
        "frames": FRAMES,
        "frames_per_second": pytest.approx(RATE),
        "duration": pytest.approx(FRAMES / RATE),
        "decoded_share": 1.0,
        "samples": 30,
        "samples_per_second": 5.0,
        "encoder": "numbers",
        "encoder_size": [20, 30],
    }
    assert_same(dkva.read_recording(recordings / "coded.mp4", Numbers(size=(20, 30))), found)


def test_a_second_time_nothing_is_decoded(recordings, tmp_path, closed):
    path = shutil.copy(recordings / "exact.mkv", tmp_path / "a.mkv")
    found = read_recording(path, Numbers())
    for other in [
        {"fps": 4},
        {"encoder": Numbers(key="numbers/2")},
        {"encoder": Numbers(key=""), "cache": False},
    ]:
        encoder = other.pop("encoder", Numbers())
        read_recording(path, encoder, **other)
        assert encoder.count > 0
    other_content = tmp_path / "b.mkv"
    other_content.write_bytes(path.read_bytes() + b"\0")
    encoder = Numbers()
    read_recording(other_content, encoder)
    assert encoder.count > 0
    closed()
    encoder = Numbers()
    path.rename(tmp_path / "c.mkv")
    assert_same(read_recording(tmp_path / "c.mkv", encoder), found)
    assert_same(read_recording(str(tmp_path / "c.mkv"), encoder, fps=5), found)
    assert encoder.count == 0


@pytest.mark.parametrize("options", [{"cache": False}, {"key": ""}])
def test_what_is_not_kept_leaves_nothing(recordings, cache_dir, options):
    key = options.pop("key", "numbers/1")
    for _ in range(2):
        encoder = Numbers(key)
        found = read_recording(recordings / "exact.mkv", encoder, **options)
        assert encoder.count == len(found.features) == 30
    assert not cache_dir.exists()


@pytest.mark.parametrize("stop", [1, 3, 7, 8])
def test_ctrl_c_and_the_next_run_goes_on(video, cache_dir, stop):
    """Whether states were kept before or the last one is kept then."""

    def interrupt(done, total):
        if len(encoder.given) == stop:
            raise KeyboardInterrupt

    encoder = Numbers()
    with pytest.raises(KeyboardInterrupt):
        read_recording(video, encoder, progress=interrupt)
    assert not threads()
    encoder = Numbers()
    found = read_recording(video, encoder)
    assert encoder.count == max(0, 30 - 4 * stop)
    assert_same(found, read_recording(video, Numbers(), cache=False))
    assert len(list((cache_dir / "recordings").iterdir())) == 1


KILLED = """
import os, pathlib, signal, sys
import numpy as np
from dkva.recordings import feature_cache
from dkva.recordings.reading import read_recording
feature_cache._EVERY = 0
class Mean:
    id, size, batch, key = "mean", None, 4, "mean/1"
    def __init__(self, after): self.left, self.count = after, 0
    def __call__(self, frames):
        if not self.left: os.kill(os.getpid(), signal.SIGKILL)
        self.left, self.count = self.left - 1, self.count + len(frames)
        return frames.mean((1, 2), dtype=np.float32)
if __name__ == "__main__":
    read_recording(sys.argv[1], Mean(int(sys.argv[2])))
"""


def test_a_run_that_is_killed_is_gone_on_with(recordings, cache_dir, tmp_path, monkeypatch):
    video = recordings / "coded.mp4"
    (tmp_path / "killed.py").write_text(KILLED)
    monkeypatch.syspath_prepend(tmp_path)
    from killed import Mean

    for after in (2, 3):
        run = subprocess.run([sys.executable, tmp_path / "killed.py", video, str(after)], check=False)
        assert run.returncode == -signal.SIGKILL
    mean = Mean(-1)
    found = read_recording(video, mean)
    assert mean.count == 30 - 4 * (2 + 3)
    assert_same(found, read_recording(video, Mean(-1), cache=False))
    assert [path.suffix for path in (cache_dir / "recordings").iterdir()] == [""]


def test_two_runs_at_once(video, cache_dir):
    """The second runs from end to end, and a third one, in the midst of the first."""
    others = []

    def meanwhile(done, total):
        if not others:
            others.append(None)
            others.extend(read_recording(video, Numbers()) for _ in range(2))

    first = read_recording(video, Numbers(), progress=meanwhile)
    for other in others[1:]:
        assert_same(other, first)
    encoder = Numbers()
    assert_same(read_recording(video, encoder), first)
    assert encoder.count == 0
    assert len(list((cache_dir / "recordings").iterdir())) == 1


def test_a_run_that_comes_late_takes_what_was_finished(video, monkeypatch):
    """Between looking for features and opening the recording, another run finished them."""
    open_recording, encoder = reading.open_recording, Numbers()

    def late(path):
        monkeypatch.setattr(reading, "open_recording", open_recording)
        read_recording(video, Numbers())
        return open_recording(path)

    monkeypatch.setattr(reading, "open_recording", late)
    assert len(read_recording(video, encoder).features) == 30
    assert encoder.count == 0


def test_frames_wait_in_a_queue_of_a_bounded_length(video, monkeypatch):
    """A slow encoder keeps the decoder back."""
    taken, most = [], []
    open_recording = reading.open_recording

    def counted(path):
        opened = open_recording(path)
        samples = opened.samples

        def counting(*args, **options):
            for sample in samples(*args, **options):
                taken.append(sample.interval)
                yield sample

        opened.samples = counting
        return opened

    class Slow(Numbers):
        def __call__(self, frames):
            threading.Event().wait(0.02)
            most.append(len(taken) - self.count)
            return super().__call__(frames)

    monkeypatch.setattr(reading, "open_recording", counted)
    read_recording(video, Slow())
    assert len(taken) == 30
    # One batch is with the encoder, two wait, and one more is made.
    assert max(most) <= 4 * 4
    taken.clear()
    monkeypatch.setattr(reading, "_BATCH_BYTES", 2 * 48 * 64 * 3)
    slow = Slow(key="")
    read_recording(video, slow)
    assert set(slow.given) == {2}


def test_features_have_no_room(video, monkeypatch, cache_dir):
    usage = shutil._ntuple_diskusage(10**6, 10**6, 239)
    monkeypatch.setattr(feature_cache.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(
        RecordingError, match=f"^{video}: .* has no room left for its features, 0 MB; make room"
    ):
        read_recording(video, Numbers())
    assert list((cache_dir / "recordings").iterdir()) == []
    monkeypatch.setattr(feature_cache.shutil, "disk_usage", lambda path: usage._replace(free=240))
    assert len(read_recording(video, Numbers()).features) == 30


def test_what_an_encoder_raises_ends_both_ends(video, cache_dir):
    def broken(frames):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read_recording(video, broken)
    assert not threads()
    assert list((cache_dir / "recordings").iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [np.zeros((4, 2, 2), np.float32), np.zeros((3, 2), np.float32), np.full((4, 2), np.nan, np.float32)],
)
def test_an_encoder_that_gives_no_rows(recordings, given, cache_dir, unchecked):
    class Broken(Numbers):
        def __call__(self, frames):
            return given

    with pytest.raises(
        RecordingError, match="encoder numbers gives no finite numbers \\[4, d\\] for 4 frames"
    ):
        read_recording(recordings / "exact.mkv", Broken())
    assert list((cache_dir / "recordings").iterdir()) == []


def test_a_recording_that_grows_while_it_is_read(recordings, tmp_path, cache_dir):
    path = shutil.copy(recordings / "exact.mkv", tmp_path / "a.mkv")

    def grow(done, total):
        with path.open("ab") as file:
            file.write(b"\0")

    with pytest.raises(
        RecordingError, match=r"a.mkv: was changed while it was read; wait until it is finished"
    ):
        read_recording(path, Numbers(), progress=grow)
    assert list((cache_dir / "recordings").iterdir()) == []


def test_a_recording_that_is_cut_short(recordings, tmp_path):
    content = (recordings / "exact.mkv").read_bytes()
    path = tmp_path / "cut.mkv"
    path.write_bytes(content[: len(content) // 2])
    found = read_recording(path, Numbers())
    assert 0.4 < found.facts["decoded_share"] < 0.6
    assert len(found.features) == pytest.approx(15, abs=3)
    assert len(found.notes) == 1
    again = read_recording(path, Numbers())
    assert_same(again, found)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
@pytest.mark.parametrize("sound", [False, True])
def test_a_recording_that_starts_late_is_decoded_whole(tmp_path, suffix, sound):
    """Sound, which begins at 0, says that the first picture is shown half a second later."""
    path = tmp_path / f"a{suffix}"
    render(path, numbered(30), rate=RATE, pts=range(5, 35), sound=sound)
    found = read_recording(path, Numbers())
    assert found.facts["duration"] == pytest.approx(3, abs=0.002)
    assert found.facts["decoded_share"] == pytest.approx(1, abs=0.01)
    assert found.notes == ()


@pytest.mark.parametrize("fps", [None, 2.0])
def test_a_folder_of_images(recordings, fps):
    told = []
    found = read_recording(
        recordings / "images", Numbers(), fps=fps, progress=lambda *both: told.append(both)
    )
    np.testing.assert_array_equal(found.features[:, 0], np.arange(FRAMES))
    np.testing.assert_array_equal(found.edges, np.arange(FRAMES + 1))
    assert found.fps == fps
    assert found.facts["decoded_share"] is None
    if fps is None:
        assert found.times is None
        assert found.facts["duration"] is found.facts["frames_per_second"] is None
        assert told[-1] == (FRAMES, FRAMES)
    else:
        np.testing.assert_allclose(found.times, np.arange(FRAMES + 1) / fps, rtol=1e-12)
        assert found.facts["duration"] == pytest.approx(FRAMES / fps)
    encoder = Numbers()
    again = read_recording(recordings / "images", encoder, fps=fps)
    assert encoder.count == 0
    np.testing.assert_array_equal(again.features, found.features)


def test_images_are_gone_on_with(recordings):
    def interrupt(done, total):
        if done > 25:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_recording(recordings / "images", Numbers(), progress=interrupt)
    encoder = Numbers()
    found = read_recording(recordings / "images", encoder)
    np.testing.assert_array_equal(found.features[:, 0], np.arange(FRAMES))
    assert encoder.count == FRAMES - 28


def test_encoders_are_given_in_several_ways(recordings, monkeypatch):
    path = recordings / "exact.mkv"
    expected = read_recording(path, Pixels(8), cache=False).features
    np.testing.assert_array_equal(read_recording(path, "pixels", size=8).features, expected)

    def pixels(frames):
        return frames.reshape(len(frames), -1) / 255

    found = read_recording(path, function_encoder(pixels, size=(8, 8))).features
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert read_recording(path, pixels, size=8).facts["encoder"] == "pixels"
    monkeypatch.setattr(reading, "default_encoder", lambda: ("colour", "no reason"))
    assert read_recording(path).facts["encoder"] == "colour"


@pytest.mark.parametrize(
    ("encoder", "options", "message"),
    [
        (None, {"fps": 0}, "fps is 0: give frames a second, more than 0"),
        (None, {"fps": float("nan")}, "fps is nan: give frames a second"),
        ("pixel", {}, "encoder"),
        ("pixels", {"weights": "a.pt"}, "takes no file of weights"),
        (Numbers(), {"size": 3}, "encoder numbers has a size, None: leave size out"),
        (Numbers(), {"weights": "a"}, "weights are for encoders that have names: leave them out"),
    ],
)
def test_what_does_not_fit_is_refused(recordings, encoder, options, message):
    with pytest.raises(ValueError, match=message):
        read_recording(recordings / "exact.mkv", encoder, **options)


@pytest.mark.parametrize("name", ["missing.mp4", "text.mp4", "empty"])
def test_what_is_no_recording_leaves_nothing(tmp_path, cache_dir, name):
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecordingError, match=f"^{tmp_path / name}: "):
        read_recording(tmp_path / name, Numbers())
    assert not cache_dir.exists()
