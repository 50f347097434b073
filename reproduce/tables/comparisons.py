"""Cells of tables that compare methods by domain: rows in, texts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dkva.experiments.comparing import MEAN, MEASURES, compare
from dkva.metrics.domains import DomainMean
from reproduce.base.show import LABELS, percent

__all__ = ["comparison_cells"]


def comparison_cells(
    rows: Iterable[Mapping], reference: str | None = None
) -> tuple[list[str], list[list[str]]]:
    """A line a method, the best first: scores, the reference's lead over it, and its mean in each domain.

    Args:
        rows: as for `dkva.experiments.comparing.compare`.
        reference: label of the method that the others are held against; None means the best.

    Returns:
        Names of the columns, and cells [methods][columns]: MoF, IoU, F1 and their mean, as means of domain
        means with intervals; the paired difference of the reference's mean to this one's, and its p-value by
        sign flips; and the mean of the three in each domain, if there are several.
    """
    found = compare(rows, reference)
    domains = found.domains if len(found.domains) > 1 else ()
    columns = ["method", *(LABELS[measure] for measure in MEASURES), "mean of the three"]
    columns += [f"{found.reference} − it", "p", *domains]
    cells = []
    for line in found.lines:
        scores = [_interval(line.scores[measure]) for measure in (*MEASURES, MEAN)]
        own = line.method == found.reference
        lead, p = ("", "") if own else (_interval(line.lead[MEAN], sign=True), f"{line.p:.2g}")
        cells.append(
            [line.method, *scores, lead, p, *(percent(line.domains[each][MEAN]) for each in domains)]
        )
    return columns, cells


def _interval(found: DomainMean, sign: bool = False) -> str:
    mean, low, high = (percent(value, sign) for value in found[:3])
    return mean if found.low != found.low else f"{mean} [{low}, {high}]"
