"""A `dkva` command in a process of its own: what it takes, with imports, as a line of JSON."""

from __future__ import annotations

import contextlib
import json
import sys
import time

from benchmarks._peak import peak_mb


def _measure(arguments: list[str]) -> None:
    begun = time.perf_counter()
    from dkva.cli.main import main

    with contextlib.redirect_stdout(sys.stderr):
        try:
            main(arguments)
        except SystemExit as end:
            if end.code:
                raise
    wall = time.perf_counter() - begun
    print(json.dumps({"seconds": wall, "cpu_seconds": time.process_time(), "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _measure(sys.argv[1:])
