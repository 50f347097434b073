"""Learning by optimal transport, to compare: a Sinkhorn divergence as the loss instead of the MMD.

Needs ott-jax (Cuturi et al. 2022). Everything else, batches, initialisation, optimiser, loop and assignment,
is the method's own.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from dkva.approximation.approximate import approximation_of
from dkva.approximation.learning import Learned, run_alone
from dkva.approximation.losses import BoundLoss, VideoArrays, norm
from dkva.approximation.prepare import Job
from dkva.approximation.segmenter import VideoSegmenter
from dkva.base.checks import check_number

__all__ = ["Sinkhorn", "learn_by_transport", "segment_by_transport"]


@dataclass(frozen=True)
class Sinkhorn:
    """A Sinkhorn divergence between a batch and V, plus weight_decay·||V||_F.

    The divergence is the debiased one of squared distances (Feydy et al. 2019). Its term of the batch with
    itself does not depend on V and is left out, which makes a step many times faster; so there is no root to
    take.

    Attributes:
        entropy: weight of the entropic regularisation, in mean squared distances between a batch and V.

    Raises:
        ImportError: ott-jax is not installed.
        ValueError: an entropy that is not positive.
    """

    entropy: float

    def __post_init__(self):
        check_number("entropy", self.entropy, positive=True)
        if importlib.util.find_spec("ott") is None:
            raise ImportError("learning by optimal transport needs ott-jax: pip install ott-jax")

    def bind(self, video: VideoArrays) -> BoundLoss:
        """The loss of one video; its state counts the steps in which Sinkhorn did not converge."""
        return _OfVideo(self.entropy, video)


class _OfVideo:
    def __init__(self, entropy: float, video: VideoArrays):
        dtype = video.frames.dtype
        synthetic, batch = video.synthetic.astype(dtype), video.batch.astype(dtype)
        self._mine, self._theirs = synthetic / jnp.sum(synthetic), batch / jnp.sum(batch)
        self._entropy, self._weight_decay = entropy, video.weight_decay
        self.frames = video.frames
        self.state = jnp.zeros((), jnp.int32)
        self.rescale = jnp.ones((), dtype)

    @contextmanager
    def _lenient(self) -> Iterator[None]:
        with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            yield

    def promotion(self) -> AbstractContextManager:
        """What ott and optax need: they mix ranks, and integers with floats."""
        return self._lenient()

    def value(self, synthetic, drawn, state):
        """The loss, and the number of steps so far in which Sinkhorn did not converge."""
        from ott.geometry.pointcloud import PointCloud
        from ott.tools.sinkhorn_divergence import sinkhorn_divergence

        mine, theirs = self._mine, self._theirs
        distances = jnp.sum(
            (synthetic[:, None, :] - drawn[None, :, :]) ** 2 * mine[:, None, None] * theirs[None, :, None]
        )
        divergence, solved = sinkhorn_divergence(
            PointCloud,
            synthetic,
            drawn,
            a=mine,
            b=theirs,
            epsilon=self._entropy * jax.lax.stop_gradient(distances),
            static_b=True,
        )
        # Of V with the batch, and of V with itself; the third is left out.
        ended = jnp.all(jnp.asarray(solved.converged[:2]))
        return divergence + self._weight_decay * norm(synthetic), state + (~ended).astype(jnp.int32)


def segment_by_transport(
    features: np.ndarray, n_segments: int, *, entropy: float, seed: int = 0, name: str = "", **settings
) -> np.ndarray:
    """Labels [n] of one video's features [n, d]; all but the loss is the method's own.

    Args:
        features: in order of time [n, d].
        n_segments: M.
        entropy: see `Sinkhorn`.
        seed: of the batches.
        name: the video's name, on which the batches depend too.
        settings: further settings of `VideoSegmenter`.

    Raises:
        ImportError: ott-jax is not installed.
        ValueError: as `VideoSegmenter.fit`, or an entropy that is not positive.
    """
    segmenter = VideoSegmenter(n_segments, random_state=seed, **settings)
    frames, job = segmenter.prepare(features, name, loss=Sinkhorn(entropy))
    return segmenter.finish(frames, approximation_of(job, learn_by_transport(job))).labels_


def learn_by_transport(job: Job) -> Learned:
    """What `dkva.approximation.learning.learn` gives for a video that was prepared with the loss `Sinkhorn`.

    Warns:
        UserWarning: steps in which Sinkhorn's iterations did not converge, whose gradient is not to be
            trusted.
    """
    learned = run_alone(job.arguments, program=job.program)
    unfinished = int(learned.state)
    if unfinished:
        entropy = getattr(job.program.loss, "entropy", float("nan"))
        warnings.warn(
            f"Sinkhorn's iterations did not converge in {unfinished} of {job.steps} steps: "
            f"give more entropy than {entropy:g}",
            stacklevel=2,
        )
    return learned
