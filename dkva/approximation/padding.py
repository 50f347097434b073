"""Lengths rounded up to a few buckets, so that videos of many lengths share compiled programs."""

from __future__ import annotations

from dkva.base.buckets import bucket

__all__ = ["MAX_BATCH", "frame_bucket", "slot_bucket", "synthetic_bucket"]

#: Largest batch b of the paper: b = min(512, N // M).
MAX_BATCH = 512

_FRAMES, _FRAMES_GROWTH = 512, 8
_SYNTHETIC, _SYNTHETIC_GROWTH = 8, 4
_WIDE_BYTES = 1 << 28

# Above so many features an unused row costs more than a further program saves, and the steps are narrower.
_WIDE = 256
_WIDE_FRAMES, _WIDE_FRAMES_GROWTH = 128, 4
_WIDE_SLOTS, _WIDE_SLOTS_GROWTH = 64, 8


def frame_bucket(n_frames: int, n_features: int) -> int:
    """Rows to allocate for a video: 512, 4096, 32768 and so on, or 128, 512, 2048 … with wide features.

    Unused rows cost little but memory, so the steps are wide; where the step would cost more than 256 MB of
    float32, the length is rounded up by no more than an eighth instead.
    """
    wide = n_features > _WIDE
    rows = bucket(n_frames, *((_WIDE_FRAMES, _WIDE_FRAMES_GROWTH) if wide else (_FRAMES, _FRAMES_GROWTH)))
    if rows * n_features * 4 <= _WIDE_BYTES:
        return rows
    unit = max(_FRAMES, 1 << (n_frames.bit_length() - 4))
    return min(rows, -(-n_frames // unit) * unit)


def synthetic_bucket(n_segments: int) -> int:
    """Synthetic frames to allocate: 1, 8, 32, 128 and so on."""
    return 1 if n_segments == 1 else bucket(n_segments, _SYNTHETIC, _SYNTHETIC_GROWTH)


def slot_bucket(batch: int, n_frames_bucket: int, n_synthetic_bucket: int, n_features: int) -> int:
    """Slots of a batch to allocate: enough for every (N, M) that shares the two buckets.

    With wide features, where unused slots cost most of a step, 64 or 512.
    """
    if n_features > _WIDE:
        return bucket(batch, _WIDE_SLOTS, _WIDE_SLOTS_GROWTH)
    fewest = {1: 1, _SYNTHETIC: 2}.get(n_synthetic_bucket, n_synthetic_bucket // _SYNTHETIC_GROWTH + 1)
    return max(1, min(MAX_BATCH, n_frames_bucket // fewest))
