"""Speed and memory, from results/benchmarks/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import figures
from reproduce.paths import RESULTS
from reproduce.pictures.base import Picture, listed

__all__ = ["memory", "reading", "scaling", "speed", "tw_finch"]


def _measurements(name: str, folder: Path) -> dict:
    return json.loads((folder / "benchmarks" / f"{name}.json").read_text())


def _machine(found: Mapping) -> str:
    return f"{found['processor']}, {found['cores']} cores"


def speed(folder: Path = RESULTS) -> Picture:
    """Time of a step, beside the paper's loop written directly."""
    found = _measurements("speed", folder)
    values = found["figures"]
    size = values["size"]
    steps = {
        "the paper's loop, written directly": values["reference"]["ms_per_step"],
        'ours, estimator="batch"': values["batch"]["ms_per_step"],
        'ours, estimator="video"': values["video"]["ms_per_step"],
    }
    title = f"Time of a step, {size['frames']} frames of {size['features']} features ({_machine(found)})"
    return Picture(
        "speed_steps",
        title,
        f"Milliseconds a step: {listed(steps)}.",
        ("benchmarks/speed.json",),
        figures.cost_bars({"milliseconds a step (logarithmic)": steps}, title, ours=list(steps)[1:]),
    )


def reading(folder: Path = RESULTS) -> Picture:
    """Time to read a text file, beside other readers."""
    found = _measurements("text_reading", folder)
    values = found["figures"]
    times = {
        name: 1000 * each["median_s"] for name, each in values["readers"].items() if isinstance(each, dict)
    }
    title = f"Time to read {values['file_mb']:.0f} MB of text ({_machine(found)})"
    return Picture(
        "speed_reading",
        title,
        f"Milliseconds: {listed(times)}.",
        ("benchmarks/text_reading.json",),
        figures.cost_bars(
            {"milliseconds (logarithmic)": times}, title, ours=[n for n in times if n.startswith("dkva")]
        ),
    )


def memory(folder: Path = RESULTS) -> Picture:
    """Peak memory against the number of frames."""
    found = _measurements("memory", folder)
    values = found["figures"]
    peaks = values["peaks"]
    sizes = [peak["frames"] for peak in peaks]
    title = f"Peak memory of segmenting a video, {values['features']} features ({_machine(found)})"
    return Picture(
        "speed_memory",
        title,
        f"From {peaks[0]['peak_mb']:.0f} MB at {sizes[0]} frames to {peaks[-1]['peak_mb']:.0f} MB at "
        f"{sizes[-1]}; importing the libraries takes {peaks[0]['imports_mb']:.0f} MB of it.",
        ("benchmarks/memory.json",),
        figures.cost_against_size(
            {
                "peak memory in MB": {
                    "the whole process": (sizes, [peak["peak_mb"] for peak in peaks]),
                    "after imports": (sizes, [peak["imports_mb"] for peak in peaks]),
                }
            },
            title,
            "frames",
            log=False,
        ),
    )


def tw_finch(folder: Path = RESULTS) -> Picture:
    """Time and memory of TW-FINCH against the number of frames."""
    found = _measurements("tw_finch", folder)
    panels: dict[str, dict[str, tuple[list, list]]] = {}
    for each in found["figures"]["alone"]:
        for panel, key in (("seconds", "seconds"), ("peak memory in MB", "peak_mb")):
            sizes, costs = panels.setdefault(panel, {}).setdefault(each["video"], ([], []))
            sizes.append(each["frames"])
            costs.append(each[key])
    longest = max(found["figures"]["alone"], key=lambda each: each["seconds"])
    title = f"TW-FINCH, exact and without a matrix of distances ({_machine(found)}, one thread)"
    return Picture(
        "speed_tw_finch",
        title,
        f"At {longest['frames']} frames at most {longest['seconds']:.1f} s and {longest['peak_mb']:.0f} MB.",
        ("benchmarks/tw_finch.json",),
        figures.cost_against_size(panels, title, "frames"),
    )


def scaling(folder: Path = RESULTS) -> Picture:
    """Time against frames, videos and workers.

    Expects in results/benchmarks/scaling.json, under "figures", any of the lists "frames", "videos" and
    "workers", whose records hold a number under that name, "seconds" and, to tell lines apart, "program".
    """
    found = _measurements("scaling", folder)
    panels = {}
    for size in ("frames", "videos", "workers"):
        lines: dict[str, tuple[list, list]] = {}
        for each in found["figures"].get(size) or []:
            sizes, costs = lines.setdefault(each.get("program", "dkva"), ([], []))
            sizes.append(each[size])
            costs.append(each["seconds"])
        if lines:
            panels[f"seconds, by number of {size}"] = lines
    if not panels:
        raise FileNotFoundError("benchmarks/scaling.json holds no times by frames, videos or workers")
    title = f"Time against size ({_machine(found)})"
    return Picture(
        "speed_scaling",
        title,
        f"Curves of {', '.join(panels)}.",
        ("benchmarks/scaling.json",),
        figures.cost_against_size(panels, title, [panel.split()[-1] for panel in panels]),
    )
