"""The main job: Moving5, Tables 2 and 3, real recordings, their figures, and every claim.

Run: `make reproduce`, or `python -m reproduce.all` (under ten minutes on two cores, set-up included; seconds
once computed). The scripts one after the other, in one process.
"""

from __future__ import annotations

from reproduce import (
    basic_motions,
    breakfast_sample,
    check,
    claims,
    figure_arrays,
    figures,
    moving5_figures,
    table2_moving5,
    table3_moving5_random_k,
)
from reproduce.base.options import console, parser

SCRIPTS = (
    table2_moving5,
    table3_moving5_random_k,
    basic_motions,
    breakfast_sample,
    moving5_figures,
    figure_arrays,
    claims,
    figures,
    check,
)


def main(arguments: list[str] | None = None) -> int:
    """Run them all; the check's exit status."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    given = ["--smoke"] if options.smoke else []
    where = ["--workers", str(options.workers), "--scheduler", options.scheduler]
    computing = [*given, *where, *(["--force"] if options.force else [])]
    status = 0
    for script in SCRIPTS:
        console().rule(f"python -m {script.__name__}")
        # The ledger, the figures and the check compute no rows; the check writes the page of results first.
        if script is check and not options.smoke:
            status = script.main(["--markdown"])
        else:
            status = script.main(given if script in (claims, figures, check) else computing)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
