"""A clone of the project: what of it a command needs, where it is, and its scripts."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

__all__ = ["find_clone", "root_option", "run_script"]

root_option = click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Clone of the project (default: this folder, or the clone that dkva was installed from).",
)


def find_clone(root: Path | None, needed: Sequence[str]) -> Path:
    """The folder given, else this one or the clone that dkva was installed from: the first with all needed.

    Args:
        root: the folder given.
        needed: files and folders in it.

    Raises:
        click.ClickException: none of them holds what is needed.
    """
    places = [root] if root else [Path.cwd(), Path(__file__).resolve().parents[2]]
    clone = next((p for p in places if all((p / name).exists() for name in needed)), None)
    if clone is None:
        raise click.ClickException(
            f"{places[0]}: holds no {' and '.join(needed)}; give a clone of the project with --root"
        )
    return clone


def run_script(clone: Path, script: str, arguments: Sequence[str]) -> int:
    """Run a script of the clone, such as "reproduce.check", and return its exit status."""
    sys.path.insert(0, str(clone))
    # The scripts are no part of the library, so they are found when they are asked for.
    return importlib.import_module(script).main(list(arguments))
