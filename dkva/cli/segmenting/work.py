"""The second step of `dkva segment`: one video, in whichever process, is read and cut; nothing is written."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from dkva.experiments.code_version import code_version
from dkva.experiments.registry import Listed, load

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation
    from dkva.datasets import VideoFile

__all__ = ["Planned", "Way", "Worked", "work"]


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
        """Raise ValueError where an estimator refuses the settings together, as with too many epochs."""
        if self.method.estimator:
            self.estimator().check_settings(self.n_segments)

    def estimator(self) -> Any:
        """The method's estimator with these settings, not fitted."""
        made = load(self.method.estimator)
        return made(self.n_segments, random_state=self.seed, **self.settings)

    def recorded(self) -> dict[str, object]:
        """All that the method is given beside the features, plain, by the names of its own code."""
        if self.method.estimator:
            return self.estimator().get_params()
        seed = {"seed": self.seed} if self._takes("seed") else {}
        return {"n_segments": self.n_segments, **self.settings, **seed}

    def cut(self, features: np.ndarray, name: str) -> Segmentation:
        """The segmentation of one video's features [n, d]; batches may depend on its name.

        Raises:
            ValueError: features or settings that the method refuses, or an answer that is no label a frame.
        """
        from dkva.base.segmentation import Segmentation

        margins = None
        if self.method.estimator:
            from dkva.approximation.segmenter import margins as margins_of

            fitted = self.estimator().fit(features, name=name)
            labels, margins = fitted.labels_, margins_of(fitted.similarity_)
        else:
            settings = self.recorded() | ({"name": name} if self._takes("name") else {})
            labels = load(self.method.target)(features, **settings)
        given = (self.method.id, self.recorded(), margins, self.method.origin)
        checked = _one_a_frame(labels, features, self.method)
        found = len(set(checked.tolist()))
        if found > self.n_segments:
            raise ValueError(
                f"{self.method.id} gave {found} labels for {self.n_segments} segments: {self.method.origin} "
                "must give at most as many"
            )
        return Segmentation(checked, features.shape[1], *given)

    def _takes(self, keyword: str) -> bool:
        return keyword in inspect.signature(load(self.method.target)).parameters


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
        truth: true labels [n], where there are some.
        source: of the features; see `dkva.export.documents.source_of`.
        key: of all that decides the labels.
        problem: what went wrong, one line.
        notes: what the method warned of, one line each.
    """

    segmentation: Segmentation | None = None
    truth: np.ndarray | None = None
    source: Mapping[str, str | int] | None = None
    key: str | None = None
    problem: str | None = None
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
    features, truth = video.load()
    if way.n_segments > len(features):
        remedy = f"ask for at most {len(features)} with -k"
        raise DataError(video.path, f"has {len(features)} frames for {way.n_segments} segments", remedy)
    source = source_of(video.path)
    key = _key(unit, way, source, len(features))
    if unit.done == key:
        return Worked(truth=truth)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        # The file's own name alone: labels do not change with the folder the run was started on.
        segmentation = way.cut(features, video.name.rsplit("/", 1)[-1])
    notes = []
    for each in warned:
        if issubclass(each.category, UserWarning):  # a method's own
            notes.append(" ".join(str(each.message).split()))
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
    return Worked(segmentation, truth, source, key, notes=tuple(notes))


def _key(unit: Planned, way: Way, source: dict, n_frames: int) -> str:
    """Of the results: keys of dkva's own method are those of the time when there was no other."""
    from dkva.export.documents import run_key

    method = way.method
    decisive: list = [way.recorded(), {"transposed": unit.video.transposed}]  # a policy shows in the frames
    if method.id != "dkva":
        decisive += [method.id, method.origin, metadata.version(method.origin), way.code]
    return run_key(unit.video.name, decisive, source, n_frames)
