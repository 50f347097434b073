"""The second step of `dkva align`: the frames of two videos are matched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from dkva.workers.crew import described

if TYPE_CHECKING:
    import numpy as np

    from dkva.cli.aligning.ways import AlignWay
    from dkva.datasets import VideoFile

__all__ = ["MOST_PAIRS", "Aligned", "aligned", "check_size"]

#: Pairs of frames that are aligned at most: with so many, vasot takes 3.3 GB.
MOST_PAIRS = 25_000_000


@dataclass(frozen=True)
class Aligned:
    """Two videos of n and m frames that were aligned.

    Attributes:
        assignment: mass of each two frames [n, m].
        unmatched_a: mass that is left over of each frame of the first [n].
        unmatched_b: likewise of the second [m].
    """

    assignment: np.ndarray
    unmatched_a: np.ndarray
    unmatched_b: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """Of each frame of the first video's mass, what each frame of the second has of it [n, m]."""
        import numpy as np

        total = (self.assignment.sum(axis=1) + self.unmatched_a)[:, None]
        return np.divide(self.assignment, total, out=np.zeros_like(self.assignment), where=total > 0)


def check_size(pair: Sequence[VideoFile], lengths: tuple[int, int]) -> None:
    """Raise click.ClickException for videos of so many frames that they cannot be aligned."""
    n, m = lengths
    if n * m <= MOST_PAIRS:
        return
    every = next(k for k in range(2, n * m) if math.ceil(n / k) * math.ceil(m / k) <= MOST_PAIRS)
    raise click.ClickException(
        f"{pair[0].path}: has {n} frames, and {pair[1].path} {m}: {n * m} pairs of frames, and memory is "
        f"taken for {MOST_PAIRS}; align some frames alone with --every {every}"
    )


def aligned(way: AlignWay, model: Any, a: np.ndarray, b: np.ndarray) -> Aligned:
    """Match the frames of two videos.

    Args:
        way: of the model, or of the features.
        model: as `dkva.cli.aligning.ways.model_of` gives it.
        a: features of the first [n, d].
        b: of the second [m, d].

    Raises:
        click.ClickException: features that the model refuses, or an answer that is no alignment of them.
    """
    import numpy as np

    try:
        found = model.align(a, b)
        parts = [np.asarray(each) for each in (found.assignment, found.unmatched_x, found.unmatched_y)]
    except Exception as error:  # a learner may fail in any way
        raise click.ClickException(f"{way.method.id}: {described(error)}") from error
    for name, part, shape in zip(
        ("assignment", "unmatched_x", "unmatched_y"),
        parts,
        ((len(a), len(b)), (len(a),), (len(b),)),
        strict=True,
    ):
        if part.shape != shape or part.dtype.kind != "f" or not (np.isfinite(part) & (part >= 0)).all():
            raise click.ClickException(
                f"{way.method.id} gave {name} of shape {part.shape} ({part.dtype}): {way.method.origin} must "
                f"give finite masses {shape}"
            )
    return Aligned(*parts)
