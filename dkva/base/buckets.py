"""Sizes rounded up to a few, so that arrays of many sizes share compiled programs."""

from __future__ import annotations

__all__ = ["bucket"]


def bucket(size: int, smallest: int, growth: int) -> int:
    """The smallest of `smallest`, `smallest`·`growth`, `smallest`·`growth`², … that holds `size`."""
    while smallest < size:
        smallest *= growth
    return smallest
