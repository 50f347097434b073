"""Frame retrieval: whether the nearest frames of other videos are of the same phase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from jaxtyping import Int

from dkva.base.checks import check_choice, check_whole
from dkva.metrics.phases import labelled_frames, strided
from dkva.metrics.pooling import Pooled, pooled, unknown

__all__ = ["AVERAGES", "SEARCHES", "frame_retrieval"]

#: What AP@K is a mean over, and which frames are candidates; see `frame_retrieval`.
AVERAGES, SEARCHES = ("videos", "frames"), ("others", "same")

#: Distances that are held at once.
_CELLS = 1 << 22


def frame_retrieval(
    embedded: Sequence,
    truths: Sequence,
    ks: Sequence[int] = (5, 10, 15),
    *,
    stride: int = 1,
    average: str = "videos",
    search: str = "others",
) -> dict[int, Pooled]:
    """AP@K: the share of the K nearest frames that are of the query's phase, which is precision at K.

    Every frame is a query. Of frames that are equally near, the first in order of videos and time is taken.

    Args:
        embedded: of each video, its embedded frames [n_i, e].
        truths: of each, the phase of each frame [n_i]; frames below 0 are dropped.
        ks: numbers of neighbours.
        stride: every how many-th frame is taken, as query and as candidate. CARL: 5 on Pouring, 2 on
            PennAction; VAOT 1.
        average: "videos" is the mean over the queries of a video, then over videos (CARL); "frames" the mean
            over all queries (VAOT).
        search: "others": candidates are the frames of all other videos. "same": those of the query's own
            video, the query among them, as in LAV's released program, which makes the figures much higher.

    Returns:
        Of each K; NaN if a query has fewer than K candidates.

    Raises:
        ValueError: see `dkva.metrics.phases.labelled_frames`; a K or a stride below 1; or an unknown average
            or search.
    """
    check_choice("average", average, AVERAGES)
    check_choice("search", search, SEARCHES)
    for k in ks:
        check_whole("K", k, least=1)
    embedded, truths = labelled_frames(embedded, truths)
    videos, labels = list(strided(embedded, stride)), list(strided(truths, stride))
    searched = [[w for w in range(len(videos)) if (w == v) == (search == "same")] for v in range(len(videos))]
    candidates = min((sum(len(videos[w]) for w in of) for of in searched), default=0)
    known = [k for k in ks if k <= candidates]
    hits = np.zeros((len(videos), len(known)))
    for v, of in enumerate(searched):
        if known:
            among = np.concatenate([videos[w] for w in of])
            phases = np.concatenate([labels[w] for w in of])
            hits[v] = _hits(videos[v], labels[v], among, phases, known)
    precision = dict(zip(known, (hits / known).T, strict=True))
    queries = np.array([len(frames) for frames in videos])
    if average == "videos":
        of_known = {k: pooled(sums / queries, np.ones(len(videos))) for k, sums in precision.items()}
    else:
        of_known = {k: pooled(sums, queries) for k, sums in precision.items()}
    return {k: of_known.get(k, unknown(len(videos))) for k in ks}


def _hits(queries, truth, among, phases, ks: Sequence[int]) -> Int[np.ndarray, " k"]:
    """For each K, how many of the K nearest of the candidates are of the query's phase, over all queries."""
    hits = np.zeros(len(ks), np.int64)
    step = max(1, _CELLS // len(among))
    for start in range(0, len(queries), step):
        distances = scipy.spatial.distance.cdist(queries[start : start + step], among, "sqeuclidean")
        farthest = np.partition(distances, max(ks) - 1, axis=1)[:, max(ks) - 1 : max(ks)]
        row, column = np.nonzero(distances <= farthest)
        order = np.lexsort((column, distances[row, column], row))
        row, column = row[order], column[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        right = phases[column] == truth[start : start + step][row]
        hits += [np.sum(right & (rank < k)) for k in ks]
    return hits
