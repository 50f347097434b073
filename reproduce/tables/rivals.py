"""All methods under each protocol: what is measured of an activity's videos, and the rows of each table.

A video is cut once for all protocols: `measure` puts the scores of each beside each other. The scores of an
activity as a whole are then made of its videos' parts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dkva.metrics.asot_protocol import ASOT_SCORES, asot_pooled, asot_row, asot_rows
from dkva.metrics.protocols import ACTIVITY, PROTOCOLS, VIDEO
from dkva.metrics.segmentation import score_row
from reproduce.base.show import LABELS, with_interval
from reproduce.base.store import Table
from reproduce.collections.rivals import ALL_ACTIONS, AVERAGE, Group

__all__ = [
    "KINDS",
    "Kind",
    "cells",
    "costs_by_label",
    "measure",
    "rows_of",
    "table_of",
]

# What rows begin with; those of videos have the video after the activity.
_ABOUT = ("dataset", "activity", "method", "training", "seed", "n_segments")

_OWN, _JOINT = "asot_video_", "asot_activity_"


@dataclass(frozen=True)
class Kind:
    """One of the tables: a protocol, what is matched together, and the rule of K.

    Attributes:
        key: in file names.
        protocol: one of `dkva.metrics.protocols.PROTOCOLS`.
        scope: of the matching.
        rule: of K, one of `reproduce.collections.rivals.RULES`.
        measures: what is shown.
    """

    key: str
    protocol: str
    scope: str
    rule: str
    measures: tuple[str, ...]

    @property
    def what(self) -> str:
        """What is scored, in words."""
        return f"{PROTOCOLS[self.protocol].described(self.scope)}; {self.rule}"


#: TW-FINCH and the paper score as the first says, ASOT and CLOT as the others do.
KINDS = (
    Kind("tw_finch", "tw-finch", VIDEO, AVERAGE, ("mof", "iou", "f1")),
    Kind("asot_video", "asot", VIDEO, ALL_ACTIONS, ("mof", "miou", "f1", "f1_expected")),
    Kind("asot_activity", "asot", ACTIVITY, ALL_ACTIONS, ("mof", "miou", "f1", "f1_expected")),
)


def measure(truths: Sequence, labels: Sequence, n_segments: int) -> list[dict]:
    """A row a video of one activity: scores of its own by both protocols, and its part of the joint ones."""
    joint = asot_rows(truths, labels, n_segments)
    rows = []
    for truth, found, part in zip(truths, labels, joint, strict=True):
        own = asot_row(truth, found, n_segments)
        rows.append(
            score_row(truth, found, n_segments)
            | {f"{_OWN}{name}": own[name] for name in ASOT_SCORES}
            | {f"{_JOINT}{name}": value for name, value in part.items()}
        )
    return rows


def rows_of(kind: Kind, rows: Sequence[Mapping]) -> list[dict]:
    """The rows of one table: a row a video, or a row an activity if its videos are matched together.

    Args:
        kind: the table.
        rows: of `measure`, with the columns that `dkva.experiments.collections.run` adds.
    """
    mine = [row for row in rows if row["k"] == kind.rule]
    if kind.scope == VIDEO:
        prefix = _OWN if kind.protocol == "asot" else ""
        return [
            {name: row[name] for name in (*_ABOUT[:2], "video", *_ABOUT[2:], "n_frames", "found")}
            | {name: row[f"{prefix}{name}"] for name in kind.measures}
            for row in mine
        ]
    groups: dict[tuple, list[dict]] = {}
    for row in mine:
        part = {name.removeprefix(_JOINT): value for name, value in row.items() if name.startswith(_JOINT)}
        groups.setdefault(tuple(row[name] for name in _ABOUT), []).append(part)
    joint = []
    for group, parts in groups.items():
        scores = asot_pooled(parts)
        joint.append(
            dict(zip(_ABOUT, group, strict=True))
            | {"videos": len(parts), "n_frames": sum(part["n_frames"] for part in parts)}
            | {name: scores[name] for name in kind.measures}
        )
    return joint


def table_of(kind: Kind, group: Group, command: str) -> Table:
    """Where the rows of a table are stored."""
    return Table(
        f"table_rivals_{group.key}_{kind.key}",
        f"All methods on {group.title}; {kind.what}",
        f"{command} --sets {group.key}",
        by=("method", "training"),
        measures=kind.measures,
        unit="activity" if kind.scope == ACTIVITY else "video",
    )


def cells(
    records: Sequence[Mapping], measures: Sequence[str], costs: Mapping[str, Mapping]
) -> tuple[list[str], list[list[str]]]:
    """Columns and lines of a table: scores with their intervals in %, then what a video costs.

    Args:
        records: the summary of the table's rows.
        measures: its columns.
        costs: of each method by its label: `seconds` a video, `training_seconds` a video (None if it is not
            trained), `peak_mb` and `imports_mb`; methods that were not measured are left out.
    """
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for record in records:
        line = lines.setdefault((record["method"], record["training"]), {})
        line[record["measure"]] = with_interval(record)
    columns = ["method", "training", *(LABELS.get(name, name) for name in measures)]
    columns += ["s a video", "training, s a video", "MB beside the libraries"]
    return columns, [
        [*names, *(line[name] for name in measures), *_cost(costs.get(names[0], {}))]
        for names, line in lines.items()
    ]


def _cost(cost: Mapping) -> list[str]:
    if not cost:
        return ["–"] * 3
    training = cost["training_seconds"]
    memory = cost["peak_mb"] - cost["imports_mb"]
    return [f"{cost['seconds']:.3g}", "–" if training is None else f"{training:.3g}", f"{memory:.0f}"]


def costs_by_label(facts: Mapping, folder: Path) -> dict[str, Mapping]:
    """What a video costs by each method, as `python -m benchmarks --only rivals` measured it.

    Args:
        facts: the provenance of the rows, which says what the tables call each method.
        folder: the stored results.

    Returns:
        Costs by label; of no method if they have not been measured.
    """
    path = folder / "benchmarks" / "rivals.json"
    if not path.is_file():
        return {}
    measured = json.loads(path.read_text(encoding="utf-8"))["figures"]["methods"]
    labels = {
        label: each["id"] for part in facts.get("parts", [facts]) for label, each in part["methods"].items()
    }
    return {label: measured[name] for label, name in labels.items() if name in measured}
