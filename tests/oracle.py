"""Golden kernel values by neural-tangents, in float64: `python tests/oracle.py OUT.npz` (see `make oracle`).

Needs an environment of its own, with neural-tangents 0.6.5 and jax 0.5.3, and nothing of dkva. Where OUT
exists, its values are compared with the new ones: exit status 1 where they differ by more than 1e-7 relative,
otherwise it stays as it is, so that another machine's rounding makes no change to commit.
"""

import sys
from pathlib import Path

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

from neural_tangents import stax  # noqa: E402 -- x64 first

DEPTHS = (1, 2, 3)
STDS = ((2.0, 0.1), (1.3, 0.5))
TOLERANCE = 1e-7


def inputs():
    """Frames X [7, 64] and Y [5, 64] with equal, opposite, scaled, nearly equal and all-zero ones."""
    rng = np.random.default_rng(20260101)
    x, y = rng.standard_normal((7, 64)), rng.standard_normal((5, 64))
    x[3] = x[0]  # equal
    x[4] = -x[1]  # opposite
    x[5] = 0  # all zero
    x[6] = 2.5 * x[2]  # scaled
    y[0] = x[2]
    y[1] = -3 * x[0]
    y[2] = x[1] + 1e-3 * rng.standard_normal(64)  # nearly equal
    y[3] = 0
    return x, y


def network(activation, depth, weight_std, bias_std):
    nonlinearity = {"relu": stax.Relu, "erf": stax.Erf}[activation]
    dense = {"W_std": weight_std, "b_std": bias_std, "parameterization": "ntk"}
    layers = [layer for _ in range(depth) for layer in (stax.Dense(64, **dense), nonlinearity())]
    return stax.serial(*layers, stax.Dense(1, **dense))[2]


def compute():
    x, y = inputs()
    values = {"X": x, "Y": y}
    for activation in ("relu", "erf"):
        for depth in DEPTHS:
            for weight_std, bias_std in STDS:
                kernel_fn = network(activation, depth, weight_std, bias_std)
                for pair, second in (("XX", None), ("XY", y)):
                    grams = kernel_fn(x, second, ("nngp", "ntk"))
                    for name in ("nngp", "ntk"):
                        key = f"{activation}_depth{depth}_w{weight_std}_b{bias_std}_{name}_{pair}"
                        values[key] = np.asarray(getattr(grams, name), np.float64)
    return values


def largest_difference(old, new):
    """Largest relative difference of two sets of values; infinite where their keys or shapes differ."""
    if set(old) != set(new) or any(old[key].shape != new[key].shape for key in new):
        return np.inf
    return max(float(np.max(np.abs(old[k] - new[k]) / np.maximum(np.abs(old[k]), 1e-12))) for k in new)


def main(argv):
    if len(argv) != 1:
        print("usage: python tests/oracle.py OUT.npz", file=sys.stderr)  # noqa: T201
        return 2
    path = Path(argv[0])
    new = compute()
    if path.exists():
        with np.load(path, allow_pickle=False) as file:
            old = {key: file[key] for key in file.files}
        difference = largest_difference(old, new)
        print(f"{path}: {len(new)} arrays, largest relative difference {difference:.1e}")  # noqa: T201
        if difference <= TOLERANCE:
            return 0
        print(f"error: not within {TOLERANCE:.0e}; remove {path} to write it anew", file=sys.stderr)  # noqa: T201
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **new)
    print(f"{path}: written, {path.stat().st_size} bytes")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
