"""Time of learning one video of 50 Salads' size, beside the direct implementation in `reference`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import reference
from benchmarks._run import FULL, SMOKE, Row, random_walk, standardised, timed
from dkva import VideoSegmenter, approximate


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    size = SMOKE if smoke else FULL
    raw = random_walk(size.frames, size.features)
    frames = standardised(raw)
    m = size.segments
    scale, start = reference.length_scale(frames), reference.initial(frames, m)
    direct_steps = 2 if smoke else 20
    segmenter = VideoSegmenter(m, epochs=size.epochs)

    def whole(estimator: str, epochs: int) -> Callable[[], Any]:
        return lambda: approximate(frames, m, estimator=estimator, epochs=epochs)

    # A tenth of the paper's epochs is enough of the slower one.
    epochs = {"batch": min(size.epochs, 10), "video": size.epochs}
    timings = timed(
        {
            "reference": lambda: reference.learn(frames, start, scale, direct_steps),
            "batch": whole("batch", epochs["batch"]),
            # The same program with no step to take: what is more than this is the loop.
            "batch_without_steps": whole("batch", 0),
            "video": whole("video", epochs["video"]),
            "video_without_steps": whole("video", 0),
            "fit": lambda: segmenter.fit(raw).labels_,
        },
        repeats=1 if smoke else 5,
    )
    per_step = 1e3 * timings["reference"]["median_s"] / direct_steps
    figures: dict[str, Any] = {
        "size": size._asdict(),
        "reference": {
            "steps_timed": direct_steps,
            "timing": timings["reference"],
            "ms_per_step": per_step,
        },
    }
    for name in ("batch", "video"):
        steps = epochs[name] * (size.frames // min(512, size.frames // m))
        all_of_it, no_steps = timings[name], timings[f"{name}_without_steps"]
        mean = 1e3 * all_of_it["median_s"] / steps
        alone = 1e3 * (all_of_it["median_s"] - no_steps["median_s"]) / steps
        figures[name] = {
            "epochs": epochs[name],
            "steps": steps,
            "whole": all_of_it,
            "without_steps": no_steps,
            "ms_per_step": mean,
            "ms_per_step_learning_alone": alone,
            # The direct figure holds steps alone and ours the whole call too: a lower bound.
            "direct_over_this": per_step / mean,
            "direct_over_this_learning_alone": per_step / alone,
        }
    return {**figures, "fit": timings["fit"]}


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    n, d, m, _ = figures["size"].values()
    step = figures["reference"]["ms_per_step"]
    lines = [Row("a step of the paper's loop written directly (`benchmarks/reference.py`)", f"{step:.1f} ms")]
    for name, goal in (("batch", 10), ("video", 100)):
        figure = figures[name]
        ratio, alone = figure["direct_over_this"], figure["direct_over_this_learning_alone"]
        steps, share = figure["ms_per_step"], figure["ms_per_step_learning_alone"]
        what = f'`approximate(estimator="{name}")`, all of it, divided by its {figure["steps"]} steps'
        lines.append(Row(what, f"{steps:.2f} ms (learning alone {share:.2f} ms)"))
        measured = f"{ratio:.0f}× (learning alone {alone:.0f}×)"
        lines.append(Row(f'direct / `"{name}"`', measured, f"≥ {goal}×", ratio >= goal))
    what = f"`VideoSegmenter({m}).fit`, {n} frames of {d} features, warm"
    return [*lines, Row(what, f"{figures['fit']['median_s']:.2f} s")]
