"""Every table and claim from what is stored, and whether it follows from its own rows.

Run: `python -m reproduce.check [--markdown | --json]`, or `dkva check` (seconds; reads results/ only).
`--markdown` writes the page of all results, results/README.md, before it is checked as the rest is.

Prints each table as paper | ours ± half the 95 % interval | difference | verdict, in %, and the ledger of
claims. The verdict of a line is "agrees" where the paper's number lies in our interval, "above" or "below"
where ours lies beside it, and "no number" where the paper's text has none. The exit status is 1 when a row's
checksum is wrong, or when a summary, a choice, the ledger or the page is not what the rows give.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dkva.base.files import write_atomically
from reproduce.base.options import console
from reproduce.base.paths import RESULTS
from reproduce.base.show import LABELS, lines
from reproduce.base.store import best, read_facts, read_rows, summarise
from reproduce.claims import LEDGER, ledger_table, stored
from reproduce.ledger.paper import number
from reproduce.pages.results import PAGE, results_page

__all__ = ["compared", "main", "report"]

# Means and intervals are stored to six places.
_TOLERANCE = 2e-6


def report(folder: Path = RESULTS) -> dict:
    """All tables, the claims, and what is wrong with them.

    Returns:
        "tables": id, title, command, rows (the line's columns, measure, paper, ours, low, high, videos,
        difference, verdict; scores in %), "claims": see `reproduce.claims.ledger`, and "problems": one
        sentence each.
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


def _half_width(row: Mapping) -> str:
    return "" if row["low"] is None else f" ± {(row['high'] - row['low']) / 2:.1f}"


def _cells(row: Mapping, by: Sequence[str]) -> list[str]:
    ours = "–" if row["ours"] is None else f"{row['ours']:.1f}{_half_width(row)}"
    names = [str(row[column]) for column in by]
    paper = "–" if row["paper"] is None else f"{row['paper']:.1f}"
    difference = "–" if row["difference"] is None else f"{row['difference']:+.1f}"
    return [*names, LABELS.get(row["measure"], row["measure"]), paper, ours, difference, row["verdict"]]


_COLUMNS = ("measure", "paper", "ours ±", "difference", "verdict")


def _print(found: Mapping) -> None:
    out = console()
    for table in found["tables"]:
        columns = [*table["by"], *_COLUMNS]
        drawn = lines(f"{table['title']} ({table['command']}){table['unit']}", columns, len(table["by"]) + 1)
        previous = None
        for row in table["rows"]:
            cells = _cells(row, table["by"])
            names = cells[: len(table["by"])]
            drawn.add_row(*(("",) * len(names) if names == previous else names), *cells[len(names) :])
            previous = names
        out.print(drawn)
    out.print(ledger_table(found["claims"]))


def _page_problems(page: str, folder: Path) -> list[str]:
    """What is wrong with the stored page of results."""
    path, remedy = folder / PAGE, "write it with python -m reproduce.check --markdown"
    if not path.is_file():
        return [f"{PAGE}: not found; {remedy}"]
    if path.read_text(encoding="utf-8") != page:
        return [f"{PAGE}: is not what the rows give; {remedy}"]
    return []


def _write_page(page: str, folder: Path) -> None:
    """Write the page of results, unless it is there already."""
    if _page_problems(page, folder):
        write_atomically(folder / PAGE, lambda file: file.write(page.encode()))
        print(f"{folder / PAGE}: written")


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 1 where something stored does not follow from its rows."""
    cli = argparse.ArgumentParser(
        prog="dkva check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    form = cli.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help=f"write {PAGE} beside the results")
    form.add_argument("--json", action="store_true", help="print JSON: tables, claims, problems")
    cli.add_argument("--results", type=Path, default=RESULTS, help="folder (default: the checkout's)")
    cli.add_argument("--smoke", action="store_true", help="the same: a check is small")
    options = cli.parse_args(arguments)
    if not options.results.is_dir():
        cli.error(f"{options.results}: is no folder; give the one that holds the stored results")
    found = report(options.results)
    if not found["problems"]:  # a page of rows that are wrong would only hide them
        page = results_page(found, options.results)
        if options.markdown:
            _write_page(page, options.results)
        found["problems"] += _page_problems(page, options.results)
    if options.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        _print(found)
    for problem in found["problems"]:
        print(f"problem: {problem}", file=sys.stderr)
    if not found["problems"] and not options.json:
        print(f"{len(found['tables'])} tables and {len(found['claims'])} claims follow from their rows")
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
