"""Trained models that name the action of every frame: what all methods that learn from labels share."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from dkva.base.buckets import bucket
from dkva.nn.training_videos import prepared
from dkva.nn.trees import arrays_of, blank, with_arrays
from dkva.supervised.frame_settings import FrameSettings
from dkva.supervised.labelled_videos import FRAME_ROWS

__all__ = ["Found", "FrameModel", "Sampled"]


class Found(NamedTuple):
    """The action of every frame of a video.

    Attributes:
        places: in the model's classes [n].
        confidence: of the model in each of them, from 0 to 1 [n].
    """

    places: Int[np.ndarray, " n"]
    confidence: Float[np.ndarray, " n"]


class Sampled(NamedTuple):
    """A video as a network takes it, and how answers come back to all of its frames.

    Attributes:
        features: sampled, and padded by 0 [t, d].
        mask: which of them are the video's [t].
        n_frames: of the video itself, n.
        every: frames that one sampled frame stands for.
    """

    features: Float[Array, "t d"]
    mask: Bool[Array, " t"]
    n_frames: int
    every: int

    @property
    def n_seen(self) -> int:
        """Frames that are sampled."""
        return -(-self.n_frames // self.every)

    def spread(self, answers) -> np.ndarray:
        """Answers about the first frames [n_seen or more, …] as answers about all of the video's [n, …]."""
        return np.repeat(np.asarray(answers)[: self.n_seen], self.every, axis=0)[: self.n_frames]


@eqx.filter_jit
def _probabilities(network, features, mask):
    return jax.nn.softmax(network(features, mask)[-1], axis=-1)


@dataclass(frozen=True)
class FrameModel(ABC):
    """A trained model; a method has a class of its own, which makes its network.

    Attributes:
        network: what was learned: `network(features [t, d], mask [t]) -> logits [stages, t, C]`.
        classes: the actions, C, text or whole numbers.
        width: features of a frame, d.
        settings: of its training, which say how it is applied.
    """

    network: Any
    classes: tuple[str, ...] | tuple[int, ...]
    width: int
    settings: FrameSettings

    settings_type: ClassVar[type[FrameSettings]]

    @classmethod
    @abstractmethod
    def blank(cls, width: int, n_classes: int, settings: Any, key: Array) -> Any:
        """A network that has learned nothing.

        Args:
            width: features of a frame.
            n_classes: C.
            settings: of the method.
            key: of its weights.
        """

    def sampled(self, features) -> Sampled:
        """A video of features [n, d] for the network.

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        # Every frame is checked; those that are seen are standardised, as for training.
        frames = prepared(features, self.width, standardise=False)
        every = self.settings.sample_rate
        seen = prepared(frames[::every], self.width, standardise=self.settings.standardise)
        rows = bucket(len(seen), *FRAME_ROWS)
        padded = jnp.asarray(np.pad(seen, ((0, rows - len(seen)), (0, 0))))
        return Sampled(padded, jnp.arange(rows) < len(seen), len(frames), every)

    def probabilities(self, features) -> Float[np.ndarray, "n c"]:
        """Probability of each class for each frame [n, C], as the last stage gives it.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        video = self.sampled(features)
        return video.spread(_probabilities(self.network, video.features, video.mask))

    def found(self, features) -> Found:
        """The action of each frame, the likeliest, and its probability. Raises ValueError as `segment`."""
        probabilities = self.probabilities(features)
        return Found(probabilities.argmax(1), probabilities.max(1))

    def segment(self, features) -> np.ndarray:
        """The action of each frame, one of `classes` [n].

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        return np.array(self.classes)[self.found(features).places]

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {
            **arrays_of({"network": self.network}),
            "classes": np.array(self.classes),
            "width": np.array(self.width),
            "settings": np.array(json.dumps(asdict(self.settings))),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> FrameModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = cls.settings_type(**json.loads(str(arrays["settings"])))
        classes, width = tuple(arrays["classes"].tolist()), int(arrays["width"])
        network = blank(cls.blank, width, len(classes), settings, jax.random.key(0))
        return cls(with_arrays({"network": network}, arrays)["network"], classes, width, settings)
