"""Batches of RTK: labelled videos with what is to be found in them, laid out over the frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from dkva.base.buckets import bucket
from dkva.supervised.heat_maps import HeatMaps, heat_maps
from dkva.supervised.labelled_videos import LabelledBatch, VideoBatches
from dkva.supervised.rtk_settings import RtkSettings
from dkva.supervised.source_graph import TruePoints, target_points

__all__ = ["RtkBatch", "RtkBatches"]

#: Keypoints are padded to 16, 32, 64 and so on, so that trainings on other videos share compiled programs.
_POINTS = 16, 2


class RtkBatch(NamedTuple):
    """One video, padded.

    Attributes:
        video: its frames and their classes.
        action: map of the middles of its actions, 0 in padding [t].
        boundary: map of its boundaries, likewise [t].
        true: its true keypoints, padded to as many in all videos.
    """

    video: LabelledBatch
    action: Float[Array | np.ndarray, " t"]
    boundary: Float[Array | np.ndarray, " t"]
    true: TruePoints


@dataclass(frozen=True)
class RtkBatches:
    """Batches of one video each, the same ones whenever an epoch is asked for.

    Attributes:
        batches: of frames and classes.
        maps: of each video.
        points: true keypoints of each video.
    """

    batches: VideoBatches
    maps: list[HeatMaps]
    points: list[TruePoints]

    @classmethod
    def of(cls, batches: VideoBatches, settings: RtkSettings) -> RtkBatches:
        """The batches of a training set."""
        targets = batches.videos.targets
        maps = [
            heat_maps(
                each,
                boundary_region=settings.boundary_region,
                boundary_neighbourhood=settings.boundary_neighbourhood,
                action_positive=settings.action_positive,
                action_region=settings.action_region,
                cut=settings.cut,
            )
            for each in targets
        ]

        def points(each, most=None):
            return target_points(
                each,
                most,
                boundary_region=settings.boundary_region,
                action_region=settings.action_region,
            )

        most = bucket(max(len(points(each).place) for each in targets), *_POINTS)
        return cls(batches, maps, [points(each, most) for each in targets])

    def __call__(self, epoch: int) -> Iterator[RtkBatch]:
        """All videos in the order of an epoch."""
        for index, video in zip(self.batches.order(epoch), self.batches(epoch), strict=True):
            more = len(video.mask) - len(self.maps[index].action)
            action, boundary = (
                np.pad(each, (0, more)) for each in (self.maps[index].action, self.maps[index].boundary)
            )
            yield RtkBatch(video, action, boundary, self.points[index])
