"""What the studies of one setting at a time share: values of factors in, their rows stored and printed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dkva.experiments.experiment import Method, Outcome, merged
from reproduce.base.labels import LEARNED
from reproduce.base.methods import EPOCHS, method
from reproduce.base.options import compute
from reproduce.base.store import Table
from reproduce.collections.benchmarks import Opened, options_of, request_of, smoothing_of
from reproduce.tables.studies import end_study, open_studied, with_columns

__all__ = ["DATASETS", "LIKE", "SEEDS", "Value", "methods", "run", "table"]

#: Real Breakfast videos, made-up ones on real labels, and how many of these.
DATASETS = ("breakfast_sample", "breakfast_like")
LIKE = 30
SEEDS = 3
COLUMNS = (
    "dataset", "factor", "value", "video", "method", "seed", "n_segments", "n_frames", "found",
    "mof", "iou", "f1",
)  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A value of a factor.

    Attributes:
        changed: settings that it changes of the method as in Table 4; none is the method's own value.
        segment: id of the method, or a function in the form of
            `dkva.approximation.segmenting.segment_video`.
        label: what rows call the method.
    """

    changed: Mapping[str, object] = field(default_factory=dict)
    segment: str | Callable = "dkva"
    label: str = LEARNED


Factors = Mapping[str, Mapping[str, Value]]


def table(name: str, title: str, by: tuple[str, ...] = ("dataset", "factor", "value")) -> Table:
    """The table of a study, made by the script of its name."""
    return Table(name, title, f"python -m reproduce.{name}", by=by)


def methods(factors: Factors, settings: Mapping[str, object]) -> list[Method]:
    """One a value, its rows with the columns factor and value."""
    return [
        method(
            value.segment,
            dict(settings) | dict(value.changed),
            label=value.label,
            columns={"factor": factor, "value": name},
        )
        for factor, values in factors.items()
        for name, value in values.items()
    ]


def _rows(opened: Opened, factors: Factors, epochs: int, options: argparse.Namespace) -> Outcome:
    settings = {"smoothing": smoothing_of(opened.source), "epochs": epochs}
    return with_columns(compute(methods(factors, settings), opened.tasks, options), COLUMNS)


def run(
    doc: str | None,
    made: Table,
    factors: Factors,
    arguments: Sequence[str] | None,
    *,
    smoke: Factors,
    seeds: int = SEEDS,
    datasets: Sequence[str] = DATASETS,
) -> int:
    """Run every value of every factor on the data sets that are there, store and print.

    Args:
        doc: of the script.
        made: its table.
        factors: values by factor, the method's own first; its rows are computed once for all factors.
        arguments: of the command line.
        smoke: the smallest run of the code.
        seeds: how many, unless the command line says.
        datasets: keys of `reproduce.collections.benchmarks.SOURCES`.
    """
    options = options_of(doc, seeds=seeds).parse_args(arguments)
    request = request_of(options, datasets)
    used, epochs = (smoke, 1) if options.smoke else (factors, EPOCHS)
    opened = open_studied(request, LIKE)
    outcome = merged([_rows(each, used, epochs, options) for each in opened])
    end_study(made, outcome, opened, request)
    return 0
