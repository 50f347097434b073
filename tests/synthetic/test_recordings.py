"""Recordings are read again by FFmpeg, frame by frame."""

import re
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from synthetic.drawn_scenes import Settings, drawn
from synthetic.moving5 import Settings as Moving5Settings
from synthetic.moving5 import generate
from synthetic.recordings import HOUR, enlarged, hour, main, write_recording

av = pytest.importorskip("av", reason="PyAV is not installed: pip install av")

SMALL = Settings(actions=3, visits=1, shortest=0.4, longest=0.8, rate=10, height=48, width=64)


def read(path):
    """Frames [n, h, w, 3], their times in seconds, and the stream's rate."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        images = np.stack([frame.to_ndarray(format="rgb24") for frame in frames])
        return images, [float(frame.time) for frame in frames], container.streams.video[0].average_rate


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_frames_come_back_at_their_times(tmp_path, suffix):
    scene = drawn(SMALL)
    path = tmp_path / f"scene.{suffix}"
    assert write_recording(path, scene.frames(), rate=Fraction(25, 2)) == len(scene.labels)
    images, times, rate = read(path)
    assert rate == Fraction(25, 2)
    np.testing.assert_allclose(times, np.arange(len(scene.labels)) * 0.08, atol=6e-4)  # mkv: milliseconds
    given = np.stack(list(scene.frames())).astype(float)
    assert images.shape == given.shape
    errors = np.abs(images - given).mean(axis=(1, 2, 3))
    assert errors.max() < 6  # noise of 4 levels, colours halved
    others = np.abs(images - given[::-1]).mean(axis=(1, 2, 3))
    middle = len(others) // 2
    assert (others[:middle] > errors[:middle]).all()


def test_odd_sides_lose_their_last_pixels(tmp_path):
    frames = np.zeros((3, 33, 47, 3), np.uint8)
    frames[:, 32:] = frames[:, :, 46:] = 255
    write_recording(tmp_path / "odd.mp4", frames, rate=5)
    images, _, _ = read(tmp_path / "odd.mp4")
    assert images.shape == (3, 32, 46, 3)
    assert images.max() < 8


def test_frames_that_repeat_are_encoded_once_and_read_like_others(tmp_path):
    scene = drawn(SMALL)
    n = len(scene.labels)
    assert write_recording(tmp_path / "v.mp4", scene.frames(), rate=10, times=3) == 3 * n
    images, times, _ = read(tmp_path / "v.mp4")
    np.testing.assert_allclose(times, np.arange(3 * n) / 10, atol=1e-6)
    np.testing.assert_array_equal(images, np.tile(images[:n], (3, 1, 1, 1)))


def test_moving5_survives_enlarged(tmp_path, few):
    frames, _ = generate(Moving5Settings(few, videos=1)).splits["test"].video(0)
    write_recording(tmp_path / "v.mp4", enlarged(frames), rate=10)
    images, _, _ = read(tmp_path / "v.mp4")
    assert images.shape == (len(frames), 224, 224, 3)
    small = images.reshape(len(frames), 28, 8, 28, 8, 3).mean(axis=(2, 4))
    error = np.abs(small - frames).mean()
    assert error < 1  # grey level
    write_recording(tmp_path / "small.mp4", frames, rate=10)
    assert np.abs(read(tmp_path / "small.mp4")[0] - frames.astype(float)).mean() > 4 * error


def test_an_hour_in_small(tmp_path):
    settings = replace(HOUR, height=48, width=64, rate=4)
    labels = hour(tmp_path / "v.mp4", 250, settings)
    images, times, _ = read(tmp_path / "v.mp4")
    assert len(labels) == len(images) == 1000
    np.testing.assert_array_equal(labels[:500], labels[500:])
    assert times[-1] == pytest.approx(249.75)
    assert set(labels.tolist()) == set(range(6))


def test_bits_a_second_are_kept(tmp_path):
    scene = drawn(replace(SMALL, height=120, width=160), seconds=8)
    sizes = {}
    for bits in (100_000, 400_000):
        path = tmp_path / f"{bits}.mp4"
        write_recording(path, scene.frames(), rate=10, bits=bits)
        sizes[bits] = path.stat().st_size * 8 / 8
    assert all(bits / 2 < found < 2 * bits for bits, found in sizes.items())


def test_no_frames_and_no_package(tmp_path, monkeypatch):
    path = tmp_path / "v.mp4"
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: no frames to write"):
        write_recording(path, [], rate=5)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImportError, match="install it with pip install av"):
        write_recording(path, np.zeros((1, 8, 8, 3), np.uint8), rate=5)
    assert not path.exists()


def test_the_command_writes_recordings_and_their_truth(tmp_path, capsys):
    options = ["--rate", "5", "--height", "48", "--width", "64", "--shortest", "0.5", "--longest", "1"]
    folder = tmp_path / "made"
    assert main(["--out", str(folder), "--recordings", "2", "--seed", "4", "--actions", "2", *options]) == 0
    assert "scene01.mp4: " in capsys.readouterr().out
    for index in range(2):
        images, _, _ = read(folder / f"scene0{index + 1}.mp4")
        names = (folder / f"scene0{index + 1}.txt").read_text().split()
        labels = drawn(Settings(4 + index, 2, 2, 0.5, 1.0, 5, 48, 64)).labels
        assert names == [f"action{label + 1}" for label in labels]
        assert len(images) == len(names)
    assert main(["--out", str(folder), "--actions", "9"]) == 2
    assert "error: actions is 9" in capsys.readouterr().err
