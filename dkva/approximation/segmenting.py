"""One video, whole: features in, what is learned of it, its similarities and labels out."""

from __future__ import annotations

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int

from dkva.approximation.approximate import Approximation, approximation_of
from dkva.approximation.assigning import labels_of, similarity_by
from dkva.approximation.learning import run_alone
from dkva.approximation.losses import Loss
from dkva.approximation.prepare import Job, check_video, prepare
from dkva.approximation.preprocessing import Standardiser, smooth_and_standardise, smoothing_window
from dkva.approximation.settings import Settings
from dkva.base.checks import check_features, check_segments

__all__ = ["Prepared", "check_settings", "checked_similarity", "prepare_video", "segment_video"]


def check_settings(n_segments: int, n_frames: int, seed: int, **settings) -> None:
    """Raise ValueError if M, the seed, the settings or the number of steps is out of range for N frames."""
    check_video(Settings(**settings), n_segments, n_frames, seed)


class Prepared(NamedTuple):
    """A video that is ready to be learned.

    Attributes:
        window: of the Gaussian filter, in frames.
        standardiser: mean and scale of the smoothed frames.
        frames: smoothed and standardised [n, d].
        job: for `dkva.approximation.learning`.
    """

    window: int
    standardiser: Standardiser
    frames: np.ndarray
    job: Job


def prepare_video(
    features: np.ndarray,
    n_segments: int,
    settings: Settings,
    *,
    seed: int = 0,
    name: str = "",
    loss: Loss | None = None,
) -> Prepared:
    """Smooth and standardise a video's features, and pad it.

    Args:
        features: in order of time [n, d].
        n_segments: M, 1 <= M <= N.
        settings: of the method.
        seed: of the batches.
        name: the video's, on which the batches depend too.
        loss: to minimise; None means the MMD by the settings' estimator.

    Raises:
        ValueError: M, the seed or the number of steps out of range.
    """
    check_segments(n_segments, len(features))
    window = smoothing_window(len(features), n_segments, settings.smoothing)
    dtype = jax.dtypes.canonicalize_dtype(np.float64)
    standardiser, frames = smooth_and_standardise(features, window, dtype)
    job = prepare(frames, n_segments, settings, seed=seed, name=name, loss=loss)
    return Prepared(window, standardiser, frames, job)


def checked_similarity(
    frames: Float[np.ndarray, "n d"], learned: Approximation, settings: Settings
) -> Float[np.ndarray, "n m"]:
    """Similarity of each frame and each synthetic frame [n, m] by the settings' assignment.

    Raises:
        ValueError: what was learned is too large for numbers.
    """
    found = similarity_by(settings.assignment, frames, learned)
    if not np.isfinite(found).all():
        raise ValueError(
            f"learning ended in numbers too large: lower learning_rate ({settings.learning_rate}), "
            f"weight_decay ({settings.weight_decay}) or weight_std ({settings.weight_std})"
        )
    return found


def segment_video(
    features: np.ndarray, n_segments: int, *, seed: int = 0, name: str = "", **settings
) -> Int[np.ndarray, " n"]:
    """Labels [n] of one video's features [n, d], as `VideoSegmenter` gives them, in the form of a baseline.

    Args:
        features: in order of time [n, d].
        n_segments: M.
        seed: of the batches.
        name: the video's name, on which the batches depend too.
        settings: fields of `dkva.Settings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: as `VideoSegmenter.fit`.
    """
    chosen = Settings(**settings)
    video = prepare_video(_floats(features), n_segments, chosen, seed=seed, name=name)
    learned = approximation_of(video.job, run_alone(video.job.arguments, program=video.job.program))
    return labels_of(checked_similarity(video.frames, learned, chosen))


def _floats(features: np.ndarray) -> np.ndarray:
    array = check_features(features)
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
