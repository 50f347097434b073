"""One video of `dkva segment`, in whichever process: read, cut, and described, but not written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Cut", "Reading", "VideoInput", "cut"]


@dataclass(frozen=True)
class VideoInput:
    """One video of a run.

    Attributes:
        name: what its results are called.
        path: of its features.
        labels_path: of its true labels, where scores are asked for.
        done: key of the results that an earlier run left, if any.
    """

    name: str
    path: Path
    labels_path: Path | None = None
    done: str | None = None


@dataclass(frozen=True)
class Reading:
    """How files of videos are read; see the options of `dkva segment`."""

    transposed: bool
    lengths: str
    cache: bool
    mapping: Mapping[str, int] | None


@dataclass(frozen=True)
class Cut:
    """What came of one video.

    Attributes:
        doc: its document; None where what an earlier run left holds, or something went wrong.
        truth: true labels [n], where there are some.
        problem: what went wrong, one line.
        broken: a file that cannot be written, as for all videos to come.
    """

    doc: dict | None = None
    truth: np.ndarray | None = None
    problem: str | None = None
    broken: OSError | None = None


def cut(video: VideoInput, *, settings: Mapping, reading: Reading) -> Cut:
    """Segment one video, if it is not done already.

    Args:
        video: which.
        settings: of the `VideoSegmenter`.
        reading: how its files are read.
    """
    from dkva.datasets import DataError

    try:
        return _cut(video, settings, reading)
    except DataError as error:
        return Cut(problem=str(error))
    except ValueError as error:
        return Cut(problem=f"{video.path}: {error}")
    except OSError as error:
        return Cut(broken=error)


def _cut(video: VideoInput, settings: Mapping, reading: Reading) -> Cut:
    from dkva.approximation.segmenter import VideoSegmenter
    from dkva.datasets import DataError, fit_lengths, read_features, read_labels
    from dkva.export.documents import document, run_key, source_of

    frames = read_features(video.path, cache=reading.cache, transposed=reading.transposed)
    truth = None
    if video.labels_path is not None:
        truth = read_labels(video.labels_path, reading.mapping)
        frames, truth = fit_lengths(frames, truth, reading.lengths, video.labels_path)
    n_segments = settings["n_segments"]
    if n_segments > len(frames):
        remedy = f"ask for at most {len(frames)} with -k"
        raise DataError(video.path, f"has {len(frames)} frames for {n_segments} segments", remedy)
    source = source_of(video.path)
    segmenter = VideoSegmenter(**settings)
    read = {"transposed": reading.transposed}  # a length policy shows in the number of frames
    key = run_key(video.name, [segmenter.get_params(), read], source, len(frames))
    if video.done == key:
        return Cut(truth=truth)
    # The file's own name alone: labels do not change with the folder the run was started on.
    segmenter.fit(frames, name=video.name.rsplit("/", 1)[-1])
    return Cut(document(video.name, segmenter, source=source, reading=read, key=key), truth)
