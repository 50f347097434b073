"""Pages of cuts for tests, and their model in node, without a browser."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from importlib import resources

import numpy as np
import pytest

__all__ = ["NodeModel", "data_of", "made_cut"]

# A request a line: the page's data, what was kept, and calls of the model; the answer has all that it says.
_LOOP = """
const { Model } = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { data, saved, calls } = JSON.parse(line);
  const model = new Model(data, saved);
  const said = calls.map(([name, ...args]) => {
    const value = model[name](...args);
    return value === undefined ? null : value;
  });
  console.log(JSON.stringify({
    said, runs: model.runs, state: model.state(), shown: model.shown,
    names: model.legend().map(({ label }) => model.called(label)),
    changed: model.changed, undoable: model.canUndo, redoable: model.canRedo,
    json: model.json(), vtt: model.webvtt(), eaf: model.eaf(),
    times: Array.from({ length: data.times.frames + 1 }, (_, frame) => model.times.of(frame)),
    at: Array.from({ length: data.times.frames }, (_, frame) => model.times.at(model.times.within(frame))),
  }));
});
"""


class NodeModel:
    """The model of pages in a process of node."""

    def __init__(self) -> None:
        driver = pytest.importorskip("playwright._impl._driver", reason="playwright is not installed")
        node = driver.compute_driver_executable()[0]
        model = resources.files("dkva.export") / "segment_page" / "model.js"
        self._process = subprocess.Popen(
            [node, "-e", _LOOP, str(model)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def __call__(self, text: str, *calls: Sequence, saved: dict | None = None) -> dict:
        """What the model of a page says after calls of its methods, [name, argument, …] each."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"data": data_of(text), "saved": saved, "calls": calls}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def data_of(text: str) -> dict:
    """What the script of a page is given."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def made_cut(labels: Sequence[int], *, rate: float = 10.0, levels: Sequence[Sequence[int]] = ()) -> dict:
    """A document of labels [n] and of cuts into other numbers of actions, with times."""
    from dkva.base.segments import segments
    from dkva.export.documents import timed

    def runs(row: Sequence[int]) -> list[dict]:
        return [{"start": s, "end": e, "label": k} for s, e, k in segments(np.asarray(row))]

    doc = {
        "format": 2,
        "video": "clip",
        "method": "kms",
        "frames": len(labels),
        "features": 8,
        "segments": [run | {"margin": 0.25} for run in runs(labels)],
        "settings": {"n_segments": len(set(labels))},
        "reading": {"notes": []},
        "source": {"file": "clip.mp4", "bytes": 1, "blake2b": "0"},
        "key": "abc",
        "versions": {"dkva": "0.1.0"},
    }
    if levels:
        doc["levels"] = [{"n_segments": len(set(row)), "segments": runs(row), "cost": 1.0} for row in levels]
    return timed(doc, rate)
