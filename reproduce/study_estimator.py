"""The two estimators of the loss: constants of the whole video, or the paper's of each batch.

Run: `python -m reproduce.study_estimator --data-root DATA` (four minutes on two cores, seconds once
computed); or set DKVA_DATA. Writes results/study_estimator.csv and .json, from which `reproduce.figures`
draws study_estimator.

The paper takes the mean of the batch's kernel and the ratio r of its medians anew at each step ("batch"); the
product holds both at their whole-video values ("video"), which is many times faster (benchmarks/speed.py). On
three real Breakfast videos and on 30 Breakfast-like ones (synthetic features), all else as in Table 4.
Table 2 has both on Moving5.
"""

from __future__ import annotations

from reproduce.tables import varied
from reproduce.tables.varied import Value

TABLE = varied.table("study_estimator", "Estimator of the loss")
FACTORS = {"estimator": {"video": Value(), "batch": Value({"estimator": "batch"})}}


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    return varied.run(__doc__, TABLE, FACTORS, arguments, smoke=FACTORS)


if __name__ == "__main__":
    raise SystemExit(main())
