"""Mappings: the names of actions and their numbers, and where they lie."""

from __future__ import annotations

import re
from pathlib import Path

from dkva.datasets.annotations.kinds import text_of
from dkva.datasets.errors import DataError

__all__ = ["find_mapping", "read_lines", "read_mapping"]

# Folders whose sub-folders are activities: a mapping may lie beside them.
_ROOTS = ("groundtruth", "features")

_NUMBER_FIRST = re.compile(r'"?(-?\d+)"?(?:\s*[,;\t]\s*|\s+)"?([^\s"].*?)"?$')
_NUMBER_LAST = re.compile(r'"?([^\s"].*?)"?(?:\s*[,;\t]\s*|\s+)"?(-?\d+)"?$')


def read_lines(path: Path) -> list[str]:
    """Lines of a text file without the blanks around them and without blank lines at the end.

    Raises:
        DataError: an unreadable or empty file, or one that is no text.
    """
    return list(map(str.strip, text_of(path).rstrip().splitlines()))


def find_mapping(labels: str | Path) -> Path | None:
    """mapping/mapping.txt or mapping.txt inside or beside the folder of labels; None without one.

    Args:
        labels: the folder, one of its sub-folders in a groundTruth/ or features/, or a label file in one.
    """
    for folder in dict.fromkeys((Path(labels).absolute(), Path(labels).resolve())):
        here = folder if folder.is_dir() else folder.parent
        places = [here, here.parent]
        if here.parent.name.lower() in _ROOTS:
            places.append(here.parent.parent)
        for place in places:
            for path in (place / "mapping" / "mapping.txt", place / "mapping.txt"):
                if path.is_file():
                    return path.resolve()
    return None


def read_mapping(path: str | Path) -> dict[str, int]:
    """Action names and their numbers, from lines "number name" or "name number".

    Blanks, tabs, commas or semicolons stand between the two; a first line without a number is a header.

    Raises:
        DataError: an unreadable or empty file, a line of another form, a name that appears twice.
    """
    path = Path(path)
    lines = list(enumerate(read_lines(path), 1))
    header = re.fullmatch(r"[^\d\s,;]+[,;\t][^\d\s,;]+", lines[0][1])
    if len(lines) > 1 and header:
        lines = lines[1:]
    first = sum(_NUMBER_FIRST.match(line) is not None for _, line in lines)
    last = sum(_NUMBER_LAST.match(line) is not None for _, line in lines)
    pattern, order = (_NUMBER_FIRST, (2, 1)) if first >= last else (_NUMBER_LAST, (1, 2))
    mapping: dict[str, int] = {}
    for number, line in lines:
        match = pattern.match(line)
        if match is None:
            problem = f"{line[:40]!r} is no mapping"
            raise DataError(path, problem, 'give lines "number name", one an action', line=number)
        name, value = (match[place] for place in order)
        if name in mapping:
            raise DataError(path, f"{name!r} appears a second time", "keep one of the lines", line=number)
        mapping[name] = int(value)
    return mapping
