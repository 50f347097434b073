"""Command line: `dkva check`."""

from __future__ import annotations

from pathlib import Path

import click

from dkva.cli.clone import find_clone, root_option, run_script

__all__ = ["check"]


@click.command("check", epilog="Examples:  dkva check   |   dkva check --json > tables.json")
@click.option("--markdown", is_flag=True, help="Write results/README.md, the page of all results.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: tables, claims, problems.")
@root_option
def check(markdown: bool, as_json: bool, root: Path | None) -> int:
    """Print the paper's tables and claims beside what is stored, and whether it follows from its rows.

    Reads the folder results/ of a clone of the project, in seconds. The exit status is 1 when something
    stored is not what its own rows give.
    """
    if markdown and as_json:
        raise click.UsageError("--markdown and --json are two forms: give one")
    clone = find_clone(root, ("reproduce/check.py", "results"))
    arguments = ["--markdown"] if markdown else ["--json"] if as_json else []
    return run_script(clone, "reproduce.check", [*arguments, "--results", str(clone / "results")])
