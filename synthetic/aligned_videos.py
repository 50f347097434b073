"""What data sets of videos whose true alignment is known have in common: light, features, splits, command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synthetic.digits import SOURCES
from synthetic.moving_digit import CANVAS
from synthetic.preview import write_preview

__all__ = [
    "SPLITS",
    "WHITE",
    "AlignedSplit",
    "InOrder",
    "check_limits",
    "evenly",
    "features_of",
    "lit",
    "run",
    "typical",
]

SPLITS = ("train", "test")

WHITE = 255

_BLOCK = 4


@dataclass(frozen=True)
class AlignedSplit:
    """One split.

    Attributes:
        frames: RGB [frames, 28, 28, 3], uint8, all videos one after the other.
        features: [frames, 49], float32; see `features_of`.
        phases: of each frame [frames], uint8.
        times: canonical time of each frame [frames], float32.
        starts: first frame of each video, and the number of frames [videos + 1].
        digits: digit image of each phase of each video [videos, phases, 28, 28], uint8.
    """

    frames: np.ndarray
    features: np.ndarray
    phases: np.ndarray
    times: np.ndarray
    starts: np.ndarray
    digits: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    def part(self, index: int) -> slice:
        """Where the frames of one video lie among all."""
        return slice(self.starts[index], self.starts[index + 1])

    def video(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Frames [n, 28, 28, 3] and phases [n] of one video."""
        return self.frames[self.part(index)], self.phases[self.part(index)]


@dataclass(frozen=True)
class InOrder:
    """Videos of a split in another order, to draw pictures of."""

    split: AlignedSplit
    order: Sequence[int]

    def __len__(self) -> int:
        return len(self.order)

    def video(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Frames [n, 28, 28, 3] and phases [n] of one video."""
        return self.split.video(self.order[index])


def features_of(frames: np.ndarray) -> np.ndarray:
    """Features [n, 49], float32, of frames [n, 28, 28, 3]: means of 4 x 4 pixels, 1 for white."""
    n, side = len(frames), CANVAS // _BLOCK
    squares = frames.reshape(n, side, _BLOCK, side, _BLOCK, 3).sum(axis=(2, 4, 5), dtype=np.int64)
    return (squares / (WHITE * 3 * _BLOCK**2)).astype(np.float32).reshape(n, side**2)


def typical(images: np.ndarray, which: np.ndarray, most: int) -> np.ndarray:
    """Indices of so many of these images, those nearest to their mean first; 0 means all of them."""
    mine = np.flatnonzero(which)
    if not most:
        return mine
    pixels = images[mine].astype(np.int64)
    away = len(mine) * pixels - pixels.sum(axis=0)  # whole numbers: no sum depends on the machine
    return mine[np.argsort((away**2).sum(axis=(1, 2)), kind="stable")[:most]]


def evenly(videos: int, least: int, most: int, rng: np.random.Generator) -> np.ndarray:
    """A whole number for each video, evenly from the least to the most, in an order of their own [videos]."""
    return rng.permutation(least + np.arange(videos) * (most - least) // max(videos - 1, 1))


def lit(grey: np.ndarray, light: int, noise: int, rng: np.random.Generator) -> np.ndarray:
    """RGB frames [n, 28, 28, 3], uint8, of grey levels [n, 28, 28] on black.

    Args:
        grey: whole numbers from 0 to 255.
        light: grey level of the background; white stays white.
        noise: largest change of a pixel's grey level, in each frame anew.
        rng: of the noise.
    """
    mixed = light + ((WHITE - light) * grey + WHITE // 2) // WHITE
    mixed += rng.integers(-noise, noise + 1, grey.shape)
    return np.repeat(np.clip(mixed, 0, WHITE).astype(np.uint8)[..., None], 3, axis=-1)


def check_limits(
    settings: object, limits: Mapping[str, tuple[float, float]], numbers: Collection[str]
) -> None:
    """Raise ValueError for the first setting that is out of range.

    Args:
        settings: a dataclass.
        limits: least and largest value of each setting.
        numbers: settings that need not be whole.
    """
    for name, (least, most) in limits.items():
        value = getattr(settings, name)
        kind = "number" if name in numbers else "whole number"
        if not (name in numbers or isinstance(value, int)) or not least <= value <= most:
            raise ValueError(f"{name} is {value!r}: give a {kind} from {least} to {most}")


def run(
    doc: str | None,
    settings: Callable[..., Any],
    told: Mapping[str, str],
    generate: Callable,
    save: Callable,
    arguments: Sequence[str] | None,
) -> int:
    """Make a data set, write it and say what was written: the command line of a module.

    Args:
        doc: of the module.
        settings: class of its settings; all have a default.
        told: what each setting does, apart from `digits`.
        generate: data set of settings; it has `splits`, `checksum`, and `shown`, of which pictures are drawn.
        save: writes it to a folder.
        arguments: of the command line.

    Returns:
        Status: 0, or 2 after an error, which is said in a line.
    """
    usual = settings()
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--digits", default=usual.digits, help=f"source: {', '.join(SOURCES)}")
    for name, what in told.items():
        value = getattr(usual, name)
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=type(value), default=value, help=f"{what} (default {value})")
    parser.add_argument(
        "--preview",
        nargs="?",
        choices=("gif", "mp4"),
        const="gif",
        help="draw a contact sheet (PNG) and an animation of test videos too",
    )
    options = vars(parser.parse_args(arguments))
    folder, preview = options.pop("out"), options.pop("preview")
    try:
        data = generate(settings(**options))
        save(data, folder)
        if preview:
            write_preview(data.shown(), folder, preview)
    except (ValueError, OSError, ImportError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, split in data.splits.items():
        lengths = np.diff(split.starts)
        print(
            f"{name:<6} {len(split):4d} videos, {len(split.frames):6d} frames "
            f"({lengths.min()} to {lengths.max()} a video, mean {lengths.mean():.0f})"
        )
    print(f"checksum   {data.checksum}\nwritten to {folder}")
    return 0
