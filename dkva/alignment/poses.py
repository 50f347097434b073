"""Poses changed at random, for training: what CASA and MASA do to sequences of skeletons.

Kwon et al., Context-aware sequence alignment using 4D skeletal augmentation, CVPR 2022 (CASA), with its
public code; Kwon et al., Multi activity sequence alignment via implicit clustering (MASA), which takes them
over. A pose is the joints of the skeleton of one frame in three dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

__all__ = [
    "Body",
    "BodyModel",
    "Changes",
    "Drawn",
    "changed",
    "flipped",
    "normalised",
    "turned",
    "with_latent_noise",
]


class Body(NamedTuple):
    """What is known of a skeleton.

    Attributes:
        parents: of each joint the joint that its bone comes from, -1 if it has none; () if unknown.
        mirrored: pairs of joints that are each other's on the other side of the body.
    """

    parents: tuple[int, ...] = ()
    mirrored: tuple[tuple[int, int], ...] = ()

    def check(self, joints: int) -> None:
        """Raise ValueError if there are parents that are not one a joint, or that go in a circle."""
        if self.parents:
            _from_roots(self.parents, joints)


class BodyModel(NamedTuple):
    """A learned space of poses, such as VPoser's, as two functions.

    Attributes:
        encode: of poses [n, j, 3], to points of the space [n, z].
        decode: back.
    """

    encode: Callable[[np.ndarray], np.ndarray]
    decode: Callable[[np.ndarray], np.ndarray]


class Changes(NamedTuple):
    """What may be changed, how likely and how much; the defaults are those of CASA's public code.

    CASA's public code draws angles but never applies them; here they are applied. Its translation is of poses
    whose size is about 1; see `normalised`.

    Attributes:
        flip: probability that the view is mirrored.
        axis: coordinate that changes its sign then.
        translation: probability that all joints of all frames are moved, each by itself.
        translation_sigma: standard deviation of each coordinate of it.
        angles: probability that bones are turned; without parents none is.
        angle_sigma: standard deviation of the angle, in degrees.
        latent: probability of noise in the space of a body model; without one there is none.
        latent_sigma: standard deviation of it, before it is smoothed.
        latent_window: frames over which it is averaged.
    """

    flip: float = 0.3
    axis: int = 0
    translation: float = 0.3
    translation_sigma: float = 0.1
    angles: float = 0.3
    angle_sigma: float = 10.0
    latent: float = 0.1
    latent_sigma: float = 0.1
    latent_window: int = 10


class Drawn(NamedTuple):
    """What `changed` did; None where it did nothing.

    Attributes:
        flip: whether the view was mirrored.
        turns: rotation vector of each bone, in radians [j, 3].
        translation: what was added to each joint [n, j, 3].
        latent: what was added in the space of the body model [n, z].
    """

    flip: bool
    turns: Float[np.ndarray, "j 3"] | None
    translation: Float[np.ndarray, "n j 3"] | None
    latent: Float[np.ndarray, "n z"] | None


def normalised(poses: Float[np.ndarray, "n j 3"]) -> Float[np.ndarray, "n j 3"]:
    """Poses moved and scaled as one, to mean 0 and mean square 1 over all coordinates of the video.

    Angles and the ratios of all lengths stay, and so does the way that the body goes. Poses that are all one
    point become 0.
    """
    centred = poses - poses.mean(axis=(0, 1))
    size = np.sqrt(np.mean(centred**2))
    # By rounding, the size of a constant may be above 0.
    still = np.ptp(poses, axis=(0, 1)).max() == 0
    return np.zeros_like(poses) if still else centred / size


def flipped(
    poses: Float[np.ndarray, "n j 3"], axis: int = 0, mirrored: Sequence[tuple[int, int]] = ()
) -> Float[np.ndarray, "n j 3"]:
    """Poses mirrored at the plane through their mean over the video, so that they stay in place.

    Args:
        poses: in order of time.
        axis: the coordinate that is mirrored.
        mirrored: pairs of joints that change their places, as a left hand in the mirror is a right one.
    """
    found = poses.copy()
    found[..., axis] = 2 * poses[..., axis].mean() - poses[..., axis]
    order = np.arange(poses.shape[1])
    for left, right in mirrored:
        order[left], order[right] = right, left
    return found[:, order]


def turned(
    poses: Float[np.ndarray, "n j 3"], parents: Sequence[int], turns: Float[np.ndarray, "j 3"]
) -> Float[np.ndarray, "n j 3"]:
    """Poses whose bones are turned where they begin, with all that hangs on them; lengths stay.

    Args:
        poses: in order of time; all are turned alike, so that the motion stays smooth.
        parents: of each joint the one that its bone comes from; -1 for joints that stay in place.
        turns: of each bone the rotation vector: its axis, whose length is the angle in radians.

    Raises:
        ValueError: parents that are not one a joint, or that go in a circle.
    """
    found = poses.copy()
    whole = np.broadcast_to(np.eye(3), (len(parents), 3, 3)).copy()
    for joint in _from_roots(parents, poses.shape[1]):
        parent = parents[joint]
        if parent >= 0:
            whole[joint] = whole[parent] @ _rotation(turns[joint])
            bone = poses[:, joint] - poses[:, parent]
            found[:, joint] = found[:, parent] + bone @ whole[joint].T.astype(poses.dtype)
    return found


def with_latent_noise(
    poses: Float[np.ndarray, "n j 3"], model: BodyModel, noise: Float[np.ndarray, "n z"]
) -> Float[np.ndarray, "n j 3"]:
    """Poses moved in the space of a body model.

    Args:
        poses: in order of time.
        model: whose space it is.
        noise: added to the points of the frames.
    """
    return np.asarray(model.decode(model.encode(poses) + noise)).astype(poses.dtype).reshape(poses.shape)


def changed(
    poses: Float[np.ndarray, "n j 3"],
    changes: Changes,
    rng: np.random.Generator,
    *,
    body: Body | None = None,
    model: BodyModel | None = None,
) -> tuple[Float[np.ndarray, "n j 3"], Drawn]:
    """Poses of one view, changed at random: in a body model's space, turned, moved, and mirrored.

    Args:
        poses: in order of time.
        changes: what may happen.
        rng: what is drawn from; each kind of change has its own stream, so that one does not move the others.
        body: what is known of the skeleton.
        model: a learned space of poses.

    Returns:
        The poses, and what was drawn.

    Raises:
        ValueError: as `turned`.
    """
    body = body or Body()
    latent_rng, turn_rng, move_rng, flip_rng = rng.spawn(4)
    latent = turns = translation = None
    if model is not None and latent_rng.random() < changes.latent:
        points = np.asarray(model.encode(poses))
        drawn = latent_rng.normal(0, changes.latent_sigma, points.shape)
        latent = _smoothed(drawn, changes.latent_window).astype(points.dtype)
        poses = with_latent_noise(poses, model, latent)
    if body.parents and turn_rng.random() < changes.angles:
        axes = turn_rng.normal(size=(poses.shape[1], 3))
        angles = np.radians(turn_rng.normal(0, changes.angle_sigma, (poses.shape[1], 1)))
        turns = angles * axes / np.linalg.norm(axes, axis=1, keepdims=True)
        poses = turned(poses, body.parents, turns)
    if move_rng.random() < changes.translation:
        translation = move_rng.normal(0, changes.translation_sigma, poses.shape).astype(poses.dtype)
        poses = poses + translation
    flip = bool(flip_rng.random() < changes.flip)
    if flip:
        poses = flipped(poses, changes.axis, body.mirrored)
    return poses, Drawn(flip, turns, translation, latent)


def _rotation(vector: Float[np.ndarray, " 3"]) -> Float[np.ndarray, "3 3"]:
    """Rodrigues' formula."""
    angle = np.linalg.norm(vector)
    if angle == 0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def _from_roots(parents: Sequence[int], joints: int) -> list[int]:
    """The joints, each behind its parent."""
    if len(parents) != joints:
        raise ValueError(f"there are {len(parents)} parents and {joints} joints: give one parent a joint")
    ordered: list[int] = []
    left = list(range(joints))
    while left:
        ready = [joint for joint in left if parents[joint] < 0 or parents[joint] in ordered]
        if not ready:
            raise ValueError(f"parents {tuple(parents)} go in a circle or name no joint: give -1 to the root")
        ordered += ready
        left = [joint for joint in left if joint not in ordered]
    return ordered


def _smoothed(noise: Float[np.ndarray, "n z"], window: int) -> Float[np.ndarray, "n z"]:
    """Means over the frames of a window around each, as far as there are frames."""
    sums = np.cumsum(np.pad(noise, ((1, 0), (0, 0))), axis=0)
    places = np.arange(len(noise))
    first = np.maximum(places - (window - 1) // 2, 0)
    last = np.minimum(places + window // 2, len(noise) - 1) + 1
    return (sums[last] - sums[first]) / (last - first)[:, None]
