"""What figures need and tables do not keep: labels, kernels, losses, trajectories of synthetic frames.

Run: `python -m reproduce.figure_arrays` (a minute of one core, seconds where nothing has changed). Stores
results/figures.npz, which `reproduce.figures` draws from, with the names

- "5/…" and "35/…": of these test videos of Moving5 the truth, the similarity to the learned frames, and the
  synthetic frames after each epoch, all at unit length, projected to the frames' two principal components;
- "gram/…": Gram matrices of the first of them, in 256 steps between "gram/…/range", beyond which
  lies one value in a hundred on either side;
- "loss/…": the loss of each epoch for all test videos;
- "failure/…": truth, labels and likeness of the actions of the videos that Table 2 scores worst;
- "basic_motions/…": labels of the first joined recording;
- "breakfast/…": labels that we predict for the three real videos, five seeds: made anew where the data is
  (`DKVA_DATA`), kept as they are elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from dkva import KERNELS, Kernel, Standardiser, approximate, evaluate
from dkva.base.files import write_atomically
from dkva.experiments.experiment import Task, code_version
from reproduce.base.labels import LEARNED, MORE
from reproduce.base.methods import EPOCHS
from reproduce.base.options import console, parser, thinned
from reproduce.base.paths import RESULTS, ROWS, data_root
from reproduce.base.store import chosen, read_rows, write_arrays
from reproduce.collections import basic_motions, breakfast_sample, moving5
from reproduce.pictures.base import ARRAYS
from reproduce.pictures.failures import FAILURES, worst
from reproduce.pictures.learned import fitted
from reproduce.pictures.moving5 import VIDEOS, images, named
from reproduce.tables import recordings
from reproduce.tables.moving5 import CHOICE, Chosen, chosen_settings
from synthetic.moving5 import DIGITS

__all__ = ["arrays", "main"]

# What the arrays were made from when this checkout made them last.
_MADE = ROWS.parent / "figure_arrays.json"


def _standard(features: np.ndarray) -> np.ndarray:
    return Standardiser.fit(features).apply(features, np.float32)


def _directions(frames: np.ndarray) -> np.ndarray:
    """Frames [..., d] at unit length: a frame's label depends on its direction alone, whatever its length."""
    return frames / np.linalg.norm(frames, axis=-1, keepdims=True)


def _plane(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First two principal components [d, 2] of points [n, d], and their shares of the variance [2]."""
    _, sizes, components = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    signs = np.sign(components[:2, np.abs(components[:2]).argmax(axis=1)].diagonal())
    return (components[:2] * signs[:, None]).T, (sizes[:2] ** 2 / np.sum(sizes**2))


def _of_video(task: Task, choice: Chosen) -> dict[str, np.ndarray]:
    features, truth = task.load()
    frames = _standard(features)
    segmenter = fitted(choice, features, task.video)
    learned = approximate(frames, moving5.K, **choice._asdict(), name=task.video, snapshots=True)
    points = _directions(frames)
    components, shares = _plane(points)
    centre = points.mean(axis=0)
    return {
        "truth": truth.astype(np.uint8),
        "similarity": segmenter.similarity_.astype(np.float32),
        "frames": ((points - centre) @ components).astype(np.float32),
        "path": ((_directions(np.asarray(learned.path)) - centre) @ components).astype(np.float32),
        "shares": shares.astype(np.float32),
    }


def _grams(task: Task) -> dict[str, np.ndarray]:
    frames = _standard(task.load()[0])
    scale = approximate(frames, moving5.K, epochs=0).length_scale
    out: dict[str, np.ndarray] = {}
    for name in (name for name, parts in KERNELS.items() if not parts.authors):
        gram = np.asarray(Kernel(name)(jnp.asarray(frames), length_scale=scale), np.float64)
        low, high = np.percentile(gram, (1, 99))
        steps = 255 * (np.clip(gram, low, high) - low) / (high - low)
        out[name] = np.rint(steps).astype(np.uint8)
        out[f"{name}/range"] = np.array([low, high])
    return out


def _losses(tasks: Sequence[Task], choice: Chosen) -> np.ndarray:
    """Loss of each video and epoch [videos, epochs]."""
    curves = []
    for task in tasks:
        features, _ = task.load()
        curves.append(fitted(choice, features, task.video).loss_curve_)
    return np.stack(curves).astype(np.float32)


def _failures(tasks: Sequence[Task], choice: Chosen) -> dict[str, np.ndarray]:
    """Of the videos with the lowest scores: labels by name, likeness and pictures of the actions."""
    out: dict[str, np.ndarray] = {}
    for task in tasks:
        features, truth = task.load()
        labels = fitted(choice, features, task.video).labels_
        means = np.stack([features[truth == digit].mean(axis=0) for digit in DIGITS])
        norms = np.linalg.norm(means, axis=1)
        out |= {
            f"{task.video}/truth": truth.astype(np.uint8),
            f"{task.video}/labels": named(truth, labels, moving5.K),
            f"{task.video}/likeness": (means @ means.T / np.outer(norms, norms)).astype(np.float32),
            f"{task.video}/pictures": images(means),
        }
    return out


def _recording(epochs: int | None) -> dict[str, np.ndarray]:
    """The first joined recording: truth and each method's labels as places in "names", and its score."""
    smoothing = basic_motions.chosen_smoothing()
    (task,) = basic_motions.tasks("test", range(1))
    if epochs:
        task = thinned(task)
    frames, truth = task.load()
    names, places = np.unique(truth, return_inverse=True)
    out = {"names": names, "truth": places.astype(np.uint8)}
    for method in reversed(recordings.basic_motions(smoothing, epochs or EPOCHS)):
        labels = method.labels(frames, basic_motions.K, task.seeds[0], task.video)
        matching = evaluate(places, labels, n_clusters=basic_motions.K).matching
        out[f"by {method.label}"] = np.array([matching[label] for label in labels.tolist()], np.uint8)
    return out


def _breakfast(root: Path | None, videos: int | None, epochs: int | None) -> dict[str, np.ndarray]:
    """Our labels of the real videos, a seed a row; nothing where the data is not at hand."""
    if root is None or not (root / "breakfast_sample").is_dir():
        return {}
    method = recordings.BREAKFAST[0]
    if epochs:
        method = replace(method, settings=dict(method.settings) | {"epochs": epochs})
    out = {}
    tasks = breakfast_sample.tasks(root, range(1 if videos else 5))[:videos]
    for task in map(thinned, tasks) if videos else tasks:
        features, _ = task.load()
        rows = [method.labels(features, task.n_segments, seed, task.video) for seed in task.seeds]
        out[task.video] = np.stack(rows).astype(np.uint8)
    return out


def arrays(videos: int | None = None, epochs: int | None = None) -> dict[str, np.ndarray]:
    """All that is stored, by name.

    Args:
        videos: only so many videos of each kind, with few frames and one seed.
        epochs: instead of those chosen; recordings then have few frames, too.
    """
    choice = chosen_settings()
    choice = choice._replace(epochs=epochs or choice.epochs)
    tasks = moving5.tasks(seeds=(0,))
    if videos:
        tasks = [thinned(task) for task in tasks]
    failing = [name for name, _ in _worst()][:videos]
    parts = {str(number): _of_video(tasks[number - 1], choice) for number in VIDEOS[:videos]}
    parts["gram"] = _grams(tasks[VIDEOS[0] - 1])
    parts["loss"] = {"curves": _losses(tasks[:videos], choice._replace(epochs=MORE * choice.epochs))}
    parts["failure"] = _failures([task for task in tasks if task.video in failing], choice)
    parts["basic_motions"] = _recording(epochs)
    parts["breakfast"] = _breakfast(data_root(None), videos, epochs)
    settings = choice._asdict() | {"moving5": moving5.dataset()[1]}
    named_parts = {f"{part}/{key}": value for part, found in parts.items() for key, value in found.items()}
    return named_parts | {"settings": np.array(json.dumps(settings))}


def _worst() -> list[tuple[str, float]]:
    """The videos that Table 2 scores worst, and their scores."""
    return worst(read_rows("table2_moving5"), LEARNED, FAILURES)


def _decisive() -> str:
    """All that decides the arrays, as text."""
    choices = [chosen(choice) for choice in (CHOICE, basic_motions.CHOICE)]
    return json.dumps([choices, code_version(arrays), moving5.dataset()[1], _worst(), str(data_root(None))])


def _as_before(old: Mapping[str, np.ndarray], new: Mapping[str, np.ndarray]) -> bool:
    """Whether arrays are the same but for the rounding of another machine."""
    if old.keys() != new.keys():
        return False
    for name, array in new.items():
        there = old[name]
        if there.shape != array.shape or there.dtype != array.dtype:
            return False
        if array.dtype.kind == "f":
            if not np.allclose(there, array, rtol=1e-3, atol=1e-3):
                return False
        elif array.dtype == np.uint8 and array.ndim in (2, 4):  # shades of grey and colour
            if np.abs(there.astype(int) - array.astype(int)).max() > 2:
                return False
        elif not np.array_equal(there, array):
            return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Compute and store, unless nothing that decides the arrays has changed."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    path = RESULTS / ARRAYS
    if options.smoke:
        console().print(f"computed {len(arrays(videos=1, epochs=1))} arrays")
        return 0
    decisive = _decisive()
    if options.force or not (path.is_file() and _MADE.is_file() and _MADE.read_text() == decisive):
        found, old = arrays(), {}
        if path.is_file():
            with np.load(path, allow_pickle=False) as stored:
                old = dict(stored)
        found = {name: array for name, array in old.items() if name.startswith("breakfast/")} | found
        if not _as_before(old, found):
            write_arrays(path, dict(sorted(found.items())))
        write_atomically(_MADE, lambda file: file.write(decisive.encode()))
    console().print(f"results/{ARRAYS} is there; draw it with python -m reproduce.figures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
