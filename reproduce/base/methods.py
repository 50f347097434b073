"""The library's methods by the ids that their rows are kept under, and those that a command line names."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence

from dkva.experiments.experiment import Method
from dkva.experiments.registry import SEGMENTER, find, listed, load
from reproduce.base.labels import LABELS

__all__ = ["EPOCHS", "add_methods", "method", "select_methods"]

#: Epochs of the paper's method, on all data sets but Moving5.
EPOCHS = 100


def method(
    segment: str | Callable,
    settings: Mapping[str, object] | None = None,
    *,
    label: str = "",
    seeded: bool | None = None,
    columns: Mapping[str, str | int | float] | None = None,
) -> Method:
    """A `Method` of the library, or of a function of one's own.

    Args:
        segment: an id of the registry; or a function that is not there, whose name is then its id.
        settings: further keywords of the function.
        label: what its rows and tables call it; "" means the id's in `reproduce.base.labels.LABELS`, else the
            registry's, else the function's name.
        seeded: whether labels depend on the seed; None means: where the function takes one.
        columns: further columns of its rows.

    Raises:
        ValueError: an id that is not in the registry, or whose package is broken.
    """
    if not isinstance(segment, str):
        name = segment.__name__
        return Method(label or LABELS.get(name, name), segment, settings or {}, seeded, name, columns or {})
    found = find(segment)
    given = {**found.defaults, **(settings or {})}
    called = label or LABELS.get(segment, found.label)
    return Method(called, load(found.target), given, seeded, segment, columns or {})


def add_methods(cli: argparse.ArgumentParser) -> None:
    """Add --methods to the scripts of tables."""
    cli.add_argument(
        "--methods",
        nargs="+",
        metavar="NAME",
        help="only these lines, such as tw_finch, or any other method by its id (dkva methods); nothing is "
        "stored",
    )


def select_methods(
    lines: Mapping[str, Method], names: Sequence[str] | None, trained: Collection[str] = ()
) -> list[Method]:
    """The methods that `--methods` names, in its order; without any name all lines of a table.

    Args:
        lines: the table's methods by name: an id, or one of the table's own for a variant.
        names: of lines, or ids of other segmenters of the registry, which then run at their defaults.
        trained: names of the table's other lines, which are trained: they may be named, and are not returned.

    Raises:
        SystemExit: an unknown name, with one message that lists those known.
    """
    if not names:
        return list(lines.values())
    known = dict.fromkeys((*lines, *trained, *listed(SEGMENTER)[0]))
    for name in names:
        if name not in known:
            raise SystemExit(f"error: unknown method {name!r}: choose one of {', '.join(known)}")
    chosen = [name for name in dict.fromkeys(names) if name not in trained]
    return [lines[name] if name in lines else method(name) for name in chosen]
