"""Arrays of the figures of embedded frames: t-SNE over activities and phases, and two videos aligned.

Run: `python -m reproduce.representation_figures` (a minute once the tables have trained the models, which it
trains otherwise). Stores results/representation_figures.npz, from which `reproduce.figures` draws:

- "activities/…": test frames of Many activities by features, every second one, as they are and by the models
  of CARL and MASA of all activities, in the plane by t-SNE (scikit-learn's, perplexity 30, a fixed seed), and
  the activity of each;
- "phases/…": likewise all test frames of the activity with the most phases, by the models of this activity
  of CARL, LRProp and MASA, and the phase of each;
- "matched/…": the phases of two test videos of this activity, and for each method every fourth pair of frames
  on the path of dynamic time warping.

The models are those of seed 0 of `reproduce.table_lrprop` and `reproduce.table_masa`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import numpy as np
import scipy

from dkva.base.dtw import dtw
from dkva.experiments.collections import Collection
from dkva.experiments.learners import Member
from reproduce.base.labels import CARL, LRPROP, MASA, ON_ACTIVITY, ON_ALL, RAW_FEATURES
from reproduce.base.options import console, parser
from reproduce.base.paths import RESULTS
from reproduce.base.raw_features import RawFeatures
from reproduce.base.store import write_arrays
from reproduce.collections.at_once import at_once
from reproduce.collections.representations import LRPROP_SETS
from reproduce.pictures.base import REPRESENTATIONS
from reproduce.tables.representation_runs import Embedder, model_of, videos_of
from reproduce.tables.representations import LRPROP_LINES, MASA_LINES, made

__all__ = ["arrays", "main"]

_GIVEN = LRPROP_SETS["many_features"]
_LINES = {**LRPROP_LINES, **MASA_LINES}

# What is shown over activities and over phases, beside features as they are.
_OF_ALL, _OF_ONE = (CARL, MASA), (CARL, LRPROP, MASA)

# Every how many-th frame, or pair of frames, is shown.
_FRAMES, _PAIRS = 2, 4

# Steps of t-SNE, and of a smoke run the fewest that it takes.
_STEPS, _FEWEST = 1000, 250


def arrays(options: argparse.Namespace) -> dict[str, np.ndarray]:
    """What is drawn, by name.

    Args:
        options: of the command.
    """
    apart = videos_of(_GIVEN, options)
    together = at_once(apart)
    one = max(apart, key=lambda each: each.n_segments)
    # Of a smoke run the last method of each, which is the same model.
    of_all, of_one = (names[-1 if options.smoke else 0 :] for names in (_OF_ALL, _OF_ONE))
    test = [video for each in apart for video in each.test]
    steps = _FEWEST if options.smoke else _STEPS
    out = {"activities/names": _names(test, [video.activity for video in test], _FRAMES)}
    for name, model in _models(of_all, together[0], ON_ALL, options).items():
        out[f"activities/{name}"] = _plane(_embedded(model, test, _FRAMES), steps)
    truths = [video.truth() for video in one.test]
    out["phases/activity"] = np.array(one.columns["activity"])
    out["phases/names"] = np.concatenate(truths).astype(np.uint8)
    out["matched/first"], out["matched/second"] = (truth.astype(np.uint8) for truth in truths[:2])
    for name, model in _models(of_one, one, ON_ACTIVITY, options).items():
        out[f"phases/{name}"] = _plane(_embedded(model, one.test, 1), steps)
        first, second = (model.embed(video.features()) for video in one.test[:2])
        distances = scipy.spatial.distance.cdist(first, second)
        out[f"matched/by {name}"] = dtw(distances).path[::_PAIRS].astype(np.int16)
    return out


def _models(
    names: Sequence[str], collection: Collection, training: str, options: argparse.Namespace
) -> Mapping[str, Embedder]:
    """Features as they are, and the models of lines on a collection."""
    out: dict[str, Embedder] = {RAW_FEATURES: RawFeatures()}
    for name in names:
        learner = made(name, _LINES[name], _GIVEN, training, smoke=options.smoke)
        out[name] = model_of(learner, collection, options)
    return out


def _embedded(model: Embedder, videos: Sequence[Member], step: int) -> np.ndarray:
    """Every `step`-th embedded frame of videos [n, e]."""
    return np.concatenate([model.embed(video.features())[::step] for video in videos])


def _names(videos: Sequence[Member], names: Sequence[str | None], step: int) -> np.ndarray:
    """The name of the video of every `step`-th frame [n]."""
    return np.concatenate(
        [np.full(len(video.features()[::step]), name) for video, name in zip(videos, names, strict=True)]
    )


def _plane(frames: np.ndarray, steps: int) -> np.ndarray:
    """Frames [n, e] in the plane by so many steps of t-SNE [n, 2]."""
    from sklearn.manifold import TSNE

    few = min(30, (len(frames) - 1) // 3)
    made = TSNE(perplexity=few, init="pca", random_state=0, max_iter=steps)
    return made.fit_transform(frames).astype(np.float32)


def main(arguments: list[str] | None = None) -> int:
    """Compute what is drawn and store it."""
    options = parser(__doc__, seeds=None).parse_args(arguments)
    options.root, options.seeds = None, 1
    found = arrays(options)
    if options.smoke:
        console().print(f"computed {len(found)} arrays")
        return 0
    write_arrays(RESULTS / REPRESENTATIONS, found)
    console().print(f"results/{REPRESENTATIONS} is there; draw it with python -m reproduce.figures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
