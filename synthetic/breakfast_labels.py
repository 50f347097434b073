"""Which action is when: the real label sequences of Breakfast, or sequences from a built-in grammar.

A label file is CSV, as it is or .gz, with the columns video, start, end, action: a line a segment, in order
of time, end exclusive, without gaps from frame 0 on. Videos are named SUBJECT_CAMERA_SUBJECT_ACTIVITY.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

__all__ = [
    "GRAMMAR",
    "LABEL_FILE",
    "REAL",
    "LabelSet",
    "Segment",
    "Video",
    "find_label_file",
    "from_grammar",
    "load_label_set",
    "read_label_set",
]

#: The label file's name in the folder that the variable DKVA_DATA names.
LABEL_FILE = "breakfast_ground_truth.csv.gz"

#: What a `LabelSet` says of where it comes from.
REAL = "real label sequences"
GRAMMAR = "label sequences from a built-in grammar"

_COLUMNS = ["video", "start", "end", "action"]

# No name leads out of a folder, and a name has a subject and an activity.
_NAME = re.compile(r"(?P<subject>[A-Za-z0-9]+)_[\w-]+_(?P<activity>[A-Za-z0-9]+)", re.ASCII)


class Segment(NamedTuple):
    """An action's run: frames start, …, end - 1."""

    start: int
    end: int
    action: str


@dataclass(frozen=True)
class Video:
    """The labels of one video."""

    name: str
    segments: tuple[Segment, ...]

    def __len__(self) -> int:
        return self.segments[-1].end

    @property
    def subject(self) -> str:
        """Who is seen, such as "P16"."""
        return self.name.split("_", 1)[0]

    @property
    def activity(self) -> str:
        """What is made, such as "coffee"."""
        return self.name.rsplit("_", 1)[1]

    @property
    def labels(self) -> np.ndarray:
        """Action of each frame, strings [n]."""
        return np.repeat([s.action for s in self.segments], [s.end - s.start for s in self.segments])


@dataclass(frozen=True)
class LabelSet:
    """The labels of a data set.

    Attributes:
        videos: in order of the file.
        actions: all actions in order of appearance.
        source: `REAL` or `GRAMMAR`.
        sha256: of all names and segments.
    """

    videos: tuple[Video, ...]
    actions: tuple[str, ...]
    source: str
    sha256: str


def _label_set(videos: Iterable[Video], source: str) -> LabelSet:
    videos = tuple(videos)
    digest = hashlib.sha256()
    for video in videos:
        digest.update(video.name.encode())
        for segment in video.segments:
            digest.update("\t{} {} {}".format(*segment).encode())
        digest.update(b"\n")
    actions = dict.fromkeys(segment.action for video in videos for segment in video.segments)
    return LabelSet(videos, tuple(actions), source, digest.hexdigest())


def find_label_file(given: Path | None = None) -> Path | None:
    """The label file: the one given, else `LABEL_FILE` in $DKVA_DATA where there is one, else None."""
    if given is not None:
        return given
    named = os.environ.get("DKVA_DATA")
    path = Path(named) / LABEL_FILE if named else None
    return path if path and path.is_file() else None


def load_label_set(given: Path | None = None) -> LabelSet:
    """Real labels where their file is found, else the grammar's; see `find_label_file`.

    Raises:
        FileNotFoundError: the file given is not there.
        ValueError: a file that is no label file.
    """
    path = find_label_file(given)
    return from_grammar() if path is None else read_label_set(path)


def read_label_set(path: Path) -> LabelSet:
    """Labels from a file.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: other columns, no line, or a line that is wrong, with its number.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: not found; give a label file, or none to use the built-in grammar")
    body = path.read_bytes()
    try:
        text = (gzip.decompress(body) if path.suffix == ".gz" else body).decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read ({error}); get the file again") from error
    rows = csv.reader(io.StringIO(text, newline=""))
    columns = next(rows, [])
    if columns != _COLUMNS:
        found = ",".join(columns)[:60] or "nothing"
        raise ValueError(f"{path}: the first line is {found}: give the columns {','.join(_COLUMNS)}")
    videos: dict[str, list[Segment]] = {}
    for row in rows:
        try:
            name, segment = _parsed(row)
            before = videos.setdefault(name, [])
            start = before[-1].end if before else 0
            if segment.start != start:
                raise ValueError(f"{name} starts at {segment.start} where {start} is due")
        except ValueError as error:
            raise ValueError(f"{path}, line {rows.line_num}: {error}") from error
        before.append(segment)
    if not videos:
        raise ValueError(f"{path}: holds no segments; get the file again")
    return _label_set((Video(name, tuple(segments)) for name, segments in videos.items()), REAL)


def _parsed(row: list[str]) -> tuple[str, Segment]:
    if len(row) != len(_COLUMNS):
        raise ValueError(f"has {len(row)} cells: give {','.join(_COLUMNS)}")
    name, start, end, action = row
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:60]!r} is no name of the form SUBJECT_CAMERA_SUBJECT_ACTIVITY")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end)):
        raise ValueError(f"{start[:20]!r} to {end[:20]!r} is no range of frames")
    if not action or action.split() != [action]:
        raise ValueError(f"{action[:60]!r} is no action: give a name without blanks")
    return name, Segment(int(start), int(end), action)


# --- grammar -----------------------------------------------------------------------------------------

# Steps of each activity in order: action, typical frames and, unless it always comes, how often it comes.
# Rounded from medians and shares over the real videos.
_STEPS = {
    "cereals": "SIL 30; take_bowl 70 .5; pour_cereals 260; pour_milk 190; stir_cereals 100 .4; SIL 55 .9",
    "coffee": "SIL 30; take_cup 80 .4; pour_coffee 220; spoon_sugar 170 .15; pour_sugar 160 .1; "
    "pour_milk 180 .7; stir_coffee 150 .25; SIL 50 .7",
    "friedegg": "SIL 25; pour_oil 180 .3; butter_pan 410 .45; crack_egg 290; add_saltnpepper 290 .65; "
    "fry_egg 1260; take_plate 150 .5; put_egg2plate 140 .95; SIL 55 .85",
    "juice": "SIL 60; take_plate 120 .2; take_knife 80 .1; cut_orange 140 .95; take_squeezer 60 .15; "
    "squeeze_orange 620; pour_juice 150 .2; squeeze_orange 300 .2; take_glass 100 .8; pour_juice 150 .95; "
    "SIL 45",
    "milk": "SIL 40; take_cup 100 .3; spoon_powder 300; pour_milk 200; stir_milk 190 .9; SIL 40 .95",
    "pancake": "SIL 15; take_bowl 100 .1; crack_egg 290; spoon_flour 300 .95; pour_milk 200; stir_dough 560; "
    "spoon_flour 150 .1; stir_dough 280 .5; pour_oil 260 .25; butter_pan 490 .5; pour_dough2pan 310; "
    "fry_pancake 2130; take_plate 130 .7; fry_pancake 400 .1; put_pancake2plate 150 .8; SIL 70 .95",
    "salat": "SIL 30; take_plate 90 .3; take_knife 80 .1; peel_fruit 640 .5; cut_fruit 430; take_bowl 80 .4; "
    "put_fruit2bowl 85 .6; peel_fruit 640 .5; cut_fruit 430; put_fruit2bowl 85 .9; peel_fruit 400 .4; "
    "cut_fruit 430 .9; put_fruit2bowl 85 .9; stir_fruit 180 .2; SIL 45",
    "sandwich": "SIL 70; take_plate 85 .1; cut_bun 230 .95; take_knife 100 .2; take_butter 60 .05; "
    "smear_butter 590 .9; take_topping 170 .1; put_toppingOnTop 290; put_bunTogether 60 .5; SIL 55",
    "scrambledegg": "SIL 30; take_bowl 220 .05; butter_pan 600 .5; crack_egg 340; stir_egg 340 .5; "
    "pour_oil 220 .3; pour_egg2pan 340 .4; stirfry_egg 500 .45; add_saltnpepper 200 .9; stirfry_egg 660; "
    "take_plate 120 .75; put_egg2plate 280 .9; SIL 40 .9",
    "tea": "SIL 30; take_cup 100 .5; add_teabag 150; pour_water 220; spoon_sugar 370 .1; stir_tea 100 .05; "
    "SIL 95",
}

# As many subjects as Breakfast has, all filmed by three cameras.
_SUBJECTS = [f"P{number:02d}" for number in range(3, 55)]
_CAMERAS = ("cam01", "webcam01", "webcam02")

# Standard deviation of a duration's logarithm, about the median over actions of that in the real videos.
_SPREAD = 0.5
_SHORTEST = 5


def from_grammar() -> LabelSet:
    """1560 videos (52 subjects × 10 activities × 3 cameras) whose labels follow the built-in grammar.

    A step comes by chance and lasts by chance: lognormal around its typical duration. What is filmed by
    several cameras has the same labels in each.
    """
    return _label_set(_videos(), GRAMMAR)


def _videos() -> Iterator[Video]:
    for subject in _SUBJECTS:
        for activity, steps in _STEPS.items():
            rng = np.random.default_rng(zlib.crc32(f"{subject} {activity}".encode()))
            segments = tuple(_segments(steps, rng))
            for camera in _CAMERAS:
                yield Video(f"{subject}_{camera}_{subject}_{activity}", segments)


def _segments(steps: str, rng: np.random.Generator) -> Iterator[Segment]:
    start, before = 0, None
    for step in steps.split("; "):
        action, typical, *share = step.split()
        comes = rng.random() < float(share[0] if share else 1)
        frames = max(_SHORTEST, round(int(typical) * float(np.exp(_SPREAD * rng.standard_normal()))))
        if comes and action != before:  # a step left out may bring the same action together twice
            yield Segment(start, start + frames, action)
            start, before = start + frames, action
