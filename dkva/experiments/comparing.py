"""Methods compared on labelled sequences of several domains: rows in, lines with intervals and advice out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dkva.experiments.experiment import Task
from dkva.metrics.domains import DomainMean, domain_mean, resampled_means

__all__ = ["MEAN", "MEASURES", "Comparison", "Line", "advice", "compare", "task_of"]

#: What methods are compared by, and the mean of these, which decides.
MEASURES = ("mof", "iou", "f1")
MEAN = "mean"

# Fewer sequences than this have intervals that are too narrow to trust.
_FEW = 10


def task_of(sequence, opened, seeds: Sequence[int], n_segments: int | None = None) -> Task:
    """A labelled sequence as a task.

    Args:
        sequence: with `name`, `domain` and `load`, as `dkva.datasets.sequences.LabelledSequence`.
        opened: what it holds, with `actions`, `ignore` and `checksum`, as `dkva.datasets.sequences.Opened`.
        seeds: of the methods that take one.
        n_segments: K; None means the true number of actions.
    """
    scoring = {"ignore": list(opened.ignore)} if opened.ignore else {}
    return Task(
        sequence.name,
        sequence.load,
        opened.checksum,
        n_segments or opened.actions,
        tuple(seeds),
        {"domain": sequence.domain},
        scoring,
    )


@dataclass(frozen=True)
class Line:
    """One method among those compared.

    Attributes:
        method: its label.
        scores: mean of domain means of each of `MEASURES` and of `MEAN`, with intervals.
        domains: mean of each domain's sequences, of the same measures, by domain.
        lead: the reference's scores minus this one's, paired by sequence, with intervals.
        highest: share of the resamples of the sequences in which it has the highest `MEAN`.
    """

    method: str
    scores: Mapping[str, DomainMean]
    domains: Mapping[str, Mapping[str, float]]
    lead: Mapping[str, DomainMean]
    highest: float


@dataclass(frozen=True)
class Comparison:
    """Methods compared on the same sequences.

    Attributes:
        lines: the methods, the best first, by the mean of domain means of `MEAN`.
        sequences: how many.
        domains: their domains, in order of first appearance.
        reference: the method whose lead over each is shown.
    """

    lines: tuple[Line, ...]
    sequences: int
    domains: tuple[str, ...]
    reference: str

    @property
    def best(self) -> Line:
        """The method with the highest mean."""
        return self.lines[0]


def compare(rows: Iterable[Mapping], reference: str | None = None) -> Comparison:
    """Compare methods by their rows.

    Seeds are averaged first, then the sequences of a domain, then domains.

    Args:
        rows: with the columns `method`, `video`, `domain` and `MEASURES`.
        reference: the method whose lead over each is computed; None means the best.

    Raises:
        ValueError: no rows, no row of the reference, or a method that lacks a sequence which another one has.
    """
    domain_of: dict[str, str] = {}
    found: dict[str, dict[str, list[list[float]]]] = {}
    for row in rows:
        domain_of.setdefault(row["video"], row["domain"])
        mine = found.setdefault(row["method"], {}).setdefault(row["video"], [])
        mine.append([float(row[measure]) for measure in MEASURES])
    if not found:
        raise ValueError("there are no rows to compare")
    names = list(domain_of)
    for method, scored in found.items():
        lacking = [name for name in names if name not in scored]
        if lacking:
            raise ValueError(
                f"{method!r} has no row of {lacking[0]!r}: compare methods on the same sequences"
            )
    domains = [domain_of[name] for name in names]
    # By method [sequences, measures], `MEAN` last.
    tables = {method: _table(scored, names) for method, scored in found.items()}
    means = {method: resampled_means(table[:, -1], domains) for method, table in tables.items()}
    highest = np.bincount(np.argmax(list(means.values()), axis=0), minlength=len(means)) / len(
        next(iter(means.values()))
    )
    lines = []
    order = sorted(tables, key=lambda method: -domain_mean(tables[method][:, -1], domains).mean)
    reference = reference or order[0]
    if reference not in tables:
        raise ValueError(f"{reference!r} has no rows: choose one of {', '.join(map(repr, order))}")
    for method in order:
        table = tables[method]
        lines.append(
            Line(
                method,
                _by_measure(table, domains),
                {each: _of_domain(table, domains, each) for each in dict.fromkeys(domains)},
                _by_measure(tables[reference] - table, domains),
                float(highest[list(tables).index(method)]),
            )
        )
    return Comparison(tuple(lines), len(names), tuple(dict.fromkeys(domains)), reference)


def _table(scored: Mapping[str, list[list[float]]], names: Sequence[str]) -> np.ndarray:
    table = np.array([np.mean(scored[name], axis=0) for name in names])
    return np.column_stack([table, table.mean(axis=1)])


def _by_measure(table: np.ndarray, domains: Sequence[str]) -> dict[str, DomainMean]:
    return {
        measure: domain_mean(column, domains)
        for measure, column in zip((*MEASURES, MEAN), table.T, strict=True)
    }


def _of_domain(table: np.ndarray, domains: Sequence[str], domain: str) -> dict[str, float]:
    mine = table[[each == domain for each in domains]].mean(axis=0)
    return dict(zip((*MEASURES, MEAN), mine.tolist(), strict=True))


def advice(comparison: Comparison) -> str:
    """Which method to take, and how sure that is, in one paragraph; the reference must be the best."""
    best, others = comparison.best, comparison.lines[1:]
    score = f"{best.method} ({100 * best.scores[MEAN].mean:.1f} %)"
    if not others:
        return f"Mean of MoF, IoU and F1: {score}, which alone was run."
    said = [f"Highest mean of MoF, IoU and F1: {score}"]
    if comparison.sequences == 1:
        return f"{said[0]}, on one sequence. That says nothing of others: add sequences before you choose."
    said[0] += f", which is also first in {100 * best.highest:.0f} % of the resamples of the "
    said[0] += f"{comparison.sequences} sequences."
    close = [line for line in others if not line.lead[MEAN].low > 0]
    if close:
        shown = ", ".join(_named(line) for line in close[:3])
        more = f" and {len(close) - 3} more" if len(close) > 3 else ""
        said.append(f"Its lead over {shown}{more} is not statistically significant.")
    else:
        said.append("Its lead over every other method is statistically significant (95 % intervals, paired).")
    ahead = _ahead(comparison)
    if ahead:
        said.append(f"Another method is ahead on {', '.join(ahead)}.")
    if math.isnan(best.scores[MEAN].low):
        said.append("No domain has two sequences, so there are no intervals: add some before you choose.")
    elif comparison.sequences < _FEW:
        said.append(f"With {comparison.sequences} sequences the intervals are narrower than they should be.")
    return " ".join(said)


def _named(line: Line) -> str:
    mean, low, high = (f"{100 * value:+.1f}" for value in line.lead[MEAN][:3])
    return f"{line.method} ({mean} points{f' [{low}, {high}]' if low != '+nan' else ', no interval'})"


def _ahead(comparison: Comparison) -> list[str]:
    """Domains on which another method than the best has the highest mean, with its name."""
    if len(comparison.domains) < 2:
        return []
    firsts = {
        domain: max(comparison.lines, key=lambda line: line.domains[domain][MEAN])
        for domain in comparison.domains
    }
    return [f"{domain} ({line.method})" for domain, line in firsts.items() if line is not comparison.best]
