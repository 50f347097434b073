"""Preparing: one video's standardised frames and settings in, padded arrays and a program out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import jax
import numpy as np
from jaxtyping import Float

from dkva.approximation.initialisation import checksum, initial_frames
from dkva.approximation.kernels import Kernel
from dkva.approximation.learning import Arguments, Program, Scalars, Sizes
from dkva.approximation.length_scale import length_scale
from dkva.approximation.losses import Loss, MMDByBatch, MMDByVideo
from dkva.approximation.padding import MAX_BATCH, frame_bucket, slot_bucket, synthetic_bucket
from dkva.approximation.settings import MAX_SEED, WHOLE_VIDEO, LearningSettings
from dkva.base.buckets import bucket
from dkva.base.checks import check_segments, check_unmasked, check_whole
from dkva.base.uniform import uniform_edges

__all__ = ["CONSTANT_FRAMES", "MAX_STEPS", "Job", "batch_size_of", "check_video", "prepare"]

#: Optimiser steps that can be counted.
MAX_STEPS = 2**31 - 1

#: Frames whose pairs give the "video" estimator's constants, at most.
CONSTANT_FRAMES = 1024

_EPOCHS, _EPOCHS_GROWTH = 128, 4

# By the names in `dkva.approximation.settings`.
_LOSSES: Mapping[str, Callable[[Kernel], Loss]] = MappingProxyType({"video": MMDByVideo, "batch": MMDByBatch})


@dataclass(frozen=True)
class Job:
    """One video ready to be learned.

    Attributes:
        arguments: arrays of `dkva.approximation.learning.learn_video`.
        program: what is compiled for them.
        kernel: of the loss, and of assignment.
        n_segments: M.
        length_scale: l.
        seed: of the batches.
    """

    arguments: Arguments
    program: Program
    kernel: Kernel
    n_segments: int
    length_scale: float
    seed: int

    @property
    def steps(self) -> int:
        """Optimiser steps, if it does not stop early."""
        return int(self.arguments.sizes.epochs) * int(self.arguments.sizes.steps_per_epoch)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Padded frames, features and padded synthetic frames."""
        return *self.arguments.frames.shape, len(self.arguments.start)


def batch_size_of(n_frames: int, n_segments: int, batch_size: int | str | None) -> int:
    """Frames a step: b of a setting, at most N; None means the paper's min(512, N // M)."""
    if batch_size is None:
        return min(MAX_BATCH, n_frames // n_segments)
    return n_frames if isinstance(batch_size, str) else min(n_frames, batch_size)


def check_video(settings: LearningSettings, n_segments, n_frames: int, seed) -> None:
    """Raise ValueError if M, the seed or the number of steps is out of range for a video of N frames."""
    check_segments(n_segments, n_frames)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    per_epoch = n_frames // batch_size_of(n_frames, n_segments, settings.batch_size)
    check_whole("epochs", settings.epochs, least=0, most=MAX_STEPS // per_epoch)


def prepare(
    frames: Float[np.ndarray, "n d"],
    n_segments: int,
    settings: LearningSettings,
    *,
    seed: int = 0,
    name: str = "",
    pad: bool = True,
    snapshots: bool = False,
    loss: Loss | None = None,
) -> Job:
    """Check one video and pad it.

    Args:
        frames: standardised frames [n, d]; float32, or float64 where JAX's x64 mode is on.
        n_segments: M, 1 <= M <= N.
        settings: how to learn.
        seed: see `dkva.approximate`; so are the next three.
        name: the video's.
        pad: round sizes up.
        snapshots: keep V after each epoch.
        loss: to minimise; None means the MMD by the settings' estimator.

    Raises:
        ValueError: frames that are not finite numbers [n, d], or masked, or M, the seed or the number of
            steps out of range.
    """
    check_unmasked("the matrix of frames", frames)
    frames = np.asarray(frames)
    if frames.ndim != 2 or frames.dtype not in (np.float32, np.float64) or not np.isfinite(frames).all():
        raise ValueError(
            f"frames are {frames.dtype} of shape {frames.shape}: "
            "give finite float32 or float64 numbers [frames, features]"
        )
    if not isinstance(name, str):
        raise ValueError(f"name is {name!r}: give text")
    n, d = frames.shape
    check_video(settings, n_segments, n, seed)
    dtype = jax.dtypes.canonicalize_dtype(frames.dtype)
    scale = length_scale(frames, settings.length_scale)
    start = np.asarray(initial_frames(frames, n_segments, settings.init, seed=seed, name=name), dtype)
    whole = settings.batch_size == WHOLE_VIDEO
    batch = batch_size_of(n, n_segments, settings.batch_size)

    rows = frame_bucket(n, d) if pad else n
    synthetic_rows = synthetic_bucket(n_segments) if pad else n_segments
    if whole:
        slots = rows
    elif not pad:
        slots = batch
    elif settings.batch_size is None:
        slots = slot_bucket(batch, rows, synthetic_rows, d)
    else:
        slots = min(rows, bucket(batch, 1, 4))
    edges = np.full(synthetic_rows + 1, n, np.int32)
    edges[: n_segments + 1] = uniform_edges(n, n_segments)
    sampled = min(n, CONSTANT_FRAMES)
    sample = np.zeros(min(rows, CONSTANT_FRAMES), np.int32)
    sample[:sampled] = uniform_edges(n, sampled)[:-1]
    kernel = Kernel.of(settings.of_kernel)
    arguments = Arguments(
        frames=_padded(frames, rows, dtype),
        start=_padded(start, synthetic_rows, dtype),
        sample=sample,
        sizes=Sizes(
            frames=np.asarray(n, np.int32),
            synthetic=np.asarray(n_segments, np.int32),
            batch=np.asarray(batch, np.int32),
            per_segment=np.asarray(batch // n_segments, np.int32),
            steps_per_epoch=np.asarray(n // batch, np.int32),
            epochs=np.asarray(settings.epochs, np.int32),
            constant_frames=np.asarray(sampled, np.int32),
            edges=edges,
        ),
        scalars=Scalars(
            tolerance=np.asarray(settings.tolerance, dtype),
            learning_rate=np.asarray(settings.learning_rate, dtype),
            weight_decay=np.asarray(settings.weight_decay, dtype),
            length_scale=np.asarray(scale, dtype),
        ),
        seeds=np.asarray([seed, checksum(name)], np.uint32),
    )
    program = Program(
        loss=_LOSSES[settings.estimator](kernel) if loss is None else loss,
        slots=slots,
        whole=whole,
        stops=settings.tolerance > 0,
        trace_length=bucket(max(settings.epochs, 1), _EPOCHS, _EPOCHS_GROWTH),
        snapshots=snapshots,
    )
    return Job(arguments, program, kernel, n_segments, scale, seed)


def _padded(array: np.ndarray, rows: int, dtype) -> np.ndarray:
    if len(array) == rows:
        return np.ascontiguousarray(array, dtype)
    out = np.zeros((rows, array.shape[1]), dtype)
    out[: len(array)] = array
    return out
