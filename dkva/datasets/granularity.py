"""Coarser classes of a data set's labels: 50 Salads is scored as "mid", "eval" or "high"."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dkva.datasets.errors import DataError
from dkva.datasets.mappings import read_lines

__all__ = ["find_coarse", "read_coarse"]


def find_coarse(root: str | Path, granularity: str) -> Path | None:
    """A granularity's classes: mapping/mappingeval.txt, mapping_eval.txt or eval.txt; None without one."""
    folder = Path(root) / "mapping"
    names = (f"mapping{granularity}.txt", f"mapping_{granularity}.txt", f"{granularity}.txt")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read_coarse(path: str | Path, labels: Iterable[str] | None = None) -> dict[str, str]:
    """Coarse class of each label, from a file of one of two forms.

    Lines "number label", as the releases have them, where labels of one class share its number; or lines
    "label class", two names.

    Args:
        path: the file.
        labels: labels that must have a class; None asks for none.

    Raises:
        DataError: an unreadable or empty file, a line of another form, a label that appears twice, or one
            that is asked for and missing.
    """
    path = Path(path)
    lines = read_lines(path)
    numbered = all(line.split(maxsplit=1)[0].isdecimal() for line in lines if line)
    coarse: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        fields = line.split(maxsplit=1) if numbered else line.split()
        if len(fields) != 2:
            raise DataError(
                path,
                f"{line[:40]!r} is no mapping",
                'give lines "number label" throughout, or "label class" throughout',
                line=number,
            )
        label, name = reversed(fields) if numbered else fields
        if label in coarse:
            raise DataError(path, f"{label!r} appears a second time", "keep one of the lines", line=number)
        coarse[label] = name
    missing = [label for label in labels or () if label not in coarse]
    if missing:
        raise DataError(path, f"has no class for {', '.join(missing)}", "add a line for each")
    return coarse
