"""The second step of `dkva segment`: one video, in whichever process, is read and cut; nothing is written."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from dkva.base.memory import return_freed_memory
from dkva.base.orientation import TurnedWarning
from dkva.base.provenance import version
from dkva.cli.compiled import keep_compiled_programs
from dkva.cli.segmenting.way import Way

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation
    from dkva.cli.segmenting.recording import RecordingFile
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import FeatureReading, Note

__all__ = [
    "Planned",
    "Read",
    "Worked",
    "cut_alone",
    "how_read",
    "key_of",
    "noted",
    "read_video",
    "told",
    "work",
]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Planned:
    """One video to be done.

    Attributes:
        video: which.
        done: key of the results that an earlier run left, if any.
    """

    video: VideoFile
    done: str | None = None


@dataclass(frozen=True)
class Worked:
    """What came of one video.

    Attributes:
        segmentation: None where what an earlier run left holds, or something went wrong.
        truth: true labels [n], "" for frames without one, where there are some.
        source: of the features; see `dkva.export.documents.source_of`.
        key: of all that decides the labels.
        problem: why the video was not cut, one line.
        truth_problem: why its true labels cannot be used, one line.
        reading: how its features were read, for the document.
        truth_reading: how its true labels were read, likewise.
        notes: what readers and the method have to say, one line each.
        levels: cuts into several numbers of segments, for the document.
        suggestion: of the number of segments, likewise, where it was not given.
        together: number and digest of the videos that were cut together, likewise, where they were.
        model: the model that cuts, likewise, where one does.
        shortest: seconds of the shortest action of interest, likewise, if they set the smoothing.
        recording: facts of a recording and of how it was sampled, likewise; None of features.
        rate: frames a second, of a recording.
        times: of the frames of a recording in seconds, and of its end [n + 1]; None if it has none.
    """

    segmentation: Segmentation | None = None
    truth: np.ndarray | None = None
    source: Mapping[str, str | int] | None = None
    key: str | None = None
    problem: str | None = None
    truth_problem: str | None = None
    reading: Mapping[str, object] | None = None
    truth_reading: Mapping[str, object] | None = None
    notes: tuple[str, ...] = ()
    levels: Sequence[Mapping[str, object]] = ()
    suggestion: Mapping[str, Any] | None = None
    together: Mapping[str, Any] | None = None
    model: Mapping[str, Any] | None = None
    shortest: float | None = None
    recording: Mapping[str, Any] | None = None
    rate: float | None = None
    times: np.ndarray | None = None


@dataclass(frozen=True)
class Read:
    """One video that was read.

    Attributes:
        features: [n, d].
        source: of the features; see `dkva.export.documents.source_of`.
        worked: what is known before the cut.
        how: how the features were read, as far as it decides them.
        rate: rows of features a second, if known.
        edges: of a recording, own frames edges[i]:edges[i + 1] are those of row i [n + 1]; None of features.
    """

    features: np.ndarray
    source: Mapping[str, str | int]
    worked: Worked
    how: Mapping[str, object]
    rate: float | None = None
    edges: np.ndarray | None = None

    def in_frames(self, made: Segmentation) -> Segmentation:
        """A segmentation of the rows as one of the video's own frames."""
        if self.edges is None:
            return made
        from dkva.cli.segmenting.recording import expanded

        return expanded(made, self.edges)

    def levels_in_frames(self, levels: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Levels of the rows as those of the video's own frames."""
        if self.edges is None:
            return levels
        from dkva.cli.segmenting.recording import expanded_levels

        return expanded_levels(levels, self.edges)


def work(unit: Planned, *, way: Way) -> Worked:
    """Read one video and cut it, if it is not done already.

    Args:
        unit: which.
        way: how.
    """
    return told(unit.video, lambda: cut_alone(unit, way, read_video(unit.video)))


def told(video: VideoFile, do: Callable[[], Result]) -> Result | Worked:
    """What is done with a video, or why it cannot be, one line."""
    from dkva.datasets import DataError

    try:
        return do()
    except DataError as error:
        return Worked(problem=str(error))
    except (ValueError, ImportError) as error:
        return Worked(problem=f"{video.path}: {error}")
    except OSError as error:
        return Worked(problem=f"{error.filename or video.path}: cannot be read ({error.strerror})")


def read_video(video: VideoFile) -> Read:
    """Features of a video, and its true labels if there are some. Raises ValueError, OSError."""
    from dkva.cli.segmenting.recording import RecordingFile
    from dkva.export.documents import source_of

    if isinstance(video, RecordingFile):
        return _read_recording(video)
    features, read = _features_of(video)
    source = source_of(video.path)
    notes = [note.text for note in read]
    labels = _truth(video, features.shape)
    notes += labels.pop("notes")
    reading = _facts(read, transposed=video.reading.transposed)
    worked = Worked(source=source, reading=reading, notes=tuple(notes), **labels)
    return Read(features, source, worked, how_read(video.reading), video.label_reading.fps)


def _features_of(video: VideoFile) -> tuple[np.ndarray, Sequence[Note]]:
    """Features [n, d] and notes; a recording of the same name may be what was meant. Raises as its reader."""
    from dkva.datasets import DataError
    from dkva.datasets.kinds import stem_of
    from dkva.recordings.kinds import is_recording

    try:
        return video.features_with_notes()
    except DataError as error:
        if error.path != video.path or not video.path.is_file():
            raise
        beside = [path for path in video.path.parent.iterdir() if path.stem == stem_of(video.path)]
        recordings = sorted(path for path in beside if path.is_file() and is_recording(path))
        if not recordings:
            raise
        remedy = f"{error.remedy}, or give {recordings[0]}, the recording beside it"
        raise DataError(error.path, error.problem, remedy, error.line) from error


def _read_recording(video: RecordingFile) -> Read:
    """Features of a recording's samples, and true labels of its own frames, if there are some."""
    from dkva.cli.segmenting.recording import own_rate, recording_notes, recording_source

    if video.recording.cache:
        keep_compiled_programs()  # of the encoder
    found = video.read()
    return_freed_memory()  # that an encoder's compilation took
    said = recording_notes(found)
    n_frames = int(found.edges[-1])
    labels = _truth(video.timed_by(found), (n_frames,))
    notes = [note.text for note in said] + labels.pop("notes")
    source = recording_source(video)
    worked = Worked(
        source=source,
        reading={"notes": [note.text for note in said]},
        notes=tuple(notes),
        recording=found.facts,
        rate=own_rate(found),
        times=found.times,
        **labels,
    )
    how = {"encoder": video.recording.opened().key, "fps": found.fps}
    return Read(found.features, source, worked, how, found.fps, found.edges)


def cut_alone(unit: Planned, way: Way, read: Read) -> Worked:
    """Cut a video that was read by itself, if it is not done already.

    Raises:
        DataError: too few frames.
        ValueError: features or settings that the method refuses.
        ImportError: a package that the method needs.
    """
    features = read.features
    way = way.at(read.rate)
    sampled = read.edges is not None and len(features) < read.edges[-1]
    _check_length(unit.video, way, len(features), sampled=bool(sampled))
    known = replace(read.worked, key=key_of(unit.video, way, read), model=way.model, shortest=way.shortest)
    if unit.done == known.key:
        return known
    # The file's own name alone: labels do not change with the folder the run was started on.
    called = unit.video.name.rsplit("/", 1)[-1]
    n_segments, levels, suggestion = way.finer(features, called)
    notes = [*known.notes, *way.warnings_for(len(features), n_segments)]
    if unit.video.reading.cache:
        keep_compiled_programs()
    with noted(notes):
        segmentation = way.cut(features, called, n_segments)
    return replace(
        known,
        segmentation=read.in_frames(segmentation),
        levels=read.levels_in_frames(levels),
        suggestion=suggestion,
        notes=tuple(notes),
    )


@contextlib.contextmanager
def noted(notes: list[str]) -> Iterator[None]:
    """A method's own warnings become notes; others go their usual way."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("ignore", TurnedWarning)  # readers say it of the file
        yield
    for each in warned:
        if issubclass(each.category, UserWarning):
            notes.append(" ".join(str(each.message).split()))
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


def _check_length(video: VideoFile, way: Way, n_frames: int, *, sampled: bool) -> None:
    """Raise DataError if a video has fewer frames than segments are asked for.

    Args:
        video: which.
        way: how it is cut.
        n_frames: rows of its features.
        sampled: whether these are some of a recording's frames, not all.
    """
    from dkva.datasets import DataError
    from dkva.datasets.annotations.forms import plural

    if n_frames >= way.least:
        return
    has = f"has {plural(n_frames, 'frame')}"
    more = ""
    if sampled:
        has, more = f"gives {plural(n_frames, 'frame')}", ", or take more by a higher --fps"
    if way.n_segments and way.n_segments > n_frames:
        remedy = f"ask for at most {n_frames} with -k{more}"
        raise DataError(video.path, f"{has} for {plural(way.n_segments, 'segment')}", remedy)
    if way.levels and way.levels.low > n_frames:
        remedy = f"give --levels that begin lower{more}"
        raise DataError(video.path, f"{has} for --levels {way.levels.given or way.levels}", remedy)
    raise DataError(video.path, f"{has}, too few for -k auto", f"give -k{more}")


def _facts(notes: Sequence[Note], **more: object) -> dict[str, object]:
    """What readers say, for the document: fields for programs, lines for people."""
    return {**more, **{note.name: note.value for note in notes}, "notes": [note.text for note in notes]}


def _truth(video: VideoFile, shape: tuple[int, ...]) -> dict[str, Any]:
    """True labels and how they were read, or why they cannot be: a video is cut without them all the same."""
    from dkva.datasets import DataError

    try:
        found = video.truth_with_notes(*shape)
    except DataError as error:
        return {"truth_problem": str(error), "notes": []}
    except OSError as error:
        place = error.filename or video.labels_path
        return {"truth_problem": f"{place}: cannot be read ({error.strerror})", "notes": []}
    if found is None:
        return {"notes": []}
    notes = [f"labels: {note.text}" for note in found.notes]
    return {"truth": found.labels, "truth_reading": _facts(found.notes), "notes": notes}


def how_read(reading: FeatureReading) -> dict[str, object]:
    """How features are read, as far as it is not as usual; a length policy shows in no label."""
    how: dict[str, object] = {"transposed": reading.transposed}
    for name in ("columns", "drop", "missing", "array"):
        value = getattr(reading, name)
        if value != getattr(type(reading)(), name):
            how[name] = value
    return how


def key_of(video: VideoFile, way: Way, read: Read, together: str | None = None) -> str:
    """Of the results: keys of dkva's own method are those of the time when there was no other.

    Args:
        video: which.
        way: how it is cut.
        read: what of it was read.
        together: digest of all videos that are cut together, if they are.
    """
    from dkva.export.documents import run_key

    method = way.method
    recorded, *more = way.decisive()
    decisive: list = [recorded, dict(read.how), *more]
    if method.id != "dkva":
        decisive += [method.id, method.origin, version(method.origin), way.code]
    if together is not None:
        decisive += ["together", together]
    return run_key(video.name, decisive, dict(read.source), len(read.features))
