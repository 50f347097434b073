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
from reproduce.ledger.consistency import report
from reproduce.ledger.verdicts import ledger_table
from reproduce.pages.results import PAGE, results_page

__all__ = ["main"]


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
