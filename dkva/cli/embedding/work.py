"""The second step of `dkva embed`: a video, in whichever process, is read and embedded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dkva.base.provenance import version
from dkva.cli.aligning.ways import embedded
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.segmenting.model import ModelWay
from dkva.cli.segmenting.work import Planned, Worked, how_read, noted, read_video, told
from dkva.experiments.keys import key_of
from dkva.workers.carry_out import carry_out
from dkva.workers.crew import PROCESSES, Failed

if TYPE_CHECKING:
    import numpy as np

    from dkva.datasets import VideoFile

__all__ = ["Embedded", "embedded_videos", "work"]


@dataclass(frozen=True)
class Embedded:
    """What came of one video.

    Attributes:
        shape: of its features, n and d.
        source: of them; see `dkva.export.documents.source_of`.
        reading: how they were read, for the document.
        key: of all that decides the embedded frames.
        notes: what readers and the method have to say, one line each.
        frames: the embedded frames [n, e]; None where what an earlier run left holds.
    """

    shape: tuple[int, int]
    source: Mapping[str, str | int]
    reading: Mapping[str, object]
    key: str
    notes: tuple[str, ...] = ()
    frames: np.ndarray | None = None


def embedded_videos(
    units: Sequence[Planned],
    way: ModelWay,
    started: Callable[[int], object],
    *,
    scheduler: str = PROCESSES,
    workers: int = 1,
) -> Iterator[tuple[VideoFile, Embedded | str]]:
    """(video, what came of it, or why nothing did on one line) as it comes.

    Args:
        units: the videos.
        way: the model's, which embeds.
        started: is told the index of each video that is begun.
        scheduler: who embeds; see `dkva.workers.carry_out.carry_out`.
        workers: processes.

    Raises:
        SchedulerError: as `carry_out`.
    """
    coming = carry_out(partial(work, way=way), units, scheduler=scheduler, workers=workers, started=started)
    with contextlib.closing(coming) as answers:
        for index, answer in answers:
            video = units[index].video
            if isinstance(answer, Failed):
                yield video, f"{video.path}: {answer.problem}"
            else:
                yield video, str(answer.problem) if isinstance(answer, Worked) else answer


def work(unit: Planned, *, way: ModelWay) -> Embedded | Worked:
    """Read one video and embed it, if it is not done already; `Worked` has the problem where that fails.

    Args:
        unit: which.
        way: the model's.
    """
    return told(unit.video, partial(_embedded, unit, way))


def _embedded(unit: Planned, way: ModelWay) -> Embedded:
    """Raises DataError, OSError, and ValueError for features or an answer that do not fit."""
    import numpy as np

    read = read_video(unit.video)
    way.check_width(read.features)
    key = _key(unit.video, way, read.source)
    shape = read.features.shape
    known = Embedded((shape[0], shape[1]), read.source, read.worked.reading or {}, key, read.worked.notes)
    if unit.done == key:
        return known
    if unit.video.reading.cache:
        keep_compiled_programs()
    notes = list(known.notes)
    with noted(notes):
        frames = embedded(way, way.restored(), read.features).astype(np.float32)
    return replace(known, frames=frames, notes=tuple(notes))


def _key(video: VideoFile, way: ModelWay, source: Mapping[str, str | int]) -> str:
    """Of all that decides the embedded frames."""
    method = way.method
    code = [version("dkva"), method.id, method.origin, version(method.origin), way.code]
    return key_of([video.name, how_read(video.reading), dict(source), way.decisive(), code])
