"""Each point's first neighbour under time distance × cosine distance, exactly and without all the pairs.

The distance of two points is (1 - u·v)·|t - t'|, u and v their unit rows and t, t' their times. Around each
point a band of neighbours in time is multiplied out in float32, with a bound on the rounding. Beyond the band
the time factor is so large that only rows nearly equal can be nearer than the best of the band: a tree finds
those within the radius that is left. Where more than one point may be the nearest, the distances are computed
anew, each by the same arithmetic wherever it turns up, so that ties are ties.

Frames so alike that float32 cannot tell their u·v from 1 (cosine distances below about 2e-6 at 64 features)
may all be the nearest, and all their pairs are computed: s such frames that are not equal cost s² pairs.
Equal frames cost nothing of the kind.
"""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import KDTree

__all__ = ["Points", "first_neighbours", "frame_points", "mean_points", "pair_distances"]

# Rows multiplied out at once, and the least number of their neighbours in time on either side.
_BLOCK, _BAND = 256, 256

# Features the tree looks at, at least; rows of a leaf; rows asked for, and pairs computed anew, at once.
_TREE_FEATURES, _LEAF, _QUERIES, _PAIRS = 8, 32, 512, 1024

# Relative: what is lost where a distance is rounded in its product with the time.
_ROUNDED = 1 + 1e-6

_SINGLE, _DOUBLE = (float(np.finfo(dtype).eps) for dtype in (np.float32, np.float64))


class Points(NamedTuple):
    """Points in time.

    Attributes:
        units: rows of norm 1, or 0 where the features are 0 [s, d]; float32 for frames, float64 for means.
        times: float64 [s].
    """

    units: Float[np.ndarray, "s d"]
    times: Float[np.ndarray, " s"]


def frame_points(features: Float[np.ndarray, "n d"], times: Float[np.ndarray, " n"]) -> Points:
    """Frames as points, in float32: features [n, d] and times [n] in float32."""
    # Powers of two change no digit, and squares then neither overflow nor vanish.
    _, exponents = np.frexp(np.abs(features).max(axis=1))
    scaled = features * np.ldexp(np.float32(1), -exponents.clip(-126, 126))[:, None]
    norms = np.sqrt(np.einsum("nd,nd->n", scaled, scaled))
    norms[norms == 0] = 1
    return Points(scaled / norms[:, None], times.astype(np.float64))


def mean_points(means: Float[np.ndarray, "s d"], times: Float[np.ndarray, " s"]) -> Points:
    """Means of clusters as points, in float64: means [s, d] and times [s]."""
    norms = np.sqrt(np.einsum("sd,sd->s", means, means))
    norms[norms == 0] = 1
    return Points(means / norms[:, None], times)


def pair_distances(
    points: Points, i: Int[np.ndarray, " p"], j: Int[np.ndarray, " p"]
) -> Float[np.ndarray, " p"]:
    """Distance of each pair of points i, j [p]; it depends on nothing but the two, nor on their order.

    Between frames, u·v is summed feature after feature and rounded to float32 each time, as a matrix product
    in float32 does with fused multiplications and additions. Between means it is |u - v|² / 2 in float64, so
    that equal means are at distance 0.
    """
    out = np.empty(len(i))
    for start in range(0, len(i), _PAIRS):
        part = slice(start, start + _PAIRS)
        out[part] = _pair_distances(points, i[part], j[part])
    return out


def _pair_distances(points: Points, i, j):
    units, times = points
    between = np.abs(times[i] - times[j])
    if units.dtype == np.float32:
        products = np.multiply(units[i], units[j], dtype=np.float64)
        total, rounded = np.zeros(len(i)), np.empty(len(i), np.float32)
        for product in products.T:
            total += product
            rounded[...] = total
            total[...] = rounded
        return np.maximum(1 - rounded, 0) * between.astype(np.float32)
    apart = units[i] - units[j]
    cosine = np.einsum("pd,pd->p", apart, apart) / 2
    cosine[~(units[i].any(axis=1) & units[j].any(axis=1))] = 1
    return cosine * between


def first_neighbours(points: Points) -> Int[np.ndarray, " s"]:
    """Index of each point's nearest other point, the lowest on a tie [s]; s >= 2."""
    order = np.argsort(points.times, kind="stable")
    nearest = np.empty(len(order), np.int64)
    nearest[order] = order[_Search(Points(points.units[order], points.times[order]), order).nearest()]
    return nearest


class _Search:
    """The search over points in order of time; `index` is what they are called outside."""

    def __init__(self, points: Points, index: Int[np.ndarray, " s"]):
        self.points, self.index = points, index
        units, _ = points
        s, d = units.shape
        # u·v is rounded at every partial sum; by Cauchy-Schwarz none is larger than those of the squares.
        squares = np.square(units, dtype=np.float64)
        eps = _SINGLE if units.dtype == np.float32 else _DOUBLE
        self.dot_error = eps * (float((squares @ np.arange(d, 0, -1.0)).max()) / 2 + 4)
        # 1 - u·v = |u - v|² / 2 + short(u) + short(v): 0 but for rounding, or 1/2 for a row of zeros.
        self.short = (1 - squares.sum(axis=1)) / 2
        self.group = _groups(units)
        self.near = np.full(s, -1)
        self.bound = np.empty(s)

    def nearest(self) -> Int[np.ndarray, " s"]:
        """Place of each point's first neighbour in order of time [s]."""
        s = len(self.index)
        for start in range(0, s, _BLOCK):
            self._look_around(start, min(start + _BLOCK, s))
        for i, j in chain(self._ties(), self._far_pairs()):
            if len(i):
                self._improve(i, j)
        return self.near

    def _improve(self, i, j):
        """Make j the neighbour of i where it is nearer than the one there is, if any."""
        known = np.unique(i)
        known = known[self.near[known] >= 0]
        self._choose(np.append(i, known), np.append(j, self.near[known]))

    def _choose(self, i, j):
        """Make the nearest of the j given for an i its neighbour."""
        distances = pair_distances(self.points, i, j)
        order = np.lexsort((self.index[j], distances, i))
        i, j = i[order], j[order]
        best = np.ones(len(i), bool)
        best[1:] = i[1:] != i[:-1]
        self.near[i[best]] = j[best]

    def _look_around(self, start: int, stop: int):
        """Find the nearest in the band around rows start, …, stop - 1, and bound its distance from above."""
        units, times = self.points
        s, d = units.shape
        first, last = max(0, start - _BAND), min(s, stop + _BAND)
        rows, mine = np.arange(start, stop), slice(start - first, stop - first)
        # Differences from a centre nearby lose nothing where all frames look alike.
        columns = np.empty((last - first, d + 1), np.float32)
        np.subtract(units[first:last], units[rows].mean(axis=0), out=columns[:, :d], casting="same_kind")
        squares = np.einsum("sd,sd->s", columns[:, :d], columns[:, :d])
        # 1 - u·v = level(u) + level(v) - product; the squares bound a product's rounding.
        level = squares / 2 + self.short[first:last]
        error = (d + 16) * _SINGLE * squares + self.dot_error / 2 + 4 * _SINGLE
        left = columns[mine].copy()
        left[:, d] = 1
        columns[:, d] = error - level
        product = left @ columns.T

        between = times[first:last].astype(units.dtype)
        between = np.abs(between[mine, None] - between)
        least = (level - error)[mine, None].astype(units.dtype) - product
        least *= between
        least[np.arange(len(rows)), np.arange(mine.start, mine.stop)] = np.inf
        nearest = least.argmin(axis=1)
        best = np.arange(len(rows)), nearest
        most = np.maximum(least[best] + 2 * (error[mine] + error[nearest]) * between[best], 0) * _ROUNDED
        self.bound[rows] = most
        may = least <= most[:, None]
        alone = np.count_nonzero(may, axis=1) == 1
        self.near[rows[alone]] = first + nearest[alone]
        i, j = np.nonzero(may[~alone])
        i, j = rows[~alone][i], first + j
        apart = self.group[i] != self.group[j]
        self._choose(i[apart], j[apart])

    def _ties(self):
        """Pairs of equal rows, or of equal times, that may be nearest."""
        # Of rows at equal distances the next in time is the nearest; at distance 0 it is the lowest.
        in_time = np.argsort(self.group, kind="stable")
        same = self.group[in_time[1:]] == self.group[in_time[:-1]]
        i, j = in_time[:-1][same], in_time[1:][same]
        yield i, j
        yield j, i
        for group in self.group, np.unique(self.points.times, return_inverse=True)[1]:
            if group.max() + 1 < len(group):
                by_index = np.lexsort((self.index, group))
                lowest = np.searchsorted(group[by_index], group[by_index])
                for place in lowest, np.minimum(lowest + 1, len(group) - 1):
                    i, j = by_index, by_index[place]
                    pairs = (i != j) & (group[i] == group[j])
                    yield i[pairs], j[pairs]

    def _far_pairs(self):
        """Pairs further apart in time than the band that may be nearer than the best in it."""
        units, times = self.points
        s = len(units)
        # From each row to the first ones beyond its block's band.
        start = np.arange(s) // _BLOCK * _BLOCK
        before, after = start - _BAND - 1, start + _BLOCK + _BAND
        gap = np.full(s, np.inf)
        inside = before >= 0
        gap[inside] = times[inside] - times[before[inside]]
        inside = after < s
        gap[inside] = np.minimum(gap[inside], times[after[inside]] - times[inside])
        if np.isinf(gap).all():
            return

        # Equal rows are asked for once. Of them the next in time may be nearest, or the lowest at distance 0.
        in_time = np.argsort(self.group, kind="stable")
        starts = np.searchsorted(self.group[in_time], np.arange(self.group.max() + 2))
        lowest = np.lexsort((self.index, self.group))[starts[:-1]]
        # No gap: the best is 0, and ties have been dealt with.
        cosine = np.divide(self.bound, gap, out=np.zeros(s), where=gap > 0) * _ROUNDED
        below = max(0.0, -2 * float(self.short.min()))
        radius = np.sqrt(np.maximum.reduceat(cosine[in_time], starts[:-1]) + self.dot_error + below)
        radius = np.sqrt(2) * radius * _ROUNDED

        # Distances in some of the features alone are never larger.
        varying = np.argsort(units.var(axis=0))
        varying = varying[-max(_TREE_FEATURES, len(varying) // 32) :]
        rows = units[in_time[starts[:-1]]][:, varying].astype(np.float64)
        tree = KDTree(rows, leafsize=_LEAF)
        key = self.group[in_time] * s + in_time
        for first in range(0, len(rows), _QUERIES):
            part = slice(first, first + _QUERIES)
            found = tree.query_ball_point(rows[part], radius[part], return_sorted=False)
            counts = np.fromiter(map(len, found), np.int64, len(found))
            other = np.fromiter(chain.from_iterable(found), np.int64, counts.sum())
            group = first + np.repeat(np.arange(len(found)), counts)
            group, other = group[group != other], other[group != other]
            # Each member of the one group, beside those of the other that are next to it in time.
            sizes = starts[group + 1] - starts[group]
            other = np.repeat(other, sizes)
            member = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            i = in_time[np.repeat(starts[group], sizes) + member]
            after = np.searchsorted(key, other * s + i)
            for at in after - 1, after:
                inside = (at >= starts[other]) & (at < starts[other + 1])
                yield i[inside], in_time[at[inside]]
            yield i, lowest[other]


def _groups(units: Float[np.ndarray, "s d"]) -> Int[np.ndarray, " s"]:
    """A number for each row [s], the same for rows that are equal."""
    rows = np.ascontiguousarray(units + 0.0).view(f"V{units[0].nbytes}")[:, 0]
    return np.unique(rows, return_inverse=True)[1]
