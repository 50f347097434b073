"""The method with another batch size than the paper's, in as many steps."""

from __future__ import annotations

import numpy as np

from dkva.approximation import MAX_BATCH
from dkva.segmentation import segment_video

__all__ = ["epochs_of", "segment_in_equal_steps"]


def epochs_of(n_frames: int, n_segments: int, batch_size: int | str, epochs: int) -> int:
    """Epochs of another batch size that take about as many steps as `epochs` of the paper's batches.

    Args:
        n_frames: N.
        n_segments: M.
        batch_size: frames a step, or "video" for every frame once.
        epochs: of the paper's batches of min(512, N // M) frames.
    """
    steps = epochs * (n_frames // min(MAX_BATCH, n_frames // n_segments))
    batch = n_frames if isinstance(batch_size, str) else min(n_frames, batch_size)
    return max(1, round(steps / (n_frames // batch)))


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
