"""Frames a step: the paper's batch size, smaller ones, and the whole video.

Run: `python -m reproduce.study_batches --data-root DATA` (four minutes on two cores, seconds once computed);
or set DKVA_DATA. Writes results/study_batches.csv and .json, from which `reproduce.figures` draws
study_batches.

The paper says that batches serve better than the whole video (sections 3 and 5). Every size takes as many
steps as the paper's, to the nearest epoch. On three real Breakfast videos and on 30 Breakfast-like ones
(synthetic features), all else as in Table 4. Table 2 has the whole video on Moving5, too.
"""

from __future__ import annotations

import numpy as np

from dkva.approximation.prepare import batch_size_of
from dkva.approximation.segmenting import segment_video
from reproduce.tables import varied
from reproduce.tables.varied import Value


def epochs_of(n_frames: int, n_segments: int, batch_size: int | str, epochs: int) -> int:
    """Epochs of another batch size that take about as many steps as `epochs` of the paper's batches.

    Args:
        n_frames: N.
        n_segments: M.
        batch_size: frames a step, or "video" for every frame once.
        epochs: of the paper's batches of min(512, N // M) frames.
    """
    steps = epochs * (n_frames // batch_size_of(n_frames, n_segments, None))
    return max(1, round(steps / (n_frames // batch_size_of(n_frames, n_segments, batch_size))))


def segment_in_equal_steps(
    features: np.ndarray,
    n_segments: int,
    *,
    batch_size: int | str,
    epochs: int,
    seed: int = 0,
    name: str = "",
    **settings,
) -> np.ndarray:
    """Labels [n] as `segment_video` gives them, with `epochs` turned into those of `epochs_of`."""
    return segment_video(
        features,
        n_segments,
        seed=seed,
        name=name,
        batch_size=batch_size,
        epochs=epochs_of(len(features), n_segments, batch_size, epochs),
        **settings,
    )


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
