"""Speed and memory, from results/benchmarks/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import figures
from reproduce.base.paths import RESULTS
from reproduce.pictures.base import Picture, listed

__all__ = ["many_videos", "memory", "reading", "scaling", "speed", "transport", "tw_finch"]


def _measurements(name: str, folder: Path) -> dict:
    return json.loads((folder / "benchmarks" / f"{name}.json").read_text())


def _machine(found: Mapping) -> str:
    return f"{found['processor']}, {found['cores']} cores"


def _time_and_memory(measured: list[dict], line: str) -> dict[str, dict[str, tuple[list, list]]]:
    """Panels of time and of memory against the number of frames, a line for each value of a column."""
    panels: dict[str, dict[str, tuple[list, list]]] = {"seconds": {}, "peak memory in MB": {}}
    for each in measured:
        for panel, key in zip(panels.values(), ("seconds", "peak_mb"), strict=True):
            sizes, costs = panel.setdefault(each[line], ([], []))
            sizes.append(each["frames"])
            costs.append(each[key])
    return panels


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
    panels = _time_and_memory(found["figures"]["alone"], "video")
    longest = max(found["figures"]["alone"], key=lambda each: each["seconds"])
    title = f"TW-FINCH, exact and without a matrix of distances ({_machine(found)}, one thread)"
    return Picture(
        "speed_tw_finch",
        title,
        f"At {longest['frames']} frames at most {longest['seconds']:.1f} s and {longest['peak_mb']:.0f} MB.",
        ("benchmarks/tw_finch.json",),
        figures.cost_against_size(panels, title, "frames"),
    )


def transport(folder: Path = RESULTS) -> Picture:
    """Time of a step by MMD, beside one by optimal transport."""
    found = _measurements("transport", folder)
    values = found["figures"]
    steps = {name: loss["ms_per_step"] for name, loss in values["losses"].items()}
    title = (
        f"Time of a step by loss, batches of {values['batch']} frames of {values['features']} features "
        f"({_machine(found)})"
    )
    return Picture(
        "speed_transport",
        title,
        f"Milliseconds a step: {listed(steps)}.",
        ("benchmarks/transport.json",),
        figures.cost_bars(
            {"milliseconds a step (logarithmic)": steps},
            title,
            ours=[n for n in steps if n.startswith("MMD")],
        ),
    )


def scaling(folder: Path = RESULTS) -> Picture:
    """Time and memory against the number of frames."""
    found = _measurements("scaling", folder)
    values = found["figures"]
    panels = _time_and_memory(values["lengths"], "program")
    title = (
        f"Time and memory against length, {values['features']} features, {values['segments']} segments, "
        f"{values['epochs']} epochs ({_machine(found)})"
    )
    powers = ", ".join(f"{program} {power:.2f}" for program, power in values["exponents"].items())
    return Picture(
        "speed_scaling",
        title,
        f"Time grows as a power of the number of frames: {powers}.",
        ("benchmarks/scaling.json",),
        figures.cost_against_size(panels, title, "frames"),
    )


def many_videos(folder: Path = RESULTS) -> Picture:
    """Time against the number of videos, a line for each number of workers."""
    found = _measurements("many_videos", folder)
    lines: dict[str, tuple[list, list]] = {}
    for each in found["figures"]["over_processes"]:
        name = f"{each['workers']} worker{'s' if each['workers'] > 1 else ''}"
        sizes, costs = lines.setdefault(name, ([], []))
        sizes.append(each["videos"])
        costs.append(each["seconds"])
    title = f"Time against the number of videos, of Breakfast's lengths ({_machine(found)})"
    most = max(found["figures"]["over_processes"], key=lambda each: each["videos"])
    return Picture(
        "speed_many_videos",
        title,
        f"{most['videos']} videos take {most['seconds']:.0f} s with {most['workers']} workers, start and "
        "compilation included.",
        ("benchmarks/many_videos.json",),
        figures.cost_against_size({"seconds": lines}, title, "videos"),
    )
