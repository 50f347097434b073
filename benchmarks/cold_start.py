"""Time of `dkva segment` by the paper's method on one text file in a fresh process.

Imports, reading and compilation are included.
"""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks._run import FULL, SMOKE, Row, fresh_process, random_walk, timed, write_text

_GOAL_S = 15


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    size = SMOKE if smoke else FULL
    options = ["-k", str(size.segments), "--method", "dkva"]
    if smoke:
        options += ["--epochs", str(size.epochs)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = write_text(folder / "video.txt", random_walk(size.frames, size.features))
        attempts = count()

        def segment() -> None:
            # Results and caches of one attempt would spare the next its work.
            attempt = folder / str(next(attempts))
            (attempt / "cache").mkdir(parents=True)
            out, cache = attempt / "out", str(attempt / "cache")
            arguments = ["segment", str(path), *options, "--out", str(out)]
            fresh_process("-m", "dkva", *arguments, environment={"DKVA_CACHE": cache}, compiles=not smoke)
            if not list(out.rglob("*.json")):
                raise RuntimeError("dkva segment wrote no segmentation")

        timing = timed({"segment": segment}, repeats=1 if smoke else 3, warm_up=False)["segment"]
        megabytes = path.stat().st_size / 1e6
    measured = f"python -m dkva segment FILE {' '.join(options)} --out OUT"
    return {"size": size._asdict(), "measured": measured, "file_mb": megabytes, "timing": timing}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    seconds = figures["timing"]["median_s"]
    what = f"`{figures['measured']}`, {figures['file_mb']:.0f} MB of text, a fresh process, nothing cached"
    return [Row(what, f"{seconds:.1f} s", f"< {_GOAL_S} s", seconds < _GOAL_S)]
