"""Methods compared on labelled sequences of several domains: rows in, lines with intervals and advice out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dkva.experiments.experiment import Task
from dkva.metrics.domains import DomainMean, domain_mean, mean_of_domains, resampled_means, sign_flip_p

__all__ = ["MEAN", "MEASURES", "Comparison", "Line", "advice", "compare", "task_of"]

#: What methods are compared by, and the mean of these, which decides.
MEASURES = ("mof", "iou", "f1")
MEAN = "mean"

# Fewer sequences than this have intervals that are too narrow to trust.
_FEW = 10

# Below it a lead is called statistically significant.
_LEVEL = 0.05

# Means that differ by less are equal: sums of rounded scores.
_ROUNDING = 1e-12


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
        p: p-value of the lead in `MEAN`; see `dkva.metrics.domains.sign_flip_p`.
        highest: share of the resamples of the sequences in which it has the highest `MEAN`; methods that tie
            share a resample.
    """

    method: str
    scores: Mapping[str, DomainMean]
    domains: Mapping[str, Mapping[str, float]]
    lead: Mapping[str, DomainMean]
    p: float
    highest: float


@dataclass(frozen=True)
class Comparison:
    """Methods compared on the same sequences.

    Attributes:
        lines: the methods, the best first, by the mean of domain means of `MEAN`.
        sequences: how many.
        domains: their domains, in order of first appearance.
        single: those of one sequence.
        reference: the method whose lead over each is shown.
    """

    lines: tuple[Line, ...]
    sequences: int
    domains: tuple[str, ...]
    single: tuple[str, ...]
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
    drawn = np.stack(list(means.values()))
    first = drawn >= drawn.max(axis=0) - _ROUNDING
    highest = dict(zip(means, (first / first.sum(axis=0)).mean(axis=1).tolist(), strict=True))
    lines = []
    order = sorted(tables, key=lambda method: -mean_of_domains(tables[method][:, -1], domains))
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
                sign_flip_p(tables[reference][:, -1] - table[:, -1], domains),
                highest[method],
            )
        )
    single = tuple(domain for domain, count in Counter(domains).items() if count == 1)
    return Comparison(tuple(lines), len(names), tuple(dict.fromkeys(domains)), single, reference)


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
    """Which method to take, and how sure that is, in one paragraph.

    Raises:
        ValueError: a comparison whose reference is not the best method.
    """
    best, others = comparison.best, comparison.lines[1:]
    if comparison.reference != best.method:
        raise ValueError(f"the reference is {comparison.reference!r}: compare with the best, {best.method!r}")
    score = f"{best.method} ({100 * best.scores[MEAN].mean:.1f} %)"
    if not others:
        return f"Mean of MoF, IoU and F1: {score}, which alone was run."
    said = [f"Highest mean of MoF, IoU and F1: {score}"]
    if comparison.sequences == 1:
        return f"{said[0]}, on one sequence. That says nothing of others: add sequences before you choose."
    said[0] += f", which is also first in {100 * best.highest:.0f} % of the resamples of the "
    said[0] += f"{comparison.sequences} sequences."
    close = [line for line in others if line.p > _LEVEL]
    if close:
        shown = ", ".join(_named(line) for line in close[:3])
        more = f" and {len(close) - 3} more" if len(close) > 3 else ""
        said.append(f"Its lead over {shown}{more} is not statistically significant.")
    else:
        said.append(
            "Its lead over every other method is statistically significant (5 %, sign flips of the paired "
            "differences)."
        )
    ahead = _ahead(comparison)
    if ahead:
        said.append(f"Another method is ahead on {', '.join(ahead)}.")
    return " ".join([*said, *_cautions(comparison)])


def _named(line: Line) -> str:
    mean, low, high = (f"{100 * value:+.1f}" for value in line.lead[MEAN][:3])
    interval = ", no interval" if math.isnan(line.lead[MEAN].low) else f" [{low}, {high}]"
    return f"{line.method} ({mean} points{interval}, p = {line.p:.2g})"


def _cautions(comparison: Comparison) -> list[str]:
    """What makes the intervals too narrow."""
    if math.isnan(comparison.best.scores[MEAN].low):
        return ["No domain has two sequences, so there are no intervals: add some before you choose."]
    said = []
    if comparison.single:
        count = len(comparison.single)
        said.append(
            f"{count} of {len(comparison.domains)} domains {'has' if count == 1 else 'have'} one sequence, "
            "which adds nothing to the intervals: they are too narrow."
        )
    if comparison.sequences < _FEW:
        said.append(f"With {comparison.sequences} sequences the intervals are narrower than they should be.")
    return said


def _ahead(comparison: Comparison) -> list[str]:
    """Domains on which another method than the best has the highest mean, with its name."""
    if len(comparison.domains) < 2:
        return []
    firsts = {
        domain: max(comparison.lines, key=lambda line: line.domains[domain][MEAN])
        for domain in comparison.domains
    }
    return [f"{domain} ({line.method})" for domain, line in firsts.items() if line is not comparison.best]
