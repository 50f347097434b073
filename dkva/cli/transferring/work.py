"""The second step of `dkva transfer`: a video takes labels from the labelled one; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dkva.cli.aligning.match import MOST_PAIRS
from dkva.cli.aligning.ways import AlignWay, check_widths, embedded
from dkva.cli.segmenting.work import Read, Worked, noted, read_video, told
from dkva.experiments.keys import digest_of

if TYPE_CHECKING:
    import numpy as np

    from dkva.datasets import VideoFile

__all__ = ["NONE", "Labelled", "Scores", "Transferred", "read_labelled", "scored", "transfer"]

#: What the label of a frame without one is called.
NONE = "(none)"


@dataclass(frozen=True)
class Labelled:
    """The labelled video.

    Attributes:
        video: itself.
        read: what was read of it.
        frames: its embedded frames [n, e], of a recording those that were taken.
        numbers: label of each frame as a number [n], of a recording of each of its own [F].
        names: of the numbers, in the order in which labels come first.
    """

    video: VideoFile
    read: Read
    frames: np.ndarray
    numbers: np.ndarray
    names: tuple[str, ...]

    @property
    def about(self) -> dict[str, Any]:
        """What a document says of it."""
        path = self.video.labels_path
        return {
            "video": self.video.name,
            "frames": len(self.numbers),
            "source": dict(self.read.source),
            "labels": path.name if path else None,
            "labels_digest": digest_of([self.named(self.numbers)]),
            "reading": dict(self.read.worked.truth_reading or {}),
        }

    @property
    def taken(self) -> np.ndarray:
        """Labels of the embedded frames as numbers [n]."""
        if self.read.edges is None:
            return self.numbers
        from dkva.cli.segmenting.recording import sampled

        return sampled(self.numbers, self.read.edges)

    def named(self, numbers: np.ndarray) -> np.ndarray:
        """Names of labels given as numbers [m]."""
        import numpy as np

        return np.array(self.names)[numbers]


class Scores(NamedTuple):
    """How right transferred labels are, in shares of the frames that have a true label.

    Attributes:
        mof: right frames; nothing is matched, as labels have names.
        stretched: right ones if labels are stretched to the length of the video, whatever its frames are.
        most: right ones at most: those whose true label the labelled video has.
    """

    mof: float
    stretched: float
    most: float


@dataclass(frozen=True)
class Transferred:
    """What came of one video; its features are not kept.

    Attributes:
        worked: what was read of it.
        width: number of its features.
        numbers: label of each frame as a number of the labelled video's names [m], of a recording of each of
            its own.
        how: how its features were read, as far as it decides them.
        scores: None without true labels.
        notes: what readers and the model have to say, one line each.
    """

    worked: Worked
    width: int
    numbers: np.ndarray
    scores: Scores | None
    notes: tuple[str, ...]
    how: Mapping[str, object]


def read_labelled(video: VideoFile, way: AlignWay, model: Any) -> Labelled:
    """Read the labelled video.

    Args:
        video: which.
        way: how frames are compared.
        model: of the way.

    Raises:
        click.ClickException: features or labels that cannot be used.
    """
    import numpy as np

    from dkva.datasets.reading import NO_LABEL

    found = told(video, lambda: _embedded(video, way, model))
    if not isinstance(found, tuple):
        raise click.ClickException(str(found.problem))
    read, frames = found
    if read.worked.truth_problem is not None:
        raise click.ClickException(read.worked.truth_problem)
    labels = np.asarray(read.worked.truth)
    if (labels == NO_LABEL).all():
        raise click.ClickException(f"{video.labels_path}: gives no frame a label; label some at least")
    named = np.where(labels == NO_LABEL, NONE, labels).tolist()
    places = {name: number for number, name in enumerate(dict.fromkeys(named))}
    return Labelled(video, read, frames, np.array([places[name] for name in named]), tuple(places))


def _embedded(video: VideoFile, way: AlignWay, model: Any) -> tuple[Read, np.ndarray]:
    """A video that was read, and its embedded frames. Raises ValueError, OSError."""
    read = read_video(video)
    way.check_width(read.features)
    return read, embedded(way, model, read.features)


def transfer(
    video: VideoFile, labelled: Labelled, way: AlignWay, model: Any, by: str, ignore: Sequence[str] = ()
) -> Transferred:
    """Give a video the labels of the labelled one.

    Args:
        video: which.
        labelled: the labelled one.
        way: how frames are compared.
        model: of the way.
        by: see `dkva.alignment.transfer.transferred`.
        ignore: true labels that are left out of the scores.

    Raises:
        ValueError: features that cannot be used, or videos that are too long together.
        OSError: a file that cannot be read.
    """
    from dkva.alignment.transfer import transferred
    from dkva.datasets import DataError

    said: list[str] = []
    with noted(said):
        read, frames = _embedded(video, way, model)
        check_widths(labelled.video, labelled.read.features, read.features)
        n, m = len(labelled.frames), len(frames)
        if n * m > MOST_PAIRS:
            raise DataError(
                video.path,
                f"has {m} frames, and {labelled.video.path} {n}: {n * m} pairs of frames, and memory is "
                f"taken for {MOST_PAIRS}",
                "give features of fewer frames a second"
                if read.edges is None
                else "take fewer a second by --fps",
            )
        numbers = transferred(labelled.frames, labelled.taken, frames, by)
    if read.edges is not None:
        from dkva.recordings.grid import Grid

        numbers = Grid(read.edges, None).expand(numbers)
    worked = read.worked
    scores = None if worked.truth is None else scored(labelled, numbers, worked.truth, ignore)
    return Transferred(worked, read.features.shape[1], numbers, scores, (*worked.notes, *said), read.how)


def scored(
    labelled: Labelled, numbers: np.ndarray, truth: np.ndarray, ignore: Sequence[str]
) -> Scores | None:
    """How right labels are; None if no frame is left to score.

    Args:
        labelled: whose labels they are.
        numbers: the transferred ones [m].
        truth: true labels [m], "" for frames without one.
        ignore: true labels that are left out.
    """
    import numpy as np

    from dkva.alignment.transfer import stretched
    from dkva.datasets.reading import NO_LABEL

    kept = ~np.isin(truth, [NO_LABEL, *ignore])
    if not kept.any():
        return None
    plain = stretched(labelled.numbers, len(numbers))
    right = (
        labelled.named(numbers) == truth,
        labelled.named(plain) == truth,
        np.isin(truth, labelled.names),
    )
    return Scores(*(float(each[kept].mean()) for each in right))
