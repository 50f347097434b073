"""A trained network that embeds frames, as a model of a learner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from dkva.alignment.frame_network import FrameNetwork
from dkva.alignment.frame_settings import FrameSettings
from dkva.alignment.frame_training import start
from dkva.alignment.matching import Match, matched
from dkva.base.buckets import bucket
from dkva.nn.layers import unit
from dkva.nn.training_videos import prepared
from dkva.nn.trees import arrays_of, with_arrays

__all__ = ["FrameModel"]

#: Rows that videos are padded to: the fewest, and how their numbers grow.
_ROWS = (64, 2)


@eqx.filter_jit
def _embed(network, frames, places, mask):
    return unit(network(frames[None], places, mask[None], key=None)[0][0])


@dataclass(frozen=True)
class FrameModel:
    """A trained model; a method has a class of its own, which names its settings.

    Attributes:
        network: what was learned.
        settings: of its training, which say how it is applied.
    """

    network: FrameNetwork
    settings: FrameSettings

    settings_type: ClassVar[type[FrameSettings]]

    def embed(self, features) -> Float[np.ndarray, "n e"]:
        """Embedded frames [n, e] of one video, of unit norm.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        width = self.network.blocks[0].weight.shape[1]
        frames = prepared(features, width, standardise=self.settings.standardise)
        n = len(frames)
        rows = bucket(n, *_ROWS)
        padded, places = (
            jnp.asarray(np.pad(each, ((0, rows - n), (0, 0)))) for each in (frames, self.network.places(n))
        )
        return np.asarray(_embed(self.network, padded, places, jnp.arange(rows) < n))[:n]

    def align(self, x, y) -> Match:
        """The frames of two videos matched by dynamic time warping.

        Args:
            x: features of the first [n, d].
            y: of the second [m, d].

        Raises:
            ValueError: as `embed`.
        """
        return matched(self.embed(x), self.embed(y))

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        return {
            **arrays_of({"network": self.network}),
            "settings": np.array(json.dumps(asdict(self.settings))),
        }

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> FrameModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = cls.settings_type(**json.loads(str(arrays["settings"])))
        width = arrays["network.blocks.0.weight"].shape[1]
        blank = {"network": start(width, settings, False, jax.random.key(0)).network}
        return cls(with_arrays(blank, arrays)["network"], settings)
