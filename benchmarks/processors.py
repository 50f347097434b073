"""Labels and scores of the method as other processors would compute them, beside those of this one.

A processor decides how sums are ordered and whether products are fused into them, and so do the programs that
are compiled for it. Each setting is a fresh process in which XLA, NumPy and OpenBLAS keep to the instructions
of an older processor. Libraries that choose their instructions by themselves may not heed them; the last
settings stand for any processor: every inner product of frames is off by some units in the last place, drawn
at random.

Run: `python -m benchmarks --only processors`; with DKVA_DATA set, the real Breakfast videos are compared too.
Two real machines: `python -m benchmarks.processors THERE` on the one, and on the other, to which THERE was
copied, `python -m benchmarks.processors HERE --against THERE`.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks._run import Row, fresh_process, random_walk
from dkva import VideoSegmenter, evaluate, read_features, read_labels
from dkva.approximation.assigning import labels_of, margins
from dkva.approximation.settings import ESTIMATORS

_AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"

#: Variables of the environment, by setting; XLA_FLAGS are added to those that are set.
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "as it is": {},
    "SSE4.2": {
        "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2",
        "NPY_DISABLE_CPU_FEATURES": f"{_AVX512} AVX2 FMA3 AVX F16C",
        "OPENBLAS_CORETYPE": "Nehalem",
    },
    "AVX": {
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX",
        "NPY_DISABLE_CPU_FEATURES": f"{_AVX512} AVX2 FMA3",
        "OPENBLAS_CORETYPE": "Sandybridge",
    },
    "AVX2": {
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
        "NPY_DISABLE_CPU_FEATURES": _AVX512,
        "OPENBLAS_CORETYPE": "Haswell",
    },
    "products off by 8 ulp": {"DKVA_BENCHMARK_ULPS": "8"},
    # No processor: what the comparison shows where something does differ.
    "another seed": {"DKVA_BENCHMARK_SEED": "1"},
}

_SMOKE_SETTINGS = ("as it is", "products off by 8 ulp")

_MOVING5_VIDEOS, _WALKS = 10, 2


class Video(NamedTuple):
    """A video of one of the data sets; `truth` is None for a random walk."""

    name: str
    features: np.ndarray
    truth: np.ndarray | None
    n_segments: int
    settings: dict[str, Any]


def videos(smoke: bool = False) -> dict[str, list[Video]]:
    """The videos of each data set, with the settings it is run with."""
    if smoke:
        return {
            "random walks": [Video("walk 0", random_walk(120, 4), np.arange(120) // 40, 3, {"epochs": 2})]
        }
    found = {"Moving5": _moving5(_MOVING5_VIDEOS)}
    if os.environ.get("DKVA_DATA"):
        found["Breakfast"] = _breakfast(Path(os.environ["DKVA_DATA"]) / "breakfast_sample")
    n, d, m = 2099, 64, 6
    found["random walks"] = [
        Video(f"walk {seed}", random_walk(n, d, seed), None, m, {}) for seed in range(_WALKS)
    ]
    return found


def _moving5(count: int) -> list[Video]:
    from synthetic.moving5 import DIGITS, generate

    split = generate().splits["test"]
    found = []
    for index in range(count):
        here = slice(split.starts[index], split.starts[index + 1])
        frames = split.frames[here]
        pixels = frames.reshape(len(frames), -1).astype(np.float64)
        # As in Table 2: pixels over the frame's norm, no smoothing, 10 epochs.
        features = (pixels / (np.linalg.norm(pixels, axis=1, keepdims=True) + 1e-7)).astype(np.float32)
        settings = {"smoothing": 0, "epochs": 10}
        found.append(Video(f"test {index}", features, split.labels[here], len(DIGITS), settings))
    return found


def _breakfast(folder: Path) -> list[Video]:
    found = []
    for path in sorted((folder / "features").rglob("*.txt")):
        truth = read_labels(folder / "groundTruth" / path.stem)
        features = np.asarray(read_features(path))
        found.append(Video(path.stem, features, truth, len(np.unique(truth)), {}))
    return found


def _jitter(ulps: int) -> None:
    """Let every inner product of frames be off by up to so many units in the last place, by its place."""
    import jax
    import jax.numpy as jnp

    import dkva.approximation.kernels as kernels

    exact = kernels.products_of

    def products(x, y):
        p = exact(x, y)
        key = jax.random.key(p.xy.size, impl="threefry2x32")
        steps = jax.random.randint(key, p.xy.shape, -ulps, ulps + 1).astype(p.xy.dtype)
        return p._replace(xy=p.xy * (1 + steps * jnp.finfo(p.xy.dtype).eps))

    kernels.products_of = products


def compute(out: Path, smoke: bool) -> None:
    """Similarities and scores of every video by both estimators, in this process."""
    if ulps := int(os.environ.get("DKVA_BENCHMARK_ULPS", "0")):
        _jitter(ulps)
    seed = int(os.environ.get("DKVA_BENCHMARK_SEED", "0"))
    similarities, scores = {}, {}
    for dataset, some in videos(smoke).items():
        for video in some:
            for estimator in ESTIMATORS:
                key = f"{dataset}|{estimator}|{video.name}"
                settings = {"estimator": estimator, "random_state": seed} | video.settings
                fitted = VideoSegmenter(video.n_segments, **settings).fit(video.features, name=video.name)
                similarities[key] = fitted.similarity_
                if video.truth is not None:
                    scores[key] = evaluate(video.truth, fitted.labels_, n_clusters=video.n_segments).mof
    np.savez(out / "similarities.npz", **similarities)
    (out / "scores.json").write_text(json.dumps(scores))


def run(smoke: bool = False) -> dict[str, Any]:
    """Measure."""
    similarities: dict[str, dict[str, np.ndarray]] = {}
    scores: dict[str, dict[str, float]] = {}
    chosen = _SMOKE_SETTINGS if smoke else tuple(SETTINGS)
    for name in chosen:
        given = dict(SETTINGS[name])
        if "XLA_FLAGS" in given:
            given["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {given['XLA_FLAGS']}".strip()
        with tempfile.TemporaryDirectory() as temporary:
            out = Path(temporary)
            if smoke and not given:  # nothing that only a process of its own can be given
                compute(out, smoke)
            else:
                arguments = ["-m", "benchmarks.processors", str(out), *(["--smoke"] if smoke else [])]
                fresh_process(*arguments, environment=given, compiles=False)
            similarities[name], scores[name] = _read(out)
    return {
        "instructions": _newest_instructions(),
        "settings": {name: dict(SETTINGS[name]) for name in chosen[1:]},
        "compared": {
            name: _compared(similarities[name], similarities[chosen[0]], scores[name], scores[chosen[0]])
            for name in chosen[1:]
        },
    }


def _newest_instructions() -> str:
    """The last that this processor has, by NumPy's name."""
    found = np.show_config(mode="dicts")["SIMD Extensions"]
    return (found["found"] or found["baseline"])[-1]


def _compared(found: dict, native: dict, scores: dict, native_scores: dict) -> list[dict[str, Any]]:
    """What differs under one setting, by data set and estimator."""
    groups: dict[str, list[str]] = {}
    for key in found:
        groups.setdefault(key.rpartition("|")[0], []).append(key)
    lines = []
    for group, keys in groups.items():
        dataset, estimator = group.split("|")
        equal = [labels_of(found[key]) == labels_of(native[key]) for key in keys]
        scored = [abs(scores[key] - native_scores[key]) for key in keys if key in scores]
        lines.append(
            {
                "data": dataset,
                "estimator": estimator,
                "videos": len(keys),
                "videos_equal": sum(bool(each.all()) for each in equal),
                "frames": sum(len(each) for each in equal),
                "frames_equal": sum(int(each.sum()) for each in equal) / sum(len(each) for each in equal),
                "mof_difference": max(scored) if scored else None,
                "similarity_difference": max(
                    float(np.abs(found[key] - native[key]).max() / np.abs(native[key]).max()) for key in keys
                ),
                "least_margin": min(float(np.nanmin(margins(native[key]))) for key in keys),
            }
        )
    return lines


def rows(figures: dict[str, Any]) -> list[Row]:
    """The table's lines."""
    what = "this processor's newest instructions, by NumPy's name"
    return [Row(what, figures["instructions"]), *_compared_rows(figures["compared"])]


def _compared_rows(compared: Mapping[str, list[dict[str, Any]]]) -> list[Row]:
    lines = []
    for setting, groups in compared.items():
        for group in groups:
            what = f'{setting}: {group["data"]}, `"{group["estimator"]}"`'
            videos_equal = f"all labels equal in {group['videos_equal']} of {group['videos']} videos"
            shown = f"{videos_equal}, {group['frames_equal']:.2%} of {group['frames']} frames"
            difference, margin = group["similarity_difference"], group["least_margin"]
            shown += f"; similarities differ by {difference:.1g} at most, the least margin is {margin:.1g}"
            if group["mof_difference"] is not None:
                shown += f"; MoF differs by {100 * group['mof_difference']:.2f} points at most"
            lines.append(Row(what, shown))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute what `compute` does, and compare it with what another machine computed if that is available."""
    cli = argparse.ArgumentParser(prog="python -m benchmarks.processors", description=main.__doc__)
    cli.add_argument("out", type=Path, help="folder for similarities.npz and scores.json")
    cli.add_argument("--against", type=Path, help="such a folder, of another machine")
    cli.add_argument("--smoke", action="store_true", help="tiny videos")
    options = cli.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    compute(options.out, options.smoke)
    if options.against:
        (found, scores), (native, native_scores) = _read(options.against), _read(options.out)
        both = {key: found[key] for key in found if key in native}
        compared = {f"{options.against}": _compared(both, native, scores, native_scores)}
        for row in _compared_rows(compared):
            print(f"{row.what}: {row.measured}")
    return 0


def _read(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    with np.load(folder / "similarities.npz", allow_pickle=False) as file:
        return {key: file[key] for key in file.files}, json.loads((folder / "scores.json").read_text())


if __name__ == "__main__":
    raise SystemExit(main())
