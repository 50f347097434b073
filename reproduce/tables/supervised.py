"""The tables of supervised segmentation: what is trained, what is measured of a test video, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dkva.experiments import method_settings
from dkva.experiments.learners import Learner
from dkva.experiments.registry import find
from dkva.metrics.ms_tcn_protocol import ms_tcn_rows
from dkva.metrics.segment_lengths import length_rows
from reproduce.base import labels
from reproduce.base.store import Table
from reproduce.collections.supervised import SplitSet, settings_of, share_seen
from reproduce.tables.joint import Line
from reproduce.tables.split_scores import Ratio, numbered, scored

__all__ = [
    "LINES",
    "MAIN",
    "MEASURES",
    "SCORES",
    "length_rows_of",
    "lengths_table",
    "made",
    "measure",
    "scores_table",
]

# RTK's settings of the paper's Table 2, and which of these parts each line of it has.
_PARTS = ("keypoints", "refinement", "graph", "matching")
_WITH = {
    labels.RTK_POINTS: (True, False, False, False),
    labels.RTK_POINTS_REFINED: (True, True, False, False),
    labels.RTK_POINTS_GRAPH: (True, True, True, False),
    labels.RTK_FRAMES: (False, False, False, False),
    labels.RTK_FRAMES_REFINED: (False, True, False, False),
    labels.RTK_FRAMES_GRAPH: (False, True, True, False),
    labels.RTK_FRAMES_MATCHED: (False, True, True, True),
}

#: Methods; and RTK without some of its parts, with the gradient of graph matching, and with other shares of
#: candidates.
LINES: Mapping[str, Line] = {
    labels.MS_TCN: Line("ms_tcn"),
    labels.ASFORMER: Line("asformer"),
    labels.ASFORMER_ASSEMBLED: Line("asformer", {"reassemble": True}),
    labels.RTK: Line("rtk"),
    **{label: Line("rtk", dict(zip(_PARTS, there, strict=True))) for label, there in _WITH.items()},
    labels.RTK_ATTACHED: Line("rtk", {"detached": False}),
    **{label: Line("rtk", {"candidates": share}) for share, label in labels.RTK_CANDIDATES.items()},
}

#: Those that are trained on every set.
MAIN = (labels.MS_TCN, labels.ASFORMER, labels.ASFORMER_ASSEMBLED, labels.RTK)

# Of a model of a smoke run, as far as its method has them. RTK is trained in its first phase alone, as the
# last one takes as long to compile as all else.
_SMOKE = {
    "maps": 8,
    "layers": 2,
    "decoders": 1,
    "decoder_layers": 1,
    "stages": 2,
    "epochs": 1,
    "matching_epochs": 0,
    "joint_epochs": 0,
}


def made(label: str, line: Line, given: SplitSet, *, smoke: bool = False) -> Learner:
    """The learner of a line on a set; a small one of one epoch if `smoke`."""
    method = find(line.id)
    settings, own = settings_of(given, line.id), dict(line.settings)
    if given.small and "candidates" in own:
        own["candidates"] = share_seen(float(str(own["candidates"])))
    if smoke:
        has = {each.name for each in method_settings.settings_of(method)}
        settings |= {name: value for name, value in _SMOKE.items() if name in has}
    return replace(method_settings.learner(method, settings | own), label=label)


def _f1(threshold: str) -> Ratio:
    def ratio(row: Mapping) -> tuple[float, float]:
        hits = 2 * row[f"tp_{threshold}"]
        return hits, hits + row[f"fp_{threshold}"] + row[f"fn_{threshold}"]

    return ratio


#: Scores of the protocol "ms-tcn", and how far a video is over-segmented: its segments, and those that
#: overlap no true one of their class by a tenth, both by the number of its true ones.
SCORES: Mapping[str, Ratio] = {
    "f1_10": _f1("10"),
    "f1_25": _f1("25"),
    "f1_50": _f1("50"),
    "edit": lambda row: (row["edit"], 1),
    "accuracy": numbered("right", "n_frames"),
    "miou": numbered("overlap", "overlapping"),
    "segments_per_true": lambda row: (row["tp_10"] + row["fp_10"], row["tp_10"] + row["fn_10"]),
    "false_segments": lambda row: (row["fp_10"], row["tp_10"] + row["fn_10"]),
}

MEASURES = tuple(SCORES)


def measure(truth: np.ndarray, found: np.ndarray, n_segments: int, lengths: Sequence[int]) -> dict:
    """A test video's counts, over its frames that have a label.

    Args:
        truth: class of each frame, "" if it has none [n].
        found: predicted class of each frame [n].
        n_segments: of no meaning here.
        lengths: of the true segments that overlaps are summed up to.
    """
    del n_segments
    known = truth != ""
    videos = [truth[known]], [found[known]]
    (scores,), (overlaps,) = ms_tcn_rows(*videos), length_rows(*videos, lengths)
    return scores | overlaps


def scores_table(given: SplitSet, command: str) -> Table:
    """Where the scores of a set are stored."""
    return Table(
        f"table_rtk_{given.key}",
        f"Supervised segmentation on {given.title}",
        f"{command} --sets {given.key}",
        measures=MEASURES,
        counts=("segments_per_true",),
    )


def lengths_table(given: SplitSet, command: str) -> Table:
    """Where the overlaps of a set's segments up to each length are stored."""
    return Table(
        f"table_rtk_lengths_{given.key}",
        f"Overlaps of segments of up to so many frames on {given.title}",
        f"{command} --sets {given.key}",
        by=("method", "longest"),
        measures=("miou", "matched"),
    )


def length_rows_of(rows: Sequence[Mapping], lengths: Sequence[int]) -> list[dict]:
    """Rows of `lengths_table`, for each length in the column `longest`.

    Args:
        rows: with the counts of `measure`.
        lengths: that were measured.
    """
    return [
        row
        for length in lengths
        for row in scored(
            rows,
            {
                "miou": numbered(f"overlap_{length}", f"matched_{length}"),
                "matched": numbered(f"matched_{length}", f"segments_{length}"),
            },
            {"longest": length},
        )
    ]
