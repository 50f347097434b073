"""Parts of a video file copied as they are, from key frames on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float64, Int64

from dkva.recordings.containers import Clock, choose_stream, open_container
from dkva.recordings.copying import Copies, packets_of, write_container
from dkva.recordings.errors import RecordingError

if TYPE_CHECKING:
    from av import Packet
    from av.container import OutputContainer

__all__ = ["ClipCopier", "packet_range"]

# Sound may lie this many seconds before or after the pictures that it goes with (our choice).
_LEAD = 1

# Times that were rounded to microseconds are still those of their frames.
_ROUNDED = 1e-6

_ANEW = "encode the clips anew (--reencode)"


class ClipCopier:
    """Writes parts of a file, one after the other.

    Args:
        path: the file.
        times: when each own frame is shown, and the end of the last.

    Raises:
        RecordingError: the file cannot be opened, or does not say when each frame is shown.
    """

    def __init__(self, path: Path, times: Float64[np.ndarray, " n_times"]):
        self._path, self._times = path, times
        self._source = open_container(path)
        try:
            self._list()
        except BaseException:
            self._source.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def write(
        self, target: Path, start: int, end: int, tell: Callable[[float], object]
    ) -> tuple[float, float]:
        """Write frames `start` to `end`, and those that they need; and say from when to when the clip is.

        Args:
            target: the clip.
            start: the first wanted frame.
            end: the first frame after them.
            tell: called with how many seconds of the wanted ones are done.

        Raises:
            RecordingError: these frames are not in the file, or it cannot be copied.
            OSError: the target cannot be written.
        """
        last = self._end if end == len(self._times) - 1 else self._stamp(end)
        reach = packet_range(self._stamps, self._keys, self._stamp(start), last)
        if reach is None:
            raise RecordingError(self._path, f"has no key frame before frame {start}", _ANEW)
        head = int(self._stamps[reach.start])
        after = int(
            np.searchsorted(self._ordered, self._stamps[reach.start : reach.stop].max(), side="right")
        )
        stop = self._end if after == len(self._ordered) else int(self._ordered[after])
        packets = self._packets(reach.start)

        def fill(container: OutputContainer) -> None:
            self._copy(packets, Copies(self._path, self._source, container, covers=False), reach, head, stop)

        write_container(target, self._path, fill)
        tell(float(self._times[end] - self._times[start]))
        return self._clock.time(head), self._clock.time(stop)

    def _list(self) -> None:
        """Read when each packet of pictures is shown, in the order of the file."""
        self._pictures = choose_stream(self._path, self._source)
        self._clock = Clock(self._source, self._pictures)
        stamps, keys, self._end = [], [], 0
        for packet in packets_of(self._source, self._pictures):
            if packet.pts is None:
                raise self._lost()
            stamps.append(packet.pts)
            keys.append(packet.is_keyframe)
            self._end = max(self._end, packet.pts + (packet.duration or 1))
        self._stamps, self._keys = np.array(stamps, np.int64), np.array(keys, bool)
        self._places = np.argsort(self._stamps, kind="stable")
        self._ordered = self._stamps[self._places]
        if not stamps or (np.diff(self._ordered) == 0).any():
            raise self._lost()

    def _lost(self) -> RecordingError:
        return RecordingError(self._path, "does not say when each of its frames is shown", _ANEW)

    def _stamp(self, frame: int) -> int:
        """How the file stamps an own frame."""
        time = float(self._times[frame])
        stamp = self._clock.stamp(time)
        place = int(np.searchsorted(self._ordered, stamp))
        for near in self._ordered[max(0, place - 1) : place + 1]:
            if abs(self._clock.time(int(near)) - time) <= _ROUNDED:
                return int(near)
        raise self._lost()

    def _packets(self, first: int) -> Iterator[Packet]:
        """All packets from before number `first` of pictures on."""
        from av.error import FFmpegError

        try:
            lead = round(_LEAD / self._clock.unit)
            self._source.seek(int(self._stamps[first]) - lead, stream=self._pictures)
        except FFmpegError:
            return self._from_start()
        packets, begun = packets_of(self._source), []
        for packet in packets:
            begun.append(packet)
            if packet.stream == self._pictures:
                return chain(begun, packets) if self._place(packet) <= first else self._from_start()
        return self._from_start()

    def _from_start(self) -> Iterator[Packet]:
        """All packets, of a file in which a search leads too far."""
        self._source.close()
        self._source = open_container(self._path)
        self._pictures = choose_stream(self._path, self._source)
        return packets_of(self._source)

    def _place(self, packet: Packet) -> int:
        """Number of a packet of pictures in the order of the file."""
        place = len(self._ordered) if packet.pts is None else int(np.searchsorted(self._ordered, packet.pts))
        if place == len(self._ordered) or self._ordered[place] != packet.pts:
            raise self._lost()
        return int(self._places[place])

    def _copy(self, packets: Iterator[Packet], copies: Copies, reach: range, head: int, stop: int) -> None:
        """Copy the clip's packets: those of other streams if they begin while its pictures are shown."""
        offset, begin, end = (stamp * self._clock.unit - self._clock.start for stamp in (head, head, stop))
        count = 0
        for packet in packets:
            if packet.pts is None:
                continue
            if packet.stream == self._pictures:
                place = self._place(packet)
                if place in reach:
                    count += 1
                    if packet.pts >= head:  # what comes before would need frames that are not in the clip
                        copies.write(packet, offset)
                elif place >= reach.stop and packet.pts * self._clock.unit - self._clock.start > end + _LEAD:
                    break
            elif begin <= packet.pts * (packet.time_base or Fraction(0)) - self._clock.start < end:
                copies.write(packet, offset)
        if count < len(reach):
            raise self._lost()


def packet_range(
    stamps: Int64[np.ndarray, " packets"], keys: Bool[np.ndarray, " packets"], first: int, last: int
) -> range | None:
    """Which packets of pictures, in the order of the file, show the frames from one time to another.

    They begin with the last key frame that is not after `first`. Packets come in the order in which they are
    decoded: those after the last wanted one may be shown before one that is there, and are there as well.

    Args:
        stamps: when each is shown; none twice.
        keys: which are key frames.
        first: when the first wanted frame is shown.
        last: when the first frame after them is.

    Returns:
        Their numbers; None if there is no such key frame.
    """
    heads = np.flatnonzero(keys & (stamps <= first))
    if not len(heads):
        return None
    head = int(heads[stamps[heads].argmax()])
    top, stop = last - 1, head + 1
    while len(after := np.flatnonzero((stamps[stop:] > stamps[head]) & (stamps[stop:] <= top))):
        stop += int(after[-1]) + 1
        top = max(top, int(stamps[head:stop].max()))
    return range(head, stop)
