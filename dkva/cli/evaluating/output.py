"""The last step of `dkva evaluate`: tables for people, or one JSON document."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dkva.cli.evaluating.score import How, Scored, comparable
from dkva.cli.terminal import console, printable

if TYPE_CHECKING:
    from rich.table import Table

    from dkva.cli.evaluating.read import Pair

__all__ = ["NAMES", "as_document", "show"]

#: Names of the scores in tables, by protocol; other scores are in the document alone.
NAMES: Mapping[str, Mapping[str, str]] = {
    "ms-tcn": {
        "accuracy": "accuracy",
        "edit": "edit",
        "f1_10": "F1@10",
        "f1_25": "F1@25",
        "f1_50": "F1@50",
        "miou": "MIoU",
    },
    "tw-finch": {
        "mof": "MoF",
        "iou": "IoU",
        "f1": "F1",
        "boundary_accuracy": "boundaries",
        "boundary_precision": "precision",
    },
    "asot": {"mof": "MoF", "miou": "mIoU", "f1": "F1", "f1_expected": "F1 expected"},
}

_SAID = {
    "ms-tcn": "labels are classes as they are; F1 and MIoU are of segments",
    "tw-finch": "clusters are matched; F1 is of frames, boundaries are to the frame",
    "asot": "clusters are matched; F1 is of sampled segments as published, and may exceed 100",
}


def show(found: Sequence[Scored], pairs: Sequence[Pair], how: How, *, each: bool) -> None:
    """Print a table for each protocol, and one for each of its scopes with a row a video if `each`."""
    drawn = console()
    for protocol, of in itertools.groupby(found, key=lambda scored: scored.protocol):
        scored = list(of)
        click.echo(f'protocol "{protocol}", in %: {_SAID[protocol]}')
        drawn.print(_table(protocol, scored))
        for one in scored:
            click.echo(f"{one.scope}: {comparable(protocol, one.scope, how)}")
        click.echo()
        for one in scored if each else ():
            click.echo(f"each video: {one}")
            drawn.print(_table_of_videos(one, pairs))


def _table(protocol: str, found: Sequence[Scored]) -> Table:
    several = any(scored.videos[1:] for scored in found)
    table = _empty("scope", protocol)
    for scored in found:
        values = [scored.scores[name] for name in NAMES[protocol]]
        table.add_row(scored.scope, *(_percent(value.score) for value in values))
        if several:
            table.add_row("  95 % interval", *(_range(value.low, value.high) for value in values))
    return table


def _table_of_videos(scored: Scored, pairs: Sequence[Pair]) -> Table:
    from rich.markup import escape

    table = _empty("video", scored.protocol)
    for pair, scores in zip(pairs, scored.videos, strict=True):
        values = (scores[name] for name in NAMES[scored.protocol])
        table.add_row(escape(printable(pair.name)), *map(_percent, values))
    return table


def _empty(first: str, protocol: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    for name in NAMES[protocol].values():
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _percent(value: float) -> str:
    return "–" if value != value else f"{100 * value:.1f}"


def _range(low: float, high: float) -> str:
    return "–" if low != low else f"{100 * low:.1f}–{100 * high:.1f}"


def as_document(
    found: Sequence[Scored],
    pairs: Sequence[Pair],
    how: How,
    *,
    each: bool,
    problems: Sequence[str],
    notes: Sequence[str],
) -> dict[str, Any]:
    """All that was found, ready for JSON: shares, not percent; null for what cannot be had.

    Args:
        found: scores.
        pairs: the videos that were scored.
        how: by which options.
        each: whether scores of each video are in it.
        problems: why others were not scored, one line each.
        notes: what there is to know, likewise.
    """
    results = []
    for scored in found:
        result = {
            "protocol": scored.protocol,
            "scope": scored.scope,
            "described": str(scored),
            "comparable": comparable(scored.protocol, scored.scope, how),
            "scores": {
                name: {part: _plain(value) for part, value in interval._asdict().items()}
                for name, interval in scored.scores.items()
            },
        }
        if each:
            result["videos"] = {
                pair.name: {name: _plain(value) for name, value in scores.items()}
                for pair, scores in zip(pairs, scored.videos, strict=True)
            }
        results.append(result)
    return {
        "videos": len(pairs),
        "frames": sum(len(pair.truth) for pair in pairs),
        "ignored": list(how.ignore),
        "background": list(how.background),
        "last_end": how.last_end,
        "results": results,
        "problems": list(problems),
        "notes": list(notes),
    }


def _plain(value: float) -> float | None:
    return None if value != value else float(value)
