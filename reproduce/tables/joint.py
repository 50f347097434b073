"""The lines of the tables of alignment, and of alignment and segmentation by one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from dkva.experiments.learners import Learner
from dkva.experiments.method_settings import learner
from dkva.experiments.registry import find
from dkva.metrics.protocols import ACTIVITY
from reproduce.base import labels
from reproduce.base.raw_features import RawFeatures, train_nothing
from reproduce.base.store import Table
from reproduce.collections.joint import JointSet
from reproduce.tables.alignment import MEASURES
from reproduce.tables.rivals import Kind

__all__ = [
    "ALIGNERS",
    "RAW",
    "SEGMENTERS",
    "Line",
    "alignment_table",
    "made",
    "segmentation_table",
]


class Line(NamedTuple):
    """A trained method of a table.

    Attributes:
        id: in the registry.
        settings: that differ from its defaults.
    """

    id: str
    settings: Mapping[str, object] = {}


#: What segments, by what tables call it.
SEGMENTERS: Mapping[str, Line] = {
    labels.JOINT: Line("vasot"),
    labels.SEGMENTATION_ALONE: Line("vasot", {"beta": 0.0}),
    labels.JOINT_KMEANS: Line("vasot", {"initial_actions": "kmeans"}),
    labels.JOINT_SHIFTED: Line("vasot", {"released_shift": True}),
    labels.ASOT: Line("asot"),
}

#: What aligns: VAOT, VAOT without one of its parts, and VASOT by its tasks.
ALIGNERS: Mapping[str, Line] = {
    labels.VAOT_BLANK: Line("vaot", {"epochs": 0}),
    labels.VAOT: Line("vaot"),
    labels.VAOT_WITHOUT_STRUCTURE: Line("vaot", {"alpha": 0.0}),
    labels.VAOT_WITHOUT_PRIOR: Line("vaot", {"rho": 0.0}),
    labels.VAOT_UNBALANCED: Line("vaot", {"relax_y": True}),
    labels.VAOT_WITHOUT_VIRTUAL: Line("vaot", {"virtual_frames": False}),
    labels.JOINT: Line("vasot"),
    labels.ALIGNMENT_ALONE: Line("vasot", {"segmentation_weight": 0.0}),
    labels.SEGMENTATION_ALONE: Line("vasot", {"beta": 0.0}),
}

#: Raw features in the place of embedded frames.
RAW = Learner("raw_features", train_nothing, RawFeatures.restore, label=labels.RAW_FEATURES)


def made(label: str, line: Line, given: JointSet, *, smoke: bool = False) -> Learner:
    """The learner of a line on a set; one epoch at most if `smoke`."""
    settings = {**given.settings, **line.settings}
    if smoke:
        settings["epochs"] = min(1, int(str(settings.get("epochs", 1))))
    return replace(learner(find(line.id), settings), label=label, columns={"training": labels.ON_ACTIVITY})


def alignment_table(given: JointSet, command: str) -> Table:
    """Where the rows of a set are stored."""
    frames = f", every {given.stride}th frame" if given.stride > 1 else ""
    return Table(
        f"table_vasot_alignment_{given.key}",
        f"Alignment on {given.title}{frames}",
        f"{command} --sets {given.key}",
        measures=MEASURES,
    )


def segmentation_table(kind: Kind, given: JointSet, command: str) -> Table:
    """Where the rows of a set are stored under a protocol."""
    return Table(
        f"table_vasot_segmentation_{given.key}_{kind.key}",
        f"Segmentation on {given.title}; {kind.what}",
        f"{command} --sets {given.key}",
        measures=kind.measures,
        unit="activity" if kind.scope == ACTIVITY else "video",
    )
