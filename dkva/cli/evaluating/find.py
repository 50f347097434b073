"""The first step of `dkva evaluate`: whose labels there are, in files, or in results of dkva."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dkva.datasets.label_files import LabelFiles

__all__ = ["LabelSet", "Source", "open_labels"]

_TABLE = "segments.csv"


@dataclass(frozen=True)
class Source:
    """Labels of one video.

    Attributes:
        path: of the file that they are in.
        doc: of dkva, if they are in one, or in its table.
    """

    path: Path
    doc: Mapping | None = None

    @property
    def corrected(self) -> bool:
        """Whether a person corrected the document."""
        return self.doc is not None and bool(self.doc.get("corrected"))


@dataclass(frozen=True)
class LabelSet:
    """Labels of videos.

    Attributes:
        names: of the videos, sorted.
        docs: of those that dkva's results are of, where they are.
        files: label files by the names of their videos, if a folder of them was given.
        only: the label file, if a single one was given, which is of any video.
        notes: what was passed over, one line each.
    """

    names: tuple[str, ...]
    docs: Mapping[str, Source] = field(default_factory=dict)
    files: LabelFiles | None = None
    only: Source | None = None
    notes: tuple[str, ...] = ()

    def find(self, name: str) -> Source | None:
        """Labels of a video: of its name, or of its name without folders; a single file's, whatever it is.

        Raises:
            DataError: two label files that may be meant, and differ.
        """
        if self.only is not None:
            return self.only
        if self.files is not None:
            path = self.files.find(name)
            return None if path is None else Source(path)
        alone = name.rsplit("/", 1)[-1]
        below = [doc for other, doc in self.docs.items() if other.rsplit("/", 1)[-1] == alone]
        return self.docs.get(name) or (below[0] if len(below) == 1 else None)


def open_labels(path: Path, *, predicted: bool = False) -> LabelSet:
    """The labels in a file or a folder, by the names of their videos; label files are not read yet.

    A folder may hold results of `dkva segment` or `dkva transfer`: their documents are taken, of two of one
    video that which a person corrected, or else the table of all segments, and files beside them are not. A
    folder that holds groundTruth/ stands for that.

    Args:
        path: a file or a folder.
        predicted: whether these are predictions: of two documents of one video that which nobody corrected
            is taken, then.

    Raises:
        DataError: a path that is not there, or that holds no labels.
        ResultsError: results of dkva that are damaged, or of a newer one.
    """
    from dkva.datasets import DataError

    if not path.exists():
        raise DataError(path, "not found", "check the path")
    if not path.is_dir():
        return _in_file(path)
    if (path / "groundTruth").is_dir():
        path = path / "groundTruth"
    docs, notes = _documents(path, corrected=not predicted)
    docs = docs or _in_table(path / _TABLE)
    if docs:
        return LabelSet(tuple(sorted(docs)), docs, notes=notes)
    from dkva.datasets.annotations.forms import listed
    from dkva.datasets.label_files import LabelFiles

    files = LabelFiles(path)
    names, others = tuple(files.names()), files.others()
    if not names:
        raise DataError(path, "holds no labels", "give label files, or results of dkva segment")
    if others:
        notes += (f"{path}: passed over {listed(others)}: no label file has such a suffix",)
    return LabelSet(names, files=files, notes=notes)


def _in_file(path: Path) -> LabelSet:
    from dkva.datasets import DataError
    from dkva.datasets.label_files import video_of
    from dkva.export.documents import read_json

    if path.suffix.lower() == ".json":
        doc = read_json(path)
        if doc is None:
            raise DataError(path, "is no document of dkva segment", "give one, or a label file")
        return LabelSet((doc["video"],), only=Source(path, doc))
    docs = _in_table(path)
    if len(docs) == 1:
        return LabelSet(tuple(docs), only=next(iter(docs.values())))
    if docs:
        return LabelSet(tuple(sorted(docs)), docs)
    return LabelSet((video_of(path.name) or path.name,), only=Source(path))


def _in_table(path: Path) -> dict[str, Source]:
    """The videos of a table as dkva writes it; none if it is another file."""
    from dkva.cli.segmenting.find import is_own_table
    from dkva.export.documents import read_csv

    if path.name != _TABLE or not is_own_table(path):
        return {}
    return {name: Source(path, doc) for name, doc in read_csv(path).items()}


def _documents(folder: Path, *, corrected: bool) -> tuple[dict[str, Source], tuple[str, ...]]:
    from dkva.datasets.annotations.forms import plural
    from dkva.export.documents import read_json

    found: dict[str, Source] = {}
    others = 0
    notes = []
    for path in sorted(folder.rglob("*.json")):
        doc = read_json(path)
        if doc is None:
            others += 1
            continue
        old, new = found.get(doc["video"]), Source(path, doc)
        if old is not None and old.corrected != new.corrected:
            new, other = (old, new) if old.corrected == corrected else (new, old)
            notes.append(f"{other.path}: passed over, as {new.path.name} is of the same video")
        found[doc["video"]] = new
    if found and others:
        notes.append(f"{folder}: passed over {plural(others, 'JSON file')} without segments of a video")
    return found, tuple(notes)
