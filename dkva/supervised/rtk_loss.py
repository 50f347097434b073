"""RTK's loss: of the keypoints' maps, of matched graphs, and of the candidates' classes.

*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023, equations 1 to 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from dkva.supervised.candidates import Candidates
from dkva.supervised.frame_losses import frame_loss
from dkva.supervised.graph_matching import matching_loss
from dkva.supervised.heat_maps import focal_loss
from dkva.supervised.refining import refined_targets, refinement_loss
from dkva.supervised.rtk_batches import RtkBatch
from dkva.supervised.rtk_network import RtkNetwork, RtkSeen, found_candidates, maps_of, part, reclassified
from dkva.supervised.rtk_settings import RtkSettings
from dkva.supervised.source_graph import source_points

__all__ = ["RtkLoss"]


@dataclass(frozen=True)
class RtkLoss:
    """The loss of a video.

    Attributes:
        settings: of model and training.
        matching: whether graphs are matched.
        refining: whether candidates are refined.
    """

    settings: RtkSettings
    matching: bool = False
    refining: bool = False

    def __call__(self, network: RtkNetwork, batch: RtkBatch) -> Float[Array, ""]:
        """L_KG + L_perm + L_CR, as far as they are asked for (equation 5)."""
        return jnp.sum(jnp.stack(list(self.parts(network, batch).values())))

    def parts(self, network: RtkNetwork, batch: RtkBatch) -> dict[str, Float[Array, ""]]:
        """The losses by name: "backbone", "matching", "refining"."""
        of_dropout, of_points, of_refiner = jax.random.split(batch.video.key(), 3)
        seen = network.seen(batch.video.features, batch.video.mask, key=of_dropout)
        found = {"backbone": self._backbone(seen, batch)}
        if self.matching or self.refining:
            # Of frames without a label nobody knows what a candidate is.
            known = self._mask(batch) & (jnp.asarray(batch.video.targets) >= 0)
            candidates = jax.lax.stop_gradient(
                found_candidates(maps_of(seen.logits[-1]), known, self.settings)
            )
            if self.matching:
                found["matching"] = self._matching(network, seen, batch, candidates, of_points)
            if self.refining:
                found["refining"] = self._refining(network, seen, batch, candidates, of_refiner)
        return found

    def _mask(self, batch: RtkBatch):
        return jnp.asarray(batch.video.mask)

    def _backbone(self, seen: RtkSeen, batch: RtkBatch):
        """λ1·L_loc of actions + λ2·L_cat + λ3·L_loc of boundaries (equation 3), summed over the stages."""
        given, mask, targets = self.settings, self._mask(batch), jnp.asarray(batch.video.targets)
        classes = seen.logits[..., :-2]
        if not given.keypoints:
            return frame_loss(classes, targets, mask, smoothing=given.smoothing, truncation=given.truncation)
        entropy = frame_loss(classes, targets, mask, smoothing=0.0)
        powers: dict[str, Any] = {"alpha": given.focus, "beta": given.nearness, "count": given.positives}
        known = mask & (targets >= 0)

        def of_maps(logits):
            action = focal_loss(
                logits[:, -2], jnp.asarray(batch.action), known, gamma=given.action_balance, **powers
            )
            boundary = focal_loss(
                logits[:, -1], jnp.asarray(batch.boundary), known, gamma=given.boundary_balance, **powers
            )
            return given.action_weight * action + given.boundary_weight * boundary

        return given.class_weight * entropy + jnp.sum(jax.vmap(of_maps)(seen.logits))

    def _matching(
        self, network: RtkNetwork, seen: RtkSeen, batch: RtkBatch, candidates: Candidates, key: Array
    ):
        """The permutation loss of detected keypoints and the true ones (RTK, section 3.2)."""
        graph, affinity = part(network.graph), part(network.affinity)
        source = source_points(candidates, batch.true, key)
        frames = jax.lax.stop_gradient(seen.features) if self.settings.detached else seen.features
        there = jnp.asarray(batch.true.there)
        how: dict[str, Any] = {"temperature": self.settings.temperature, "sweeps": self.settings.sweeps}
        true = frames[jnp.asarray(batch.true.place)]
        both = graph.matched(frames[source.place], true, there, **how)
        return matching_loss(affinity(*both), source.truth, there, **how)

    def _refining(
        self, network: RtkNetwork, seen: RtkSeen, batch: RtkBatch, candidates: Candidates, key: Array
    ):
        """The cross-entropy of the candidates' classes, whose gradient reaches the backbone."""
        logits = reclassified(network, seen.features, candidates, detached=self.settings.detached, key=key)
        return refinement_loss(logits, refined_targets(candidates, batch.true, network.n_classes))
