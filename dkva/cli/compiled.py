"""Compiled programs kept between runs, so that a second run does not compile again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from importlib import metadata
from pathlib import Path

__all__ = ["keep_compiled_programs", "programs_folder"]

# Names of JAX's own settings, which it reads when it is imported.
_FOLDER = "JAX_COMPILATION_CACHE_DIR"
_ALL = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0", "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}


def programs_folder() -> Path:
    """Where programs of this processor model and this JAX are kept; those of another may end the process."""
    from dkva.base.cache import cache_folder

    kind = f"{_processor()}\0{os.environ.get('XLA_FLAGS', '')}"
    digest = hashlib.blake2b(kind.encode(), digest_size=6).hexdigest()
    return cache_folder() / "programs" / f"jax-{metadata.version('jax')}-{platform.machine()}-{digest}"


def keep_compiled_programs() -> None:
    """Let JAX keep its programs in the user's cache folder, unless the user has said where.

    JAX must not be imported yet. A folder that cannot be made costs time only.
    """
    if _FOLDER in os.environ:
        return
    folder = programs_folder()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ[_FOLDER] = str(folder)
        for name, value in _ALL.items():
            os.environ.setdefault(name, value)


def _processor() -> str:
    """Model and instructions of this machine's processor, as far as the system tells."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(errors="replace").split("\n\n")[0].splitlines()
        told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        names = ("vendor_id", "model name", "flags", "Features", "CPU implementer", "CPU part")
        return "\0".join(told.get(name, "") for name in names)
    return platform.processor()
