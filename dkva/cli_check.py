"""Command line: `dkva check`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

__all__ = ["check"]

_NEEDED = ("reproduce/check.py", "results")


@click.command("check", epilog="Examples:  dkva check   |   dkva check --markdown > tables.md")
@click.option("--markdown", is_flag=True, help="Print Markdown.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: tables, claims, problems.")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Clone of the project (default: this folder, or the clone that dkva was installed from).",
)
def check(markdown: bool, as_json: bool, root: Path | None) -> int:
    """Print the paper's tables and claims beside what is stored, and whether it follows from its rows.

    Reads the folder results/ of a clone of the project, in seconds. The exit status is 1 when something
    stored is not what its own rows give.
    """
    if markdown and as_json:
        raise click.UsageError("--markdown and --json are two forms: give one")
    places = [root] if root else [Path.cwd(), Path(__file__).resolve().parent.parent]
    clone = next((p for p in places if all((p / needed).exists() for needed in _NEEDED)), None)
    if clone is None:
        raise click.ClickException(
            f"{places[0]}: holds no {' and '.join(_NEEDED)}; give a clone of the project with --root"
        )
    sys.path.insert(0, str(clone))
    # The scripts are no part of the library, so they are found when they are asked for.
    arguments = ["--markdown"] if markdown else ["--json"] if as_json else []
    return importlib.import_module("reproduce.check").main([*arguments, "--results", str(clone / "results")])
