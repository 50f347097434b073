"""Learning by optimal transport, to compare: a Sinkhorn divergence as the loss in place of the MMD.

Needs ott-jax (Cuturi et al. 2022). Everything else, batches, initialisation, optimiser and assignment, is the
method's own.
"""

from __future__ import annotations

import importlib.util
import warnings
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from dkva.approximation import Job, _draw
from dkva.checks import check_number
from dkva.mmd import root
from dkva.segmentation import VideoSegmenter

__all__ = ["learn_by_transport", "segment_by_transport"]


def segment_by_transport(
    features: np.ndarray, n_segments: int, *, entropy: float, seed: int = 0, name: str = "", **settings
) -> np.ndarray:
    """Labels [n] of one video's features [n, d]; all but the loss is the method's own.

    Args:
        features: in order of time [n, d].
        n_segments: M.
        entropy: weight of the entropy, in mean squared distances between a batch and V.
        seed: of the batches.
        name: the video's name, on which the batches depend too.
        settings: further settings of `VideoSegmenter`; all epochs are taken, whatever the tolerance.

    Raises:
        ImportError: ott-jax is not installed.
        ValueError: as `VideoSegmenter.fit`, or an entropy that is not positive.
    """
    check_number("entropy", entropy, positive=True)
    segmenter = VideoSegmenter(n_segments, random_state=seed, **settings)
    frames, job = segmenter.prepare(features, name)
    return segmenter.finish(frames, job.result(*learn_by_transport(job, entropy))).labels_


def learn_by_transport(job: Job, entropy: float) -> tuple:
    """What `dkva.approximation.learn` gives, under a Sinkhorn divergence as the loss.

    The divergence is the debiased one of squared distances (Feydy et al. 2019) between a batch and V. Its
    term of the batch with itself does not depend on V and is left out, which makes a step many times faster;
    so there is no root to take, and the loss is the divergence but for that term, plus weight_decay·||V||_F.

    Raises:
        ImportError: ott-jax is not installed.

    Warns:
        UserWarning: steps in which Sinkhorn's iterations did not converge, whose slope is not to be trusted.
    """
    if importlib.util.find_spec("ott") is None:
        raise ImportError("learning by optimal transport needs ott-jax: pip install ott-jax")
    frames, start, _, sizes, settings, seeds = job.arguments
    *learned, unfinished = _learn(
        frames,
        start,
        sizes,
        settings,
        seeds,
        np.asarray(entropy, frames.dtype),
        slots=job.program.slots,
        whole=job.program.whole,
        trace_length=job.program.trace_length,
    )
    if unfinished:
        warnings.warn(
            f"Sinkhorn's iterations did not converge in {int(unfinished)} of {job.steps} steps: "
            f"give more entropy than {entropy:g}",
            stacklevel=2,
        )
    return tuple(learned)


@partial(jax.jit, static_argnames=("slots", "whole", "trace_length"))
def _learn(frames, start, sizes, settings, seeds, entropy, *, slots, whole, trace_length):
    from ott.geometry.pointcloud import PointCloud
    from ott.tools.sinkhorn_divergence import sinkhorn_divergence

    dtype = frames.dtype
    key = jax.random.fold_in(jax.random.key(seeds[0], impl="threefry2x32"), seeds[1])
    used = (jnp.arange(start.shape[0], dtype=jnp.int32) < sizes.synthetic).astype(dtype)
    in_batch = (jnp.arange(slots, dtype=jnp.int32) < sizes.batch).astype(dtype)
    mine, theirs = used / jnp.sum(used), in_batch / jnp.sum(in_batch)

    def loss(synthetic, batch):
        distances = jnp.sum(
            (synthetic[:, None, :] - batch[None, :, :]) ** 2 * mine[:, None, None] * theirs[None, :, None]
        )
        divergence, solved = sinkhorn_divergence(
            PointCloud,
            synthetic,
            batch,
            a=mine,
            b=theirs,
            epsilon=entropy * jax.lax.stop_gradient(distances),
            static_b=True,
        )
        size = jnp.sum(synthetic * synthetic)
        norm = root(size, jnp.maximum(size, jnp.finfo(dtype).tiny))
        # Of V with the batch, and of V with itself; the third is left out.
        ended = jnp.all(jnp.asarray(solved.converged[:2]))
        return divergence + settings.weight_decay * norm, ended

    optimiser = optax.adam(settings.learning_rate)

    def step(i, state):
        synthetic, moments, trace, unfinished = state
        batch = frames if whole else frames[_draw(jax.random.fold_in(key, i), sizes, slots)]
        # ott and optax mix ranks, and integers with floats.
        with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            (value, ended), slope = jax.value_and_grad(loss, has_aux=True)(synthetic, batch)
            updates, moments = optimiser.update(slope * used[:, None], moments)
        trace = trace.at[i // sizes.steps_per_epoch].add(value)
        return (
            optax.apply_updates(synthetic, updates),
            moments,
            trace,
            unfinished + (~ended).astype(jnp.int32),
        )

    state = start, optimiser.init(start), jnp.zeros(trace_length, dtype), jnp.zeros((), jnp.int32)
    synthetic, _, trace, unfinished = jax.lax.fori_loop(0, sizes.epochs * sizes.steps_per_epoch, step, state)
    return (
        synthetic,
        trace / sizes.steps_per_epoch.astype(dtype),
        jnp.ones((), dtype),
        sizes.epochs,
        unfinished,
    )
