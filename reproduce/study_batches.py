"""Frames a step: the paper's batch size, smaller ones, and the whole video.

Run: `python -m reproduce.study_batches --data-root DATA` (four minutes on two cores, seconds once computed);
or set DKVA_DATA. Writes results/study_batches.csv and .json, from which `reproduce.figures` draws
study_batches.

The paper says that batches serve better than the whole video (sections 3 and 5). Every size takes as many
steps as the paper's, to the nearest epoch. On three real Breakfast videos and on 30 Breakfast-like ones
(synthetic features), all else as in Table 4. Table 2 has the whole video on Moving5, too.
"""

from __future__ import annotations

from reproduce import varied
from reproduce.equal_steps import segment_in_equal_steps
from reproduce.varied import Value

TABLE = varied.table("study_batches", "Batch size, as many steps for each")
FACTORS = {
    "batch size": {"min(512, N // M)": Value()}
    | {str(size): Value({"batch_size": size}, segment_in_equal_steps) for size in (32, 128, "video")}
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    smoke = {"batch size": {"32": FACTORS["batch size"]["32"]}}
    return varied.run(__doc__, TABLE, FACTORS, arguments, smoke=smoke)


if __name__ == "__main__":
    raise SystemExit(main())
