"""The page of one video of `dkva segment`: its cut to look at, with stills of the recording."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from dkva.datasets import VideoFile
    from dkva.export.page import Still
    from dkva.recordings.reading import Recording

__all__ = ["links_to", "write_page"]

# Segments that have a still, of the cut and then of its levels the longest (our choice): with more the page
# would have tens of megabytes.
_STILLS = 300


def write_page(folder: Path, doc: Mapping, video: VideoFile) -> None:
    """Write NAME.html.

    Of a recording it reads the features once more, which are kept unless there is no cache.

    Args:
        folder: of the results.
        doc: of the video, with times.
        video: which.

    Raises:
        OSError: a file that cannot be written.
        ValueError: a recording that can no longer be read.
    """
    from dkva.base.files import write_text
    from dkva.cli.segmenting.recording import RecordingFile
    from dkva.export.page import page

    path = folder / f"{doc['video']}.html"
    if not isinstance(video, RecordingFile):
        write_text(path, page(doc))
        return
    found = video.read()
    media = links_to(video, path.parent)
    write_text(path, page(doc, media=media, stills=_stills(doc, video.path, found), times=found.times))


def links_to(video: VideoFile, folder: Path) -> list[str]:
    """Relative addresses at which a file in a folder may find a recording: where it is, and beside it.

    The names of folders stay out, as they may say more than their owner wants.

    Args:
        video: which; of features, and of a folder of images, there are none.
        folder: of the file that refers to it.
    """
    from dkva.cli.segmenting.recording import RecordingFile

    if not isinstance(video, RecordingFile) or video.path.is_dir():
        return []
    # By the name that it has here, if it is a link to another one.
    name = quote(os.fsencode(video.path.name))  # which need not be UTF-8
    try:
        steps = Path(os.path.relpath(video.path, folder)).parts[:-1]
    except ValueError:  # another drive
        return [name]
    return ["/".join([*steps, name]), name] if {*steps} == {".."} else [name]


def _stills(doc: Mapping, path: Path, found: Recording) -> dict[tuple[int, int], Still]:
    """A picture of each segment by its first frame and the one after its last."""
    from dkva.export.page import Still
    from dkva.recordings.representatives import representative_frames
    from dkva.recordings.stills import stills

    runs = list(dict.fromkeys(_runs(doc)))[:_STILLS]
    frames = representative_frames(found, runs)
    pictures = stills(path, sorted({*frames.values()}), found.times)
    return {run: Still(frame, pictures[frame]) for run, frame in frames.items() if frame in pictures}


def _runs(doc: Mapping) -> Iterator[tuple[int, int]]:
    """Segments of the cut, then of each level, the longest first."""
    for part in (doc, *doc.get("levels", ())):
        runs = [(run["start"], run["end"]) for run in part["segments"]]
        yield from sorted(runs, key=lambda run: (run[0] - run[1], run))
