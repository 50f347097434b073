"""Key points of a person's body and hands as features, by the networks inside MediaPipe 0.10.14."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy
from jaxtyping import Bool, Float, Float32, UInt8

__all__ = ["PoseKeyPoints", "key_points", "pose_encoder"]

#: The one version: it has the models inside, and wheels for Python 3.11 and 3.12.
_VERSION = "0.10.14"

#: Points of a body and of a hand, and which of a body's are its left and its right wrist.
_BODY, _HAND, _WRISTS = 33, 21, (15, 16)


@dataclass(frozen=True)
class PoseKeyPoints:
    """Where the points of one person's body and hands are in each frame [n, 150].

    The 33 points of MediaPipe's body, 21 of the left and 21 of the right hand, in its order, each as x and y
    from the middle of the frame, in lengths of its longer side; MediaPipe guesses those of a body that lie
    outside. Each frame is looked at on its own, without following points from the one before. `key_points`
    says what stands for hands and bodies that were not found.

    Attributes:
        body: what finds bodies.
        hands: what finds hands.
        longest: frames are shrunk so that their longer side is at most this (our choice).
    """

    body: Any = field(repr=False)
    hands: Any = field(repr=False)
    longest: int = 640

    @property
    def id(self) -> str:
        """See `dkva.recordings.encoders.Encoder`."""
        return "pose"

    @property
    def size(self) -> int:
        """The most of the longer side."""
        return self.longest

    @property
    def batch(self) -> int:
        """Frames are looked at one by one."""
        return 1

    @property
    def key(self) -> str:
        """Its name, version and size, and MediaPipe's version, which has its models."""
        return f"pose/1 {self.longest} mediapipe={_VERSION}"

    def __call__(self, frames: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n d"]:
        """Features of frames of any size."""
        sides = np.array(frames.shape[2:0:-1])
        with warnings.catch_warnings():  # of what MediaPipe calls in protobuf
            warnings.filterwarnings("ignore", "SymbolDatabase.GetPrototype", UserWarning)
            found = np.stack([key_points(*self._found(np.ascontiguousarray(frame))) for frame in frames])
        return ((found - 0.5) * sides / sides.max()).reshape(len(frames), -1).astype(np.float32)

    def _found(self, frame):
        """Arguments of `key_points`."""
        body = self.body.process(frame).pose_landmarks
        hands = self.hands.process(frame)
        # MediaPipe takes images to be mirrored: what it calls left is right.
        right = [each.classification[0].label == "Left" for each in hands.multi_handedness or ()]
        found = [_places(each) for each in hands.multi_hand_landmarks or ()]
        return (
            None if body is None else _places(body),
            np.array(found).reshape(-1, _HAND, 2),
            np.array(right, bool),
        )


def key_points(
    body: Float[np.ndarray, "33 2"] | None,
    hands: Float[np.ndarray, "k 21 2"],
    right: Bool[np.ndarray, " k"],
) -> Float[np.ndarray, "75 2"]:
    """Points of a body, its left and its right hand, as shares of the frame's width and height.

    Hands belong to the wrists of the body to which they are nearest, together; without a body, to the sides
    that they look like. All points of a hand that was not found are at the body's wrist; where there is no
    body, they and the body's are in the middle of the frame (our choice).

    Args:
        body: its points, if there is one.
        hands: those that were found, two at most.
        right: which of them look like right hands.
    """
    points = np.full((_BODY + 2 * _HAND, 2), 0.5)
    sides = points[_BODY:].reshape(2, _HAND, 2)
    if body is None:
        costs = (right[:, None] != np.array([False, True])).astype(float)
    else:
        points[:_BODY], wrists = body, body[list(_WRISTS)]
        sides[:] = wrists[:, None]
        costs = np.linalg.norm(hands[:, :1] - wrists, axis=-1)
    which, side = scipy.optimize.linear_sum_assignment(costs)
    sides[side] = hands[which]
    return points


def pose_encoder() -> PoseKeyPoints:
    """The encoder, if MediaPipe 0.10.14 is installed.

    Raises:
        ValueError: it is not, or not that version, or cannot be loaded, or another package brought a protobuf
            that it fails with; the message says what to do.
    """
    try:
        version = importlib.metadata.version("mediapipe")
    except importlib.metadata.PackageNotFoundError:
        version = None
    if version != _VERSION:
        there = "it is not installed" if version is None else f"{version} is installed"
        major, minor = sys.version_info[:2]
        python = "" if (major, minor) < (3, 13) else f", by Python 3.11 or 3.12 ({major}.{minor} runs)"
        raise ValueError(
            f"encoder pose needs mediapipe {_VERSION} and {there}; later versions lack the models and look "
            f"up a server for statistics: pip install 'dkva[pose]'{python}"
        )
    if (protobuf := importlib.metadata.version("protobuf")).split(".")[0] not in ("3", "4"):
        raise ValueError(
            f"encoder pose needs protobuf < 5 and {protobuf} is installed: pip install 'protobuf<5'"
        )
    try:
        from mediapipe.python import solutions
    except ImportError as error:
        raise ValueError(
            f"encoder pose: mediapipe cannot be loaded ({error}); if it names a library of the system, "
            "install that: apt install libgl1 libgles2"
        ) from error
    blank = np.zeros((64, 64, 3), np.uint8)
    with _quiet():
        body = solutions.pose.Pose(static_image_mode=True, smooth_landmarks=False)
        hands = solutions.hands.Hands(static_image_mode=True, max_num_hands=2)
        for each in (body, hands):  # once all models are loaded, nothing more is said
            each.process(blank)
    return PoseKeyPoints(body, hands)


def _places(landmarks) -> Float[np.ndarray, "points 2"]:
    return np.array([(point.x, point.y) for point in landmarks.landmark])


@contextmanager
def _quiet() -> Iterator[None]:
    """Drop what MediaPipe's C++ tells the terminal as it starts, which no setting of it turns off."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
