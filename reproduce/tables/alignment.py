"""Alignment as it is measured in tables: truths of any names in, a row a test video out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from dkva.metrics.alignment import alignment_rows
from dkva.metrics.pooling import pooled_pairs
from dkva.transport.vaot import aligned
from dkva.transport.vaot_settings import VaotSettings

__all__ = ["BY_PHASES", "IN_TIME", "MEASURES", "measure", "phase_numbers"]

#: What is measured in two halves, as tables are as wide as that: how well time is in order, and how well
#: frames of a phase are near each other.
IN_TIME = ("tau", "progression", "dtw_accuracy", "matched", "matched_balanced")
BY_PHASES = ("accuracy_10", "accuracy_50", "accuracy_100", "ap_5", "ap_10", "ap_15")
MEASURES = (*IN_TIME, *BY_PHASES)


def phase_numbers(truths: Sequence) -> Mapping:
    """A number of each phase, 0, 1, …, by when it comes on average, as a share of the video.

    Args:
        truths: of each video, the name of the phase of each frame [n].
    """
    places: dict = {}
    for truth in truths:
        for place, name in enumerate(np.asarray(truth).tolist()):
            places.setdefault(name, []).append(place / len(truth))
    return {
        name: number for number, name in enumerate(sorted(places, key=lambda name: np.mean(places[name])))
    }


def measure(
    train: Sequence, train_truths: Sequence, test: Sequence, test_truths: Sequence, *, stride: int = 1
) -> list[dict]:
    """Each test video's part of the metrics of alignment, whose mean over videos is the metric.

    `matched` is the share of frames whose best partner, by VAOT's transport as a trained model applies it, is
    of their phase, over ordered pairs of videos; `matched_balanced` likewise by the transport of the
    training. Both take frames of unit norm.

    Args:
        train: of each training video, its embedded frames [n_i, e].
        train_truths: of each, the phase of each frame by any name.
        test: of each test video, likewise.
        test_truths: likewise.
        stride: every how many-th frame is taken of all videos.
    """
    numbers = phase_numbers([*train_truths, *test_truths])
    frames = [[each[::stride] for each in videos] for videos in (train, test)]
    phases = [
        [np.array([numbers[name] for name in np.asarray(truth)[::stride].tolist()]) for truth in truths]
        for truths in (train_truths, test_truths)
    ]
    rows = alignment_rows(frames[0], phases[0], frames[1], phases[1])
    for name, aligning in (
        ("matched", VaotSettings().aligning_applied),
        ("matched_balanced", VaotSettings().aligning),
    ):
        shares = _matched(frames[1], phases[1], aligning)
        for row, share in zip(rows, shares, strict=True):
            row[name] = share
    return rows


def _matched(videos, truths, aligning) -> list[float | None]:
    """Of each video its part of the share of frames whose best partner is of their phase, over pairs."""
    units = [each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-12) for each in videos]
    units = [each.astype(np.float32) for each in units]
    pairs = np.full((len(videos), len(videos)), np.nan)
    for a, b in itertools.permutations(range(len(videos)), 2):
        partner = aligned(units[a], units[b], aligning).assignment.argmax(1)
        pairs[a, b] = np.mean(truths[b][partner] == truths[a])
    parts = pooled_pairs(pairs).parts
    return [None if np.isnan(part) else float(part) for part in parts]
