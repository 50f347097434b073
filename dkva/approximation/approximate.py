"""Approximation: one video's standardised frames in, a few synthetic frames out (paper section 3, Eq. 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dkva.approximation.kernels import Kernel
from dkva.approximation.learning import Learned, run_alone
from dkva.approximation.prepare import Job, prepare
from dkva.approximation.settings import LearningSettings

__all__ = ["Approximation", "approximate", "approximation_of"]


@dataclass(frozen=True)
class Approximation:
    """A learned video approximation.

    Attributes:
        synthetic: synthetic frames V [m, d], in the units of the frames they were learned from.
        initial: V before learning [m, d].
        loss_curve: mean loss of each epoch taken [epochs].
        length_scale: l of the Gaussian kernel.
        rescale: r of paper Eq. 5 over the whole video; 1 for kernels that are no product.
        kernel: the kernel and its settings.
        batch_size: b, frames a step.
        steps: optimiser steps taken.
        seed: seed of the batches and of a kernel's random draws.
        path: V before learning and after each epoch taken [epochs + 1, m, d], if snapshots were asked for.
    """

    synthetic: Float[np.ndarray, "m d"]
    initial: Float[np.ndarray, "m d"]
    loss_curve: Float[np.ndarray, " epochs"]
    length_scale: float
    rescale: float
    kernel: Kernel
    batch_size: int
    steps: int
    seed: int
    path: Float[np.ndarray, "epochs_plus_1 m d"] | None = None


def approximation_of(job: Job, learned: Learned) -> Approximation:
    """The approximation of a video, from what learning gave for it."""
    sizes, m, epochs = job.arguments.sizes, job.n_segments, int(learned.epochs)
    return Approximation(
        synthetic=np.asarray(learned.synthetic)[:m],
        initial=np.asarray(job.arguments.start)[:m],
        loss_curve=np.asarray(learned.trace)[:epochs],
        length_scale=job.length_scale,
        rescale=float(learned.rescale),
        kernel=job.kernel,
        batch_size=int(sizes.batch),
        steps=epochs * int(sizes.steps_per_epoch),
        seed=job.seed,
        path=None if learned.path is None else np.asarray(learned.path)[: epochs + 1, :m],
    )


def approximate(
    frames: Float[np.ndarray, "n d"],
    n_segments: int,
    settings: LearningSettings | None = None,
    *,
    seed: int = 0,
    name: str = "",
    pad: bool = True,
    snapshots: bool = False,
    **changed,
) -> Approximation:
    """Learn M synthetic frames by minimising sqrt(MMD²(batch, V)) + weight_decay·||V||_F with Adam.

    A batch of b = min(512, N // M) frames holds b // M frames drawn with replacement from each of M uniform
    segments and the rest from the whole video; an epoch is N // b batches (paper section 4; method: 2).

    Args:
        frames: standardised frames [n, d]; float32, or float64 where JAX's x64 mode is on.
        n_segments: M, 1 <= M <= N.
        settings: how to learn; None means the defaults of `LearningSettings`.
        seed: seed of the batches and of a random initialisation, from 0 to 2**32 - 1.
        name: the video's name; the batches, and random frames to start from, depend on `seed` and on it.
        pad: round sizes up to shared buckets; False compiles a program for these exact sizes.
        snapshots: keep V after each epoch, too.
        changed: settings by name that differ from `settings`, such as epochs=10.

    Returns:
        The approximation, in the frames' own units.

    Raises:
        ValueError: frames that are not finite numbers [n, d], or a setting out of range or unknown (its
            choices are listed).

    Examples:
        >>> import numpy as np
        >>> from dkva import approximate
        >>> frames = np.repeat(np.eye(2, dtype=np.float32), 30, axis=0)
        >>> approximate(frames, 2, epochs=5).synthetic.shape
        (2, 2)
    """
    chosen = LearningSettings.of(settings, **changed)
    job = prepare(frames, n_segments, chosen, seed=seed, name=name, pad=pad, snapshots=snapshots)
    return approximation_of(job, run_alone(job.arguments, program=job.program))
