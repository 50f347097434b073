"""The learning loop: batches of one video and a loss in, synthetic frames out (paper section 3, Eq. 3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float, Int

from dkva.approximation.losses import BoundLoss, Loss, VideoArrays, used_rows

__all__ = [
    "TOLERANCE_EPOCHS",
    "Arguments",
    "Learned",
    "Program",
    "Scalars",
    "Schedule",
    "Sizes",
    "draw",
    "learn",
    "learn_video",
    "run_alone",
]

#: Epochs whose mean losses are compared where learning may stop early.
TOLERANCE_EPOCHS = 5


class Sizes(NamedTuple):
    """True sizes inside the padded arrays, and the edges of the uniform segments."""

    frames: Int[Array | np.ndarray, ""]
    synthetic: Int[Array | np.ndarray, ""]
    batch: Int[Array | np.ndarray, ""]
    per_segment: Int[Array | np.ndarray, ""]
    steps_per_epoch: Int[Array | np.ndarray, ""]
    epochs: Int[Array | np.ndarray, ""]
    constant_frames: Int[Array | np.ndarray, ""]
    edges: Int[Array | np.ndarray, " m_plus_1"]


class Scalars(NamedTuple):
    """Settings that are data of a program, so that other values share it."""

    tolerance: Float[Array | np.ndarray, ""]
    learning_rate: Float[Array | np.ndarray, ""]
    weight_decay: Float[Array | np.ndarray, ""]
    length_scale: Float[Array | np.ndarray, ""]


class Arguments(NamedTuple):
    """One video's arrays, padded.

    Attributes:
        frames: standardised frames [rows, d].
        start: V before learning [m, d].
        sample: places of the frames whose pairs give the constants of the whole video [s].
        sizes: true sizes.
        scalars: settings.
        seeds: the seed and the checksum of the video's name [2].
    """

    frames: Float[Array | np.ndarray, "rows d"]
    start: Float[Array | np.ndarray, "m d"]
    sample: Int[Array | np.ndarray, " s"]
    sizes: Sizes
    scalars: Scalars
    seeds: Array | np.ndarray


class Program(NamedTuple):
    """What decides the compiled program of a video, beside the shapes of its arrays.

    Attributes:
        loss: what is minimised.
        slots: of a padded batch.
        whole: whether a batch is the whole video.
        stops: whether learning may stop early.
        trace_length: epochs that losses are kept of, at most.
        snapshots: whether V is kept after every epoch.
    """

    loss: Loss
    slots: int
    whole: bool
    stops: bool
    trace_length: int
    snapshots: bool = False


class Schedule(NamedTuple):
    """How long to learn: epochs of so many steps each, room for their losses, and when to stop early."""

    epochs: Int[Array, ""]
    steps_per_epoch: Int[Array, ""]
    trace_length: int
    tolerance: Float[Array, ""] | None


class Learned(NamedTuple):
    """What learning gives.

    Attributes:
        synthetic: V, padded [m, d].
        trace: mean loss of each epoch [trace_length].
        rescale: r of paper Eq. 5 over the whole video.
        epochs: epochs taken.
        state: what the loss carried to the end.
        path: V before learning and after each epoch [trace_length + 1, m, d], if it was asked for.
    """

    synthetic: Array
    trace: Array
    rescale: Array
    epochs: Array
    state: Any
    path: Array | None


def draw(key: Array, sizes: Sizes, slots: int) -> Int[Array, " slots"]:
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
    start: Float[Array, "m d"],
    batches: Callable[[Array], Array],
    loss: BoundLoss,
    optimiser: optax.GradientTransformation,
    schedule: Schedule,
    *,
    used: Array,
    snapshots: bool = False,
) -> Learned:
    """Minimise a loss over batches, to be compiled as one program.

    Args:
        start: V before learning.
        batches: frames [slots, d] of each step.
        loss: of one video.
        optimiser: takes the steps.
        schedule: how long.
        used: which rows of V are learned [m]; the gradient of the others is 0.
        snapshots: keep V after every epoch.
    """
    dtype = start.dtype
    per_epoch = schedule.steps_per_epoch

    def step(i, carried):
        synthetic, moments, state, trace, path = carried
        drawn = batches(i)
        with loss.promotion():
            (value, state), gradient = jax.value_and_grad(loss.value, has_aux=True)(synthetic, drawn, state)
            updates, moments = optimiser.update(gradient * used[:, None], moments)
        trace = trace.at[i // per_epoch].add(value)
        synthetic = optax.apply_updates(synthetic, updates)
        if path is not None:
            path = path.at[i // per_epoch + 1].set(synthetic)
        return synthetic, moments, state, trace, path

    path = None
    if snapshots:
        path = jnp.zeros((schedule.trace_length + 1, *start.shape), dtype).at[0].set(start)
    total = schedule.epochs * per_epoch
    carried = start, optimiser.init(start), loss.state, jnp.zeros(schedule.trace_length, dtype), path
    if schedule.tolerance is None:
        carried = jax.lax.fori_loop(0, total, step, carried)
        taken = total
    else:

        def unfinished(loop):
            i, (_, _, _, trace, _) = loop
            return (i < total) & ~_settled(trace, i, per_epoch, schedule.tolerance)

        taken, carried = jax.lax.while_loop(
            unfinished, lambda loop: (loop[0] + 1, step(loop[0], loop[1])), (jnp.zeros_like(total), carried)
        )
    synthetic, _, state, trace, path = carried
    return Learned(synthetic, trace / per_epoch.astype(dtype), loss.rescale, taken // per_epoch, state, path)


def _settled(trace, i, per_epoch, tolerance):
    """Whether step i begins an epoch and the last epochs' losses are no lower than those before."""
    epoch = i // per_epoch
    last = jax.lax.dynamic_slice(trace, (jnp.maximum(epoch - TOLERANCE_EPOCHS, 0),), (TOLERANCE_EPOCHS,))
    before = jax.lax.dynamic_slice(
        trace, (jnp.maximum(epoch - 2 * TOLERANCE_EPOCHS, 0),), (TOLERANCE_EPOCHS,)
    )
    enough = (i % per_epoch == 0) & (epoch >= 2 * TOLERANCE_EPOCHS)
    return enough & (jnp.sum(before) - jnp.sum(last) <= tolerance * jnp.sum(before))


def learn_video(arguments: Arguments, program: Program) -> Learned:
    """All of learning for one video, with Adam, to be compiled as one program; all true sizes are data."""
    arrays = jax.tree.map(jnp.asarray, arguments)
    sizes, scalars, dtype = arrays.sizes, arrays.scalars, arrays.frames.dtype
    key = jax.random.fold_in(jax.random.key(arrays.seeds[0], impl="threefry2x32"), arrays.seeds[1])
    used = used_rows(len(arrays.start), sizes.synthetic)
    video = VideoArrays(
        frames=arrays.frames,
        sample=arrays.sample,
        sampled=used_rows(len(arrays.sample), sizes.constant_frames),
        synthetic=used,
        batch=used_rows(program.slots, sizes.batch),
        batch_size=sizes.batch.astype(dtype),
        length_scale=scalars.length_scale,
        weight_decay=scalars.weight_decay,
        seed=arrays.seeds[0],
    )
    loss = program.loss.bind(video)

    def batches(i):
        return (
            loss.frames
            if program.whole
            else loss.frames[draw(jax.random.fold_in(key, i), sizes, program.slots)]
        )

    tolerance = scalars.tolerance if program.stops else None
    return learn(
        arrays.start,
        batches,
        loss,
        optax.adam(scalars.learning_rate),
        Schedule(sizes.epochs, sizes.steps_per_epoch, program.trace_length, tolerance),
        used=used.astype(dtype),
        snapshots=program.snapshots,
    )


@partial(jax.jit, static_argnames="program")
def run_alone(arguments: Arguments, *, program: Program) -> Learned:
    """What `learn_video` gives for one video, compiled once for all videos of similar size."""
    return learn_video(arguments, program)
