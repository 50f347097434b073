"""Which frames of a recording are taken, by time, and which frames each of those stands for."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import numpy as np
from jaxtyping import Float64, Int64, Shaped

__all__ = ["Grid", "GridBuilder"]

_Label = TypeVar("_Label", bound=np.generic)

# Clocks round times: a frame this little after a centre is on screen there, one this little before an
# interval is in it.
_FINEST, _COARSEST = 1e-6, 1e-3

# Below, times that run back are a clock's noise; above, and beyond an hour's gap, the clock was set anew.
_LEAP_BACK, _LEAP_ON = 1.0, 3600.0


class Grid(NamedTuple):
    """Samples of a recording's own frames.

    Attributes:
        edges: own frames edges[i] to edges[i + 1], the latter excluded, belong to sample i; in a gap of the
            recording there are samples without frames.
        times: when each own frame is first shown, in seconds as players count, and the end of the last one;
            None if nobody knows (images without a rate).
    """

    edges: Int64[np.ndarray, " n_edges"]
    times: Float64[np.ndarray, " n_times"] | None

    def expand(self, labels: Shaped[np.ndarray, " n *rest"]) -> Shaped[np.ndarray, " frames *rest"]:
        """A row for each own frame of rows for each sample."""
        return np.repeat(labels, np.diff(self.edges), axis=0)

    @property
    def rate(self) -> float | None:
        """Own frames a second, on average; None if times are unknown, or all frames are shown at once."""
        if self.times is None or not (length := float(self.times[-1] - self.times[0])):
            return None
        return (len(self.times) - 1) / length


class GridBuilder:
    """Samples at `rate` a second, found while frames come one by one.

    Interval i covers the times from t + i / rate to t + (i + 1) / rate, t that of the first frame. Its
    sample is the frame on screen at its centre: the last one shown by then. A last interval whose centre
    lies beyond the last frame's end has none, and its frames belong to the sample before.

    Times that run back are held at the last one. If two frames on end do by more than a second, or leap on
    by more than an hour (our choices), the clock was set anew: frames go on a frame's length after the last.

    Args:
        rate: samples a second.
        tick: unit of the clock that times were rounded to, in seconds.
        period: a frame's length in seconds, if no other is known.
        times: of frames that were seen before, as `times` gave them: to go on from there.

    Attributes:
        leaps: places at which the clock was set anew, in seconds.
        held: number of frames whose times were no good, and were held at the last one.
    """

    def __init__(self, rate: float, *, tick: float = 0.0, period: float = 0.0, times: Iterable[float] = ()):
        self.rate = rate
        self.leaps: list[float] = []
        self.held = 0
        self._period = period or 1 / rate
        self._slack = min(max(tick, _FINEST), _COARSEST, 0.25 / rate)
        self._shift, self._astray = 0.0, False
        self._times = array("d", times)
        self._end: float | None = None
        self._decided = self._before(self._times[-1] - self._slack) if self._times else 0

    def __len__(self) -> int:
        """Number of frames so far."""
        return len(self._times)

    def times(self, first: int = 0) -> Float64[np.ndarray, " frames"]:
        """Times of the frames so far, from number `first` on."""
        return np.array(self._times[first:])

    def time_of(self, frame: int) -> float:
        """Time of one of the frames so far."""
        return self._times[frame]

    def shown(self, interval: int) -> int:
        """The last frame so far that was shown by the centre of an interval."""
        centre = self._times[0] + (interval + 0.5) / self.rate
        return bisect_right(self._times, centre, key=lambda time: time - self._slack) - 1

    def add(self, time: float | None) -> range:
        """Take the next frame's time, in seconds or None if unknown, and give intervals.

        Returns:
            those whose sample is certain now: it is the frame before the new one.
        """
        time = self._steady(time)
        self._times.append(time)
        return self._decide(self._before(time - self._slack))

    def finish(self, duration: float | None = None) -> range:
        """Take the last frame's duration in seconds, and give the intervals whose sample that frame is."""
        self._end = self._times[-1] + (duration or self._period)
        return self._decide(max(1, self._before(self._end - self._slack)))

    def grid(self) -> Grid:
        """Samples of all frames. Raises ValueError: `finish` was not called."""
        if self._end is None:
            raise ValueError("frames are still coming: finish first")
        times = np.append(self.times(), self._end)
        intervals = np.floor((times[:-1] - times[0] + self._slack) * self.rate)
        edges = np.searchsorted(intervals, np.arange(self._decided + 1))
        edges[-1] = len(self)
        return Grid(edges.astype(np.int64), times)

    def _steady(self, time: float | None) -> float:
        """The time at which the frame is taken to be shown: none before the last one's."""
        if not self._times:
            return time or 0.0
        last = self._times[-1]
        if time is None:
            return last + self._period
        time += self._shift
        leaps = not last - _LEAP_BACK <= time <= last + _LEAP_ON
        if leaps and self._astray:
            self._astray = False
            self.leaps.append(last)
            self._shift += last + self._period - time
            return last + self._period
        self._astray = leaps
        self.held += leaps or time < last
        return last if leaps else max(time, last)

    def _before(self, time: float) -> int:
        """Number of intervals whose centre is before a time."""
        return max(0, math.ceil((time - self._times[0]) * self.rate - 0.5))

    def _decide(self, count: int) -> range:
        decided = range(self._decided, max(count, self._decided))
        self._decided = decided.stop
        return decided
