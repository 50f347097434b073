"""Fifty seeds on single videos: how much the draw of the batches changes the scores.

Run: `python -m reproduce.study_seeds --data-root DATA` (two minutes on two cores, seconds once computed); or
set DKVA_DATA. Writes results/study_seeds.csv and .json, from which `reproduce.figures` draws study_seeds.

The paper says that the seed plays no role, as its networks are infinitely wide (section 4.2); the batches are
drawn all the same. On three real Breakfast videos and ten joined sensor readings, all else as in Table 4.
Means and intervals are over the seeds of one video.
"""

from __future__ import annotations

from dataclasses import replace

from reproduce.tables import varied
from reproduce.tables.varied import Value

SEEDS = 50
DATASETS = ("breakfast_sample", "basic_motions")
TABLE = replace(
    varied.table("study_seeds", f"{SEEDS} seeds on single videos", ("dataset", "video")), unit="seed"
)
FACTORS = {"seed": {"any": Value()}}


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    return varied.run(__doc__, TABLE, FACTORS, arguments, smoke=FACTORS, seeds=SEEDS, datasets=DATASETS)


if __name__ == "__main__":
    raise SystemExit(main())
