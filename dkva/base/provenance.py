"""What a result came from: versions, device and commit."""

from __future__ import annotations

import contextlib
import functools
import platform
import subprocess
from importlib import metadata
from pathlib import Path

__all__ = ["commit", "device", "version", "versions"]


@functools.cache  # reading a package's metadata takes milliseconds, and every document and row asks
def version(package: str) -> str:
    """The version of an installed package. Raises importlib.metadata.PackageNotFoundError."""
    return metadata.version(package)


def versions(*further: str) -> dict[str, str]:
    """Versions of the interpreter and of the packages that decide the numbers, and of further ones."""
    packages = ("dkva", "equinox", "jax", "jaxlib", "numpy", "optax", "scikit-learn", "scipy")
    found = {"python": platform.python_version()} | {name: version(name) for name in (*packages, *further)}
    with contextlib.suppress(metadata.PackageNotFoundError):  # decides optimal transport alone
        found["ott-jax"] = version("ott-jax")
    return found


def device() -> str:
    """Platform and kind of the device that JAX computes on."""
    import jax  # takes seconds to import

    first = jax.devices()[0]
    return f"{first.platform}: {first.device_kind}"


def commit(folder: Path, *parts: str) -> str | None:
    """The commit a checkout stands at, "+changes" added where files below `parts` differ; None outside git.

    Args:
        folder: the checkout.
        parts: folders in it that decide the results.
    """

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", *parts)
        return git("rev-parse", "--short=12", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None
