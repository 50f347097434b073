"""What tells a recording from others, whatever it is called: a digest of its content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
from pathlib import Path

from dkva.base.cache import cache_folder
from dkva.base.files import write_atomically
from dkva.recordings.kinds import image_files

__all__ = ["content_digest"]

#: Files of fewer bytes are read quickly enough that their digests are not kept (our choice).
_LARGE = 1 << 26

#: Nanoseconds for which a file must have been left alone: clocks of file systems may tick as slowly as this.
_SETTLED = 2_000_000_000


def content_digest(path: Path, *, keep: bool = False) -> str:
    """BLAKE2b of a file's bytes, or of the names and bytes of a folder's images, in hexadecimal.

    The digest of a large file is known from an earlier run that kept it, if path, size and time of change
    are as they were then.

    Args:
        path: a file, or a folder of images.
        keep: keep the digest of a large file in `cache_folder()`; what cannot be written costs time only.

    Raises:
        OSError: a file cannot be read.
    """
    if path.is_dir():
        whole = hashlib.blake2b()
        for image in image_files(path):
            whole.update(f"{image.name}\0{_digest(image)}\0".encode(errors="surrogateescape"))
        return whole.hexdigest()
    before = path.stat()
    if before.st_size < _LARGE:
        return _digest(path)
    known = _kept_in(path, before)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if re.fullmatch("[0-9a-f]{128}", text := known.read_text(encoding="ascii")):
            return text
    digest = _digest(path)
    if keep and _kept_in(path, path.stat()) == known and time.time_ns() - before.st_mtime_ns > _SETTLED:
        with contextlib.suppress(OSError):
            write_atomically(known, lambda file: file.write(digest.encode()), private=True)
    return digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _kept_in(path: Path, status: os.stat_result) -> Path:
    """File of a digest, named by what changes with the file that it is of."""
    identity = f"{path.resolve()}\0{status.st_ino}\0{status.st_size}\0{status.st_mtime_ns}"
    name = hashlib.blake2b(identity.encode(errors="surrogateescape"), digest_size=16).hexdigest()
    return cache_folder() / "recordings" / "contents" / name
