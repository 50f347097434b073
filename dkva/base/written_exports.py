"""Files for other programs are edited there and saved again: which are still as dkva wrote them.

Digests of what was written stand beside the results, in a hidden file. What has another one is somebody's
work, and is neither replaced nor removed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from dkva.base import files

__all__ = ["STATE", "is_edited", "is_export", "refused", "write_export"]

#: What holds the digests, beside the files.
STATE = ".exports.state"


def write_export(path: Path, text: str) -> None:
    """Write a file for another program, unless one is there that dkva did not write, or that was edited.

    Raises:
        OSError: it cannot be written.
        ValueError: there is such a file.
    """
    data = text.encode(errors="backslashreplace")
    if is_edited(path) and path.read_bytes() != data:
        raise ValueError(refused(path))
    known = _known(path.parent)
    # Before the file: a run that is killed in between leaves one that is known.
    written = [*known.get(path.name, [])[-1:], _digest(data)]
    files.write_text(path.with_name(STATE), json.dumps(known | {path.name: written}, indent=1) + "\n")
    files.write_text(path, text)


def refused(path: Path) -> str:
    """What is said of a file that is not replaced."""
    return (
        f"{path}: was edited, or is not dkva's, and would be replaced; move it away, or give another folder "
        "with --out"
    )


def is_edited(path: Path) -> bool:
    """Whether a file is there that is not as dkva wrote it."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return _digest(data) not in _known(path.parent).get(path.name, [])


def is_export(path: Path) -> bool:
    """Whether dkva wrote a file of this name here, edited since or not."""
    return path.name in _known(path.parent)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()


def _known(folder: Path) -> dict[str, list[str]]:
    """The last digests of each file that was written; none if nobody knows."""
    try:
        found = json.loads((folder / STATE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
