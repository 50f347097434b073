"""Drawn scenes: somebody's actions before a fixed camera, as frames whose true actions are known.

A scene has a textured background. Each action is a shape of its own, in a colour of its own, that moves in a
way of its own at a place of its own; it is done several times, never twice in a row, and never quite the
same: where its movement begins, and a little of its place and speed, are drawn anew. The light drifts, and
the camera adds noise. Frames are drawn one after the other: an hour takes no more memory than a second.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy

__all__ = ["Scene", "Settings", "drawn"]

# Okabe and Ito's palette: told apart by colour-blind readers too.
_COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (213, 94, 0), (204, 121, 167), (240, 228, 66))

#: Most actions of a scene: each has a colour and a shape of its own.
_MOST_ACTIONS = len(_COLOURS)

# In parts of the picture's height.
_RADIUS = 0.2
_SWING = 0.08
_PLACE_JITTER = 0.02

_DRIFT_SECONDS = 23.0
_NOISE_MARGIN = 64  # pixels by which the field of noise is larger than a frame


@dataclass(frozen=True)
class Settings:
    """All that decides a scene.

    Attributes:
        seed: of its looks, its order and its noise.
        actions: how many there are, 1 to 6.
        visits: how often each is done.
        shortest: seconds that an action takes at least.
        longest: seconds that it takes at most.
        rate: frames a second.
        height: of a frame in pixels.
        width: of a frame in pixels.
        noise: standard deviation of the camera's noise, in grey levels.
        drift: how far the light goes up and down, in grey levels. It moves all pixels together, if only a
            little: methods that standardise pixels can take it for the actions.
    """

    seed: int = 0
    actions: int = 5
    visits: int = 2
    shortest: float = 3.0
    longest: float = 8.0
    rate: int = 30
    height: int = 240
    width: int = 320
    noise: float = 4.0
    drift: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.actions <= _MOST_ACTIONS:
            raise ValueError(f"actions is {self.actions}: give a whole number from 1 to {_MOST_ACTIONS}")
        if self.actions == 1 and self.visits > 1:
            raise ValueError("one action alone cannot come back: give visits 1, or more actions")
        if not 1 / self.rate <= self.shortest <= self.longest:
            raise ValueError(
                f"actions last from {self.shortest} to {self.longest} seconds: give at least one frame "
                f"(1/{self.rate} s), and no less to the longest"
            )


class _Looks(NamedTuple):
    """What is seen of an action, lengths in pixels."""

    shape: Callable[[np.ndarray, np.ndarray], np.ndarray]
    colour: np.ndarray
    place: np.ndarray
    path: tuple[float, float, float]
    radius: float
    speed: float


@dataclass(frozen=True)
class Scene:
    """A scene.

    Attributes:
        settings: that decide it.
        labels: the action of each frame [n], from 0.
    """

    settings: Settings
    labels: np.ndarray

    def frames(self) -> Iterator[np.ndarray]:
        """RGB frames [height, width, 3], uint8, one after the other; the same each time."""
        chosen = self.settings
        rng = np.random.default_rng([chosen.seed, 1])
        light = _background(rng, chosen)
        looks = [_looks(rng, action, chosen) for action in range(chosen.actions)]
        noise = _Noise(rng, chosen)
        index = 0
        for label, run in itertools.groupby(self.labels.tolist()):
            look = looks[label]
            place = look.place + rng.normal(0, _PLACE_JITTER * chosen.height, 2)
            phase, speed = rng.uniform(0, 2 * np.pi), look.speed * rng.uniform(0.85, 1.15)
            for _ in run:
                seconds = index / chosen.rate
                frame = light + np.float32(chosen.drift * np.sin(2 * np.pi * seconds / _DRIFT_SECONDS))
                _add(frame, look, place, phase + 2 * np.pi * speed * seconds)
                frame += noise.field()
                yield np.clip(frame, 0, 255).astype(np.uint8)
                index += 1


def drawn(settings: Settings | None = None, *, seconds: float | None = None) -> Scene:
    """A scene in which every action is done as often as the settings say.

    Args:
        settings: of it.
        seconds: how long it lasts, whatever the settings say of visits: the actions go on in rounds of all
            visits until then. None: as long as the visits take.
    """
    chosen = settings or Settings()
    rng = np.random.default_rng([chosen.seed, 0])
    n_frames = None if seconds is None else max(1, round(seconds * chosen.rate))
    labels: list[int] = []
    while not labels or (n_frames is not None and len(labels) < n_frames):
        for action in _order(rng, chosen, labels[-1] if labels else None):
            length = round(rng.uniform(chosen.shortest, chosen.longest) * chosen.rate)
            labels += [action] * length
    return Scene(chosen, np.array(labels[:n_frames], np.int64))


def _order(rng: np.random.Generator, settings: Settings, last: int | None) -> list[int]:
    """Actions of one round, none twice in a row."""
    every = np.repeat(np.arange(settings.actions), settings.visits)
    while True:
        order = rng.permutation(every).tolist()
        before = order if last is None or settings.actions == 1 else [last, *order]
        if all(a != b for a, b in itertools.pairwise(before)):
            return order


def _background(rng: np.random.Generator, settings: Settings) -> np.ndarray:
    """Texture of two grains [height, width, 3], in the middle greys."""
    shape = (settings.height, settings.width)
    texture = np.zeros((*shape, 3), np.float32)
    for grain, strength in ((40, 45.0), (5, 12.0)):
        coarse = rng.normal(size=(shape[0] // grain + 2, shape[1] // grain + 2, 3))
        fine = scipy.ndimage.zoom(coarse, (grain, grain, 1), order=1)[: shape[0], : shape[1]]
        texture += (strength * fine).astype(np.float32)
    return np.clip(110 + texture, 40, 180)


def _looks(rng: np.random.Generator, action: int, settings: Settings) -> _Looks:
    """Actions stand on an ellipse, so that none hides another's place."""
    angle = 2 * np.pi * action / settings.actions + rng.uniform(-0.1, 0.1)
    middle = np.array([settings.height, settings.width]) / 2
    place = middle * (1 + 0.6 * np.array([np.sin(angle), np.cos(angle)]))
    return _Looks(
        _SHAPES[action % len(_SHAPES)],
        np.array(_COLOURS[action], np.float32),
        place,
        _PATHS[action % len(_PATHS)],
        _RADIUS * settings.height,
        rng.uniform(0.4, 0.8),
    )


def _add(frame: np.ndarray, look: _Looks, place: np.ndarray, angle: float) -> None:
    """Draw an action's shape where it is at this angle of its movement."""
    down, right, turns = look.path
    swing = _SWING * frame.shape[0]
    row = place[0] + swing * down * np.sin(angle)
    column = place[1] + swing * right * np.cos(angle)
    reach = int(np.ceil(1.5 * look.radius))
    top, left = max(int(row) - reach, 0), max(int(column) - reach, 0)
    part = frame[top : int(row) + reach + 1, left : int(column) + reach + 1]
    y = np.arange(top, top + part.shape[0], dtype=np.float32)[:, None] - np.float32(row)
    x = np.arange(left, left + part.shape[1], dtype=np.float32) - np.float32(column)
    sine, cosine = np.float32(np.sin(turns * angle)), np.float32(np.cos(turns * angle))
    x, y = (cosine * x + sine * y) / look.radius, (cosine * y - sine * x) / look.radius
    cover = np.clip(0.5 - look.shape(x, y) * look.radius, 0, 1)[..., None]  # its edge is a pixel wide
    stripes = (0.85 + 0.15 * np.sign(np.sin(9 * x)))[..., None]
    part += cover * (look.colour * stripes - part)


class _Noise:
    """Fields of noise: pieces of one that is drawn once, each from a place of its own."""

    def __init__(self, rng: np.random.Generator, settings: Settings) -> None:
        self._rng = rng
        self._shape = (settings.height, settings.width)
        whole = (settings.height + _NOISE_MARGIN, settings.width + _NOISE_MARGIN, 3)
        self._whole = rng.normal(0, settings.noise, whole).astype(np.float32)

    def field(self) -> np.ndarray:
        top, left = self._rng.integers(0, _NOISE_MARGIN, 2)
        return self._whole[top : top + self._shape[0], left : left + self._shape[1]]


# Distance to a shape's edge, below 0 inside, in its radius.


def _disc(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.hypot(x, y) - 1


def _square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(x), np.abs(y)) - 0.85


def _ring(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.abs(np.hypot(x, y) - 0.75) - 0.25


def _bar(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(x) - 1.2, np.abs(y) - 0.4)


def _cross(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = np.abs(x), np.abs(y)
    return np.minimum(np.maximum(x - 1.1, y - 0.35), np.maximum(y - 1.1, x - 0.35))


def _triangle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(x) * 0.866 + y * 0.5, -y) - 0.6


_SHAPES = (_disc, _square, _ring, _bar, _cross, _triangle)

# How far it goes down and right, and how often it turns meanwhile.
_PATHS = ((1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1), (1, 1, 1), (1, 0, 2))
