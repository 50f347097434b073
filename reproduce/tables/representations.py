"""The lines of the tables of representations that align: what is trained, on what, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dkva.experiments import method_settings
from dkva.experiments.learners import Learner
from dkva.experiments.registry import find
from reproduce.base import labels
from reproduce.base.store import Table
from reproduce.collections.representations import RepresentationSet, settings_of
from reproduce.tables.alignment import BY_PHASES
from reproduce.tables.clip_recognition import CLIP_MEASURES
from reproduce.tables.joint import Line

__all__ = [
    "IN_TIME",
    "LRPROP_LINES",
    "MASA_LINES",
    "MEASURES",
    "clips_table",
    "embedded_table",
    "made",
]

#: What is measured in two halves: how well time is in order, and how well frames of a phase are near each
#: other.
IN_TIME = ("tau", "progression", "dtw_accuracy")
MEASURES = (*IN_TIME, *BY_PHASES)

#: LRProp, what it is compared with, and LRProp without one of its parts. An encoder that is not trained shows
#: what it knows of time by the positions of the frames alone.
LRPROP_LINES: Mapping[str, Line] = {
    labels.CARL_BLANK: Line("carl", {"epochs": 0}),
    labels.TCN: Line("tcn"),
    labels.TCC: Line("tcc"),
    labels.CARL: Line("carl"),
    labels.LRPROP: Line("lrprop"),
    labels.LRPROP_WITHOUT_SAME: Line("lrprop", {"same_weight": 0.0}),
    labels.LRPROP_WITHOUT_PROPAGATION: Line("lrprop", {"other_weight": 0.0}),
    labels.LRPROP_WITHOUT_WARPING: Line("lrprop", {"soft_dtw_weight": 0.0}),
}

#: MASA, what it is compared with, and MASA without one of its parts.
MASA_LINES: Mapping[str, Line] = {
    labels.MASA_BLANK: Line("masa", {"epochs": 0}),
    labels.TCN: Line("tcn"),
    labels.CARL: Line("carl"),
    labels.MASA: Line("masa"),
    labels.MASA_WITHOUT_SELF: Line("masa", {"self_attention": False}),
    labels.MASA_WITHOUT_STOP: Line("masa", {"stop_gradient": False}),
    labels.MASA_WITHOUT_DUAL: Line("masa", {"dual_augmentation": False}),
    labels.MASA_WITHOUT_TRIM: Line("masa", {"trim": False}),
    labels.MASA_WITHOUT_PREDICTOR: Line("masa", {"cluster_predictor": False}),
    labels.MASA_WITHOUT_CROSS: Line("masa", {"cross_attention": False}),
}

# Of a model of a smoke run, as far as its method has them.
_SMOKE = {
    "hidden": 8,
    "width": 8,
    "heads": 2,
    "layers": 1,
    "feed_forward": 8,
    "outputs": 4,
    "frames": 8,
    "epochs": 1,
}


def made(
    label: str,
    line: Line,
    given: RepresentationSet,
    training: str,
    activity: str = "",
    root: Path | None = None,
    *,
    smoke: bool = False,
) -> Learner:
    """The learner of a line on a set; a small one of one epoch if `smoke`.

    Args:
        label: what tables call it.
        line: of any of the tables.
        given: the set.
        training: what the column of that name says.
        activity: whose published settings count, of a method that has some.
        root: folder of the real data.
        smoke: whether it is of a smoke run.

    Raises:
        DataError: see `reproduce.collections.representations.settings_of`.
    """
    method = find(line.id)
    settings = settings_of(given, line.id, activity, root)
    if smoke:
        own = {each.name for each in method_settings.settings_of(method)}
        settings |= {name: value for name, value in _SMOKE.items() if name in own}
    settings |= line.settings
    return replace(method_settings.learner(method, settings), label=label, columns={"training": training})


def embedded_table(name: str, given: RepresentationSet, command: str) -> Table:
    """Where the rows of a set are stored.

    Args:
        name: of the table.
        given: the set.
        command: of the table.
    """
    frames = f", every {given.stride}th frame" if given.stride > 1 else ""
    return Table(
        f"{name}_{given.key}",
        f"Embedded frames on {given.title}{frames}",
        f"{command} --sets {given.key}",
        by=("method", "training"),
        measures=MEASURES,
    )


def clips_table(name: str, given: RepresentationSet, command: str) -> Table:
    """Where the rows of clips are stored; the arguments are those of `embedded_table`."""
    return Table(
        f"{name}_clips_{given.key}",
        f"Clips of single phases, and nearest frames by activity, on {given.title}",
        f"{command} --sets {given.key}",
        by=("method", "training"),
        measures=CLIP_MEASURES,
    )
