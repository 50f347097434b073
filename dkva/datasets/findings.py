"""Every problem of a data set in one run, before anything is computed on it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dkva.datasets.annotations.forms import FrameLabels
from dkva.datasets.annotations.recognise import read_annotation
from dkva.datasets.benchmarks import BenchmarkVideo
from dkva.datasets.errors import BrokenDataError, DataError
from dkva.datasets.folder import VideoFile
from dkva.datasets.labels import fitted, headed, label_faults, translated
from dkva.datasets.reading import NO_LABEL

__all__ = ["Finding", "examine", "problems", "usable"]

AnyVideo = TypeVar("AnyVideo", bound=VideoFile)


@dataclass(frozen=True)
class Finding:
    """What one video's files hold; a count is None where its file cannot be used.

    Attributes:
        video: the video.
        problems: what is wrong with its files.
        frames: rows of its feature file.
        features: columns of it.
        labels: labels of its label file; one a frame if it lists segments.
        segments: runs of equal labels.
        actions: different labels.
    """

    video: VideoFile
    problems: tuple[DataError, ...] = ()
    frames: int | None = None
    features: int | None = None
    labels: int | None = None
    segments: int | None = None
    actions: int | None = None


def examine(videos: Iterable[VideoFile]) -> list[Finding]:
    """Read every file, one video at a time, and say what it holds and what is wrong with it.

    Text that is in the cache is not parsed again. One problem is given a feature file, the first; label files
    give one for each label that is not in the mapping.
    """
    findings = [_finding(video) for video in videos]
    widths = Counter(finding.features for finding in findings if finding.features is not None)
    if len(widths) > 1:
        usual = widths.most_common(1)[0][0]
        findings = [_of_width(finding, usual) for finding in findings]
    return findings


def problems(videos: Iterable[VideoFile]) -> Iterator[DataError]:
    """Every problem of the videos, and of the data set they make up, in order.

    Args:
        videos: a data set opened with `strict=False`, or any videos.
    """
    yield from getattr(videos, "problems", ())
    for finding in examine(videos):
        yield from finding.problems


def usable(
    videos: Sequence[AnyVideo], *, skip_broken: bool = False
) -> tuple[list[AnyVideo], list[DataError]]:
    """Videos to go on with and, for the results' provenance, the problems that others were left out for.

    Args:
        videos: a data set opened with `strict=False`.
        skip_broken: leave out videos with problems.

    Raises:
        BrokenDataError: any problem, unless they are skipped; it lists them all.
    """
    findings = examine(videos)
    found = [*getattr(videos, "problems", ()), *(error for f in findings for error in f.problems)]
    if found and not skip_broken:
        raise BrokenDataError(found, "repair them, or leave these videos out with --skip-broken")
    kept = [video for video, finding in zip(videos, findings, strict=True) if not finding.problems]
    return kept, found


def _finding(video: VideoFile) -> Finding:
    faults = list(video.broken)
    frames = labels = None
    try:
        frames = video.load_features()
    except DataError as error:
        faults.append(error)
    if video.labels_path is not None:
        try:
            labels, wrong = _labels(video.labels_path, video, frames)
            faults.extend(wrong)
        except DataError as error:
            faults.append(error)
    if isinstance(video, BenchmarkVideo):
        faults.extend(_too_little(video, frames, labels))
    named = None if labels is None else set(labels) - {NO_LABEL}
    return Finding(
        video,
        tuple(faults),
        frames=None if frames is None else len(frames),
        features=None if frames is None else frames.shape[1],
        labels=None if labels is None else len(labels),
        segments=None if labels is None else sum(1 for label, _ in itertools.groupby(labels) if label),
        actions=None if named is None else len(named),
    )


def _labels(path: Path, video: VideoFile, frames) -> tuple[Sequence[str] | None, list[DataError]]:
    """Labels of a file, as many as it holds for a label a frame, and what is wrong with them."""
    reading = video.label_reading
    found = read_annotation(path, reading, video.name)
    if not isinstance(found, FrameLabels):
        if frames is None:
            return None, []
        truth = video.truth_with_notes(len(frames), frames.shape[1])
        return None if truth is None else truth.labels.tolist(), []
    if frames is not None:
        found = headed(found, len(frames))
    found = translated(path, found, reading)
    wrong = list(label_faults(path, found.labels, reading.mapping, reading.mapping_path, found.lines))
    if frames is not None:
        try:
            truth = fitted(path, found, len(frames), reading, frames.shape[1])
            if isinstance(video, BenchmarkVideo) and not wrong:
                video.check_whole(truth)
        except DataError as error:
            again = reading.lengths == "error" and len(found.labels) != len(frames)
            remedy = "download or export both again" if again else error.remedy
            wrong.append(DataError(path, error.problem, remedy, error.line))
    return found.labels, wrong


def _too_little(video: BenchmarkVideo, frames, labels) -> Iterator[DataError]:
    """What reads well and cannot be segmented or scored all the same."""
    if frames is not None and len(frames) < video.n_segments:
        yield DataError(
            video.path, f"has {len(frames)} frames for {video.n_segments} segments", "download it again"
        )
    if labels is not None and video.labels_path is not None and set(labels) <= {*video.ignore, NO_LABEL}:
        yield DataError(
            video.labels_path, "holds background alone", "leave the video out: nothing can be scored"
        )


def _of_width(finding: Finding, usual: int | None) -> Finding:
    if finding.features in (None, usual):
        return finding
    error = DataError(
        finding.video.path,
        f"has {finding.features} features a frame, most videos beside it have {usual}",
        "export it like the others",
    )
    return replace(finding, problems=(*finding.problems, error))
