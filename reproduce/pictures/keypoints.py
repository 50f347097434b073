"""Pictures of segmentation by keypoints: a video's points and segments, and overlaps by length."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import figures
from figures import Keypoints, Score
from reproduce.base import labels
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_facts
from reproduce.collections.supervised import KEYPOINTS, SPLIT_SETS
from reproduce.pictures.base import Picture, arrays, listed
from reproduce.pictures.scores import score_of

__all__ = ["keypoints_assembled", "overlaps_by_length"]


def keypoints_assembled(folder: Path = RESULTS) -> Picture:
    """RTK's keypoints of a test video, before and after refinement, and the segments made of them."""
    stored = arrays(KEYPOINTS, "keypoints", folder)
    truth = stored["truth"]
    rows: dict[str, np.ndarray | Keypoints] = {"truth": truth}
    for name, words in ((labels.RTK_BEFORE, "keypoints found"), (labels.RTK, "keypoints refined")):
        columns = (stored[f"{column} of {name}"] for column in ("place", "label", "confidence"))
        rows[words] = Keypoints(*columns)
    right = {}
    for name in (labels.RTK, labels.ASFORMER):
        found = stored[f"frames of {name}"]
        right[name] = 100 * float(np.mean(found == truth))
        rows[f"{name} ({right[name]:.0f} %)"] = found
    points = [len(each.places) for each in rows.values() if isinstance(each, Keypoints)]
    title = f"Keypoints and the segments they are put together to, {stored['video']}; % of the frames right"
    return Picture(
        "keypoints_assembled",
        title,
        f"Rows over {len(truth)} frames: the true segments, {points[0]} keypoints found, {points[1]} left "
        f"after refinement, the segments of RTK, and ASFormer's; frames right in %: {listed(right)}.",
        (KEYPOINTS,),
        figures.keypoint_lines(rows, title),
    )


def overlaps_by_length(folder: Path = RESULTS) -> Picture:
    """MIoU of segments of up to each length, a panel a set, a line a method (RTK's Figure 5)."""
    panels: dict[str, dict[str, list[tuple[str, Score]]]] = {}
    sources = []
    for key, each in SPLIT_SETS.items():
        name = f"table_rtk_lengths_{key}"
        if not (folder / f"{name}.json").is_file():
            continue
        sources.append(f"{name}.json")
        panel = panels.setdefault(each.title, {})
        for record in read_facts(name, folder)["table"]:
            if record["measure"] == "miou" and record["mean"] is not None:
                point = f"{record['longest']:g}", score_of(record)
                panel.setdefault(record["method"], []).append(point)
    if not sources:
        raise FileNotFoundError(f"{folder}: holds no table_rtk_lengths; make them")
    title = "Overlap of matched segments with the true ones, up to a length of these, with 95 % intervals"
    return Picture(
        "overlaps_by_length",
        title,
        f"{len(panels)} panels of curves, a line a method, along the longest true segments that count: "
        f"{', '.join(panels)}. The tables hold the numbers.",
        tuple(sources),
        figures.score_curves(panels, title, "MIoU in %", "longest true segment, frames"),
    )
