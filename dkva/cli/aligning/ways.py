"""How frames of videos are compared: by what a trained model makes of them, or by their own features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from dkva.cli.segmenting.model import ModelWay, described_model, open_model, reading_of
from dkva.cli.segmenting.way import Way, code_of
from dkva.cli.shared_options import READING
from dkva.experiments.registry import Listed
from dkva.workers.crew import described

if TYPE_CHECKING:
    import numpy as np

    from dkva.alignment.matching import Match
    from dkva.datasets import VideoFile

__all__ = [
    "AlignWay",
    "FeatureWay",
    "Features",
    "asked_way",
    "check_widths",
    "described_way",
    "embedded",
    "model_of",
    "reading_for",
    "standardise_option",
]

_WARPING = Listed(
    "time_warping",
    "time warping of features",
    "matches the frames of two videos by their own features",
    "Sakoe & Chiba, Dynamic programming algorithm optimization for spoken word recognition, IEEE Transactions"
    " on Acoustics, Speech, and Signal Processing 1978",
    "dkva.alignment.matching:matched",
)

# What a model must do, in words, and a learner whose models do.
_DOES = {"align": ("align", "vasot"), "embed": ("embed frames", "vaot")}

#: --standardise: of features that are compared as they are.
standardise_option = click.option(
    "--standardise/--no-standardise",
    default=True,
    show_default=True,
    help="Bring each feature of a video to mean 0 and variance 1 over it before frames are compared; not "
    "beside --model, whose training decides it.",
)


@dataclass(frozen=True)
class Features:
    """Features in the place of a model's embedded frames.

    Attributes:
        standardise: whether each feature of a video has mean 0 and variance 1 over it.
    """

    standardise: bool

    def embed(self, features: np.ndarray) -> np.ndarray:
        """The features [n, d] in float64, standardised if they are to be."""
        import numpy as np

        from dkva.approximation.preprocessing import smooth_and_standardise

        if not self.standardise:
            return np.asarray(features, np.float64)
        return smooth_and_standardise(features, 1, np.float64)[1]

    def align(self, x: np.ndarray, y: np.ndarray) -> Match:
        """Frames of two videos of features [n, d] and [m, d] matched by time warping."""
        from dkva.alignment.matching import matched

        return matched(self.embed(x), self.embed(y))


@dataclass(frozen=True)
class FeatureWay(Way):
    """Frames compared by their own features, in the place of a trained model."""

    @classmethod
    def of_features(cls, *, standardise: bool) -> FeatureWay:
        """The way with its one setting."""
        return cls(_WARPING, None, 0, {"standardise": standardise})

    @property
    def facts(self) -> Mapping[str, Any]:
        """None: nothing was trained."""
        return {}

    def with_code(self) -> FeatureWay:
        """The same with the version of the code that matches."""
        from dkva.alignment.matching import matched

        return replace(self, code=code_of(matched) + code_of(Features))

    def decisive(self) -> list[object]:
        """All that decides what matches beside the videos."""
        return [self.recorded(None)]

    def recorded(self, n_segments: object) -> dict[str, object]:
        """The one setting."""
        del n_segments
        return dict(self.settings)

    def check_width(self, features: np.ndarray) -> None:
        """Any number of features will do; see `check_widths`."""

    def restored(self) -> Features:
        """What is in the place of the model."""
        return Features(bool(self.settings["standardise"]))


#: By a model, or by features.
AlignWay = ModelWay | FeatureWay


def asked_way(model: Path | None, context: click.Context, *, standardise: bool) -> AlignWay:
    """How frames are compared: by a model, or by their features if there is none.

    Raises:
        click.ClickException: --standardise beside a model, or see `dkva.cli.segmenting.model.open_model`.
    """
    if model is None:
        return FeatureWay.of_features(standardise=standardise)
    if context.get_parameter_source("standardise") is ParameterSource.COMMANDLINE:
        raise click.ClickException(
            "--standardise: is decided by the model's training; leave it out beside --model"
        )
    return open_model(model)


def reading_for(way: AlignWay, context: click.Context) -> dict[str, Any]:
    """The options of `READING`: as given, and else as the videos of the model's training were read."""
    if isinstance(way, ModelWay):
        return reading_of(way, context)
    return {name: context.params[name] for name in READING}


def described_way(way: AlignWay) -> str:
    """What is compared, on one line."""
    if isinstance(way, ModelWay):
        return described_model(way)
    if not way.settings["standardise"]:
        return "features as they are"
    return "features, each standardised over its video (mean 0, variance 1)"


def check_widths(first: VideoFile, features: np.ndarray, other: np.ndarray) -> None:
    """Raise ValueError for another video whose features [m, d] cannot be compared with the first one's."""
    (_, one), (_, two) = features.shape, other.shape
    if one != two:
        raise ValueError(
            f"has {two} features, and {first.path} has {one}; give features made the same way, or choose "
            "with --columns"
        )


def model_of(way: AlignWay, does: str) -> Any:
    """The model of a way.

    Args:
        way: by a model, or by features.
        does: the method that it must have, "align" or "embed".

    Raises:
        click.ClickException: a model that cannot be made, or does not have the method.
    """
    try:
        model = way.restored()
    except (ValueError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    if isinstance(way, ModelWay) and not hasattr(model, does):
        words, such = _DOES[does]
        raise click.ClickException(
            f"{way.path}: is a model of {way.method.id}, which does not {words}; train one that does, such "
            f"as {such}"
        )
    return model


def embedded(way: AlignWay, model: Any, features: np.ndarray) -> np.ndarray:
    """Embedded frames [n, e] of features [n, d].

    Args:
        way: of the model.
        model: as `model_of` gives it.
        features: of a video.

    Raises:
        ValueError: features that the model refuses, or an answer that is not one embedded frame a frame.
    """
    import numpy as np

    try:
        found = np.asarray(model.embed(features))
    except Exception as error:  # a learner may fail in any way
        raise ValueError(f"{way.method.id}: {described(error)}") from error
    if (
        found.ndim != 2
        or len(found) != len(features)
        or not found.shape[1]
        or found.dtype.kind != "f"
        or not np.isfinite(found).all()
    ):
        raise ValueError(
            f"{way.method.id} gave embedded frames of shape {found.shape} ({found.dtype}): "
            f"{way.method.origin} must give finite numbers for each of {len(features)} frames"
        )
    return found
