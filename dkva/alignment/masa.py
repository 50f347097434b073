"""MASA: one encoder of the frames of videos of many activities, learned from two views of each video.

Kwon et al., Multi activity sequence alignment via implicit clustering. No label is seen, and no activity.
The published model has given features, poses, or both, as it has here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.alignment.masa_losses import agreement, masa_loss, matching_error
from dkva.alignment.masa_network import MasaNetwork
from dkva.alignment.masa_settings import MasaSettings, Sizes
from dkva.alignment.masa_views import ViewBatch, ViewBatches, scaled
from dkva.alignment.matching import Match, matched
from dkva.alignment.poses import BodyModel
from dkva.alignment.training_sets import load_mixed
from dkva.base.buckets import bucket
from dkva.base.video import Video
from dkva.nn.layers import unit
from dkva.nn.optimising import halving_adam
from dkva.nn.positions import sinusoids
from dkva.nn.training import Keeper, fit
from dkva.nn.training_videos import prepared
from dkva.nn.trees import arrays_of, with_arrays

__all__ = ["MasaLoss", "MasaModel", "train_masa"]

#: Frames that programs are compiled for, and the factor of the next larger number.
_FRAME_ROWS = (128, 2)


@dataclass(frozen=True)
class MasaLoss:
    """The loss of a batch of views.

    Attributes:
        longest: frames of the longest video if positions are counted in videos, else 0, so that trainings
            with views of one size share a program.
        positions: see `MasaSettings`, as all others.
        temperature: of the softmax.
        squared: whether errors are squared.
        normalised_times: whether they are in lengths of the video.
        clustering: whether views are to agree.
        stop_gradient: whether what predictions are compared with is constant.
    """

    longest: int
    positions: str
    temperature: float
    squared: bool
    normalised_times: bool
    clustering: bool
    stop_gradient: bool

    @classmethod
    def of(cls, settings: MasaSettings, longest: int) -> MasaLoss:
        """The loss of these settings, for videos of so many frames at most."""
        return cls(
            longest if settings.positions == "video" else 0,
            settings.positions,
            settings.temperature,
            settings.squared,
            settings.normalised_times,
            settings.clustering,
            settings.stop_gradient,
        )

    def __call__(self, network: MasaNetwork, batch: ViewBatch) -> Float[Array, ""]:
        """The loss."""
        x, y, indices_x, indices_y, mask_x, mask_y, lengths = map(jnp.asarray, batch)
        there = jnp.concatenate([mask_x, mask_y])
        table = _positions(self.longest or x.shape[1], network.width, x.dtype)
        in_view = jnp.broadcast_to(jnp.arange(x.shape[1])[None], mask_x.shape)
        in_video = self.positions == "video"
        places_x, places_y = (table[each if in_video else in_view] for each in (indices_x, indices_y))
        embedded = network(x, y, places_x, places_y, mask_x, mask_y)
        projected = network.project(jnp.concatenate(embedded), there)
        first, second = jnp.split(projected, 2)
        unit_of_time = lengths[:, None] if self.normalised_times else jnp.ones((1, 1), x.dtype)
        times_x, times_y = (each.astype(x.dtype) / unit_of_time for each in (indices_x, indices_y))
        errors = matching_error(
            first,
            second,
            times_x,
            times_y,
            mask_x,
            mask_y,
            temperature=self.temperature,
            squared=self.squared,
        )
        if not self.clustering:
            return masa_loss(errors)
        predicted_x, predicted_y = jnp.split(network.predict(projected, there), 2)
        agreements = agreement(
            first,
            second,
            predicted_x,
            predicted_y,
            indices_x,
            indices_y,
            mask_x,
            mask_y,
            stop_gradient=self.stop_gradient,
        )
        return masa_loss(errors, agreements)


def _positions(count: int, width: int, dtype) -> Float[Array, "{count} {width}"]:
    return jnp.asarray(sinusoids(np.arange(count), width), dtype)


@eqx.filter_jit
def _embed(network: MasaNetwork, frames: Float[Array, "n d"], mask: Bool[Array, " n"]) -> Float[Array, "n e"]:
    """Embedded frames of unit norm of a video that is both views."""
    positions = _positions(len(frames), network.width, frames.dtype)[None]
    video, there = frames[None], mask[None]
    return unit(network(video, video, positions, positions, there, there)[0][0])


@dataclass(frozen=True)
class MasaModel:
    """A trained model, for videos of the activities of its training.

    Attributes:
        network: what was learned.
        settings: of its training, which say how it is applied.
    """

    network: MasaNetwork
    settings: MasaSettings

    def embed(self, features) -> Float[np.ndarray, "n e"]:
        """Embedded frames [n, e] of one video, of unit norm.

        The video is both views, as in CASA's public code, and nothing is augmented.

        Args:
            features: in order of time [n, d], the coordinates of the joints last if there are any.

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        chosen = self.settings
        frames = prepared(features, self.network.inputs, standardise=False)
        frames = scaled(frames, chosen.joints, standardise=chosen.standardise)
        n, rows = len(frames), bucket(len(frames), *_FRAME_ROWS)
        padded = np.pad(frames, ((0, rows - n), (0, 0)))
        return np.asarray(_embed(self.network, jnp.asarray(padded), jnp.arange(rows) < n))[:n]

    def align(self, x, y) -> Match:
        """The frames of two videos matched by time warping of their embedded frames.

        Args:
            x: features of the first [n, d].
            y: of the second [m, d].

        Raises:
            ValueError: as `embed`.
        """
        return matched(self.embed(x), self.embed(y))

    def arrays(self) -> dict[str, np.ndarray]:
        """All that the model is, for `restore`."""
        facts = {
            "settings": np.array(json.dumps(asdict(self.settings))),
            "inputs": np.array(self.network.inputs),
        }
        return {**arrays_of({"network": self.network}), **facts}

    @classmethod
    def restore(cls, arrays: Mapping[str, np.ndarray]) -> MasaModel:
        """The model of these arrays. Raises ValueError if some are missing."""
        settings = MasaSettings(**json.loads(str(arrays["settings"])))
        shapes = eqx.filter_eval_shape(_start, int(arrays["inputs"]), settings.sizes, jax.random.key(0))
        blank = jax.tree.map(lambda each: jnp.zeros(each.shape, each.dtype), shapes)
        return cls(with_arrays({"network": blank}, arrays)["network"], settings)


@eqx.filter_jit  # one program, which trainings of one size share
def _start(inputs: int, sizes: Sizes, key: Array) -> MasaNetwork:
    """A network that is not trained."""
    return MasaNetwork(inputs, sizes, key=key)


def train_masa(
    videos: Sequence[Video],
    *,
    seed: int = 0,
    checkpoint: Keeper | None = None,
    body_model: BodyModel | None = None,
    **settings,
) -> MasaModel:
    """Train MASA on videos of one activity or of many, without labels.

    Args:
        videos: one at least.
        seed: of initial weights, order of videos and views.
        checkpoint: where the state of the training is kept, to go on after a kill.
        body_model: a learned space of poses, in which noise is added; used in training alone.
        settings: fields of `MasaSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used, as `load_mixed`.
    """
    chosen = MasaSettings(**settings)
    frames = load_mixed(videos, standardise=False)
    network = _start(frames[0].shape[1], chosen.sizes, jax.random.key(seed))
    views = [scaled(each, chosen.joints, standardise=chosen.standardise) for each in frames]
    batches = ViewBatches(views, chosen, seed, body_model)
    trained = fit(
        network,
        MasaLoss.of(chosen, batches.longest),
        batches,
        optimiser=halving_adam(
            chosen.learning_rate, every=chosen.halving * batches.steps, times=chosen.halvings
        ),
        epochs=chosen.epochs,
        checkpoint=checkpoint,
    )
    return MasaModel(trained.model, chosen)
