"""RTK: actions by keypoints, found, refined by what is around them, and put together by rules.

*Video Action Segmentation via Contextually Refined Temporal Keypoints*, ICCV 2023. It has no public code:
what the paper leaves open are settings, whose defaults are marked as our choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from dkva.base.video import Video
from dkva.nn.phases import Phase, fit_phases
from dkva.nn.training import Keeper
from dkva.supervised.candidates import Candidates
from dkva.supervised.frame_models import Found, FrameModel, Sampled
from dkva.supervised.frame_training import first_key
from dkva.supervised.labelled_videos import VideoBatches, load_labelled
from dkva.supervised.reassembly import Assembled, assembled_candidates
from dkva.supervised.rtk_batches import RtkBatches
from dkva.supervised.rtk_loss import RtkLoss
from dkva.supervised.rtk_network import (
    BACKBONE,
    GRAPH,
    Maps,
    RtkNetwork,
    found_candidates,
    maps_of,
    reclassified,
    refined,
)
from dkva.supervised.rtk_settings import RtkSettings

__all__ = ["Keypoints", "RtkModel", "phases_of", "train_rtk"]


class Keypoints(NamedTuple):
    """The keypoints of a video, in its own frames, and what they were found in.

    Attributes:
        candidates: that were found, before they were refined.
        refined: those that are left, as they were classified again; the same without a refinement stage.
        assembled: the segments that they stand for.
        action: probability of each frame to be the middle of an action [n].
        boundary: probability of each frame to be a boundary [n].
    """

    candidates: Candidates
    refined: Candidates
    assembled: Assembled
    action: Float[np.ndarray, " n"]
    boundary: Float[np.ndarray, " n"]


@eqx.filter_jit
def _points(network: RtkNetwork, features, mask, settings: RtkSettings):
    """Maps of the last stage, candidates, and the refined ones."""
    seen = network.seen(features, mask)
    maps = maps_of(seen.logits[-1])
    found = found_candidates(maps, mask, settings)
    if not settings.refinement:
        return maps, found, found
    logits = reclassified(network, seen.features, found, detached=True)
    return maps, found, refined(found, logits)


@dataclass(frozen=True)
class RtkModel(FrameModel):
    """A trained RTK; see `FrameModel`."""

    network: RtkNetwork
    settings: RtkSettings

    settings_type: ClassVar[type[RtkSettings]] = RtkSettings

    @classmethod
    def blank(cls, width: int, n_classes: int, settings: RtkSettings, key: Array) -> RtkNetwork:
        """A network that has learned nothing, as `FrameModel.blank`."""
        return RtkNetwork(width, n_classes, settings, key=key)

    def found(self, features) -> Found:
        """The action of each frame, and the confidence of its segment's keypoint.

        Without keypoints and without refinement it is the likeliest class of each frame.

        Args:
            features: in order of time [n, d].

        Raises:
            ValueError: features that are no finite numbers, or of another width than those of the training.
        """
        if not (self.settings.keypoints or self.settings.refinement):
            return super().found(features)
        video = self.sampled(features)
        *_, assembled = self._seen(video)
        return Found(
            video.spread(assembled.labels()).astype(np.int64), video.spread(assembled.frame_confidences())
        )

    def keypoints(self, features) -> Keypoints:
        """The keypoints of a video, before and after they are refined. Raises ValueError as `found`.

        Args:
            features: in order of time [n, d].
        """
        video = self.sampled(features)
        maps, found, left, assembled = self._seen(video)
        whole = Assembled(
            np.minimum(assembled.boundaries * video.every, video.n_frames),
            assembled.places * video.every,
            assembled.classes,
            assembled.confidences,
        )
        return Keypoints(
            _spread(found, video),
            _spread(left, video),
            whole,
            *map(video.spread, (maps.action, maps.boundary)),
        )

    def _seen(self, video: Sampled) -> tuple[Maps, Candidates, Candidates, Assembled]:
        """Maps and candidates of the frames that are seen, and the segments."""
        maps, found, left = _points(self.network, video.features, video.mask, self.settings)
        mean = np.asarray(maps.classes)[: video.n_seen].mean(0)
        return maps, found, left, assembled_candidates(left, video.n_seen, fallback=int(mean.argmax()))


def _spread(candidates: Candidates, video: Sampled) -> Candidates:
    """Candidates that are there, with their places among all frames of the video."""
    there = np.asarray(candidates.there)
    place, *others = (np.asarray(each)[there] for each in candidates)
    return Candidates(place * video.every, *others)


def phases_of(settings: RtkSettings) -> list[Phase]:
    """The three phases of the training: the backbone; matched graphs, too; all of it (section 4.1).

    Where the settings leave a part out, the phase trains the rest as the phase before.
    """
    second, third = settings.with_matching, settings.refinement
    backbone = tuple(name for name in BACKBONE if name != "decoders" or settings.decoders)
    whole = (*backbone, *(GRAPH if settings.with_graph else ()), "refiner")
    return [
        Phase(RtkLoss(settings), settings.epochs, parts=backbone),
        Phase(
            RtkLoss(settings, matching=second),
            settings.matching_epochs,
            settings.matching_videos if second else 1,
            parts=(*backbone, *GRAPH) if second else backbone,
        ),
        Phase(
            RtkLoss(settings, matching=second, refining=third),
            settings.joint_epochs,
            parts=tuple(name for name in whole if name != "affinity" or second) if third else backbone,
        ),
    ]


def train_rtk(
    videos: Sequence[Video], *, seed: int = 0, checkpoint: Keeper | None = None, **settings
) -> RtkModel:
    """Train RTK on videos with true labels, of any activities.

    Args:
        videos: see `dkva.supervised.labelled_videos.load_labelled`.
        seed: of initial weights, order of videos, dropout and points that are drawn for the graphs.
        checkpoint: where the state of the training is kept, to go on after a kill.
        settings: fields of `RtkSettings`.

    Raises:
        TypeError: an unknown setting.
        ValueError: a setting out of range, or videos that cannot be used.
    """
    chosen = RtkSettings(**settings)
    labelled = load_labelled(videos, sample_rate=chosen.sample_rate, standardise=chosen.standardise)
    fitted = fit_phases(
        RtkModel.blank(labelled.width, len(labelled.classes), chosen, first_key(seed)),
        phases_of(chosen),
        RtkBatches.of(VideoBatches(labelled, seed), chosen),
        learning_rate=chosen.learning_rate,
        weight_decay=chosen.weight_decay,
        factor=chosen.factor,
        patience=chosen.patience,
        restart=chosen.restart,
        checkpoint=checkpoint,
    )
    return RtkModel(fitted.model, labelled.classes, labelled.width, chosen)
