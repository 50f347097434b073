"""What each variant of kernel mean segments gains: rows in, means of domain means and their intervals out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dkva.metrics.domains import domain_mean, mean_of_domains
from reproduce.base.show import percent

__all__ = ["OWN", "gain_cells", "variant_gains"]

#: Factor and value of the rows of the method as it is.
OWN = "the method"

_MEASURES = ("mof", "iou", "f1")


def variant_gains(rows: Sequence[Mapping]) -> list[dict]:
    """A record a variant, the method first.

    Records have `factor`, `value`, `mof`, `iou` and `f1` (means of domain means), and `gain`, `low`, `high`:
    of the mean of the three, over the method's own rows of the same sequences and seeds. The method's own
    record has the range of that mean over its seeds, `least` and `most`, instead.
    """
    domains = {row["video"]: row["domain"] for row in rows}
    groups: dict[tuple[str, str], dict[str, dict[int, np.ndarray]]] = {}
    for row in rows:
        seeds = groups.setdefault((row["factor"], row["value"]), {}).setdefault(row["video"], {})
        seeds[int(row["seed"])] = np.array([float(row[measure]) for measure in _MEASURES])
    own = groups[OWN, OWN]
    found: list[dict] = []
    for (factor, value), videos in groups.items():
        names = [domains[video] for video in videos]
        scores = np.array([np.mean(list(seeds.values()), axis=0) for seeds in videos.values()])
        means = (mean_of_domains(column, names) for column in scores.T)
        record = {"factor": factor, "value": value, **dict(zip(_MEASURES, means, strict=True))}
        if videos is own:
            by_seed = [
                mean_of_domains([mine[seed].mean() for mine in own.values()], names)
                for seed in next(iter(own.values()))
            ]
            found.append(record | {"least": min(by_seed), "most": max(by_seed)})
            continue
        theirs = [np.mean([own[video][seed] for seed in seeds]) for video, seeds in videos.items()]
        gain = domain_mean(scores.mean(axis=1) - theirs, names)
        found.append(record | {"gain": gain.mean, "low": gain.low, "high": gain.high})
    return [{name: _rounded(value) for name, value in each.items()} for each in found]


def _rounded(value):
    """A number to six places; None for NaN, which JSON has not."""
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 6)


def gain_cells(records: Sequence[Mapping]) -> tuple[list[str], list[list[str]]]:
    """Columns and lines of the table of gains, in percentage points."""
    cells = []
    for record in records:
        if "gain" not in record:
            told = f"seeds: {percent(record['least'])} to {percent(record['most'])}"
        else:
            told = percent(record["gain"], sign=True)
            if record["low"] is not None:
                told += f" [{percent(record['low'], sign=True)}, {percent(record['high'], sign=True)}]"
        scores = [percent(record[measure]) for measure in _MEASURES]
        cells.append([record["factor"], record["value"], *scores, told])
    return ["setting", "value", "MoF", "IoU", "F1", "gain in their mean [95 % interval]"], cells
