"""The ledger: each claim of the paper, how it is tested here, and what came out.

Run: `python -m reproduce.claims` (seconds; reads results/ only). Writes results/claims.json and prints it.

An effect is a mean over videos, in percentage points, seeds averaged first, with a 95 % interval (percentile
bootstrap over videos; of differences where two methods are compared on the same videos). A claim holds where
the whole interval lies on its side, does not hold where none of it reaches half a point on its side, and is
undecided else. What rests on data or runs that are not here needs data, and says which command brings it.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dkva.atomic import write_atomically
from reproduce.effects import NEEDS_DATA, Effect, effect, paired, per_video, verdict
from reproduce.options import console
from reproduce.paper import CLAIMS
from reproduce.paths import RESULTS
from reproduce.show import lines
from reproduce.store import read_rows

__all__ = [
    "LEDGER",
    "STUDIED",
    "TESTS",
    "Test",
    "ledger",
    "ledger_table",
    "stored",
    "verdicts",
    "write",
]

#: File of the stored ledger in results/.
LEDGER = "claims.json"

#: Spread of a video's MoF over seeds, in share, below which the seed is said to play no role: one point.
_SEED_SPREAD = 0.01

_MOVING5 = "Moving5 (made from real digits), 50 test videos"
_TRUE_K = "table2_moving5"
_RANDOM_K = "table3_moving5_random_k"
_STUDY = "study_moving5"

#: Claims that are followed through the study of Moving5.
STUDIED = (
    "kernel-beats-l2",
    "initial-beats-uniform",
    "learning-beats-initial",
    "more-epochs-overfit",
    "repeats-recognised",
)


@dataclass(frozen=True)
class Test:
    """How a claim is tested.

    Attributes:
        claim: its name in `reproduce.paper.CLAIMS`.
        how: what is compared.
        data: on what.
        result: the result in results/ that holds the rows; None where there is none yet.
        values: rows to one value a video [videos]; above 0 is on the claim's side.
        needs: what brings the rows where there are none.
    """

    claim: str
    how: str
    data: str
    result: str | None = None
    values: Callable[[Sequence[dict]], np.ndarray] | None = None
    needs: str = ""


def _beats(a: str, b: str, measure: str = "mof") -> Callable[[Sequence[dict]], np.ndarray]:
    return lambda rows: paired(rows, {"method": a}, {"method": b}, measure)


def _seed_spread(rows: Sequence[dict]) -> np.ndarray:
    """How far each video's MoF stays from spreading over the seeds by more than allowed."""
    mine: dict[str, list[float]] = {}
    for row in rows:
        if row["method"] == "learned, kernel":
            mine.setdefault(row["video"], []).append(row["mof"])
    return np.array([_SEED_SPREAD - (max(values) - min(values)) for values in mine.values()])


def _unused(rows: Sequence[dict]) -> np.ndarray:
    chosen = [row for row in rows if row["method"] == "learned, chosen weight decay"]
    return np.array(list(per_video(chosen, "unused").values()))


def _later(claim: str, how: str, needs: str) -> Test:
    return Test(claim, how, "none here", needs=needs)


_BENCHMARKS = "the public benchmarks' features and a script that runs them (Tables 4 and 5)"
_STUDIES = "runs that are not part of the results yet (kernel, smoothing and optimal transport studies)"

#: One test a claim, in the paper's order.
TESTS: tuple[Test, ...] = (
    _later("mmd-easier-than-ot", "time and MoF, MMD against a Sinkhorn divergence as the loss", _STUDIES),
    Test(
        "median-squared-beats-median",
        "MoF, learned with the median squared distance - with the median distance",
        _MOVING5,
        _TRUE_K,
        _beats("learned, kernel", "learned, kernel: median distance"),
    ),
    _later("smoothing-is-needed", "segments found without smoothing - with it", _STUDIES),
    Test(
        "batches-beat-whole-video",
        "MoF, learned in batches - learned on the whole video in as many steps",
        _MOVING5,
        _TRUE_K,
        _beats("learned, kernel", "learned, kernel: whole video"),
    ),
    Test(
        "kernel-beats-l2",
        "MoF of the learned approximation, kernel assignment - L2 assignment",
        _MOVING5,
        _TRUE_K,
        _beats("learned, kernel", "learned, L2"),
    ),
    Test(
        "initial-beats-uniform",
        "MoF, initial approximation with kernel assignment - uniform split",
        _MOVING5,
        _TRUE_K,
        _beats("initial, kernel", "uniform split"),
    ),
    Test(
        "learning-beats-initial",
        "MoF with kernel assignment, learned - initial approximation",
        _MOVING5,
        _TRUE_K,
        _beats("learned, kernel", "initial, kernel"),
    ),
    Test(
        "more-epochs-overfit",
        "MoF, the chosen number of epochs - four times as many",
        _MOVING5,
        _TRUE_K,
        _beats("learned, kernel", "learned, kernel: 4 × epochs"),
    ),
    Test(
        "random-k-boundaries",
        "boundary accuracy, learned with the chosen weight decay - TW-FINCH, the same numbers of segments",
        _MOVING5,
        _RANDOM_K,
        _beats("learned, chosen weight decay", "TW-FINCH", "boundary_accuracy"),
    ),
    Test(
        "repeats-recognised",
        "share of further appearances of digit 3 joined with the first, learned - TW-FINCH",
        "Moving5 (made from real digits), test videos in which digit 3 comes back",
        _TRUE_K,
        _beats("learned, kernel", "TW-FINCH", "repeats_joined"),
    ),
    Test(
        "number-not-forced",
        "share of synthetic frames without a frame, random number of segments",
        _MOVING5,
        _RANDOM_K,
        _unused,
    ),
    Test(
        "seed-plays-no-role",
        "1 point - the range of a video's MoF over the seeds",
        _MOVING5,
        _TRUE_K,
        _seed_spread,
    ),
    _later("characteristic-kernels-iou-f1", "IoU and F1, characteristic kernels - the others", _STUDIES),
    Test(
        "gaussian-factor-matters",
        "MoF, learned with Gauss × NTK - with the NTK alone",
        _MOVING5,
        _TRUE_K,
        _beats("learned, kernel", "learned, kernel: NTK alone"),
    ),
    _later("smoothing-helps-long-videos", "MoF, smoothed - not smoothed", _STUDIES),
    _later("above-asot-50-salads", "MoF on 50 Salads, learned - ASOT's published", _BENCHMARKS),
    _later("below-tw-finch-fine-labels", "MoF on YTI and Desktop Assembly, TW-FINCH - learned", _BENCHMARKS),
    _later("no-winner", "best method of each benchmark", _BENCHMARKS),
    _later("little-gain-short-videos", "MoF on YTI and Hollywood Extended, learned - initial", _BENCHMARKS),
    _later("large-gain-long-videos", "MoF on 50 Salads and MPII Cooking 2, learned - initial", _BENCHMARKS),
    _later(
        "random-k-f1-above-tw-finch", "F1 with random K on each benchmark, learned - TW-FINCH", _BENCHMARKS
    ),
    _later("similar-actions-fail", "confusion of the tighten_screw actions of Desktop Assembly", _BENCHMARKS),
    _later("sensitive-to-smoothing", "range of MoF over strengths of smoothing", _STUDIES),
)


def ledger(folder: Path = RESULTS) -> list[dict]:
    """One record a claim: id, statement, where, how, data, unit, effect, interval, n, verdict, needs.

    Args:
        folder: the results; what is missing there needs data.

    Raises:
        ValueError: a row whose checksum is wrong.
    """
    rows: dict[str, list[dict] | None] = {}
    records = []
    for test in TESTS:
        claim = CLAIMS[test.claim]
        record: dict = {"id": claim.id, "statement": claim.statement, "where": claim.where, "how": test.how}
        if test.result is not None and test.result not in rows:
            try:
                rows[test.result] = read_rows(test.result, folder)
            except FileNotFoundError:
                rows[test.result] = None
        mine = rows[test.result] if test.result else None
        values = test.values(mine) if test.values and mine else np.array([])
        if len(values):
            found = effect(values)
            record |= {"data": test.data, "result": test.result, "unit": "percentage points"}
            record |= _numbers(found) | {"verdict": verdict(found), "needs": None}
        else:
            needs = test.needs or f"results/{test.result}.csv"
            record |= {
                "data": None,
                "result": None,
                "unit": None,
                "effect": None,
                "interval": None,
                "videos": 0,
            }
            record |= {"verdict": NEEDS_DATA, "needs": needs}
        records.append(record)
    return records


def verdicts(rows: Sequence[dict]) -> list[dict]:
    """The claims of `STUDIED` at each value of each factor of the study of Moving5.

    Args:
        rows: with the columns factor, value, video and method.
    """
    places = dict.fromkeys((row["factor"], row["value"]) for row in rows)
    tests = [test for test in TESTS if test.claim in STUDIED]
    records = []
    for factor, value in places:
        mine = [row for row in rows if (row["factor"], row["value"]) == (factor, value)]
        for test in tests:
            record = {"factor": factor, "value": value, "claim": test.claim}
            values = test.values(mine) if test.values else np.array([])
            if len(values):
                found = effect(values)
                records.append(record | _numbers(found) | {"verdict": verdict(found)})
            else:  # digit 3 never comes back
                nothing = {"effect": None, "interval": None, "videos": 0, "verdict": NEEDS_DATA}
                records.append(record | nothing)
    return records


def _numbers(found: Effect) -> dict:
    mean, low, high = (None if math.isnan(x) else round(100 * x, 3) for x in found[:3])
    return {"effect": mean, "interval": None if low is None else [low, high], "videos": found.n}


def ledger_table(records: Sequence[dict]):
    """The ledger as a table for the terminal."""
    out = lines("The paper's claims", ["claim", "where", "effect [95 % interval]", "verdict", "data"], 2)
    for record in records:
        interval = record["interval"]
        shown = "–" if record["effect"] is None else f"{record['effect']:+.1f}"
        if interval:
            shown += f" [{interval[0]:+.1f}, {interval[1]:+.1f}]"
        out.add_row(record["statement"], record["where"], shown, record["verdict"], record["data"] or "–")
    return out


def stored(folder: Path = RESULTS) -> dict:
    """What claims.json holds: "claims", the ledger, and "study", the claims along the study of Moving5.

    Raises:
        ValueError: a row whose checksum is wrong.
    """
    try:
        study = verdicts(read_rows(_STUDY, folder))
    except FileNotFoundError:
        study = []
    return {"claims": ledger(folder), "study": study}


def write(folder: Path = RESULTS) -> list[dict]:
    """Compute the ledger and store it."""
    content = stored(folder)
    body = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    path = folder / LEDGER
    if not path.is_file() or path.read_text() != body:
        write_atomically(path, lambda file: file.write(body.encode()))
    return content["claims"]


def main(arguments: list[str] | None = None) -> int:
    """Compute, store and print the ledger."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--smoke", action="store_true", help="print, store nothing")
    records = ledger() if cli.parse_args(arguments).smoke else write()
    console().print(ledger_table(records))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
