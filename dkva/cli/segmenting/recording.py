"""Recordings as videos of `dkva segment`: how they are read, and what comes of them in their own frames."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dkva.cli.segmenting.recording_reading import RecordingReading
from dkva.datasets import VideoFile
from dkva.datasets.reading import Note

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation
    from dkva.recordings.reading import Recording

__all__ = [
    "RecordingFile",
    "expanded",
    "expanded_levels",
    "own_rate",
    "recording_notes",
    "recording_source",
    "sampled",
    "shown",
    "watched_by",
]

#: Told of a recording's name, the seconds of it that are read, and its length in seconds, if that is known;
#: and of "" when it is read.
Watcher = Callable[[str, float, "float | None"], None]

# Whoever watches recordings being read in this process; a function of a worker takes no callback.
_watchers: list[Watcher] = []


@dataclass(frozen=True)
class RecordingFile(VideoFile):
    """One recording: a file of moving pictures or a folder of images.

    Attributes:
        recording: how it becomes features.
    """

    recording: RecordingReading = RecordingReading()  # noqa: RUF009 (it is frozen)

    def read(self) -> Recording:
        """Features of samples of its frames, and where these lie in the recording.

        Raises:
            ValueError: a recording that cannot be decoded, or an encoder that cannot be used.
            OSError: a cache that cannot be written.
        """
        from dkva.recordings.reading import read_recording

        reading = self.recording
        fps = reading.image_fps if self.path.is_dir() else reading.fps
        with shown(self.name) as progress:
            return read_recording(
                self.path, reading.opened(), fps=fps, cache=reading.cache, progress=progress
            )

    def features_with_notes(self) -> tuple[np.ndarray, tuple[Note, ...]]:
        """Features [n, d] of the n samples, and notes. Raises as `read`."""
        found = self.read()
        return found.features, recording_notes(found)

    def load(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Features [n, d] of the samples, and None: true labels are of the recording's own frames."""
        return self.load_features(), None

    def timed_by(self, found: Recording) -> RecordingFile:
        """The same with labels in seconds that go by the times of its own frames, as far as it has any."""
        rate = own_rate(found)
        times = None if rate is None else found.times
        return replace(self, label_reading=replace(self.label_reading, fps=rate, times=times))


def recording_notes(found: Recording) -> tuple[Note, ...]:
    """What decoding has to say, for the document and for people."""
    return tuple(Note("decoding", text, text) for text in found.notes)


def own_rate(found: Recording) -> float | None:
    """Average rate of the recording's own frames a second; None if it has no times or no length."""
    from dkva.recordings.grid import Grid

    rate = Grid(found.edges, found.times).rate
    return None if rate is None else round(rate, 6)


def recording_source(video: RecordingFile) -> dict[str, str | int]:
    """Name, size and digest of a recording, as `dkva.export.documents.source_of` gives them of a file.

    The digest of a folder of images is of their names and contents.
    """
    from dkva.recordings.contents import content_digest
    from dkva.recordings.kinds import image_files

    files = image_files(video.path) if video.path.is_dir() else [video.path]
    size = sum(path.stat().st_size for path in files)
    digest = content_digest(video.path, keep=video.recording.cache)
    name = video.path.resolve().name if video.path.is_dir() else video.path.name
    return {"file": name, "bytes": size, "blake2b": digest[:32]}


@contextlib.contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Within, this process tells `watcher` how far it is with each recording that it reads."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


@contextlib.contextmanager
def shown(name: str) -> Iterator[Callable[[float, float | None], None] | None]:
    """What tells the watcher of this process how far one is with a recording, or None without a watcher."""
    if not _watchers:
        yield None
        return
    watcher = _watchers[-1]
    try:
        yield functools.partial(watcher, name)
    finally:
        watcher("", 0.0, None)


def expanded(made: Segmentation, edges: np.ndarray) -> Segmentation:
    """A segmentation of samples as one of the recording's own frames.

    Args:
        made: of n samples.
        edges: own frames edges[i]:edges[i + 1] are those of sample i [n + 1].
    """
    from dkva.recordings.grid import Grid

    grid = Grid(edges, None)
    own: dict[str, Any] = {"labels": grid.expand(made.labels)}
    for name in ("margins", "confidence"):
        value = getattr(made, name)
        own[name] = None if value is None else grid.expand(value)
    return replace(made, **own)


def sampled(labels: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Labels of samples [n] of those of a recording's own frames: of the frame amid those of each sample.

    A sample in a gap of the recording, which stands for no frame, has that of the frame before.

    Args:
        labels: of the own frames [F].
        edges: see `expanded` [n + 1].
    """
    import numpy as np

    first, beyond = edges[:-1], edges[1:]
    return labels[np.where(first < beyond, (first + beyond) // 2, np.maximum(first - 1, 0))]


def expanded_levels(levels: Sequence[Mapping[str, Any]], edges: np.ndarray) -> list[dict[str, Any]]:
    """Levels of a document whose segments count samples, with segments of own frames.

    A segment all of whose samples stand for no frame of their own, in a gap of the recording, is left out.
    """
    import numpy as np

    from dkva.base.segments import segments
    from dkva.recordings.grid import Grid

    grid = Grid(edges, None)
    found = []
    for level in levels:
        labels = np.empty(len(edges) - 1, np.int64)
        for run in level["segments"]:
            labels[run["start"] : run["end"]] = run["label"]
        runs = segments(grid.expand(labels))
        found.append(dict(level) | {"segments": [run._asdict() for run in runs]})
    return found
