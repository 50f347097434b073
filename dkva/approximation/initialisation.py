"""Initialisation: standardised frames in, the synthetic frames that learning starts from out."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from dkva.base.uniform import uniform_edges

__all__ = ["checksum", "initial_frames"]


def checksum(name: str) -> int:
    """A video's name as a number, from which its random draws are made."""
    return zlib.crc32(name.encode(errors="surrogatepass"))


def _uniform(frames: Float[np.ndarray, "n d"], n_segments: int, seed: int, name: str) -> np.ndarray:
    del seed, name
    edges = uniform_edges(len(frames), n_segments)
    sums = np.add.reduceat(frames, edges[:-1], axis=0, dtype=np.float64)
    return sums / np.diff(edges)[:, None]


def _kmeans(frames: Float[np.ndarray, "n d"], n_segments: int, seed: int, name: str) -> np.ndarray:
    del name  # what differs from video to video is where its frames lie
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():  # fewer different frames than centres: some centres coincide
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(n_segments, n_init=1, random_state=seed).fit(frames).cluster_centers_


def _random(frames: Float[np.ndarray, "n d"], n_segments: int, seed: int, name: str) -> np.ndarray:
    # By the name too: else all videos of a seed would start at the same places in time.
    drawn = np.random.default_rng([seed, checksum(name)]).choice(len(frames), n_segments, replace=False)
    return frames[np.sort(drawn)]


# By the names in `dkva.approximation.settings`.
_INITS: Mapping[str, Callable[[np.ndarray, int, int, str], np.ndarray]] = MappingProxyType(
    {"uniform": _uniform, "kmeans": _kmeans, "random": _random}
)


def initial_frames(
    frames: Float[np.ndarray, "n d"], n_segments: int, init: str, *, seed: int, name: str
) -> Float[np.ndarray, "m d"]:
    """V before learning [m, d].

    Args:
        frames: standardised frames [n, d].
        n_segments: M, 1 <= M <= N.
        init: one of `dkva.approximation.settings.INITS`.
        seed: of what is drawn.
        name: the video's name, by which random frames are drawn too.
    """
    return _INITS[init](frames, n_segments, seed, name)
