"""A step of learning by MMD, in both estimators, beside one by optimal transport, at Breakfast's size."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks._run import SMOKE, Row, random_walk, standardised, timed
from dkva import LearningSettings
from dkva.approximation.learning import run_alone
from dkva.approximation.prepare import prepare
from dkva.approximation.settings import ESTIMATORS
from dkva.approximation.sinkhorn import Sinkhorn, learn_by_transport

#: Breakfast's average video: frames, features, segments.
_SIZE = (2099, 64, 6)

#: Weights of the entropy in units of the mean squared distance; the less, the closer to optimal transport.
_ENTROPIES = (0.2, 0.05, 0.01)


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    n, d, m = (SMOKE.frames, SMOKE.features, SMOKE.segments) if smoke else _SIZE
    epochs, repeats = (1, 1) if smoke else (10, 5)
    frames = standardised(random_walk(n, d))
    settings = {name: LearningSettings(epochs=epochs, estimator=name) for name in ESTIMATORS}
    jobs = {name: prepare(frames, m, each) for name, each in settings.items()}
    losses = {
        f"MMD, {name}": partial(run_alone, job.arguments, program=job.program) for name, job in jobs.items()
    }
    job = jobs["video"]
    for entropy in _ENTROPIES:
        other = prepare(frames, m, settings["video"], loss=Sinkhorn(entropy))
        losses[_name(entropy)] = partial(learn_by_transport, other)
    timings = timed(losses, repeats)
    return {
        "frames": n,
        "features": d,
        "segments": m,
        "batch": int(job.arguments.sizes.batch),
        "steps": job.steps,
        "note": "MMD, video holds what does not depend on the synthetic frames at its whole-video value; "
        "MMD, batch is the paper's to the letter. Learning alone, from the same start in the same batches. "
        "Sinkhorn divergence by ott-jax at its default tolerance, without the term that does not depend on "
        "the synthetic frames; where it ends before it has converged, a warning says so.",
        "losses": {
            name: {**timing, "ms_per_step": 1000 * timing["median_s"] / job.steps}
            for name, timing in timings.items()
        },
    }


def _name(entropy: float) -> str:
    return f"Sinkhorn, entropy {entropy:g}"


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    losses = figures["losses"]
    size = f"N = {figures['frames']}, M = {figures['segments']}, b = {figures['batch']}"
    lines = []
    for name, loss in losses.items():
        step = loss["ms_per_step"]
        ratios = [f"{step / losses[f'MMD, {each}']['ms_per_step']:.2g}× MMD, {each}" for each in ESTIMATORS]
        shown = f"{step:.3g} ms" if name.startswith("MMD") else f"{step:.3g} ms: {', '.join(ratios)}"
        lines.append(Row(f"a step by {name}, {size}", shown))
    return lines
