"""Hidden layers and activation of the infinitely wide network, varied one at a time.

Run: `python -m reproduce.study_network --data-root DATA` (five minutes on two cores, seconds once computed);
or set DKVA_DATA. Writes results/study_network.csv and .json, from which `reproduce.figures` draws
study_network.

The paper has one hidden layer of ReLU and says nothing of others. On three real Breakfast videos and on 30
Breakfast-like ones (synthetic features), all else as in Table 4.
"""

from __future__ import annotations

from reproduce.tables import varied
from reproduce.tables.varied import Value

TABLE = varied.table("study_network", "Hidden layers and activation")
FACTORS = {
    "hidden layers": {str(depth): Value({} if depth == 1 else {"depth": depth}) for depth in (1, 2, 3, 5)},
    "activation": {"relu": Value(), "erf": Value({"activation": "erf"})},
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    return varied.run(__doc__, TABLE, FACTORS, arguments, smoke={"activation": FACTORS["activation"]})


if __name__ == "__main__":
    raise SystemExit(main())
