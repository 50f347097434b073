"""Scores as ASOT's program computes them, and those who follow it (CLOT, VASOT): protocol "asot".

Clusters are matched to classes on all videos that are scored together, which is one video ("per video") or
all of an activity ("full"); MoF, mIoU and the F1 of sampled segments are of their joined frames.

Videos that are scored together have no scores of their own, so a row holds a video's part of the joint
ones: counts that `asot_pooled` adds up over videos. With a weight a video these are the scores of a bootstrap
resample, under the matching that was found on all videos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dkva.metrics.matching import checked_videos, matched
from dkva.metrics.sampled_f1 import expected_hits, f1_of_hits, run_starts, sampled_hits

__all__ = ["ASOT_SCORES", "asot_pooled", "asot_row", "asot_rows"]

#: What `asot_pooled` gives.
ASOT_SCORES = ("mof", "miou", "f1", "f1_expected")


def asot_rows(
    truths: Sequence, labels: Sequence, n_segments: int | None = None, *, ignore=None, seed: int = 0
) -> list[dict]:
    """Each video's part of the scores of these videos under one matching, for `asot_pooled`.

    A run of the truth that goes on in the next video, as joined videos have it, is the first one's.

    Args:
        truths: of each video, the true label of each frame [n_i].
        labels: of each video, the cluster of each frame [n_i].
        n_segments: clusters asked for, which no score depends on; None means any number.
        ignore: a true label, or a list of them, whose frames are left out first.
        seed: of the sampled F1. Every call draws from its start, where the published program draws on.

    Returns:
        Of each video: `found` (labels), `n_frames` (scored), `right`, `runs`, `hits` (sampled),
        `hits_expected`, and for each class of all videos, in their order, the frames that are of it
        (`class_true`), that are mapped to it (`class_mapped`) and both (`class_right`).

    Raises:
        ValueError: see `dkva.metrics.matching.checked_videos` and `frames_that_count`; or more clusters are
            found than were asked for.
    """
    truths, labels = checked_videos(truths, labels, ignore)
    found = len(np.unique(np.concatenate(labels)))
    if n_segments is not None and found > n_segments:
        raise ValueError(f"n_segments is {n_segments} and {found} clusters were found: give at least {found}")
    both = matched(truths, labels, ignore)
    right = both.mapped == both.truth
    of_run = both.video[run_starts(both.truth)]
    hits, expected = sampled_hits(both.truth, both.mapped, seed), expected_hits(both.truth, both.mapped)
    rows = []
    for video, each in enumerate(labels):
        frames, runs = both.video == video, of_run == video
        counts = {
            "class_true": both.truth[frames],
            "class_mapped": both.mapped[frames],
            "class_right": both.truth[frames & right],
        }
        size = len(both.classes)
        rows.append(
            {
                "found": len(np.unique(each)),
                "n_frames": int(frames.sum()),
                "right": int(right[frames].sum()),
                "runs": int(runs.sum()),
                "hits": int(hits[runs].sum()),
                "hits_expected": float(expected[runs].sum()),
                # Clusters without a class have the indices from `size` on.
                **{name: np.bincount(of, minlength=size)[:size].tolist() for name, of in counts.items()},
            }
        )
    return rows


def asot_row(truth, labels, n_segments: int | None = None, **options) -> dict:
    """Row and scores of one video under a matching of its own ("per video"), by the options of `asot_rows`.

    Raises:
        ValueError: see `asot_rows`.
    """
    rows = asot_rows([truth], [labels], n_segments, **options)
    return rows[0] | asot_pooled(rows)


def asot_pooled(rows: Sequence[Mapping], weights=None) -> dict:
    """Scores of videos that were matched together.

    Args:
        rows: of `asot_rows`, all of one call.
        weights: how often each video counts, a row a resample [r, v]; None means once.

    Returns:
        `mof`; `miou`, the mean Jaccard index of the classes in the truth; `f1`, of sampled segments, as
        published; and `f1_expected`, its expectation over the drawing. Floats, or arrays [r] with weights.
    """
    counts = np.ones((1, len(rows))) if weights is None else np.asarray(weights, np.float64)
    total = {
        name: counts @ np.asarray([row[name] for row in rows], np.float64)
        for name in ("n_frames", "right", "runs", "hits", "hits_expected")
    }
    true, mapped, right = (
        counts @ np.asarray([row[name] for row in rows], np.float64)
        for name in ("class_true", "class_mapped", "class_right")
    )
    present = true > 0
    jaccard = np.divide(right, true + mapped - right, out=np.zeros_like(right), where=present)
    classes = present.sum(axis=1)
    shape = total["runs"], counts.sum(axis=1), classes
    scores = {
        "mof": total["right"] / total["n_frames"],
        "miou": jaccard.sum(axis=1) / classes,
        "f1": f1_of_hits(total["hits"], *shape),
        "f1_expected": f1_of_hits(total["hits_expected"], *shape),
    }
    return scores if weights is not None else {name: float(value[0]) for name, value in scores.items()}
