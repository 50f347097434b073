"""Files written whole or not at all, and none of others overwritten."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO

__all__ = ["is_foreign_table", "write_atomically", "write_text"]


def write_atomically(path: Path, write: Callable[[IO[bytes]], object], *, private: bool = False) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in its place in one step.

    A reader, or the next run after a crash, finds the old file or the new one, never a part. Folders are
    made as needed. With `private` the file, and folders that are made, are their owner's alone.

    Raises:
        OSError: the file cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as part:
        try:
            write(part)
            part.flush()
            if not private:  # a temporary file is its owner's alone
                os.chmod(part.name, 0o666 & ~_umask())
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)
            raise


def write_text(path: Path, text: str) -> None:
    """Write text in UTF-8, whole or not at all; names that are no Unicode are spelt out. Raises OSError."""
    write_atomically(path, lambda file: file.write(text.encode(errors="backslashreplace")))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def is_foreign_table(path: Path, known: Iterable[Sequence[str]]) -> bool:
    """Whether a file is there whose first line is none of these lines of columns."""
    try:
        with path.open("rb") as file:
            head = file.readline()
    except OSError:
        return False
    return bool(head) and head.strip() not in {",".join(columns).encode() for columns in known}
