"""The library's methods with the ids that their rows are kept under."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dkva.approximation.segmenter import segment_video
from dkva.approximation.sinkhorn import segment_by_transport
from dkva.baselines import kernel_change_points, kmeans, tw_finch, uniform
from dkva.experiments.experiment import Method

__all__ = ["IDS", "method"]

#: Stays as it is when a function is renamed, so that rows once computed are found again.
IDS: Mapping[Callable, str] = {
    segment_video: "dkva",
    segment_by_transport: "sinkhorn",
    uniform: "uniform",
    kmeans: "kmeans",
    kernel_change_points: "kernel_change_points",
    tw_finch: "tw_finch",
}


def method(
    name: str,
    segment: Callable,
    settings: Mapping[str, object] | None = None,
    seeded: bool | None = None,
) -> Method:
    """A `Method` under the id of its function in `IDS`, or under the name of a function that is not there."""
    return Method(name, segment, settings or {}, seeded, IDS.get(segment, ""))
