"""RTK's network: a backbone with one head for all of its stages, and the parts that refine its keypoints.

*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023. The backbone is ASFormer's
encoder with short decoders; the head gives the logits of the classes, and those of two maps, of the middles
of actions and of the boundaries between them.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from dkva.nn.layers import linear
from dkva.supervised.asformer_layers import Decoder, Encoder
from dkva.supervised.candidates import BOUNDARY, Candidates, chosen, points_of_probabilities
from dkva.supervised.graph_matching import Affinity, GraphNetwork
from dkva.supervised.refining import Refiner
from dkva.supervised.rtk_settings import RtkSettings

__all__ = [
    "BACKBONE",
    "GRAPH",
    "Maps",
    "RtkNetwork",
    "RtkSeen",
    "found_candidates",
    "maps_of",
    "part",
    "reclassified",
    "refined",
]

#: Attributes of `RtkNetwork` that learn in all phases, and those that learn by matched graphs.
BACKBONE, GRAPH = ("encoder", "decoders", "head"), ("graph", "affinity")

Part = TypeVar("Part", bound=eqx.Module)

#: Logits beside those of the classes.
_MAPS = 2


class RtkSeen(NamedTuple):
    """What the backbone makes of a video.

    Attributes:
        features: frames of the last stage [n, f].
        logits: of each stage, of the classes and then of the maps of actions and of boundaries
            [stages, n, c + 2].
    """

    features: Float[Array, "n f"]
    logits: Float[Array, "stages n c2"]


class Maps(NamedTuple):
    """What is found of each frame.

    Attributes:
        classes: probability of each class [n, c].
        action: probability of being the middle of an action [n].
        boundary: probability of being a boundary [n].
    """

    classes: Float[Array, "n c"]
    action: Float[Array, " n"]
    boundary: Float[Array, " n"]


class RtkNetwork(eqx.Module):
    """The whole network; parts that the settings leave out are None.

    Attributes:
        encoder: reads the features.
        decoders: each reads what the head finds of the stage before, and its frames.
        head: gives the logits after each stage.
        graph: embeds keypoints by all others.
        affinity: by which embedded keypoints of two graphs are matched, in training alone.
        refiner: classifies candidates again.
        keypoints: whether decoders read the two maps beside the classes (our choice: the paper does not say).
    """

    encoder: Encoder
    decoders: tuple[Decoder, ...]
    head: eqx.nn.Linear
    graph: GraphNetwork | None
    affinity: Affinity | None
    refiner: Refiner | None
    keypoints: bool = eqx.field(static=True)

    def __init__(self, width: int, n_classes: int, settings: RtkSettings, *, key: Array):
        """A network that is not trained.

        Args:
            width: features of a frame, d.
            n_classes: c.
            settings: of the method.
            key: of the initial weights. The backbone's do not depend on what the settings leave out.
        """
        of_encoder, of_decoders, of_head, of_graph, of_affinity, of_refiner = jax.random.split(key, 6)
        self.encoder = Encoder(
            width,
            settings.maps,
            settings.layers,
            channel_dropout=settings.channel_dropout,
            dropout=settings.dropout,
            key=of_encoder,
        )
        inputs = n_classes + (_MAPS if settings.keypoints else 0)
        self.decoders = tuple(
            Decoder(
                inputs,
                settings.maps,
                settings.decoder_layers,
                math.exp(-3 * place),
                dropout=settings.dropout,
                key=each,
            )
            for place, each in enumerate(jax.random.split(of_decoders, settings.decoders))
        )
        self.head = eqx.nn.Linear(settings.maps, n_classes + _MAPS, key=of_head)
        self.graph = self.affinity = self.refiner = None
        if settings.with_graph:
            self.graph = GraphNetwork(
                settings.maps,
                settings.graph_width,
                settings.graph_layers,
                crossed=settings.crossed and settings.with_matching,
                normalised=settings.normalised,
                key=of_graph,
            )
        if settings.with_matching:
            self.affinity = Affinity(settings.graph_width, key=of_affinity)
        if settings.refinement:
            self.refiner = Refiner(
                settings.maps,
                settings.graph_width if settings.with_graph else 0,
                n_classes,
                width=settings.refiner_width,
                layers=settings.refiner_layers,
                kernel=settings.refiner_kernel,
                dropout=settings.dropout,
                key=of_refiner,
            )
        self.keypoints = settings.keypoints

    @property
    def n_classes(self) -> int:
        """Number of classes, c."""
        return self.head.weight.shape[0] - _MAPS

    def seen(
        self,
        features: Float[Array | np.ndarray, "n d"],
        mask: Bool[Array | np.ndarray, " n"],
        *,
        key: Array | None = None,
    ) -> RtkSeen:
        """Frames of the last stage and logits of all; both are 0 in padding.

        Args:
            features: of one video.
            mask: True for frames that are there.
            key: of the dropout, in training; None drops nothing.
        """
        features, mask = jnp.asarray(features), jnp.asarray(mask)
        there = mask[:, None]
        keys = [None] * (1 + len(self.decoders))
        if key is not None:
            keys = list(jax.random.split(key, len(keys)))
        frames = self.encoder(features, mask, keys[0])
        logits = [jnp.where(there, linear(self.head, frames), 0)]
        for decoder, each in zip(self.decoders, keys[1:], strict=True):
            inputs = jnp.where(there, self._shown(logits[-1]), 0)
            frames = decoder(inputs, frames, mask, each)
            logits.append(jnp.where(there, linear(self.head, frames), 0))
        return RtkSeen(frames, jnp.stack(logits))

    def __call__(
        self,
        features: Float[Array | np.ndarray, "n d"],
        mask: Bool[Array | np.ndarray, " n"],
        *,
        key: Array | None = None,
    ) -> Float[Array, "stages n c"]:
        """Logits of the classes of each frame after each stage; arguments as above."""
        return self.seen(features, mask, key=key).logits[..., :-_MAPS]

    def _shown(self, logits):
        """What the next stage reads of a stage's logits."""
        found = maps_of(logits)
        if not self.keypoints:
            return found.classes
        return jnp.concatenate([found.classes, found.action[:, None], found.boundary[:, None]], axis=1)


def part(of: Part | None) -> Part:
    """A part of the network, which the settings that it is used by have asked for.

    Raises:
        ValueError: it is None.
    """
    if of is None:
        raise ValueError("the network was made without this part: make it with the same settings")
    return of


def maps_of(logits: Float[Array, "n c2"]) -> Maps:
    """The probabilities of a stage's logits: softmax of the classes, sigmoid of each map."""
    return Maps(
        jax.nn.softmax(logits[:, :-_MAPS], axis=1),
        jax.nn.sigmoid(logits[:, -2]),
        jax.nn.sigmoid(logits[:, -1]),
    )


def found_candidates(maps: Maps, mask: Bool[Array, " n"], settings: RtkSettings) -> Candidates:
    """The candidates of a video, α of its frames at most, those of highest confidence (section 4.5).

    Without keypoints they are those of the frames' classes, and if none are refined, all are taken.

    Args:
        maps: of the video's frames.
        mask: True for frames that are there.
        settings: of the method.
    """
    # A frame may be a point of both kinds.
    share = settings.candidates if settings.refinement else 2.0
    most = max(1, math.ceil(share * len(mask)))
    if settings.keypoints:
        found = chosen(
            maps.boundary,
            maps.action,
            maps.classes,
            mask,
            most=most,
            action_threshold=settings.action_threshold,
            boundary_threshold=settings.boundary_threshold,
        )
    else:
        found = points_of_probabilities(maps.classes, mask, most=most)
    # Padding allows for more than the video's own frames do.
    number = found.confidence.dtype
    allowed = jnp.maximum(jnp.round(share * jnp.sum(mask, dtype=number)), 1)
    last = jnp.sort(found.confidence, descending=True)[allowed.astype(int) - 1]
    return _kept(found, found.confidence >= last)


def reclassified(
    network: RtkNetwork,
    frames: Float[Array, "n f"],
    candidates: Candidates,
    *,
    detached: bool,
    key: Array | None = None,
) -> Float[Array, "m c2"]:
    """Logits of the candidates by the refinement stage (equation 4).

    Args:
        network: with a refinement stage.
        frames: of the last stage.
        candidates: among them.
        detached: whether the graph network's gradient ends at the frames; the refinement stage's never does,
            as it learns end to end.
        key: of the dropout; None drops nothing.
    """
    points, graph = frames[candidates.place], None
    if network.graph is not None:
        graph = network.graph(jax.lax.stop_gradient(points) if detached else points, candidates.there)
    return part(network.refiner)(points, graph, candidates.there, candidates.kind, key)


def _kept(candidates: Candidates, which: Bool[Array, " m"]) -> Candidates:
    """Those of the candidates that are kept, in their order, and no others there."""
    there = candidates.there & which
    order = jnp.argsort(~there, stable=True)
    there = there[order]
    place, kind, confidence, action = (each[order] for each in candidates[:-1])
    return Candidates(
        jnp.where(there, place, 0),
        jnp.where(there, kind, 0),
        jnp.where(there, confidence, 0),
        jnp.where(there, action, -1),
        there,
    )


def refined(candidates: Candidates, logits: Float[Array, "m c2"]) -> Candidates:
    """The candidates as the refinement stage classifies them, without those that it rejects (L_CR).

    Args:
        candidates: that it was given.
        logits: of the actions, of a boundary and of being rejected.
    """
    shares = jax.nn.softmax(logits, axis=1)
    best = jnp.argmax(shares, axis=1)
    action = jnp.where(candidates.kind == BOUNDARY, -1, best)
    changed = candidates._replace(confidence=jnp.max(shares, axis=1), action=action)
    return _kept(changed, best != logits.shape[1] - 1)
