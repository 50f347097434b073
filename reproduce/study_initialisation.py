"""Where learning starts from: uniform segments, k-means, or random frames.

Run: `python -m reproduce.study_initialisation --data-root DATA` (two minutes on two cores, seconds once
computed); or set DKVA_DATA. Writes results/study_initialisation.csv and .json, from which `reproduce.figures`
draws study_initialisation.

The paper starts from the mean frames of uniform segments, which are in order of time; k-means centres and
random frames know no time. Each is scored before learning and after it, on three real Breakfast videos and on
30 Breakfast-like ones (synthetic features), all else as in Table 4.
"""

from __future__ import annotations

from reproduce.base.labels import INITIAL
from reproduce.tables import varied
from reproduce.tables.varied import Value

TABLE = varied.table("study_initialisation", "Initialisation, before and after learning")
_STARTS: dict[str, dict] = {
    "uniform segments": {},
    "k-means": {"init": "kmeans"},
    "random frames": {"init": "random"},
}
FACTORS = {
    "learned from": {name: Value(changed) for name, changed in _STARTS.items()},
    "not learned": {name: Value(changed | {"epochs": 0}, label=INITIAL) for name, changed in _STARTS.items()},
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    smoke = {"learned from": {"random frames": FACTORS["learned from"]["random frames"]}}
    return varied.run(__doc__, TABLE, FACTORS, arguments, smoke=smoke)


if __name__ == "__main__":
    raise SystemExit(main())
