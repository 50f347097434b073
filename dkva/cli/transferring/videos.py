"""The first step of `dkva transfer`: a labelled video, and the others that are to have its labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dkva.cli.aligning.pair import check_activity
from dkva.cli.segmenting.find import Found, find_videos
from dkva.cli.segmenting.recording import RecordingFile

if TYPE_CHECKING:
    from dkva.cli.segmenting.recording_reading import RecordingReading
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import FeatureReading, LabelReading

__all__ = ["check_activities", "labelled_video", "other_videos"]


def labelled_video(
    path: Path,
    labels: Path,
    mapping: Path | None,
    reading: FeatureReading,
    label_reading: LabelReading,
    recording: RecordingReading | None = None,
) -> tuple[VideoFile, Sequence[str]]:
    """The labelled video, and notes of what was passed over; nothing but names and the mapping is read.

    Args:
        path: its feature file, its recording, or the folder of its images.
        labels: its label file, or a folder of label files.
        mapping: file of allowed labels; None means the one beside the labels, if any.
        reading: how features are read.
        label_reading: how labels are read, but for the mapping.
        recording: how recordings are read; None takes features alone.

    Raises:
        click.ClickException: a path that is no video, or labels that are not found.
    """
    from dkva.recordings.kinds import is_recording

    if path.is_dir() and (recording is None or not is_recording(path)):
        raise click.ClickException(
            f"{path}: is a folder; give the feature file or the recording of the labelled video first"
        )
    found = find_videos((path,), labels, mapping, reading, label_reading, recording=recording)
    if not found.videos:
        raise click.ClickException(found.problems[0])
    (video,) = found.videos
    if video.labels_path is None:
        from dkva.datasets import tried

        raise click.ClickException(
            f"{labels}: has no labels for {video.name!r}; {tried(video.name)}; add them, or give their file"
        )
    return video, found.notes


def other_videos(
    given: tuple[Path, ...],
    labelled: VideoFile,
    truth: Path | None,
    mapping: Path | None,
    reading: FeatureReading,
    label_reading: LabelReading,
    recording: RecordingReading | None = None,
) -> Found:
    """The other videos; the labelled one among them is left out, and a note says so.

    Args:
        given: feature files or recordings, or folders of them.
        labelled: the labelled video.
        truth: folder (or file) of their true labels, if there are some.
        mapping: see `labelled_video`.
        reading: likewise.
        label_reading: likewise.
        recording: likewise.

    Raises:
        click.ClickException: true labels or a mapping that cannot be used for any video, or features beside
            recordings.
    """
    found = find_videos(
        given,
        truth,
        mapping,
        reading,
        label_reading,
        but=labelled.path,
        option="--truth",
        recording=recording,
    )
    recorded = isinstance(labelled, RecordingFile)
    for video in found.videos:
        if isinstance(video, RecordingFile) != recorded:
            one, two = (labelled, video) if recorded else (video, labelled)
            raise click.ClickException(
                f"{one.path}: is a recording, and {two.path} holds features; give recordings alone, or "
                "features alone"
            )
    if not found.videos and not found.problems:
        raise click.ClickException(f"{labelled.path}: is the only video; give others after it")
    return found


def check_activities(
    labelled: VideoFile, others: list[VideoFile], activity: str | None, several: Sequence[str] = ()
) -> None:
    """Raise click.ClickException if names or folders show that videos are not of one activity.

    Args:
        labelled: the labelled video.
        others: those that are to have its labels.
        activity: of the model, which they must be of; None if it has none, or several.
        several: the activities of a model of several, of one of which they must be.
    """
    for video in others:
        check_activity((labelled, video), activity, several)
