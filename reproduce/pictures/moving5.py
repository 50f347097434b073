"""What pictures of Moving5 show: which videos, labels as digits, and frames as images."""

from __future__ import annotations

import numpy as np

from dkva import evaluate

__all__ = ["VIDEOS", "images", "named"]

#: Of the paper's figures: the 5th and the 35th test video.
VIDEOS = (5, 35)


def named(truth: np.ndarray, labels: np.ndarray, n_segments: int) -> np.ndarray:
    """Labels as the digits they are matched to; unmatched ones below 0, each its own."""
    matching = evaluate(truth, labels, n_clusters=n_segments).matching
    return np.array([matching.get(label, -1 - label) for label in labels.tolist()], np.int16)


def images(frames: np.ndarray) -> np.ndarray:
    """Features [k, 2352] as images [k, 28, 28, 3], each from black to its own brightest value."""
    clipped = np.clip(frames, 0, None).reshape(len(frames), 28, 28, 3)
    brightest = clipped.max(axis=(1, 2, 3), keepdims=True)
    return np.rint(255 * clipped / np.where(brightest, brightest, 1)).astype(np.uint8)
