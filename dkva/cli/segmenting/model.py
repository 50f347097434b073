"""A trained model as a way to cut videos: `dkva segment --model` and what `dkva train` writes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from dkva.base.errors import ExperimentError
from dkva.cli.segmenting.way import Way, code_of, one_a_frame
from dkva.cli.shared_options import READING
from dkva.experiments.keys import digest_of
from dkva.experiments.models import STATE_OF, read_model
from dkva.experiments.registry import LEARNER, find, lacking, load
from dkva.workers.crew import described

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation

__all__ = [
    "ModelWay",
    "activities_in_words",
    "check_beside",
    "described_model",
    "in_words",
    "open_model",
    "reading_of",
]

_SAME = "leave it out beside --model"

# Of probabilities in float32, which may be so far above 1.
_ROUNDING = 1e-5

# Options of `dkva segment` that a model has an answer to, by the names of their parameters.
_ANSWERED = {
    "given_segments": f"-k: is the model's; {_SAME}",
    "method": f"--method: is the model's; {_SAME}",
    "seed": f"--seed: is of the training; {_SAME}",
    "levels": f"--levels: a model cuts into the number of actions that it was trained on; {_SAME}",
    "nested": f"--nested: is of --levels, and a model has none; {_SAME}",
    "shortest": f"--shortest: sets the smoothing of a method, and a model has its own; {_SAME}",
    "together": f"--together: a label of a model means the same in every video already; {_SAME}",
}


@dataclass(frozen=True)
class ModelWay(Way):
    """How videos are cut by a trained model; its labels mean the same in every video.

    Attributes:
        path: of its file, which all workers can read.
        facts: of the file; see `dkva.cli.train`.
        digest: of its arrays.
    """

    path: Path = Path()
    facts: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""

    @property
    def least(self) -> int:
        """Frames that a video must have: a model takes fewer than there are actions, too."""
        return 1

    @property
    def model(self) -> dict[str, object]:
        """What a document says of the model."""
        told = ("key", "videos", "activity", "activities")
        known = {name: self.facts[name] for name in told if self.facts.get(name)}
        return {"file": self.path.name, **known, "digest": self.digest}

    def with_code(self) -> ModelWay:
        """The same with the version of the code that applies the model, and with its number of classes.

        Raises:
            ImportError: code that cannot be imported.
            ValueError: a model of classes that cannot be made of its arrays, or has none.
        """
        way = replace(self, code=code_of(load(self.method.restore)))
        classes = way.classes
        if classes == ():
            raise ValueError(f"{self.path}: is a model of no class; train it on true labels")
        return way if classes is None else replace(way, n_segments=len(classes))

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Names of the classes that labels are the places of, of a model that was trained on true labels.

        Raises:
            ValueError: a model that cannot be made of its arrays.
        """
        names = getattr(self.restored(), "classes", None) if self.method.supervised else None
        return None if names is None else tuple(map(str, names))

    def check(self) -> None:
        """Raise ValueError if the model cannot be made of its arrays, or does not segment."""
        self._segmenting()

    def decisive(self) -> list[object]:
        """All that decides the labels beside the video."""
        return [self.recorded(self.n_segments), "model", self.digest]

    def recorded(self, n_segments: object) -> dict[str, object]:
        """The settings that the model was trained with."""
        number = {} if n_segments is None else {"n_segments": n_segments}
        seed = {} if self.facts.get("seed") is None else {"seed": self.facts["seed"]}
        return {**number, **self.settings, **seed}

    def cut(self, features: np.ndarray, name: str, n_segments: int) -> Segmentation:
        """The segmentation of one video's features [n, d]. Raises ValueError as `labels`."""
        del name
        labels, confidence = self._found(features, n_segments)
        made = self.segmentation(features, labels, n_segments)
        return made if confidence is None else replace(made, names=self.classes, confidence=confidence)

    def labels(self, features: np.ndarray, n_segments: int | None) -> np.ndarray:
        """The label of each frame [n] of features [n, d].

        Args:
            features: of a video.
            n_segments: number of actions of the model, if it has one.

        Raises:
            ValueError: features of another width than the model was trained on, or that it refuses, or an
                answer that is no label a frame.
        """
        return self._found(features, n_segments)[0]

    def _found(self, features: np.ndarray, n_segments: int | None) -> tuple[np.ndarray, np.ndarray | None]:
        """The label of each frame [n], and its confidence [n] if the model is of classes."""
        self.check_width(features)
        model, confidence = self._segmenting(), None
        if self.classes is None:
            labels = model.segment(features)
        else:
            labels, confidence = model.found(features)
            confidence = self._confident(confidence, features)
        labels = one_a_frame(labels, features, self.method)
        return self._within(labels, n_segments), confidence

    def _confident(self, confidence: Any, features: np.ndarray) -> np.ndarray:
        import numpy as np

        confidence = np.asarray(confidence)
        shares = (confidence >= 0) & (confidence <= 1 + _ROUNDING)
        if confidence.shape != (len(features),) or not shares.all():
            raise ValueError(
                f"{self.method.id} gave confidences of shape {confidence.shape}: {self.method.origin} must "
                "give one from 0 to 1 a frame"
            )
        return np.minimum(confidence, 1)

    def _within(self, labels: np.ndarray, n_segments: int | None) -> np.ndarray:
        """The labels. Raises ValueError if one is not of the actions."""
        if n_segments is None:
            return labels
        outside = labels[(labels < 0) | (labels >= n_segments)]
        if outside.size:
            raise ValueError(
                f"{self.method.id} gave the label {outside[0]} for {n_segments} actions: "
                f"{self.method.origin} must give 0 to {n_segments - 1}"
            )
        return labels

    def check_width(self, features: np.ndarray) -> None:
        """Raise ValueError for features [n, d] of another width than the model was trained on."""
        width = self.facts.get("features")
        if width not in (None, features.shape[1]):
            raise ValueError(
                f"has {features.shape[1]} features, and the model was trained on {width}; give features made "
                "the same way"
            )

    def restored(self) -> Any:
        """The model itself. Raises ValueError if it cannot be made of its arrays."""
        return _restored(self.path, self.digest, self.method.restore)

    def _segmenting(self) -> Any:
        model = self.restored()
        if not hasattr(model, "segment"):
            raise ValueError(
                f"{self.path}: is a model that embeds frames and does not segment; train another learner"
            )
        return model


@functools.lru_cache(maxsize=2)
def _restored(path: Path, digest: str, restore: str) -> Any:
    """The model of a file, once a process. Raises ValueError."""
    try:
        arrays, _ = read_model(path)
    except ExperimentError as error:
        raise ValueError(str(error)) from error
    if _digest(arrays) != digest:
        raise ValueError(f"{path}: was replaced while it was used; run again")
    make = load(restore)
    try:
        return make(arrays)
    except Exception as error:  # arrays that are not its own may fail a learner in any way
        raise ValueError(f"{path}: is no model as its learner writes them ({described(error)})") from error


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    import numpy as np

    names = sorted(arrays)
    return digest_of([np.array(names), *(arrays[name] for name in names)])


def check_beside(context: click.Context) -> None:
    """Raise click.ClickException where an option is given that the model has an answer to."""
    for name, problem in _ANSWERED.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.ClickException(problem)


def open_model(path: Path) -> ModelWay:
    """The way of a model; its code is not imported yet.

    Raises:
        click.ClickException: a file that is missing, no model or cut short, or of a learner that is not here.
    """
    try:
        arrays, facts = read_model(path)
    except ExperimentError as error:
        raise click.ClickException(str(error)) from error
    if STATE_OF in facts:
        raise click.ClickException(
            f"{path}: is the state of a training that has not ended; run its dkva train again, which goes on"
        )
    name, number, settings = (facts.get(each) for each in ("learner", "n_segments", "settings"))
    if not (isinstance(name, str) and isinstance(number, int | None) and isinstance(settings, dict)):
        raise click.ClickException(
            f"{path}: does not say what it is a model of; give a file that dkva train has written"
        )
    try:
        method = find(name)
        problem = lacking(method) or ("" if method.kind == LEARNER else f"{name} is not trained here")
    except ValueError as error:
        problem = str(error).partition(": choose")[0]
    if problem:
        origin = facts.get("origin", "dkva")
        version = facts.get("versions", {}).get(origin, "")
        trained_by = f"it was trained by {' '.join(filter(None, (origin, version)))}"
        raise click.ClickException(f"{path}: {problem}; {trained_by}, which must be installed")
    # Workers may have been started in another folder.
    return ModelWay(method, number, 0, settings, path=path.absolute(), facts=facts, digest=_digest(arrays))


def described_model(way: ModelWay) -> str:
    """Which model cuts, on one line."""
    from dkva.datasets.annotations.forms import of_classes

    classes = way.classes
    known = "" if classes is None else f", {of_classes(len(classes))}"
    return f"{way.path.name}: {in_words(way.facts)}{known}"


def in_words(facts: Mapping[str, Any]) -> str:
    """What a model is by its facts, in a few words."""
    from dkva.datasets.annotations.forms import plural

    of = f"{plural(facts.get('videos', 0), 'video')}{activities_in_words(facts)}"
    for_actions = "" if facts["n_segments"] is None else f" for -k {facts['n_segments']}"
    return f"{facts['learner']}, trained on {of}{for_actions}"


def activities_in_words(facts: Mapping[str, Any]) -> str:
    """What a model's videos are of, such as " of coffee"; "" if that is not known."""
    from dkva.datasets.annotations.forms import listed

    names = facts.get("activities") or ([facts["activity"]] if facts.get("activity") else [])
    return f" of {listed(names)}" if names else ""


def reading_of(way: ModelWay, context: click.Context) -> dict[str, Any]:
    """The options of `READING`: those that are given, and the others as the training videos were read."""
    trained = {
        name: tuple(value) if isinstance(value, list) else value  # JSON has no tuples
        for name, value in way.facts.get("reading", {}).items()
        if name in READING
    }
    chosen = {name: context.params[name] for name in READING}
    given = {name for name in READING if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if given & {"columns", "drop"}:  # of which one alone can be had
        given |= {"columns", "drop"}
    return chosen | {name: value for name, value in trained.items() if name not in given}
