"""Command line: `dkva methods`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from dkva.cli.method_options import in_words
from dkva.cli.terminal import complain, printable
from dkva.experiments.registry import Listed, listed

__all__ = ["methods"]

_SHOWN = ("id", "label", "kind", "about", "does", "mixes", "reference", "origin", "target")


@click.command("methods", epilog="Examples:  dkva methods   |   dkva segment --method kmeans --help")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the list.")
def methods(as_json: bool) -> int:
    """List the methods, with what each does and its publication.

    `dkva segment --method ID` cuts videos by any of them that is not trained on a collection, and `dkva train
    --method ID` trains one of the others. What it then does is what its models are for: `dkva segment
    --model` (segments), `dkva embed` and `dkva retrieve` (embeds), `dkva align --model` (aligns). A package
    that adds a method and is broken is named on one line, and the exit status is then 2.
    """
    found, problems = listed()
    if as_json:
        facts = [{name: getattr(each, name) for name in _SHOWN} for each in found.values()]
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        _show(found)
    for problem in problems:
        complain(problem)
    return 2 if problems else 0


def _show(found: Mapping[str, Listed]) -> None:
    width = 2 + max(len(each) for each in found)
    for each in found.values():
        by = "" if each.origin == "dkva" else f" (from {each.origin})"
        click.echo(printable(f"{each.id:<{width}}{in_words(each)}{by}"))
        click.echo(printable(f"{'':<{width}}{each.reference}"))
