"""ASFormer, MS-TCN and RTK: how long a trained network takes for a video, and how much memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np

from benchmarks._peak import peak_mb
from benchmarks._run import Row, report_of, timed
from dkva.supervised.asformer import ASFormer
from dkva.supervised.ms_tcn_network import MsTcn
from dkva.supervised.rtk import RtkModel
from dkva.supervised.rtk_network import RtkNetwork
from dkva.supervised.rtk_settings import RtkSettings

_FRAMES = (1500, 3000, 6000, 12_000, 24_000)
_GOAL_FRAMES, _GOAL_SECONDS = 12_000, 5.0


class _Sizes(NamedTuple):
    """Those of a network; the published ones, with the classes of 50 Salads."""

    features: int = 2048
    classes: int = 19
    layers: int = 10


_TINY = _Sizes(6, 3, 2)


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    frames, sizes = ((40, 80), _TINY) if smoke else (_FRAMES, _Sizes())
    lengths: list[dict[str, Any]] = []
    for n in frames:
        programs = {name: partial(network, *_video(n, sizes)) for name, network in _networks(sizes).items()}
        seconds = {name: each["median_s"] for name, each in timed(programs, 1 if smoke else 3).items()}
        lengths.append({"frames": n, "seconds": seconds})
    memory: list[dict[str, Any]] = []
    for n in frames[-2:]:
        report = report_of("benchmarks.supervised", str(n), *map(str, sizes), smoke=smoke, begun=bool(memory))
        memory.append({"frames": n, **report})
    log_n = np.log([float(each["frames"]) for each in lengths])
    log_seconds = np.log([each["seconds"]["asformer"] for each in lengths])
    return {
        **sizes._asdict(),
        "note": "Random features and weights of the published sizes, float32; seconds are medians of warm "
        "calls, which give the logits of all stages, of RTK the labels of frames. Memory is the peak of a "
        "fresh process that reads one video, compilation included.",
        "lengths": lengths,
        "power": float(np.polyfit(log_n, log_seconds, 1)[0]),
        "memory": memory,
    }


def _networks(sizes: _Sizes) -> dict[str, Callable[..., Any]]:
    apply = eqx.filter_jit(lambda network, features, mask: network(features, mask))
    made, key = {"asformer": ASFormer, "ms_tcn": MsTcn}, jax.random.key(0)
    networks: dict[str, Callable[..., Any]] = {
        name: partial(apply, kind(sizes.features, sizes.classes, layers=sizes.layers, key=key))
        for name, kind in made.items()
    }
    settings = RtkSettings(layers=sizes.layers, decoder_layers=max(1, sizes.layers // 2))
    network = RtkNetwork(sizes.features, sizes.classes, settings, key=key)
    rtk = RtkModel(network, tuple(range(sizes.classes)), sizes.features, settings)
    return networks | {"rtk": lambda features, _: rtk.found(features).places}


def _video(n: int, sizes: _Sizes) -> tuple[np.ndarray, np.ndarray]:
    features = np.random.default_rng(0).standard_normal((n, sizes.features), dtype=np.float32)
    return features, np.ones(n, bool)


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    for each in figures["lengths"]:
        n, seconds = each["frames"], each["seconds"]
        names = {"asformer": "ASFormer", "ms_tcn": "MS-TCN", "rtk": "RTK"}
        measured = ", ".join(f"{called} {seconds[name]:.3g} s" for name, called in names.items())
        goal: tuple[Any, ...] = ()
        if n == _GOAL_FRAMES:
            goal = (f"each < {_GOAL_SECONDS:g} s", max(seconds.values()) < _GOAL_SECONDS)
        lines.append(Row(f"classes of {n} frames of {figures['features']} features", measured, *goal))
    what = "ASFormer: time grows as the number of frames to the power of (1: linear)"
    lines.append(Row(what, f"{figures['power']:.2f}"))
    for each in figures["memory"]:
        measured = f"{each['peak_mb']:.0f} MB (before {each['before_mb']:.0f} MB)"
        lines.append(Row(f"peak memory of ASFormer, {each['frames']} frames, a fresh process", measured))
    return lines


def _measure(*given: str) -> None:
    n, *of_network = map(int, given)
    sizes = _Sizes(*of_network)
    network, video = _networks(sizes)["asformer"], _video(n, sizes)
    before = peak_mb()
    jax.block_until_ready(network(*video))
    print(json.dumps({"before_mb": before, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _measure(*sys.argv[1:])
