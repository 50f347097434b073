"""The ledger: each claim of the papers with its effect, interval and verdict, from the stored rows."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from reproduce.base.effects import NEEDS_DATA, Effect, effect, verdict
from reproduce.base.paths import RESULTS
from reproduce.base.show import lines
from reproduce.base.store import read_rows
from reproduce.ledger.claim_tests import ALL_CLAIMS, STUDIED, TESTS
from reproduce.ledger.compare import STUDY, Place, Test

__all__ = ["LEDGER", "ledger", "ledger_table", "stored", "suffix", "verdicts"]

#: File of the stored ledger in results/.
LEDGER = "claims.json"

# Results that are measurements of time.
_MEASURED = "benchmarks/"


def ledger(folder: Path = RESULTS) -> list[dict]:
    """One record a claim: id, statement, where, how, data, unit, effect, interval, n, verdict, needs.

    A claim that is tested by several comparisons has them as "parts": what, effect, interval, n, verdict.

    Args:
        folder: the results; what is missing there needs data.

    Raises:
        ValueError: a row whose checksum is wrong.
    """
    rows: dict[str, list[dict] | None] = {}
    records = []
    for test in TESTS:
        claim = ALL_CLAIMS[test.claim]
        record: dict = {"id": claim.id, "statement": claim.statement, "where": claim.where, "how": test.how}
        place, mine = _first_place(test, rows, folder)
        found, parts = _effects(test, mine)
        if place is not None and found is not None:
            record |= {"data": place.data, "result": ", ".join(place.results), "unit": "percentage points"}
            record |= _numbers(found) | {"verdict": verdict(found), "needs": None}
            if parts:
                record["parts"] = [
                    {"what": what} | _numbers(part) | {"verdict": verdict(part)}
                    for what, part in parts.items()
                ]
        else:
            needs = test.needs or ", ".join(f"results/{name}.csv" for name in test.places[0].results)
            record |= {"data": None, "result": None, "unit": None}
            record |= _NOTHING | {"needs": needs}
        records.append(record)
    return records


_NOTHING = {"effect": None, "interval": None, "videos": 0, "verdict": NEEDS_DATA}


def _first_place(test: Test, rows: dict, folder: Path) -> tuple[Place | None, list[dict]]:
    """The first place whose results are there, with their rows, which are read once."""
    for place in test.places:
        for name in place.results:
            if name not in rows:
                try:
                    rows[name] = _read(name, folder)
                except FileNotFoundError:
                    rows[name] = None
        found = [row for name in place.results for row in rows[name] or ()]
        if place.datasets:
            found = [row for row in found if row["dataset"] in place.datasets]
        there = {row["dataset"] for row in found} if place.datasets else set()
        if all(rows[name] is not None for name in place.results) and there.issuperset(place.datasets):
            return place, found
    return None, []


def suffix(name: str) -> str:
    """Of the file that holds the rows of a result."""
    return ".json" if name.startswith(_MEASURED) else ".csv"


def _read(name: str, folder: Path) -> list[dict]:
    if name.startswith(_MEASURED):
        path = folder / f"{name}{suffix(name)}"
        rows = json.loads(path.read_text(encoding="utf-8"))["figures"]["beside"]
    else:
        rows = read_rows(name, folder)
    return [{**row, "result": name} for row in rows]


def _effects(test: Test, rows: Sequence[dict]) -> tuple[Effect | None, Mapping[str, Effect]]:
    """The effect, None where no video can tell; and those it is the least of, if there are several."""
    if test.values is None or not rows:
        return None, {}
    values = test.values(rows)
    if isinstance(values, Mapping):
        return min(values.values()), values
    if isinstance(values, Effect):
        return values, {}
    return (effect(values) if len(values) else None), {}


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
            found, _ = _effects(test, mine)  # None: digit 3 never comes back
            told = _NOTHING if found is None else _numbers(found) | {"verdict": verdict(found)}
            records.append(record | told)
    return records


def _numbers(found: Effect) -> dict:
    mean, low, high = (None if math.isnan(x) else round(100 * x, 3) for x in found[:3])
    return {"effect": mean, "interval": None if low is None else [low, high], "videos": found.n}


def ledger_table(records: Sequence[dict]):
    """The ledger as a table for the terminal."""
    out = lines("The papers' claims", ["claim", "where", "effect [95 % interval]", "verdict", "data"], 2)
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
        study = verdicts(read_rows(STUDY, folder))
    except FileNotFoundError:
        study = []
    return {"claims": ledger(folder), "study": study}
