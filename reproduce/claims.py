"""The ledger: each claim of the papers, how it is tested here, and what came out.

Run: `python -m reproduce.claims` (seconds; reads results/ only). Writes results/claims.json and prints it.

An effect is a mean over videos, in percentage points, seeds averaged first, with a 95 % interval (percentile
bootstrap over videos; of differences where two methods are compared on the same videos). A claim holds if
the whole interval lies on its side, does not hold if none of it reaches half a point on its side, and is
undecided otherwise. A claim about data or runs that are not here needs data; its record names the command.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from dkva.base.files import write_atomically
from reproduce.base.options import console
from reproduce.base.paths import RESULTS
from reproduce.ledger.verdicts import LEDGER, ledger, ledger_table, stored

__all__ = ["main", "write"]


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
