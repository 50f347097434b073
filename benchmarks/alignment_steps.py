"""A step of each method that learns to embed frames, at its published size on given features."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from benchmarks._run import Row, random_walk, timed
from dkva.experiments.learners import Member
from dkva.experiments.registry import find, load

#: Frames of a video, and features of ResNet-50.
_FRAMES, _FEATURES = 300, 2048

#: Steps of an epoch.
_STEPS = 2

_SMALL = {"hidden": 8, "width": 8, "heads": 2, "layers": 1, "feed_forward": 8, "outputs": 8, "frames": 10}


class _Program(NamedTuple):
    """A method.

    Attributes:
        videos: of a step, as published.
        small: its other settings of a smoke test; it then has two videos.
    """

    videos: int
    small: Mapping[str, int] = _SMALL


#: By the id of the method. CARL and LRProp see two views of 240 frames of each video, TCC one of 40 and TCN
#: two, all at their defaults. MASA's step is that of PennAction.
PROGRAMS = {
    "carl": _Program(1),
    "lrprop": _Program(2),
    "tcc": _Program(2),
    "tcn": _Program(1),
    "masa": _Program(32, {"hidden": 8, "outputs": 8, "layers": 1}),
}


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure all of them."""
    frames, features, repeats = (20, 4, 1) if smoke else (_FRAMES, _FEATURES, 3)
    found = {}
    for method, program in PROGRAMS.items():
        size = 2 if smoke else program.videos
        settings = {"batch": size, **(program.small if smoke else {})}
        videos = [
            Member(f"walk/{place}", partial(_read, frames, features, place), str(place))
            for place in range(_STEPS * size)
        ]
        train = partial(load(find(method).target), videos, **settings)
        seconds = timed({str(epochs): partial(_trained, train, epochs) for epochs in (0, 1)}, repeats)
        step = (seconds["1"]["min_s"] - seconds["0"]["min_s"]) / _STEPS
        found[method] = {"videos": size, "seconds": step}
    return {
        "frames": frames,
        "features": features,
        "steps": found,
        "note": "How much longer a training of two steps takes than one of none, by step, with what is drawn "
        "for it, without compilation; the least of three. Clips of TCC and TCN have 40 frames, those of CARL "
        "and LRProp 240, and those of MASA all of a video's.",
    }


def _trained(train, epochs: int):
    return train(epochs=epochs).arrays()


def _read(n: int, d: int, seed: int) -> tuple:
    return random_walk(n, d, seed), None


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    lines = []
    carl = figures["steps"]["carl"]["seconds"]
    for method, each in figures["steps"].items():
        beside = f", {each['seconds'] / carl:.2f}× CARL's" if method != "carl" else ""
        words = "1 video" if each["videos"] == 1 else f"{each['videos']} videos"
        what = f"a step of {find(method).label}, {words} of {figures['features']} features a frame"
        lines.append(Row(what, f"{1e3 * each['seconds']:.3g} ms{beside}"))
    return lines
