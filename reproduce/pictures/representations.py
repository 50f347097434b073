"""Pictures of embedded frames: in a plane over activities and phases, and two videos aligned."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import figures
from figures import Matched, Points
from reproduce.base.paths import RESULTS
from reproduce.pictures.base import REPRESENTATIONS, Picture, arrays, listed

__all__ = ["aligned_videos", "embedding_maps"]


def embedding_maps(folder: Path = RESULTS) -> Picture:
    """Test frames by t-SNE: of all activities, and of one activity by its phases."""
    of_all, of_one = (arrays(REPRESENTATIONS, part, folder) for part in ("activities", "phases"))
    activity = of_one.pop("activity")
    activities = np.array([f"activity {name}" for name in of_all.pop("names").tolist()])
    phases = np.array([f"phase {phase + 1}" for phase in of_one.pop("names").tolist()])
    rows = {
        "models of all activities": {name: Points(places, activities) for name, places in of_all.items()},
        f"models of activity {activity}": {name: Points(places, phases) for name, places in of_one.items()},
    }
    n = len(np.unique(activities))
    title = f"Many activities (synthetic), features: t-SNE of test frames of {n} activities, and of one"
    return Picture(
        "embedding_maps",
        title,
        f"Points in two rows of panels. Above, {len(activities)} frames of {n} activities: "
        f"{', '.join(of_all)}. "
        f"Below, {len(phases)} frames of {len(np.unique(phases))} phases of activity {activity}: "
        f"{', '.join(of_one)}.",
        (REPRESENTATIONS,),
        figures.point_maps(rows, title),
    )


def aligned_videos(folder: Path = RESULTS) -> Picture:
    """Two test videos of an activity aligned by dynamic time warping of features and of embedded frames."""
    stored = arrays(REPRESENTATIONS, "matched", folder)
    first, second = (
        np.array([f"phase {phase + 1}" for phase in stored.pop(name).tolist()])
        for name in ("first", "second")
    )
    panels, right = {}, {}
    for key, pairs in stored.items():
        name = key.removeprefix("by ")
        i, j = pairs.T
        right[name] = 100 * float(np.mean(first[i] == second[j]))
        panels[f"{name} ({right[name]:.0f} % of the lines join one phase)"] = Matched(first, second, pairs)
    title = "Two test videos of an activity, aligned by dynamic time warping; dashed: frames of other phases"
    return Picture(
        "aligned_videos",
        title,
        f"Time lines of {len(first)} and {len(second)} frames with lines between matched ones; share that "
        f"join frames of one phase, in %: {listed(right)}.",
        (REPRESENTATIONS,),
        figures.matched_frames(panels, title),
    )
