"""Whether what is stored follows from its own rows, and every table beside the paper's numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from reproduce.base.paths import RESULTS
from reproduce.base.store import best, read_facts, read_rows, summarise
from reproduce.ledger.paper import number
from reproduce.ledger.verdicts import LEDGER, stored

__all__ = ["compared", "report"]

# Means and intervals are stored to six places.
_TOLERANCE = 2e-6


def report(folder: Path = RESULTS) -> dict:
    """All tables, the claims, and what is wrong with them.

    Returns:
        "tables": id, title, command, rows (the line's columns, measure, paper, ours, low, high, videos,
        difference, verdict; scores in %), "claims": see `reproduce.ledger.verdicts.ledger`, and "problems":
        one sentence each.
    """
    tables, problems = [], []
    for path in sorted(folder.glob("*.json")):
        if path.name == LEDGER:
            continue
        name = path.stem
        try:
            facts = read_facts(name, folder)
            tables.append(
                {
                    "id": name,
                    "title": facts["title"],
                    "command": facts["command"],
                    "by": facts["by"],
                    "unit": ", in %" if facts.get("percent", True) else "",
                    "rows": [
                        compared(
                            record,
                            facts["by"],
                            facts["paper"],
                            facts.get("percent", True) and record["measure"] not in facts.get("counts", ()),
                        )
                        for record in facts["table"]
                    ],
                }
            )
            problems += _problems(name, facts, folder)
        except (KeyError, TypeError, ValueError, FileNotFoundError) as error:
            problems.append(f"{path.name}: cannot be checked ({type(error).__name__}: {error})")
    claims: list[dict] = []
    try:
        computed = stored(folder)
        claims = computed["claims"]
        problems += _ledger_problems(computed, folder)
    except (ValueError, KeyError) as error:
        problems.append(f"{LEDGER}: cannot be computed from the rows ({error})")
    return {"tables": tables, "claims": claims, "problems": problems}


def compared(record: Mapping, by: Sequence[str], paper: str | None, percent: bool = True) -> dict:
    """One line of a table beside the paper's number, shares in %."""
    line = {column: record[column] for column in by}
    theirs = number(paper, line, record["measure"])
    scale = 100 if percent else 1
    ours, low, high = (
        None if record[k] is None else round(scale * record[k], 2) for k in ("mean", "low", "high")
    )
    out = line | {"measure": record["measure"], "paper": theirs, "ours": ours, "low": low, "high": high}
    difference = None if theirs is None or ours is None else round(ours - theirs, 2)
    return out | {
        "videos": record["videos"],
        "difference": difference,
        "verdict": _verdict(theirs, ours, low, high),
    }


def _verdict(theirs, ours, low, high) -> str:
    if theirs is None or ours is None:
        return "no number"
    if low is None:
        return "one video"
    if low <= theirs <= high:
        return "agrees"
    return "above" if ours > theirs else "below"


def _problems(name: str, facts: Mapping, folder: Path) -> list[str]:
    problems = []
    try:
        rows = read_rows(name, folder)
    except ValueError as error:
        problems.append(str(error))
        rows = read_rows(name, folder, check=False)
    if len(rows) != facts["rows"]:
        problems.append(f"{name}.csv: has {len(rows)} rows where {name}.json says {facts['rows']}")
    summary = summarise(rows, facts["by"], facts["measures"], facts["unit"])
    stored = facts["table"]
    if len(summary) != len(stored):
        problems.append(f"{name}.json: has {len(stored)} lines where the rows give {len(summary)}")
    for record, old in zip(summary, stored, strict=False):
        if not _same(record, old):
            line = ", ".join(str(record[column]) for column in facts["by"])
            problems.append(
                f"{name}.json: {record['measure']} of {line} is not what the rows give; make it again"
            )
    if facts.get("choose") and best(summary, facts["choose"]) != facts["chosen"]:
        problems.append(f"{name}.json: the setting chosen is not the one with the highest {facts['choose']}")
    return problems


def _same(record: Mapping, old: Mapping) -> bool:
    if record.keys() != old.keys():
        return False
    for key, value in record.items():
        other = old[key]
        if isinstance(value, float) and isinstance(other, (int, float)):
            if abs(value - other) > _TOLERANCE:
                return False
        elif value != other:
            return False
    return True


def _ledger_problems(computed: dict, folder: Path) -> list[str]:
    path = folder / LEDGER
    remedy = "make it with python -m reproduce.claims"
    if not path.is_file():
        return [f"{LEDGER}: not found; {remedy}"]
    try:
        there = json.loads(path.read_text())
        kept = {record["id"]: record for record in there["claims"]}
        study = there["study"]
    except (ValueError, KeyError, TypeError) as error:
        return [f"{LEDGER}: cannot be read ({type(error).__name__}: {error}); {remedy}"]
    problems = [
        f"{LEDGER}: {claim['id']} is not what the rows give; {remedy}"
        for claim in computed["claims"]
        if kept.pop(claim["id"], None) != claim
    ]
    problems += [f"{LEDGER}: {name} is no claim; {remedy}" for name in kept]
    if study != computed["study"]:
        problems.append(f"{LEDGER}: the study's verdicts are not what the rows give; {remedy}")
    return problems
