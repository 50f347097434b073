"""How videos are cut: the method, what it is given, and what it gives of one video."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dkva.base.column_blocks import by_columns
from dkva.cli.segmenting.levels import HIERARCHICAL, Levels, described, level_of, made, suggestion
from dkva.experiments.code_version import code_version
from dkva.experiments.registry import Listed, load
from dkva.experiments.shortest import settings_for_shortest
from dkva.kernel_means.settings import LEAST_LEVELS

if TYPE_CHECKING:
    import numpy as np

    from dkva.base.segmentation import Segmentation

__all__ = ["Way", "code_of", "one_a_frame"]

# Methods with these settings smooth by the paper's window.
_PAPERS_SETTINGS = "dkva.approximation.settings:Settings"

# Margins are of features averaged over this many uniform segments: enough to take noise away, and too few to
# blur actions that return. Our choice, on sequences that are not in the benchmarks.
_MARGIN_SMOOTHING = 0.75

# Features of more numbers than this are long (our choice): in double precision, and several times over, they
# would take much of a small machine's memory.
_LONG = 2**22


@dataclass(frozen=True)
class Way:
    """How videos are cut.

    Attributes:
        method: a segmenter of the registry.
        n_segments: M; None takes a suggested one for each video.
        seed: of the methods that take one.
        settings: all of the method's own, as `dkva.experiments.method_settings.checked` gives them.
        levels: cuts into several numbers of segments that are made beside the one, if any.
        code: version of the method's code, by which results of another code are not kept; "" if it has no
            source. dkva's own method has none: its results are kept as long as the version of dkva is.
        levels_code: likewise of the levels and the suggestion, if there are some.
        together: whether all videos are cut into one set of actions.
        shortest: seconds of the shortest action of interest, which set the smoothing in place of the
            settings; None leaves these as they are.
        by_default: whether nobody asked for `shortest`: a video without times is then cut without it.
        rate: samples (rows of features) a second, without which `shortest` says nothing.
    """

    method: Listed
    n_segments: int | None
    seed: int
    settings: Mapping[str, object]
    levels: Levels | None = None
    code: str = ""
    levels_code: str = ""
    together: bool = False
    shortest: float | None = None
    by_default: bool = False
    rate: float | None = None

    @classmethod
    def of(
        cls,
        method: Listed,
        n_segments: int | None,
        seed: int,
        settings: Mapping[str, object],
        levels: Levels | None = None,
        *,
        together: bool = False,
    ) -> Way:
        """The way of a method with the code that it has now."""
        return cls(method, n_segments, seed, settings, levels, together=together).with_code()

    @property
    def model(self) -> Mapping[str, object] | None:
        """What a document says of the model that cuts, if one does."""
        return None

    def with_code(self) -> Way:
        """The same with the versions of the code, which is imported for it.

        Raises:
            ImportError: code that cannot be imported.
        """
        method = self.method
        targets = [method.together] if self.together else [method.target, *filter(None, [method.long])]
        code = "".join(code_of(load(each)) for each in targets) if method.id != "dkva" else ""
        finer = (made, suggestion, described, level_of) if self.levels or self.n_segments is None else ()
        return replace(self, code=code, levels_code="".join(code_of(each) for each in finer))

    def alone(self) -> Way:
        """The way of a video that is cut by itself."""
        return replace(self, together=False).with_code()

    def at(self, rate: float | None) -> Way:
        """The way of a video of so many samples a second.

        Raises:
            ValueError: seconds were asked for, and the rate is not known.
        """
        if self.shortest is None:
            return self
        if rate is None and self.by_default:
            return replace(self, shortest=None)
        if rate is None:
            raise ValueError("has no times, and --shortest is in seconds: give --fps, too")
        return replace(self, rate=rate)

    def smoothed(self, n_samples: int, n_segments: int) -> Way:
        """The way with the smoothing that the shortest action asks for in a video of so many samples.

        Several levels have one setting, which counts in mean segments: that for `n_segments`.
        """
        if self.shortest is None or self.rate is None:
            return self
        given = settings_for_shortest(self.method.id, self.shortest, self.rate, n_samples, n_segments)
        return replace(self, settings={**self.settings, **given})

    def check(self) -> None:
        """Raise ValueError if the method refuses the settings together, as with too many epochs."""
        most = self.n_segments or self.range.high
        if self.method.check:
            load(self.method.check)(most, most, self.seed, **self.settings)

    @property
    def range(self) -> Levels:
        """The numbers of segments that may be suggested."""
        return self.levels or Levels()

    @property
    def least(self) -> int:
        """Frames that a video must have."""
        least = self.n_segments or LEAST_LEVELS
        return max(least, self.levels.low) if self.levels else least

    def decisive(self) -> list[object]:
        """All that decides the labels beside the video."""
        found: list[object] = [self.recorded(self.n_segments or "auto")]
        if self.levels or self.n_segments is None:
            found.append([str(self.range), self.range.nested, self.levels is not None, self.levels_code])
        if self.shortest is not None:
            found.append(["shortest", self.shortest, self.rate])
        return found

    def recorded(self, n_segments: object) -> dict[str, object]:
        """All that the method is given beside the features, plain, by the names of its own code."""
        if self.method.estimator:
            return {"n_segments": n_segments, "random_state": self.seed, **self.settings}
        seed = {"seed": self.seed} if self._takes("seed") else {}
        return {"n_segments": n_segments, **self.settings, **seed}

    def finer(self, features: np.ndarray, name: str = "") -> tuple[int, list[dict], dict | None]:
        """Number of segments of a video's features [n, d], and its levels and suggestion for the document.

        Of levels and suggestion nothing is made that is not asked for.

        A suggestion is always of the levels of kernel mean segments, whether those that are written are
        nested or not, and smoothed as the settings say. Levels are smoothed as the cut into their number is.
        Those of other methods than kernel mean segments are their cuts into each number.

        Raises:
            ValueError: as `cut`.
        """
        of = partial(made, features, self.range.high, seed=self.seed)
        number, own, suggested = self.n_segments, None, None
        settings = self._hierarchys()
        if not number:
            own = of(settings=settings, nested=False)
            suggested = suggestion(own, features, self.range.low)
            number = suggested["k"]
        if not self.levels:
            return number, [], suggested
        if self.method.id != HIERARCHICAL:
            numbers = range(self.levels.low, min(self.levels.high, len(features)) + 1)
            return number, [level_of(k, self._labels(features, name, k)) for k in numbers], suggested
        smoothed = self.smoothed(len(features), number)._hierarchys()
        shown = own if smoothed == settings and not self.range.nested else None
        shown = shown or of(settings=smoothed, nested=self.range.nested)
        return number, described(shown, self.range.low), suggested

    def _hierarchys(self) -> Mapping[str, object]:
        """The settings, if they are of the method whose levels these are."""
        return self.settings if self.method.id == HIERARCHICAL else {}

    def cut(self, features: np.ndarray, name: str, n_segments: int) -> Segmentation:
        """The segmentation of one video's features [n, d]; batches may depend on its name.

        Raises:
            ValueError: features or settings that the method refuses, or an answer that is no label a frame.
        """
        way = self.smoothed(len(features), n_segments)
        return way.segmentation(features, self._labels(features, name, n_segments), n_segments)

    def _labels(self, features: np.ndarray, name: str, n_segments: int) -> np.ndarray:
        drawn = {"seed": self.seed} if self._takes("seed") else {}
        called = {"name": name} if self._takes("name") else {}
        way = self.smoothed(len(features), n_segments)
        target = self.method.target
        if self.method.long and features.size > _LONG:
            target = self.method.long
        labels = load(target)(features, n_segments, **way.settings, **drawn, **called)
        checked = one_a_frame(labels, features, self.method)
        self._check_number(checked, n_segments)
        return checked

    def cut_together(self, videos: Sequence[np.ndarray]) -> list[Segmentation]:
        """The segmentation of each of several videos' features [n_i, d], of one set of actions.

        For a shortest action in seconds they are smoothed as a video of their mean length is.

        Raises:
            ValueError: features or settings that the method refuses, or answers that are no label a frame.
        """
        import numpy as np

        n_segments = self.n_segments or 0
        drawn = {"seed": self.seed} if self._takes("seed") else {}
        way = self.smoothed(max(1, round(sum(map(len, videos)) / len(videos))), n_segments)
        answers = load(self.method.together)(videos, n_segments, **way.settings, **drawn)
        if len(answers) != len(videos):
            raise ValueError(
                f"{self.method.id} gave labels of {len(answers)} videos for {len(videos)}: "
                f"{self.method.origin} must give those of each"
            )
        checked = [
            one_a_frame(labels, features, self.method)
            for labels, features in zip(answers, videos, strict=True)
        ]
        self._check_number(np.concatenate(checked), n_segments)
        return [
            way.segmentation(features, labels, n_segments)
            for features, labels in zip(videos, checked, strict=True)
        ]

    def _check_number(self, labels: np.ndarray, n_segments: int) -> None:
        found = len(set(labels.tolist()))
        if found > n_segments:
            raise ValueError(
                f"{self.method.id} gave {found} labels for {n_segments} segments: {self.method.origin} "
                "must give at most as many"
            )

    def segmentation(self, features: np.ndarray, labels: np.ndarray, n_segments: int) -> Segmentation:
        """Labels [n] of features [n, d] with what is recorded of them."""
        from dkva.base.segmentation import Segmentation

        margins = _margins(features, labels, n_segments)
        recorded = self.recorded(n_segments)
        return Segmentation(labels, features.shape[1], self.method.id, recorded, margins, self.method.origin)

    def warnings_for(self, n_frames: int, n_segments: int) -> list[str]:
        """What a user should know of these settings for a video of so many frames, before it is cut."""
        short = self.levels is not None and self.levels.high > n_frames
        ends = [f"the levels end at {n_frames}, one segment a frame"] if short else []
        return ends + self.smoothed(n_frames, n_segments)._smoothing_warnings(n_frames, n_segments)

    def _smoothing_warnings(self, n_frames: int, n_segments: int) -> list[str]:
        if _PAPERS_SETTINGS not in self.method.settings or n_segments < 2:
            return []
        from dkva.approximation.preprocessing import smoothing_window

        smoothing = float(str(self.settings["smoothing"]))
        window = smoothing_window(n_frames, n_segments, smoothing)
        if 2 * window < n_frames:
            return []
        given, less = f"--smoothing {smoothing:g}", f"--smoothing {n_segments / 10:g}, too"
        if self.shortest is not None:
            given, less = f"--shortest {self.shortest:g}", "less"
        return [
            f"frames are averaged over {window} frames, and the video has {n_frames} ({given}): short "
            f"actions and those that return are blurred; try {less}"
        ]

    def _takes(self, keyword: str) -> bool:
        target = self.method.together if self.together else self.method.target
        return keyword in inspect.signature(load(target)).parameters


def code_of(function: Callable) -> str:
    """Version of the code of a function; "" if it has no source."""
    with contextlib.suppress(ValueError):
        return code_version(function)
    return ""


def _margins(features: np.ndarray, labels: np.ndarray, n_segments: int) -> np.ndarray:
    """How clear each frame's label is by its features [n], whatever the method saw of them."""
    import numpy as np

    from dkva.approximation.preprocessing import smooth_and_standardise, smoothing_window
    from dkva.metrics.silhouette import simplified_silhouette

    window = smoothing_window(len(features), n_segments, _MARGIN_SMOOTHING)
    frames = np.empty(features.shape, np.float32)

    def smoothed(columns: slice) -> np.ndarray:
        return smooth_and_standardise(features[:, columns], window, np.dtype(np.float32))[1]

    for columns, found in by_columns(smoothed, *features.shape):
        frames[:, columns] = found
    return simplified_silhouette(frames, labels)


def one_a_frame(labels, features: np.ndarray, method: Listed) -> np.ndarray:
    """Labels [n] of features [n, d] as an array. Raises ValueError where they are no whole number a frame."""
    import numpy as np

    labels = np.asarray(labels)
    if labels.shape != (len(features),) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{method.id} gave {labels.dtype} of shape {labels.shape}: {method.origin} must give one whole "
            "number a frame"
        )
    return labels
