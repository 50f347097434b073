"""Learning: one video's standardised frames in, a few synthetic frames out (paper section 3, Eq. 3)."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int

from dkva.checks import check_choice, check_number, check_segments, check_whole
from dkva.kernels import Kernel, combine, rescaling
from dkva.length_scale import length_scale as resolve_length_scale
from dkva.mmd import (
    VideoConstants,
    mean_embedding_product,
    mmd_squared,
    root,
    rounding_floor,
    video_constants,
)
from dkva.padding import MAX_BATCH, bucket, frame_bucket, slot_bucket, synthetic_bucket
from dkva.uniform import uniform_edges

__all__ = ["ESTIMATORS", "INITS", "Approximation", "approximate"]

#: Estimators of the loss: the constants of the whole video, or the paper's medians and means per batch.
ESTIMATORS = ("video", "batch")

#: Optimiser steps that can be counted.
MAX_STEPS = 2**31 - 1

#: Largest seed.
MAX_SEED = 2**32 - 1

#: Frames whose pairs give the "video" estimator's constants, at most.
CONSTANT_FRAMES = 1024

#: Epochs whose mean losses are compared where learning may stop early.
TOLERANCE_EPOCHS = 5

#: The batch that holds every frame once.
WHOLE_VIDEO = "video"

# Decay of the running mean of MMD² at which the "video" estimator takes the slope of the root.
_RUNNING_DECAY = 0.9

_EPOCHS, _EPOCHS_GROWTH = 128, 4


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


def _uniform_init(frames: Float[np.ndarray, "n d"], n_segments: int, seed: int, name: str) -> np.ndarray:
    del seed, name
    edges = uniform_edges(len(frames), n_segments)
    sums = np.add.reduceat(frames, edges[:-1], axis=0, dtype=np.float64)
    return sums / np.diff(edges)[:, None]


def _kmeans_init(frames: Float[np.ndarray, "n d"], n_segments: int, seed: int, name: str) -> np.ndarray:
    del name  # what differs from video to video is where its frames lie
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():  # fewer different frames than centres: some centres coincide
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(n_segments, n_init=1, random_state=seed).fit(frames).cluster_centers_


def _random_init(frames: Float[np.ndarray, "n d"], n_segments: int, seed: int, name: str) -> np.ndarray:
    # By the name too: else all videos of a seed would start at the same places in time.
    drawn = np.random.default_rng([seed, _checksum(name)]).choice(len(frames), n_segments, replace=False)
    return frames[np.sort(drawn)]


#: Initialisations of V by name: the mean frames of M uniform segments (paper), k-means centres, or M frames
#: drawn at random, in order of time.
INITS: Mapping[str, Callable[[np.ndarray, int, int, str], np.ndarray]] = MappingProxyType(
    {"uniform": _uniform_init, "kmeans": _kmeans_init, "random": _random_init}
)


class _Sizes(NamedTuple):
    """True sizes inside the padded arrays, and the edges of the uniform segments."""

    frames: Int[Array | np.ndarray, ""]
    synthetic: Int[Array | np.ndarray, ""]
    batch: Int[Array | np.ndarray, ""]
    per_segment: Int[Array | np.ndarray, ""]
    steps_per_epoch: Int[Array | np.ndarray, ""]
    epochs: Int[Array | np.ndarray, ""]
    constant_frames: Int[Array | np.ndarray, ""]
    edges: Int[Array | np.ndarray, " m_plus_1"]


class _Settings(NamedTuple):
    tolerance: Float[Array | np.ndarray, ""]
    learning_rate: Float[Array | np.ndarray, ""]
    weight_decay: Float[Array | np.ndarray, ""]
    length_scale: Float[Array | np.ndarray, ""]


def approximate(
    frames: Float[np.ndarray, "n d"],
    n_segments: int,
    *,
    kernel: Kernel | None = None,
    estimator: str = "video",
    epochs: int = 100,
    learning_rate: float = 0.05,
    weight_decay: float = 1e-3,
    init: str = "uniform",
    length_scale: str | float = "median_squared",
    batch_size: int | str | None = None,
    tolerance: float = 0.0,
    seed: int = 0,
    name: str = "",
    pad: bool = True,
) -> Approximation:
    """Learn M synthetic frames by minimising sqrt(MMD²(batch, V)) + weight_decay·||V||_F with Adam.

    A batch of b = min(512, N // M) frames holds b // M frames drawn with replacement from each of M uniform
    segments and the rest from the whole video; an epoch is N // b batches (paper section 4; method: 2).

    Args:
        frames: standardised frames [n, d]; float32, or float64 where JAX's x64 mode is on.
        n_segments: M, 1 <= M <= N.
        kernel: the kernel; None means the paper's Gauss × NTK.
        estimator: "video" holds the terms that do not depend on V at their whole-video values; "batch"
            takes them from each batch, as the paper does, at many times the cost.
        epochs: passes over the video; 0 returns the initialisation.
        learning_rate: Adam's.
        weight_decay: weight of the Frobenius norm of V (the paper's weight decay).
        init: one of `INITS`.
        length_scale: "median_squared", "median" or a number; see `dkva.length_scale`.
        batch_size: b, at most N; None means the paper's; "video" takes every frame once at each step, so
            that an epoch is one step.
        tolerance: stop early where the mean loss of the last `TOLERANCE_EPOCHS` epochs is not lower than
            that of as many before them by more than this share; 0 takes all epochs, as the paper does.
        seed: seed of the batches and of the initialisation where it is random, from 0 to 2**32 - 1.
        name: the video's name; the batches, and random frames to start from, depend on `seed` and on it.
        pad: round sizes up to shared buckets; False compiles a program for these exact sizes.

    Returns:
        The approximation, in the frames' own units.

    Raises:
        ValueError: a setting out of range or unknown (its choices are listed).
    """
    job = prepare(
        frames,
        n_segments,
        kernel=kernel,
        estimator=estimator,
        epochs=epochs,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        init=init,
        length_scale=length_scale,
        batch_size=batch_size,
        tolerance=tolerance,
        seed=seed,
        name=name,
        pad=pad,
    )
    return job.result(*run_alone(job))


class Program(NamedTuple):
    """What decides the compiled program of a video, beside the shapes of its arrays."""

    kernel: Kernel
    estimator: str
    slots: int
    whole: bool
    stops: bool
    trace_length: int


@dataclass(frozen=True)
class Job:
    """One video ready to be learned.

    Attributes:
        arguments: arrays of `learn`, padded.
        program: static arguments of `learn`.
        n_segments: M.
        length_scale: l.
        seed: of the batches.
    """

    arguments: tuple
    program: Program
    n_segments: int
    length_scale: float
    seed: int

    @property
    def steps(self) -> int:
        """Optimiser steps, if it does not stop early."""
        sizes = self.arguments[3]
        return int(sizes.epochs) * int(sizes.steps_per_epoch)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Padded frames, features and padded synthetic frames."""
        return *self.arguments[0].shape, len(self.arguments[1])

    def result(self, synthetic, trace, rescale, epochs) -> Approximation:
        """The approximation, from what `learn` gave for this video."""
        sizes = self.arguments[3]
        return Approximation(
            synthetic=np.asarray(synthetic)[: self.n_segments],
            initial=self.arguments[1][: self.n_segments],
            loss_curve=np.asarray(trace)[: int(epochs)],
            length_scale=self.length_scale,
            rescale=float(rescale),
            kernel=self.program.kernel,
            batch_size=int(sizes.batch),
            steps=int(epochs) * int(sizes.steps_per_epoch),
            seed=self.seed,
        )


def prepare(
    frames: Float[np.ndarray, "n d"],
    n_segments: int,
    *,
    kernel: Kernel | None,
    estimator: str,
    epochs: int,
    learning_rate: float,
    weight_decay: float,
    init: str,
    length_scale: str | float,
    batch_size: int | str | None,
    tolerance: float,
    seed: int,
    name: str,
    pad: bool,
) -> Job:
    """Check one video and its settings and pad it; see `approximate`."""
    kernel = kernel or Kernel()
    frames = np.asarray(frames)
    if frames.ndim != 2 or frames.dtype not in (np.float32, np.float64) or not np.isfinite(frames).all():
        raise ValueError(
            f"frames are {frames.dtype} of shape {frames.shape}: "
            "give finite float32 or float64 numbers [frames, features]"
        )
    if not isinstance(name, str):
        raise ValueError(f"name is {name!r}: give text")
    n, d = frames.shape
    check_settings(n_segments, n, estimator, epochs, learning_rate, weight_decay, init, seed, batch_size)
    check_number("tolerance", tolerance)
    dtype = jax.dtypes.canonicalize_dtype(frames.dtype)
    scale = resolve_length_scale(frames, length_scale)
    initial = np.asarray(INITS[init](frames, n_segments, seed, name), dtype)
    whole = batch_size == WHOLE_VIDEO
    batch = _batch(n, n_segments, batch_size)

    rows = frame_bucket(n, d) if pad else n
    synthetic_rows = synthetic_bucket(n_segments) if pad else n_segments
    if whole:
        slots = rows
    elif not pad:
        slots = batch
    elif batch_size is None:
        slots = slot_bucket(batch, rows, synthetic_rows, d)
    else:
        slots = min(rows, bucket(batch, 1, 4))
    edges = np.full(synthetic_rows + 1, n, np.int32)
    edges[: n_segments + 1] = uniform_edges(n, n_segments)
    sampled = min(n, CONSTANT_FRAMES)
    sample = np.zeros(min(rows, CONSTANT_FRAMES), np.int32)
    sample[:sampled] = uniform_edges(n, sampled)[:-1]
    sizes = _Sizes(
        frames=np.asarray(n, np.int32),
        synthetic=np.asarray(n_segments, np.int32),
        batch=np.asarray(batch, np.int32),
        per_segment=np.asarray(batch // n_segments, np.int32),
        steps_per_epoch=np.asarray(n // batch, np.int32),
        epochs=np.asarray(epochs, np.int32),
        constant_frames=np.asarray(sampled, np.int32),
        edges=edges,
    )
    settings = _Settings(
        tolerance=np.asarray(tolerance, dtype),
        learning_rate=np.asarray(learning_rate, dtype),
        weight_decay=np.asarray(weight_decay, dtype),
        length_scale=np.asarray(scale, dtype),
    )
    arguments = (
        _padded(frames, rows, dtype),
        _padded(initial, synthetic_rows, dtype),
        sample,
        sizes,
        settings,
        np.asarray([seed, _checksum(name)], np.uint32),
    )
    program = Program(
        kernel, estimator, slots, whole, tolerance > 0, bucket(max(epochs, 1), _EPOCHS, _EPOCHS_GROWTH)
    )
    return Job(arguments, program, n_segments, scale, seed)


def _checksum(name: str) -> int:
    return zlib.crc32(name.encode(errors="surrogatepass"))


def _batch(n_frames: int, n_segments: int, batch_size: int | str | None) -> int:
    """Frames a step."""
    if batch_size is None:
        return min(MAX_BATCH, n_frames // n_segments)
    return n_frames if isinstance(batch_size, str) else min(n_frames, batch_size)


def check_settings(
    n_segments, n_frames, estimator, epochs, learning_rate, weight_decay, init, seed, batch_size=None
) -> None:
    """Raise ValueError for the first setting that is unknown or out of range."""
    check_segments(n_segments, n_frames)
    if isinstance(batch_size, str):
        check_choice("batch_size", batch_size, (WHOLE_VIDEO, "a number"))
    elif batch_size is not None:
        check_whole("batch_size", batch_size, least=1)
    per_epoch = n_frames // _batch(n_frames, n_segments, batch_size)
    check_whole("epochs", epochs, least=0, most=MAX_STEPS // per_epoch)
    check_whole("seed", seed, least=0, most=MAX_SEED)
    check_choice("estimator", estimator, ESTIMATORS)
    check_choice("init", init, INITS)
    check_number("learning_rate", learning_rate, positive=True)
    check_number("weight_decay", weight_decay)


def _padded(array: np.ndarray, rows: int, dtype) -> np.ndarray:
    if len(array) == rows:
        return np.ascontiguousarray(array, dtype)
    out = np.zeros((rows, array.shape[1]), dtype)
    out[: len(array)] = array
    return out


def _draw(key: Array, sizes: _Sizes, slots: int) -> Int[Array, " slots"]:
    """Frames of one batch: b // M from each uniform segment, the rest from the whole video."""
    slot = jnp.arange(slots, dtype=jnp.int32)
    segment = slot // jnp.maximum(sizes.per_segment, 1)
    stratified = segment < jnp.where(sizes.per_segment > 0, sizes.synthetic, 0)
    segment = jnp.where(stratified, segment, 0)
    edges = jnp.asarray(sizes.edges)
    first = jnp.where(stratified, edges[segment], 0)
    last = jnp.where(stratified, edges[segment + 1], sizes.frames)
    length = last - first
    offset = (jax.random.uniform(key, (slots,), jnp.float32) * length.astype(jnp.float32)).astype(jnp.int32)
    return first + jnp.minimum(offset, length - 1)  # the product may round up to the length


def learn(
    frames, start, sample, sizes, settings, seeds, *, kernel, estimator, slots, whole, stops, trace_length
):
    """The whole of learning, to be compiled as one program; all true sizes are data.

    Returns:
        V [m, d], mean loss of each epoch [trace_length], r, and epochs taken.
    """
    dtype = frames.dtype
    key = jax.random.fold_in(jax.random.key(seeds[0], impl="threefry2x32"), seeds[1])
    used = (jnp.arange(start.shape[0], dtype=jnp.int32) < sizes.synthetic).astype(dtype)
    synthetic_weights = used / sizes.synthetic.astype(dtype)
    frame_weights = (jnp.arange(slots, dtype=jnp.int32) < sizes.batch).astype(dtype) / sizes.batch.astype(
        dtype
    )
    in_batch = frame_weights > 0
    scale = settings.length_scale
    projection = kernel.projection(frames.shape[1], seeds[0], dtype)
    embedded = kernel.embed(frames, projection)
    batch_size = sizes.batch.astype(dtype)
    sampled = jnp.arange(sample.shape[0], dtype=jnp.int32) < sizes.constant_frames
    constants = video_constants(
        kernel.factors(kernel.batch(embedded[sample], sampled, batch_size), length_scale=scale),
        sampled,
        batch_size,
    )

    def batch_constants(batch) -> VideoConstants:
        factors = kernel.factors(batch, length_scale=scale)
        rescale = rescaling(factors, in_batch[:, None] & in_batch[None, :])
        gram = combine(factors, rescale)
        mean_ff = mean_embedding_product(gram, frame_weights, frame_weights)
        return VideoConstants(mean_ff, rounding_floor(mean_ff), jnp.asarray(rescale, dtype))

    def loss(synthetic, batch, fixed: VideoConstants, running):
        view = kernel.embed(synthetic, projection)
        k_fs = kernel.gram(batch, view, length_scale=scale, rescale=fixed.rescale)
        k_ss = kernel.gram(view, length_scale=scale, rescale=fixed.rescale)
        squared = mmd_squared(fixed.mean_ff, k_fs, k_ss, frame_weights, synthetic_weights)
        level = jax.lax.stop_gradient(squared)
        if estimator == "video":
            # Without its own mean_ff a batch's estimate is low just where the batch happens to lie near V,
            # and the slope there would give such batches too much weight.
            level, running = averaging.update(level, running)
        size = jnp.sum(synthetic * synthetic)
        norm = root(size, jnp.maximum(size, jnp.finfo(dtype).tiny))
        value = root(squared, jnp.maximum(level, fixed.floor)) + settings.weight_decay * norm
        return value, running

    optimiser = optax.adam(settings.learning_rate)
    averaging = optax.ema(_RUNNING_DECAY)

    def step(i, state):
        synthetic, moments, running, trace = state
        drawn = embedded if whole else embedded[_draw(jax.random.fold_in(key, i), sizes, slots)]
        batch = kernel.batch(drawn, in_batch)
        fixed = constants if estimator == "video" else batch_constants(batch)
        with jax.numpy_dtype_promotion("standard"):  # optax mixes integers and floats
            (value, running), gradient = jax.value_and_grad(loss, has_aux=True)(
                synthetic, batch, fixed, running
            )
            updates, moments = optimiser.update(gradient * used[:, None], moments)
        trace = trace.at[i // sizes.steps_per_epoch].add(value)
        return optax.apply_updates(synthetic, updates), moments, running, trace

    total = sizes.epochs * sizes.steps_per_epoch
    running = averaging.init(jnp.zeros((), dtype))
    state = start, optimiser.init(start), running, jnp.zeros(trace_length, dtype)
    if stops:

        def unfinished(loop):
            i, (_, _, _, trace) = loop
            return (i < total) & ~_settled(trace, i, sizes.steps_per_epoch, settings.tolerance)

        taken, state = jax.lax.while_loop(
            unfinished, lambda loop: (loop[0] + 1, step(loop[0], loop[1])), (jnp.zeros_like(total), state)
        )
    else:
        state = jax.lax.fori_loop(0, total, step, state)
        taken = total
    synthetic, _, _, trace = state
    per_epoch = sizes.steps_per_epoch
    return synthetic, trace / per_epoch.astype(dtype), constants.rescale, taken // per_epoch


def _settled(trace, i, per_epoch, tolerance):
    """Whether step i begins an epoch and the last epochs' losses are no lower than those before."""
    epoch = i // per_epoch
    last = jax.lax.dynamic_slice(trace, (jnp.maximum(epoch - TOLERANCE_EPOCHS, 0),), (TOLERANCE_EPOCHS,))
    before = jax.lax.dynamic_slice(
        trace, (jnp.maximum(epoch - 2 * TOLERANCE_EPOCHS, 0),), (TOLERANCE_EPOCHS,)
    )
    enough = (i % per_epoch == 0) & (epoch >= 2 * TOLERANCE_EPOCHS)
    return enough & (jnp.sum(before) - jnp.sum(last) <= tolerance * jnp.sum(before))


_learn = jax.jit(learn, static_argnames=Program._fields)


def run_alone(job: Job) -> tuple:
    """What `learn` gives for one video."""
    return _learn(*job.arguments, **job.program._asdict())
