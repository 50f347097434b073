"""Splits of a data set into videos to train on and to test on: bundles, as MS-TCN's authors released them.

A folder `splits/` holds a pair of files for each split, train.split1.bundle and test.split1.bundle, of one
video a line: the name of its label file, such as "S1_Cheese_C1.txt".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from dkva.datasets.annotations.forms import listed
from dkva.datasets.errors import DataError
from dkva.datasets.mappings import read_lines

__all__ = ["Split", "check_apart", "find_splits", "has_bundles", "named", "read_bundle", "split_of"]

#: Folder of the bundles in that of the data set.
SPLITS = "splits"

_TRAIN = re.compile(r"train\.(.+)\.bundle")

Video = TypeVar("Video")


class Split(NamedTuple):
    """The two bundles of a split.

    Attributes:
        name: such as "1" of train.split1.bundle.
        train: lists the videos to train on.
        test: lists those to test on; None if there is no such file, which is allowed if a bundle is given
            by itself.
    """

    name: str
    train: Path
    test: Path | None


def has_bundles(folder: Path) -> bool:
    """Whether a folder is of a data set that was released with splits."""
    return any((folder / SPLITS).glob("*.bundle"))


def read_bundle(path: str | Path) -> dict[str, int]:
    """Names of the videos of a bundle in its order, without suffix, and the line of each, from 1.

    Raises:
        DataError: a file that cannot be read or is empty, or a name that appears twice.
    """
    path = Path(path)
    names: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), 1):
        if not line:
            continue
        name = _name(line)
        if name in names:
            raise DataError(path, f"names {name!r} a second time", "keep one of the lines", line=number)
        names[name] = number
    return names


def _name(line: str) -> str:
    """The name of a video by a line, which may have folders before it and the suffix of either file."""
    return re.split(r"[\\/]", line)[-1].removesuffix(".txt").removesuffix(".npy")


def find_splits(root: str | Path) -> dict[str, Split]:
    """The splits of a data set by name, in order.

    Raises:
        DataError: none, or a bundle to train on without that to test on.
    """
    folder = Path(root) / SPLITS
    matches = [(match, path) for path in folder.glob("*.bundle") if (match := _TRAIN.fullmatch(path.name))]
    found = {}
    for match, path in sorted(matches, key=lambda each: _order(each[0][1])):
        split = _split(path, match)
        if split.test is None:
            raise DataError(_other(path, match), "not found", f"get it, or take {path.name} away")
        found[split.name] = split
    if not found:
        raise DataError(
            folder, "holds no splits", "get train.split1.bundle, test.split1.bundle and so on of the release"
        )
    return found


def split_of(root: str | Path, split: int | str | Path) -> Split:
    """A split of a data set by its name, or by the bundle of its videos to train on.

    Args:
        root: the folder that holds splits/.
        split: such as 1 or "1", or a file that ends in .bundle.

    Raises:
        DataError: a split that is not there, or a bundle that lists videos to test on.
    """
    if not str(split).endswith(".bundle"):
        splits = find_splits(root)
        if str(split) not in splits:
            problem = f"holds no split {str(split)!r}"
            raise DataError(Path(root) / SPLITS, problem, f"choose one of {', '.join(splits)}")
        return splits[str(split)]
    path = Path(str(split))
    if not path.is_file():
        raise DataError(path, "not found", "give a number such as 1, or the file of a bundle")
    match = _TRAIN.fullmatch(path.name)
    if match:
        return _split(path, match)
    if path.name.startswith("test."):
        raise DataError(path, "lists the videos to test on", "give the bundle of those to train on")
    return Split(path.stem, path, None)


def _split(path: Path, match: re.Match[str]) -> Split:
    other = _other(path, match)
    return Split(match[1].removeprefix("split"), path, other if other.is_file() else None)


def _other(path: Path, match: re.Match[str]) -> Path:
    return path.with_name(f"test.{match[1]}.bundle")


def _order(name: str) -> tuple[int, str]:
    number = re.search(r"\d+", name)
    return (int(number[0]) if number else 0, name)


def check_apart(split: Split) -> None:
    """Raise DataError if a video is to be trained on and tested on, or a bundle cannot be used."""
    train = read_bundle(split.train)
    if split.test is None:
        return
    both = [(name, line) for name, line in read_bundle(split.test).items() if name in train]
    if both:
        (name, line), *more = both
        shown = listed([repr(name), *(repr(other) for other, _ in more)], most=3)
        problem = f"names {shown} of {split.train.name}, too"
        raise DataError(split.test, problem, "take what is trained on out of one of them", line=line)


def named(bundle: Path, videos: Mapping[str, Video]) -> list[Video]:
    """The videos that a bundle names, in its order.

    Args:
        bundle: its file.
        videos: all that are there, by name without folder and suffix.

    Raises:
        DataError: a bundle that cannot be used, or that names a video that is not there.
    """
    names = read_bundle(bundle)
    absent = [(name, line) for name, line in names.items() if name not in videos]
    if absent:
        (_, line), *_ = absent
        shown = listed([repr(name) for name, _ in absent], most=3)
        problem = f"names {shown}, without a feature file in features/"
        raise DataError(bundle, problem, "get it, or take the line out", line=line)
    return [videos[name] for name in names]
