"""Random numbers of segments: a video's name and a draw's number in, M out (paper sections 4.1 and 4.3)."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["random_k"]


def random_k(name: str, k: int, draw: int) -> int:
    """M = max(2, K + r) with r uniform in -K … K: one of a video's draws, the same for every method."""
    rng = np.random.default_rng([zlib.crc32(name.encode(errors="surrogatepass")), draw])
    return max(2, k + int(rng.integers(-k, k + 1)))
