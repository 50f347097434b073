"""The library's methods by the ids that their rows are kept under, and those that a command line names."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from dkva.approximation.segmenter import segment_video
from dkva.approximation.sinkhorn import segment_by_transport
from dkva.baselines import kernel_change_points, kmeans, tw_finch, uniform
from dkva.experiments.experiment import Method
from reproduce.base.labels import LABELS

__all__ = ["EPOCHS", "SEGMENTERS", "add_methods", "method", "select_methods"]

#: Epochs of the paper's method, on all data sets but Moving5.
EPOCHS = 100

#: Functions by id. The id stays as it is when a function is renamed: rows once computed are found by it.
SEGMENTERS: Mapping[str, Callable] = {
    "dkva": segment_video,
    "sinkhorn": segment_by_transport,
    "uniform": uniform,
    "kmeans": kmeans,
    "kernel_change_points": kernel_change_points,
    "tw_finch": tw_finch,
}


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
        segment: an id in `SEGMENTERS`; or a function that is not there, whose name is then its id.
        settings: further keywords of the function.
        label: what its rows and tables call it; "" means the id's in `reproduce.base.labels.LABELS`, or the
            function's name.
        seeded: whether labels depend on the seed; None means: where the function takes one.
        columns: further columns of its rows.
    """
    if isinstance(segment, str):
        id, function = segment, SEGMENTERS[segment]
    else:
        id, function = segment.__name__, segment
    return Method(label or LABELS.get(id, id), function, settings or {}, seeded, id, columns or {})


def add_methods(cli: argparse.ArgumentParser) -> None:
    """Add --methods to the scripts of tables."""
    cli.add_argument(
        "--methods",
        nargs="+",
        metavar="NAME",
        help="only these lines, such as tw_finch, or any other method of the library by its id; nothing is "
        "stored",
    )


def select_methods(lines: Mapping[str, Method], names: Sequence[str] | None) -> list[Method]:
    """The methods that `--methods` names, in its order; without any name all lines of a table.

    Args:
        lines: the table's methods by name: an id, or one of the table's own for a variant.
        names: of lines, or ids in `SEGMENTERS` of methods that have none, which then run at their defaults.

    Raises:
        SystemExit: an unknown name, with one message that lists those known.
    """
    if not names:
        return list(lines.values())
    known = dict.fromkeys((*lines, *SEGMENTERS))
    for name in names:
        if name not in known:
            raise SystemExit(f"error: unknown method {name!r}: choose of {', '.join(known)}")
    return [lines[name] if name in lines else method(name) for name in dict.fromkeys(names)]
