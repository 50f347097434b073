"""Methods without training in the form of learners, so that they are scored on collections as those are.

The model of such a method is the method with its settings, number of segments and seed. Its labels mean
nothing beyond one video, which scores under one matching for an activity then show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dkva.base.video import Video
from dkva.experiments.code_version import code_version
from dkva.experiments.experiment import Method
from dkva.experiments.learners import Learner
from dkva.experiments.registry import load
from dkva.experiments.running import check_same_code

__all__ = ["Untrained", "restore", "untrained"]

#: The one array of a model.
_WHAT = "what"


@dataclass(frozen=True)
class Untrained:
    """A method on videos of any collection.

    Attributes:
        target: its function, as "module:name".
        settings: further keywords of it.
        n_segments: M.
        seed: None if it takes none.
    """

    target: str
    settings: Mapping[str, object]
    n_segments: int
    seed: int | None

    def segment(self, features: np.ndarray) -> np.ndarray:
        """Labels of a video [n]. A method that takes its name is given "": a model is not told names."""
        return Method("", load(self.target), self.settings).labels(features, self.n_segments, self.seed, "")

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, for `restore`."""
        return {_WHAT: np.array(json.dumps(vars(self), sort_keys=True))}


def restore(arrays: Mapping[str, np.ndarray]) -> Untrained:
    """The model of `Untrained.arrays`."""
    return Untrained(**json.loads(str(arrays[_WHAT])))


def untrained(method: Method) -> Learner:
    """A method without training as a learner: its id, label and columns, and its code in the model's key.

    Raises:
        ValueError: a function that cannot be found again by its name, or a setting that JSON does not have.
    """
    code = code_version(method.segment)
    target = f"{method.segment.__module__}:{method.segment.__qualname__}"
    return Learner(
        method.id,
        _with_seed if method.uses_seed else _without_seed,
        restore,
        label=method.label,
        settings={"target": target, "settings": dict(method.settings), "code": code},
        columns=method.columns,
    )


def _with_seed(
    videos: Sequence[Video],
    *,
    n_segments: int,
    seed: int,
    target: str,
    settings: Mapping[str, object],
    code: str,
) -> Untrained:
    del videos
    check_same_code(load(target), code)
    return Untrained(target, settings, n_segments, seed)


def _without_seed(
    videos: Sequence[Video], *, n_segments: int, target: str, settings: Mapping[str, object], code: str
) -> Untrained:
    del videos
    check_same_code(load(target), code)
    return Untrained(target, settings, n_segments, None)
