"""Run the benchmarks, write a JSON file each and one table of all."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import (
    alignment_steps,
    cold_start,
    decoding,
    gpu,
    joint_tasks,
    kernel_means,
    many_videos,
    memory,
    processors,
    recordings,
    rivals,
    scaling,
    speed,
    step,
    supervised,
    text_reading,
    transport,
    tw_finch,
    warping,
)
from benchmarks._run import RESULTS, Row, provenance

_BENCHMARKS = {
    "speed": speed,
    "step": step,
    "cold_start": cold_start,
    "memory": memory,
    "scaling": scaling,
    "many_videos": many_videos,
    "text_reading": text_reading,
    "tw_finch": tw_finch,
    "kernel_means": kernel_means,
    "transport": transport,
    "decoding": decoding,
    "warping": warping,
    "alignment_steps": alignment_steps,
    "supervised": supervised,
    "rivals": rivals,
    "joint_tasks": joint_tasks,
    "recordings": recordings,
    "processors": processors,
}


# What the table shows where it has been measured; the last needs a machine of its own.
_TABLED = _BENCHMARKS | {"gpu": gpu}

_INTRODUCTION = """# Speed and memory

Written by `make bench` (`python -m benchmarks`); [benchmarks/](../../benchmarks/README.md) says how each is
measured and where a step's time goes. Times are medians of repeats without compilation, unless a line says
otherwise. Ratios are taken within one run. The machine was busier in some runs than in others, so times of
different tables are not to be compared.

![Time and memory against the number of frames](../../figures/rendered/speed_scaling.png)"""

# What the numbers say, below the table that says it.
_FINDINGS = {
    "step": "Most of a step goes to the kernel of each frame and synthetic frame and its gradient, little to "
    "sampling, gathering and the optimiser.",
    "scaling": "With all 100 epochs TW-FINCH is faster up to 300000 frames, as far as it was measured; with "
    "early stopping (`tolerance=0.01`) our method is faster from 30000 frames on.",
    "many_videos": "On a CPU nothing is gained by running videos of similar length as one program; groups "
    "are for GPUs.",
    "text_reading": "Of the other libraries measured, polars is the fastest. The ratios fall when the second "
    "core is busy.",
    "transport": "Whether MMD is faster than optimal transport depends on its estimator and on the entropic "
    "regularisation.",
    "gpu": "Random walks with the counts and sizes of the paper's Table 1; Table 4 has six data sets.",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", choices=_BENCHMARKS, action="append", metavar="NAME", help=", ".join(_BENCHMARKS)
    )
    parser.add_argument(
        "--smoke", action="store_true", help="tiny sizes; writes nothing unless --out is given"
    )
    parser.add_argument("--out", type=Path, help="folder to write to (results/benchmarks)")
    given = parser.parse_args(argv)
    out = given.out or (None if given.smoke else RESULTS)
    for name in given.only or _BENCHMARKS:
        print(f"{name} ...", flush=True)
        figures = _BENCHMARKS[name].run(smoke=given.smoke)
        for row in _BENCHMARKS[name].rows(figures):
            print(f"  {row.what}: {row.measured}{'' if given.smoke else _verdict(row)}", flush=True)
        if out:
            out.mkdir(parents=True, exist_ok=True)
            command = f"python -m benchmarks --only {name}{' --smoke' if given.smoke else ''}"
            record = {"benchmark": name, "command": command, **provenance(), "figures": _short(figures)}
            (out / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n")
    if out:
        (out / "README.md").write_text(_table(out))


def _verdict(row: Row) -> str:
    return "" if row.met is None else f"  [goal {row.goal}: {'met' if row.met else 'MISSED'}]"


def _short(value: Any) -> Any:
    """Figures to five digits: more would be noise."""
    if isinstance(value, dict):
        return {key: _short(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_short(item) for item in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def _table(folder: Path) -> str:
    """The table of every JSON file in the folder, so that `--only` leaves the other lines as they were."""
    lines = [_INTRODUCTION]
    machine = ""
    for name, module in _TABLED.items():
        path = folder / f"{name}.json"
        if not path.exists():
            continue
        record = json.loads(path.read_text())
        versions = ", ".join(f"{package} {version}" for package, version in record["versions"].items())
        machine = f"{record['processor']}, {record['cores']} cores; {', '.join(record['device'])}; {versions}"
        lines += ["", f"## [{name}]({name}.json)", "", f"`{record['command']}` ({machine})", ""]
        lines += ["| | measured | goal | met |", "|---|---|---|---|"]
        for row in module.rows(record["figures"]):
            met = {None: "", True: "yes", False: "**no**"}[row.met]
            lines.append(f"| {row.what} | {row.measured} | {row.goal} | {met} |")
        told = (_FINDINGS.get(name), record["figures"].get("note"))
        lines += [line for text in told if text for line in ("", text)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
