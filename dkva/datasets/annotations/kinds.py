"""The text of a label file, or what the file is instead and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

from dkva.datasets.errors import DataError
from dkva.datasets.text import read_bytes

__all__ = ["check_kind", "decoded", "text_of"]

_AGAIN = "download or export the file again"
_TABLE = "export the annotations as a table (.csv or .tsv) with columns start, end and label"

# First bytes of files that are no text, and what to do with each.
_MAGIC = (
    (b"PK\x03\x04", "is a spreadsheet, document or other zip archive", "save it as .csv"),
    (b"\xd0\xcf\x11\xe0", "is an Excel or Word file", "save it as .csv"),
    (b"\x93NUMPY", "is a NumPy array", "name it .npy"),
    (b"\x89HDF", "is an HDF5 file", "save its labels as .npy or .csv"),
    (b"MATLAB 5", "is a MATLAB file", "save its labels as .csv: writecell or writematrix"),
    (b"SQLite", "is a database", _TABLE),
    (b"PAR1", "is a Parquet file", "save it as .csv"),
    (b"%PDF", "is a PDF", "give the labels as text"),
    (b"\x80\x02", "is a Python pickle, which is never read", "save its labels as .npy or .csv"),
    (b"\x80\x03", "is a Python pickle, which is never read", "save its labels as .npy or .csv"),
    (b"\x80\x04", "is a Python pickle, which is never read", "save its labels as .npy or .csv"),
    (b"\x80\x05", "is a Python pickle, which is never read", "save its labels as .npy or .csv"),
    (b"RIFF", "is a video or sound file", "give its labels"),
    (b"\x1aE\xdf\xa3", "is a video file", "give its labels"),
    (b"\x1f\x8b", "is packed by gzip", "add .gz to its name"),
    (b"\x89PNG", "is a picture", "give its labels"),
    (b"\xff\xd8\xff", "is a picture", "give its labels"),
)


def text_of(path: Path) -> str:
    """Text of a label file of no program's own, as `decoded` gives it.

    Raises:
        DataError: as `decoded` and `check_kind`.
    """
    text = decoded(path)
    check_kind(path, text)
    return text


def decoded(path: Path) -> str:
    """Text of a file in UTF-8 or UTF-16, without the mark at its start.

    Raises:
        DataError: a file that cannot be read, is empty, or is no text; its kind is named.
    """
    data = read_bytes(path)
    if not data.strip():
        raise DataError(path, "is empty", _AGAIN)
    for magic, problem, remedy in _MAGIC:
        if data.startswith(magic):
            raise DataError(path, problem, remedy)
    if data[4:8] == b"ftyp":
        raise DataError(path, "is a video file", "give its labels")
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    codec = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif b"\0" in data[:400]:  # UTF-16 without its mark: every other byte of plain letters is 0
        codec = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = None if codec.startswith("utf-16") else data[: error.start].count(b"\n") + 1
        raise DataError(path, "is no text in UTF-8 or UTF-16", "save it as text in UTF-8", line) from error
    if "\0" in text:
        raise DataError(path, "is a binary file", "give labels as text, or name arrays .npy")
    return text


def check_kind(path: Path, text: str) -> None:
    """Raise DataError for texts that are no labels, or a program's own; each is named."""
    start = text.lstrip()[:4000]
    low = start.lower()
    if low.startswith("version https://git-lfs"):
        raise DataError(path, "is a Git LFS pointer, not the file itself", "fetch it with git lfs pull")
    if low.startswith("<") and "<annotation_document" not in low:
        if re.match(r"<(!doctype html|html|head|body)", low) or "<html" in low:
            raise DataError(path, "is an HTML page", _AGAIN)
        tag = re.search(
            r"<([A-Za-z_][\w.:-]*)", re.sub(r"<\?.*?\?>|<!--.*?-->|<!.*?>", "", start, flags=re.S)
        )
        what = f" (<{tag[1][:40]}>)" if tag else ""
        raise DataError(path, f"is an HTML or XML page{what}", _TABLE)
    if low.startswith(('{"', "{\n", "{ ", "{\r")) or (low.startswith("[") and _is_json(text)):
        if '"project_format_version"' in start or path.name.lower().endswith(".boris"):
            raise DataError(
                path, "is a BORIS project", "export its events as a table: Observations, Export events"
            )
        raise DataError(path, "is a JSON file, and no whole document of dkva", _TABLE)
    if low.startswith('file type = "ootextfile'):
        raise DataError(path, "is a Praat TextGrid", _TABLE)
    if low.startswith("webvtt") or re.match(r"\d+\s*\n\d+:\d\d:\d\d[.,]\d+ --> ", start):
        raise DataError(path, "is a file of subtitles", _TABLE)
    if low.startswith("scorer,"):
        raise DataError(
            path, "is a DeepLabCut table of key points", "give it as features, and its labels here"
        )
    if low.startswith(("caltech behavior annotator", "bento annotation")):
        raise DataError(
            path, f"is an annotation file of another program ({start.splitlines()[0][:40]!r})", _TABLE
        )


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except ValueError:
        return False
    return True
