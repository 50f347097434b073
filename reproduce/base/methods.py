"""The library's methods under the ids of its registry, which their rows are kept under."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dkva.experiments.experiment import Method
from dkva.experiments.registry import id_of

__all__ = ["method"]


def method(
    name: str,
    segment: Callable,
    settings: Mapping[str, object] | None = None,
    seeded: bool | None = None,
) -> Method:
    """A `Method` under the id of its function in the registry, or under the name of one that is not there."""
    return Method(name, segment, settings or {}, seeded, id_of(segment) or "")
