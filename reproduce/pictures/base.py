"""What all pictures share: a figure with its words, and the stored arrays by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

__all__ = [
    "ARRAYS",
    "DIGITS",
    "MOVING5",
    "REPRESENTATIONS",
    "Picture",
    "arrays",
    "boundaries",
    "digits",
    "listed",
]

#: Files of arrays in results/: of `reproduce.figure_arrays`, `reproduce.moving5_figures` and
#: `reproduce.representation_figures`.
ARRAYS, MOVING5, REPRESENTATIONS = "figures.npz", "moving5_figures.npz", "representation_figures.npz"

#: Moving5's actions in the order of their stored pictures.
DIGITS = (9, 3, 7, 5, 1)


@dataclass(frozen=True)
class Picture:
    """A figure and what a page says of it.

    Attributes:
        name: of its files, without suffix.
        title: what is seen, in a line.
        alt: what a reader who does not see it should know.
        sources: files of results/ that it is drawn from.
        figure: the figure; the last state of a picture that moves.
        moving: the states of a picture that moves, in order.
    """

    name: str
    title: str
    alt: str
    sources: tuple[str, ...]
    figure: Figure
    moving: tuple[Figure, ...] = ()


def arrays(name: str, prefix: str, folder: Path) -> dict[str, np.ndarray]:
    """Arrays of a stored file whose names begin with `prefix`, by the rest of their names."""
    with np.load(folder / name, allow_pickle=False) as stored:
        found = {key: stored[key] for key in stored.files if key.startswith(f"{prefix}/")}
    if not found:
        raise FileNotFoundError(f"{folder / name}: holds nothing of {prefix}; make it again")
    return {key.removeprefix(f"{prefix}/"): value for key, value in found.items()}


def digits(labels: np.ndarray) -> np.ndarray:
    """Names of digits; labels below 0 are matched to none."""
    return np.array([f"digit {x}" if x >= 0 else f"no digit ({-1 - x})" for x in labels.tolist()])


def boundaries(truth: np.ndarray) -> list[int]:
    """First frame of each true segment but the first."""
    return (np.flatnonzero(truth[1:] != truth[:-1]) + 1).tolist()


def listed(shares: Mapping[str, float]) -> str:
    """Names and numbers in a line."""
    return ", ".join(f"{name} {value:.3g}" for name, value in shares.items())
