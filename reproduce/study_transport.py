"""MMD against optimal transport as the loss: the scores. The times are in benchmarks/transport.py.

Run: `python -m reproduce.study_transport --data-root DATA` (five minutes on two cores, seconds once
computed); or set DKVA_DATA. Writes results/study_transport.csv and .json, from which `reproduce.figures`
draws study_transport.

The paper says that MMD is easier to optimise and faster than optimal transport, and shows neither. Here the
loss is the Sinkhorn divergence (debiased, squared distances, by ott-jax) between a batch and the synthetic
frames, at two weights of the entropic regularisation in units of the mean squared distance; batches,
initialisation, optimiser, number of steps and assignment are the method's own. On three real Breakfast videos
and on 30 Breakfast-like ones (synthetic features), all else as in Table 4.
"""

from __future__ import annotations

from reproduce.base.labels import MMD
from reproduce.tables import varied
from reproduce.tables.varied import Value

TABLE = varied.table("study_transport", "MMD against optimal transport as the loss")
ENTROPIES = (0.05, 0.2)
FACTORS = {
    "loss": {MMD: Value()}
    | {f"Sinkhorn, entropy {entropy:g}": Value({"entropy": entropy}, "sinkhorn") for entropy in ENTROPIES}
}


def main(arguments: list[str] | None = None) -> int:
    """Run what is there, store and print."""
    return varied.run(__doc__, TABLE, FACTORS, arguments, smoke=FACTORS)


if __name__ == "__main__":
    raise SystemExit(main())
