"""Time lines: the truth above the labels of methods, or seeds above each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import figures
from reproduce.base.labels import RECORDING_INITIAL, RECORDING_LEARNED, UNIFORM, VIDEO_ESTIMATOR
from reproduce.base.paths import RESULTS
from reproduce.base.store import read_rows
from reproduce.pictures.base import ARRAYS, MOVING5, Picture, arrays, digits, listed

__all__ = ["breakfast_seeds", "moving5_time_lines", "recording"]


def moving5_time_lines(video: int, kind: str = "true K", folder: Path = RESULTS) -> Picture:
    """Truth above the labels of several methods.

    Args:
        video: number of the test video.
        kind: "true K" or "random K".
        folder: the results.
    """
    stored = arrays(MOVING5, str(video), folder)
    truth = stored["truth"]
    rows, right = {"truth": digits(truth)}, {}
    asked = int(stored[f"{kind}/segments"])
    for key, labels in stored.items():
        if key.startswith(f"{kind}/") and key != f"{kind}/segments":
            name = key.split("/")[1].split(",")[0]
            right[name] = 100 * float(np.mean(labels == truth))
            rows[f"{name} ({right[name]:.0f}%)"] = digits(labels)
    title = (
        f"Moving5, test video {video}, {asked} segments asked for, five true actions (share of frames right)"
    )
    return Picture(
        f"moving5_{kind.replace(' ', '_').lower()}_video{video:02d}",
        title,
        f"Time lines over {len(truth)} frames, the truth above; share of frames right in %: {listed(right)}.",
        (MOVING5,),
        figures.timeline(rows, title=title),
    )


def recording(folder: Path = RESULTS) -> Picture:
    """Time lines of the first joined sensor recording."""
    stored = arrays(ARRAYS, "basic_motions", folder)
    names, truth = stored["names"], stored["truth"]
    rows, right = {"truth": names[truth]}, {}
    for key in (UNIFORM, RECORDING_INITIAL, RECORDING_LEARNED):
        labels = stored[f"by {key}"]
        right[key] = 100 * float(np.mean(labels == truth))
        rows[f"{key} ({right[key]:.0f}%)"] = names[labels]
    title = "BasicMotions (real sensor readings), first test sequence (share of frames right)"
    return Picture(
        "basic_motions",
        title,
        f"Time lines over {len(truth)} frames, the truth above; share of frames right in %: {listed(right)}.",
        (ARRAYS,),
        figures.timeline(rows, title=title, unit="frame (10 a second)"),
    )


def breakfast_seeds(video: str, folder: Path = RESULTS) -> Picture:
    """Our labels of a real video, a row a seed, with the seed's MoF."""
    labels = arrays(ARRAYS, "breakfast", folder)[video]
    mine = [r for r in read_rows("breakfast_sample", folder) if r["video"] == video]
    mof = {int(row["seed"]): 100 * row["mof"] for row in mine if row["method"] == VIDEO_ESTIMATOR}
    rows = {f"seed {seed} (MoF {mof[seed]:.0f}%)": row.astype(int) for seed, row in enumerate(labels)}
    short = video.split("_")[0]
    title = f"Breakfast {short}, coffee (real video): what the seed of the batches changes"
    return Picture(
        f"breakfast_seeds_{short.lower()}",
        title,
        f"Time lines over {labels.shape[1]} frames, our labels of five seeds; MoF from "
        f"{min(mof.values()):.1f} to {max(mof.values()):.1f} %.",
        (ARRAYS, "breakfast_sample.csv"),
        figures.timeline(rows, title=title, unit="frame (15 a second)"),
    )
