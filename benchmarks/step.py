"""Where the time of one step goes, and how far it is from what this machine's arithmetic allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax

from benchmarks._run import FULL, SMOKE, Row, random_walk, standardised, timed
from dkva import Kernel, LearningSettings, approximate
from dkva.approximation.learning import draw
from dkva.approximation.mmd import mmd_squared
from dkva.approximation.prepare import prepare

#: 50 Salads' size, and Breakfast's.
_SIZES = {"50 Salads": (FULL.frames, FULL.features, FULL.segments), "Breakfast": (2099, 64, 6)}
_PARTS = ("sampling", "gather", "kernels and loss", "their gradient", "optimiser")


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    peak, bandwidth = _machine(64 if smoke else 1024, 1 << (14 if smoke else 26))
    sizes = {"smoke": (SMOKE.frames, SMOKE.features, SMOKE.segments)} if smoke else _SIZES
    return {
        "note": "Each part is what adding it to a loop of the parts before adds to a step; a part that the "
        "compiler merges into another may come out near 0. The floor is the larger of FLOPs over the rate of "
        "a large float32 matrix product and bytes over the rate of a copy, both measured here.",
        "gflops": peak / 1e9,
        "gbytes_per_second": bandwidth / 1e9,
        "sizes": {
            name: _profile(n, d, m, 2 if smoke else 300, 1 if smoke else 5, peak, bandwidth)
            for name, (n, d, m) in sizes.items()
        },
    }


def _machine(side: int, elements: int) -> tuple[float, float]:
    """FLOPs and bytes a second of this machine."""
    a = jnp.ones((side, side), jnp.float32)
    product = jax.jit(lambda x: x @ x)
    b = jnp.ones(elements, jnp.float32)
    copy = jax.jit(lambda x: x + 1)
    best = {}
    for name, function, argument in (("product", product, a), ("copy", copy, b)):
        jax.block_until_ready(function(argument))
        seconds = []
        for _ in range(7):
            start = time.perf_counter()
            jax.block_until_ready(function(argument))
            seconds.append(time.perf_counter() - start)
        best[name] = min(seconds)
    return 2 * side**3 / best["product"], 8 * elements / best["copy"]


def _profile(
    n: int, features: int, m: int, steps: int, repeats: int, peak: float, bandwidth: float
) -> dict[str, Any]:
    frames = standardised(random_walk(n, features))
    job = prepare(frames, m, LearningSettings(length_scale=100.0))
    sizes = job.arguments.sizes
    batch = int(sizes.batch)
    loops = {
        part: _loop(part, job.arguments.frames, job.arguments.start, sizes, job.program.slots, steps)
        for part in _PARTS
    }
    timings = timed(loops, repeats)
    per_epoch = n // batch
    epochs = max(1, steps // per_epoch)
    whole = timed(
        {
            str(count): partial(approximate, frames, m, epochs=count, length_scale=100.0)
            for count in (0, epochs)
        },
        repeats,
    )
    step = (whole[str(epochs)]["min_s"] - whole["0"]["min_s"]) / (epochs * per_epoch)
    parts, before = {}, 0.0
    for part in _PARTS:
        here = timings[part]["min_s"] / steps
        parts[part] = 1e6 * (here - before)
        before = here
    # Products: frames by synthetic frames forward, and their slopes times the frames backward; the same of
    # synthetic frames with themselves, where both sides have slopes. The rest is elementwise and left out.
    flops = 2 * 2 * batch * m * features + 3 * 2 * m * m * features
    moved = 4 * (3 * batch * features + 4 * batch * m)  # read, write and read the batch; the Gram matrix
    floor = max(flops / peak, moved / bandwidth)
    return {
        "frames": n,
        "segments": m,
        "batch": batch,
        "microseconds": 1e6 * step,
        "parts": parts,
        "flops": flops,
        "bytes": moved,
        "floor_microseconds": 1e6 * floor,
        "over_floor": step / floor,
    }


def _loop(upto: str, padded, start, sizes, slots: int, steps: int) -> Callable[[], Any]:
    """A compiled loop of the parts of a step up to one of them, each iteration depending on the last."""
    kernel = Kernel()
    weights = (jnp.arange(slots) < sizes.batch).astype(jnp.float32) / int(sizes.batch)
    used = (jnp.arange(len(start)) < sizes.synthetic).astype(jnp.float32)
    optimiser = optax.adam(0.05)
    depth = _PARTS.index(upto)

    def loss(synthetic, batch):
        k_fs = kernel.gram(batch, synthetic, length_scale=100.0)
        k_ss = kernel.gram(synthetic, length_scale=100.0)
        return mmd_squared(jnp.float32(1.0), k_fs, k_ss, weights, used / int(sizes.synthetic))

    def step(i, state):
        synthetic, moments, total = state
        drawn = draw(jax.random.fold_in(jax.random.key(0), i), sizes, slots)
        if depth == 0:
            return synthetic, moments, total + drawn[0].astype(jnp.float32) + drawn[-1]
        batch = frames[drawn]
        if depth == 1:
            return synthetic, moments, total + jnp.sum(batch[:, 0]) + jnp.sum(batch[:, -1])
        if depth == 2:
            # What comes out goes in again, or the compiler would take it out of the loop.
            return synthetic + 1e-20 * loss(synthetic, batch), moments, total
        value, slope = jax.value_and_grad(loss)(synthetic, batch)
        if depth == 3:
            return synthetic - 1e-3 * slope, moments, total + value
        updates, moments = optimiser.update(slope, moments)
        return optax.apply_updates(synthetic, updates), moments, total + value

    frames = jnp.asarray(padded)
    first = jnp.asarray(start)

    @jax.jit
    def loop(first):
        return jax.lax.fori_loop(0, steps, step, (first, optimiser.init(first), jnp.float32(0)))

    return lambda: loop(first)


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    rates = f"{figures['gflops']:.0f} GFLOP/s, {figures['gbytes_per_second']:.1f} GB/s"
    lines = [Row("a large float32 matrix product, a copy, on all cores", rates)]
    for name, size in figures["sizes"].items():
        what = f"a step at {name}' size: N = {size['frames']}, M = {size['segments']}, b = {size['batch']}"
        lines.append(Row(what, f"{size['microseconds']:.0f} µs"))
        parts = ", ".join(f"{part} {max(0.0, us):.0f}" for part, us in size["parts"].items())
        lines.append(Row("of it, in µs", parts))
        work = f"{size['flops'] / 1e6:.1f} MFLOP, {size['bytes'] / 1e3:.0f} kB"
        lines.append(Row("floor of its products and data", f"{work}: {size['floor_microseconds']:.1f} µs"))
        lines.append(Row("step / floor", f"{size['over_floor']:.1f}×"))
    return lines
