"""ASOT's decoder: time and memory, beside a dense one and beside methods that cut a video."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

from benchmarks import reference
from benchmarks._peak import peak_mb
from benchmarks._run import Row, random_walk, report_of, standardised, timed
from dkva import VideoSegmenter
from dkva.transport.fused_gw import align_frames, decode
from dkva.transport.single_video import asot_single

#: The decoder's published steps; the weights are its defaults.
_STEPS = 25

_FRAMES = (1500, 3000, 6000, 12_000, 24_000, 48_000, 96_000)
_SEGMENTS = 19

# A structure of N x N numbers in float32 takes 0.6 GB at this length, and 37 GB at the longest.
_DENSE_FRAMES = 12_000

_GOAL_FRAMES, _GOAL_SECONDS, _GOAL_POWER = 12_000, 0.3, 1.1

#: Frames of each of two videos that are aligned, and numbers of an embedded frame of ASOT's.
_ALIGNED, _EMBEDDED = (250, 1000), 40

#: The average videos of Breakfast and of 50 Salads: frames, features, segments; and how many of each.
_SIZES = {"Breakfast": (2000, 64, 7), "50 Salads": (12_000, 64, 19)}
_VIDEOS = 5


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    frames = (120, 240) if smoke else _FRAMES
    segments, repeats = (3, 1) if smoke else (_SEGMENTS, 5)
    lengths = [_timed(n, segments, repeats) for n in frames]
    memory: list[dict[str, Any]] = []
    for n in (frames[-1],) if smoke else (_DENSE_FRAMES, frames[-1]):
        for program in ("decode", "dense") if n <= _DENSE_FRAMES else ("decode",):
            given = (program, str(n), str(segments))
            report = report_of("benchmarks.decoding", *given, smoke=smoke, begun=bool(memory))
            memory.append({"frames": n, "program": program, **report})
    log_n, log_seconds = (np.log([float(each[key]) for each in lengths]) for key in ("frames", "seconds"))
    return {
        "segments": segments,
        "steps": _STEPS,
        "note": "Costs from 0 to 2 drawn at random, float32. Seconds are medians of warm calls from numpy "
        "arrays to numpy arrays. The dense one is jitted JAX in float32 that multiplies by the N x N "
        "structure once a step and computes no objective, which ours does; the two take turns. Memory is the "
        "peak of a fresh process that decodes once, compilation included. Methods take turns on random "
        "walks, at their defaults; the decoder alone is given the actions' centres.",
        "lengths": lengths,
        "power": float(np.polyfit(log_n, log_seconds, 1)[0]),
        "memory": memory,
        "alignment": [_aligned(each, repeats) for each in ((30,) if smoke else _ALIGNED)],
        "beside": _beside({"Breakfast": (120, 4, 3)} if smoke else _SIZES, 1 if smoke else _VIDEOS),
    }


def _costs(n: int, k: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 2, (n, k)).astype(np.float32)


def _decoders(n: int, k: int) -> dict[str, Callable[[], Any]]:
    costs = _costs(n, k)
    return {
        "decode": lambda: decode(costs, n_iters=(_STEPS, 1)).assignment,
        "dense": lambda: np.asarray(reference.decode(costs, steps=_STEPS)),
    }


def _timed(n: int, k: int, repeats: int) -> dict[str, Any]:
    programs = _decoders(n, k)
    if n > _DENSE_FRAMES:
        del programs["dense"]
    seconds = {name: each["median_s"] for name, each in timed(programs, repeats).items()}
    dense = seconds.get("dense")
    return {
        "frames": n,
        "seconds": seconds["decode"],
        "dense_seconds": dense,
        "dense_over_ours": None if dense is None else dense / seconds["decode"],
    }


def _aligned(n: int, repeats: int) -> dict[str, Any]:
    x, y = (normalize(standardised(random_walk(n, _EMBEDDED, seed))) for seed in (0, 1))
    timing = timed({"align": lambda: align_frames(x, y).assignment}, repeats)
    return {"frames": n, "seconds": timing["align"]["median_s"]}


def _decoded(frames: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return decode(1 - frames @ centres.T, n_iters=(_STEPS, 1)).assignment


def _beside(sizes: dict[str, tuple[int, int, int]], videos: int) -> list[dict[str, Any]]:
    """Rows of the seconds of each method on each video, so that methods can be compared by video."""
    measured = []
    for name, (n, d, k) in sizes.items():
        for video in range(videos):
            features = random_walk(n, d, video)
            frames = normalize(standardised(features))
            centres = normalize(np.stack([part.mean(0) for part in np.array_split(frames, k)]))
            methods: dict[str, Callable[[], Any]] = {
                "dkva": partial(VideoSegmenter(k).fit_predict, features),
                "asot_single": partial(asot_single, features, k),
                "decode": partial(_decoded, frames, centres),
            }
            about = {"size": name, "frames": n, "features": d, "segments": k, "video": f"{name} {video}"}
            for method, timing in timed(methods, repeats=1, warm_up=video == 0).items():
                measured.append(about | {"method": method, "seconds": timing["median_s"]})
    return measured


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    k, steps = figures["segments"], figures["steps"]
    lines = []
    for each in figures["lengths"]:
        n, seconds, dense = each["frames"], each["seconds"], each["dense_seconds"]
        measured = f"{seconds:.3g} s"
        if dense is not None:
            measured += f"; dense {dense:.3g} s, {each['dense_over_ours']:.3g}×"
        goal: tuple[Any, ...] = ()
        if n == _GOAL_FRAMES:
            goal = (f"< {_GOAL_SECONDS} s", seconds < _GOAL_SECONDS)
        lines.append(Row(f"`decode` of {n} frames to {k} actions, {steps} steps", measured, *goal))
    power = figures["power"]
    what = "`decode`: time grows as the number of frames to the power of (1: linear)"
    lines.append(Row(what, f"{power:.2f}", f"< {_GOAL_POWER}", power < _GOAL_POWER))
    for each in figures["memory"]:
        measured = f"{each['peak_mb']:.0f} MB (after imports {each['imports_mb']:.0f} MB)"
        name = "`decode`" if each["program"] == "decode" else "the dense one"
        lines.append(Row(f"peak memory of {name}, {each['frames']} frames, a fresh process", measured))
    for each in figures["alignment"]:
        n = each["frames"]
        lines.append(Row(f"`align_frames` of {n} and {n} frames", f"{each['seconds']:.3g} s"))
    for (size, n, d), found in _by_size(figures["beside"]).items():
        what = f"`dkva`, `asot_single`, the decoder alone; {size}: {n} frames of {d} features"
        measured = ", ".join(f"{np.median(found[name]):.3g} s" for name in ("dkva", "asot_single", "decode"))
        lines.append(Row(what, measured))
    return lines


def _by_size(measured: list[dict[str, Any]]) -> dict[tuple[str, int, int], dict[str, list[float]]]:
    sizes: dict[tuple[str, int, int], dict[str, list[float]]] = {}
    for each in measured:
        size = sizes.setdefault((each["size"], each["frames"], each["features"]), {})
        size.setdefault(each["method"], []).append(each["seconds"])
    return sizes


def _measure(program: str, n_frames: str, n_segments: str) -> None:
    decoder, imports = _decoders(int(n_frames), int(n_segments))[program], peak_mb()
    decoder()
    print(json.dumps({"imports_mb": imports, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
