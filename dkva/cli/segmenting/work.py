"""The second step of `dkva segment`: one video, in whichever process, is read and cut; nothing is written."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from dkva.base.orientation import TurnedWarning
from dkva.cli.compiled import keep_compiled_programs
from dkva.experiments.code_version import code_version
from dkva.experiments.registry import Listed, load

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation
    from dkva.datasets import VideoFile
    from dkva.datasets.reading import Note

__all__ = ["Planned", "Way", "Worked", "work"]

# Methods with these settings smooth by the paper's window.
_PAPERS_SETTINGS = "dkva.approximation.settings:Settings"

# Margins are of features averaged over this many uniform segments: enough to take noise away, and too few to
# blur actions that return. Our choice, on sequences that are not in the benchmarks.
_MARGIN_SMOOTHING = 0.75


@dataclass(frozen=True)
class Way:
    """How videos are cut.

    Attributes:
        method: a segmenter of the registry.
        n_segments: M.
        seed: of the methods that take one.
        settings: all of the method's own, as `dkva.experiments.method_settings.checked` gives them.
        code: version of the method's code, by which results of another code are not kept; "" if it has no
            source. dkva's own method has none: its results are kept as long as the version of dkva is.
    """

    method: Listed
    n_segments: int
    seed: int
    settings: Mapping[str, object]
    code: str = ""

    @classmethod
    def of(cls, method: Listed, n_segments: int, seed: int, settings: Mapping[str, object]) -> Way:
        """The way of a method with the code that it has now."""
        code = ""
        if method.id != "dkva":
            with contextlib.suppress(ValueError):
                code = code_version(load(method.target))
        return cls(method, n_segments, seed, settings, code)

    def check(self) -> None:
        """Raise ValueError if the method refuses the settings together, as with too many epochs."""
        if self.method.check:
            load(self.method.check)(self.n_segments, self.n_segments, self.seed, **self.settings)

    def recorded(self) -> dict[str, object]:
        """All that the method is given beside the features, plain, by the names of its own code."""
        if self.method.estimator:
            return {"n_segments": self.n_segments, "random_state": self.seed, **self.settings}
        seed = {"seed": self.seed} if self._takes("seed") else {}
        return {"n_segments": self.n_segments, **self.settings, **seed}

    def cut(self, features: np.ndarray, name: str) -> Segmentation:
        """The segmentation of one video's features [n, d]; batches may depend on its name.

        Raises:
            ValueError: features or settings that the method refuses, or an answer that is no label a frame.
        """
        from dkva.base.segmentation import Segmentation

        drawn = {"seed": self.seed} if self._takes("seed") else {}
        called = {"name": name} if self._takes("name") else {}
        labels = load(self.method.target)(features, self.n_segments, **self.settings, **drawn, **called)
        checked = _one_a_frame(labels, features, self.method)
        found = len(set(checked.tolist()))
        if found > self.n_segments:
            raise ValueError(
                f"{self.method.id} gave {found} labels for {self.n_segments} segments: {self.method.origin} "
                "must give at most as many"
            )
        margins = _margins(features, checked, self.n_segments)
        return Segmentation(
            checked, features.shape[1], self.method.id, self.recorded(), margins, self.method.origin
        )

    def warnings_for(self, n_frames: int) -> list[str]:
        """What a user should know of these settings for a video of so many frames, before it is cut."""
        if _PAPERS_SETTINGS not in self.method.settings or self.n_segments < 2:
            return []
        from dkva.approximation.preprocessing import smoothing_window

        smoothing = float(str(self.settings["smoothing"]))
        window = smoothing_window(n_frames, self.n_segments, smoothing)
        if 2 * window < n_frames:
            return []
        less = f"{self.n_segments / 10:g}"
        return [
            f"frames are averaged over {window} frames, and the video has {n_frames} (--smoothing "
            f"{smoothing:g}): short actions and those that return are blurred; try --smoothing {less}, too"
        ]

    def _takes(self, keyword: str) -> bool:
        return keyword in inspect.signature(load(self.method.target)).parameters


def _margins(features: np.ndarray, labels: np.ndarray, n_segments: int) -> np.ndarray:
    """How clear each frame's label is by its features [n], whatever the method saw of them."""
    import numpy as np

    from dkva.approximation.preprocessing import smooth_and_standardise, smoothing_window
    from dkva.metrics.silhouette import simplified_silhouette

    window = smoothing_window(len(features), n_segments, _MARGIN_SMOOTHING)
    _, frames = smooth_and_standardise(features, window, np.dtype(np.float32))
    return simplified_silhouette(frames, labels)


def _one_a_frame(labels, features: np.ndarray, method: Listed) -> np.ndarray:
    import numpy as np

    labels = np.asarray(labels)
    if labels.shape != (len(features),) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{method.id} gave {labels.dtype} of shape {labels.shape}: {method.origin} must give one whole "
            "number a frame"
        )
    return labels


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


def work(unit: Planned, *, way: Way) -> Worked:
    """Read one video and cut it, if it is not done already.

    Args:
        unit: which.
        way: how.
    """
    from dkva.datasets import DataError

    try:
        return _worked(unit, way)
    except DataError as error:
        return Worked(problem=str(error))
    except (ValueError, ImportError) as error:
        return Worked(problem=f"{unit.video.path}: {error}")
    except OSError as error:
        return Worked(problem=f"{error.filename or unit.video.path}: cannot be read ({error.strerror})")


def _worked(unit: Planned, way: Way) -> Worked:
    from dkva.datasets import DataError
    from dkva.export.documents import source_of

    video = unit.video
    features, read = video.features_with_notes()
    if way.n_segments > len(features):
        remedy = f"ask for at most {len(features)} with -k"
        raise DataError(video.path, f"has {len(features)} frames for {way.n_segments} segments", remedy)
    source = source_of(video.path)
    key = _key(unit, way, source, len(features))
    notes = [note.text for note in read]
    labels = _truth(video, features.shape)
    notes += labels.pop("notes")
    facts = {
        "source": source,
        "key": key,
        "reading": _facts(read, transposed=video.reading.transposed),
        **labels,
    }
    if unit.done == key:
        return Worked(**facts, notes=tuple(notes))
    notes += way.warnings_for(len(features))
    if video.reading.cache:
        keep_compiled_programs()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        warnings.simplefilter("ignore", TurnedWarning)  # readers say it of the file
        # The file's own name alone: labels do not change with the folder the run was started on.
        segmentation = way.cut(features, video.name.rsplit("/", 1)[-1])
    for each in warned:
        if issubclass(each.category, UserWarning):  # a method's own
            notes.append(" ".join(str(each.message).split()))
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    return Worked(segmentation, **facts, notes=tuple(notes))


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


def _key(unit: Planned, way: Way, source: dict, n_frames: int) -> str:
    """Of the results: keys of dkva's own method are those of the time when there was no other."""
    from dkva.export.documents import run_key

    method, reading = way.method, unit.video.reading
    how: dict[str, object] = {"transposed": reading.transposed}  # a length policy shows in no label
    for name in ("columns", "drop", "missing", "array"):
        value = getattr(reading, name)
        if value != getattr(type(reading)(), name):
            how[name] = value
    decisive: list = [way.recorded(), how]
    if method.id != "dkva":
        decisive += [method.id, method.origin, metadata.version(method.origin), way.code]
    return run_key(unit.video.name, decisive, source, n_frames)
