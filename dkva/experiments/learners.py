"""Methods that are trained on a collection of videos: what they are made of, and what decides a model."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from dkva.base.video import Untold, Video
from dkva.experiments.code_version import code_version
from dkva.experiments.keys import key_of
from dkva.experiments.models import Checkpoint

__all__ = ["Learner", "Member", "Model", "training_digest"]


@dataclass(frozen=True)
class Member(Video):
    """A video of a collection.

    Attributes:
        name: what rows call it, with its activity before a slash if it has one.
        read: gives features [n, d] and truth [n], or None for the truth; called in the process that does the
            work, so a function of a module or a `functools.partial` of one.
        checksum: of what `read` gives.
    """

    read: Callable[[], tuple] = field(compare=False)  # in another process it is another object
    checksum: str

    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d] and truth [n] or None."""
        features, truth = self.read()
        return np.asarray(features), None if truth is None else np.asarray(truth)


@runtime_checkable
class Model(Protocol):
    """What a learner gives; a model has one of these methods beside `arrays`, or several.

    `segment(features) -> labels [n]` of a video of features [n, d]; a label means the same in every video.
    `embed(features) -> [n, e]`: its embedded frames.
    `align(x, y)`: the frames of two videos of features [n, d] and [m, d] matched, with `assignment` [n, m],
    the mass of each two frames in units of one frame of x, and `unmatched_x` [n] and `unmatched_y` [m], what
    remains without a partner.
    """

    def arrays(self) -> Mapping[str, np.ndarray]:
        """All that the model is, for `Learner.restore`."""
        ...


@dataclass(frozen=True)
class Learner:
    """A method that is trained on a collection, with its settings.

    Attributes:
        id: what its models and rows are kept under, whatever its functions are called.
        train: `train(videos, **settings) -> model`, a function of a module. It is given the keywords
            `n_segments`, `seed`, and `checkpoint` (a `Checkpoint`, to go on after a kill), if it takes them.
        restore: `restore(arrays) -> model`, a function or class of a module: the model from its arrays.
        label: what rows and tables call it; "" means the id.
        settings: further keywords of `train`, plain enough for JSON.
        columns: further columns of its rows.
        supervised: whether it is given the truth of the training videos.

    Raises:
        ValueError: a setting that JSON does not have.
    """

    id: str
    train: Callable[..., Model]
    restore: Callable[[dict[str, np.ndarray]], Model]
    label: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    columns: Mapping[str, str | int | float] = field(default_factory=dict)
    supervised: bool = False

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.id)
        for name, value in self.settings.items():
            try:
                json.dumps(value)
            except TypeError as error:
                raise ValueError(
                    f"setting {name!r} of {self.id!r} is {type(value).__name__}: give plain numbers, text, "
                    "lists or None, which a key can be made of"
                ) from error

    @property
    def uses_seed(self) -> bool:
        """Whether there is a model a seed, or one in all."""
        return self._takes("seed")

    @property
    def uses_segments(self) -> bool:
        """Whether a number of segments decides the model."""
        return self._takes("n_segments")

    def _takes(self, keyword: str) -> bool:
        return keyword in inspect.signature(self.train).parameters

    def trained(
        self, videos: Sequence[Video], n_segments: int | None, seed: int | None, checkpoint: Checkpoint
    ) -> Model:
        """A model of these videos.

        Args:
            videos: of the training set.
            n_segments: M; of learners that take one.
            seed: None means 0.
            checkpoint: where the training keeps its state.
        """
        given: dict[str, object] = dict(self.settings)
        if self.uses_seed:
            given["seed"] = 0 if seed is None else seed
        if self.uses_segments:
            given["n_segments"] = n_segments
        if self._takes("checkpoint"):
            given["checkpoint"] = checkpoint
        shown = videos if self.supervised else [Untold.of(video) for video in videos]
        return self.train(shown, **given)

    def key(self, digest: str, n_segments: int | None, seed: int | None) -> str:
        """Hash of all that decides a model: id, settings, code, training set, number of segments and seed.

        Args:
            digest: of the training set; see `training_digest`.
            n_segments: M; of learners that take one.
            seed: None if the learner takes none.
        """
        decisive = {
            "learner": self.id,
            "settings": dict(self.settings),
            "code": code_version(self.train),
            "supervised": self.supervised,
            "training": digest,
            "n_segments": n_segments if self.uses_segments else None,
            "seed": seed,
        }
        return key_of(decisive)


def training_digest(videos: Sequence[Member]) -> str:
    """Digest of a training set: names and data of its videos, in their order.

    Raises:
        ValueError: no video, or two of one name.
    """
    names = [video.name for video in videos]
    if not names:
        raise ValueError("the training set is empty: give at least one video")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the training set has two videos called {twice!r}: give each a name of its own")
    return key_of([[video.name, video.checksum] for video in videos])
