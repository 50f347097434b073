"""Command line: `dkva report`."""

from __future__ import annotations

from pathlib import Path

import click

from dkva.cli.clone import find_clone, root_option, run_script

__all__ = ["report"]


@click.command("report", epilog="Example:  dkva report --out report.html")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="The page to write.",
)
@root_option
def report(out: Path, root: Path | None) -> int:
    """Write the reviewer's report: one page with every table, claim and figure, to be read offline.

    Reads results/ and figures/rendered/ of a clone of the project, in seconds. The exit status is 1 when
    something stored is not what its own rows give; the page names it.
    """
    clone = find_clone(root, ("reproduce/report.py", "results", "figures/rendered"))
    folders = ["--results", str(clone / "results"), "--figures", str(clone / "figures" / "rendered")]
    return run_script(clone, "reproduce.report", ["--out", str(out), *folders])
