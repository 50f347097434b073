"""Key points of bodies and hands; MediaPipe itself runs if it is installed (dkva[pose])."""

import importlib.metadata
import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dkva.recordings.encoders import open_encoder
from dkva.recordings.pose import key_points

pytestmark = pytest.mark.fast

SHARES = st.floats(-1, 2, width=32)
BODIES = arrays(float, (33, 2), elements=SHARES)
HANDS = st.integers(0, 2).flatmap(lambda k: arrays(float, (k, 21, 2), elements=SHARES))


def version():
    try:
        return importlib.metadata.version("mediapipe")
    except importlib.metadata.PackageNotFoundError:
        return None


needs_mediapipe = pytest.mark.skipif(
    version() != "0.10.14", reason="mediapipe 0.10.14 is not installed: pip install 'dkva[pose]'"
)


@given(BODIES, HANDS, st.data())
def test_hands_belong_to_the_nearest_wrists(body, hands, data):
    right = data.draw(arrays(bool, len(hands)))
    found = key_points(body, hands, right)
    np.testing.assert_array_equal(found[:33], body)
    wrists, sides = body[[15, 16]], found[33:].reshape(2, 21, 2)
    ways = list(itertools.permutations(range(2), len(hands)))
    lengths = [sum(np.hypot(*(hands[i, 0] - wrists[j])) for i, j in enumerate(way)) for way in ways]
    for way, length in zip(ways, lengths, strict=True):
        expected = np.repeat(wrists[:, None], 21, 1)
        expected[list(way)] = hands
        if np.array_equal(expected, sides):
            # Lengths of 5 at most are added in an order of their own.
            assert length <= min(lengths) + 1e-13
            return
    pytest.fail("hands are at no wrist")


def test_without_a_body_hands_are_told_by_their_looks():
    hands = np.arange(2 * 21 * 2.0).reshape(2, 21, 2)
    found = key_points(None, hands, np.array([True, False]))
    np.testing.assert_array_equal(found[33:], hands[::-1].reshape(42, 2))
    assert (found[:33] == 0.5).all()
    one = key_points(None, hands[:1], np.array([True]))
    assert (one[:54] == 0.5).all()
    np.testing.assert_array_equal(one[54:], hands[0])
    both = key_points(None, hands, np.array([True, True]))[33:].reshape(2, 21, 2)
    assert sorted(both[:, 0, 0].tolist()) == [0, 42]


@pytest.mark.parametrize(
    ("found", "python", "message"),
    [
        (None, (3, 12), "needs mediapipe 0.10.14 and it is not installed; later versions lack the models"),
        (
            "0.10.35",
            (3, 11),
            "needs mediapipe 0.10.14 and 0.10.35 is installed; later versions lack the models",
        ),
        (None, (3, 13), "pip install 'dkva[pose]', by Python 3.11 or 3.12 (3.13 runs)"),
    ],
)
def test_other_versions_are_refused(monkeypatch, found, python, message):
    def told(name):
        if found is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(importlib.metadata, "version", told)
    monkeypatch.setattr(sys, "version_info", python)
    with pytest.raises(ValueError, match=r"^encoder pose [^\n]*$") as caught:
        open_encoder("pose")
    assert message in str(caught.value)


def test_a_protobuf_that_it_fails_with(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", {"mediapipe": "0.10.14", "protobuf": "7.36.2"}.get)
    with pytest.raises(
        ValueError, match=r"protobuf < 5 and 7\.36\.2 is installed: pip install 'protobuf<5'$"
    ):
        open_encoder("pose")


def test_a_library_of_the_system_that_is_not_there(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", {"mediapipe": "0.10.14", "protobuf": "4.25.9"}.get)
    monkeypatch.setitem(sys.modules, "mediapipe", None)  # importing it fails
    with pytest.raises(
        ValueError, match=r"cannot be loaded \([^\n]*install that: apt install libgl1 libgles2$"
    ):
        open_encoder("pose")


@needs_mediapipe
def test_frames_without_anyone():
    encoder = open_encoder("pose")
    features = encoder(np.zeros((2, 36, 64, 3), np.uint8))
    assert (features.shape, features.dtype) == ((2, 150), np.float32)
    assert not features.any()


@needs_mediapipe
@pytest.mark.data
def test_a_person(data_root):
    """Who signs "book" brings both hands together before the chest, and lowers them at the end."""
    av = pytest.importorskip("av", reason="PyAV is not installed: pip install av")
    path = data_root / "recordings" / "sign_clips" / "book.mkv"
    if not path.exists():
        pytest.skip("the shared clips are not there")
    with av.open(path) as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    frames = np.stack([frames[len(frames) // 2], frames[-1]])
    encoder = open_encoder("pose")
    features = encoder(frames)
    points = features.reshape(2, 75, 2)
    wrists = points[:, [15, 16]]
    apart = np.linalg.norm(wrists[:, 0] - wrists[:, 1], axis=-1)
    assert 0 < 2 * apart[0] < apart[1]
    assert (wrists[0, :, 1] < wrists[1, :, 1]).all()  # y goes downwards
    assert points[0, 11, 0] > points[0, 12, 0]  # whom one faces has the left shoulder on the right
    # Each frame on its own, whatever was looked at before.
    np.testing.assert_array_equal(encoder(frames[::-1]), features[::-1])


@needs_mediapipe
def test_it_starts_without_a_word():
    code = "from dkva.recordings.encoders import open_encoder; open_encoder('pose')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
