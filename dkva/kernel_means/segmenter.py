"""The estimator of kernel mean segments."""

from __future__ import annotations

import warnings
from dataclasses import fields

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from dkva.base.checks import check_segments, check_unmasked, check_whole
from dkva.base.orientation import TurnedWarning, looks_turned
from dkva.base.segments import segments
from dkva.kernel_means.segmenting import MAX_SEED, cut_video
from dkva.kernel_means.settings import KernelMeanSettings

__all__ = ["KernelMeanSegmenter"]

_DEFAULT = KernelMeanSettings()


class KernelMeanSegmenter(ClusterMixin, BaseEstimator):
    """Cuts one video into actions by kernel mean segments, without training (this project's own method).

    Each short piece of the video is a point, the mean of its frames in the feature space of a Gaussian
    kernel, averaged a little over time. The cut is the one of least scatter around K means plus a price for
    every switch, found from several starts; labels may return later in the video. Each boundary is then
    placed on a frame. The labels depend neither on the features' units nor on how many threads there are.
    Rows of X are frames in order of time; an array that is mapped from a file is read in blocks.

    Args:
        n_segments: K, number of labels. Fewer come out only if all frames are equal: one.
        random_state: seed of the starts by k-means: a number, a numpy RandomState, or None for a fresh one.
        levels: finest level of `hierarchy_`, such as 20; 0 makes none. Each level costs about as much as the
            cut itself, without the reading.
        nested: whether each level of `hierarchy_` is merged of the finest, instead of being cut by itself;
            see `dkva.kernel_means.levels.hierarchy_of`.
        whitening: how far the variances of the features' principal components are made equal, 0 to 1.
        bandwidth: of the Gaussian kernel, in medians of the squared distances between frames.
        landmarks: frames that carry the kernel's approximation, at most.
        pieces: pieces that the video is cut over, at most.
        components: coordinates of a piece, at most.
        averaging: standard deviation of the filter over time, in mean lengths of a segment.
        switch_price: of a switch, in shares of a mean segment's variance.
        pick_price: of a switch where refined starts are compared.
        restarts: starts by k-means++.

    The last nine are the fields of `dkva.kernel_means.settings.KernelMeanSettings`, which holds their
    defaults, explains and checks them.

    Attributes:
        labels_: label of each frame, numbered in order of first appearance [n].
        segments_: runs of equal labels, as `dkva.Segment`.
        cost_: scatter + pick_price · switches / K, the scatter being the mean squared distance of a piece
            from its label's mean: 1 for one label, 0 at best.
        switches_: boundaries between segments.
        hierarchy_: cuts into 1, …, `levels` segments, a `dkva.kernel_means.levels.Hierarchy`; only if levels
            were asked for.
        n_features_in_: d.

    Examples:
        >>> import numpy as np
        >>> from dkva import KernelMeanSegmenter
        >>> frames = np.repeat([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], 30, axis=0)
        >>> fitted = KernelMeanSegmenter(2).fit(frames)
        >>> [(run.start, run.end, run.label) for run in fitted.segments_]
        [(0, 30, 0), (30, 60, 1), (60, 90, 0)]
    """

    def __init__(
        self,
        n_segments,
        random_state=0,
        levels=0,
        nested=False,
        *,
        whitening=_DEFAULT.whitening,
        bandwidth=_DEFAULT.bandwidth,
        landmarks=_DEFAULT.landmarks,
        pieces=_DEFAULT.pieces,
        components=_DEFAULT.components,
        averaging=_DEFAULT.averaging,
        switch_price=_DEFAULT.switch_price,
        pick_price=_DEFAULT.pick_price,
        restarts=_DEFAULT.restarts,
    ):
        self.n_segments = n_segments
        self.random_state = random_state
        self.levels = levels
        self.nested = nested
        self.whitening = whitening
        self.bandwidth = bandwidth
        self.landmarks = landmarks
        self.pieces = pieces
        self.components = components
        self.averaging = averaging
        self.switch_price = switch_price
        self.pick_price = pick_price
        self.restarts = restarts

    def fit(self, X, y=None):  # noqa: N803 -- scikit-learn's name
        """Cut one video.

        Args:
            X: frames in order of time [n, d].
            y: ignored.

        Returns:
            The fitted estimator.

        Raises:
            ValueError: a setting out of range, more segments than frames, or features that are not finite
                numbers, or masked.

        Warns:
            TurnedWarning: features that look transposed.
        """
        del y
        self._cut(X)
        if looks_turned(len(self.labels_), self.n_features_in_):
            shape = f"{len(self.labels_)} frames of {self.n_features_in_} features"
            warnings.warn(f"X is read as {shape}: give X.T if each column is a frame", TurnedWarning, 2)
        return self

    def _cut(self, X) -> None:  # noqa: N803 -- scikit-learn's name
        check_unmasked("X", X)
        X = validate_data(self, X)  # noqa: N806
        seed, settings = self.check_settings(len(X))
        found = cut_video(X, self.n_segments, settings, seed=seed, levels=self.levels, nested=self.nested)
        self.labels_, self.cost_, self.switches_ = found.labels, found.cost, found.switches
        self.segments_ = segments(found.labels)
        if found.hierarchy:
            self.hierarchy_ = found.hierarchy
        elif hasattr(self, "hierarchy_"):  # of an earlier fit
            del self.hierarchy_

    def check_settings(self, n_frames: int) -> tuple[int, KernelMeanSettings]:
        """Seed and settings for a video of N frames, all of them checked.

        Raises:
            ValueError: a setting out of range, or more segments or levels than frames.
        """
        seed = self.random_state
        if seed is None or isinstance(seed, np.random.RandomState):
            seed = int(check_random_state(seed).randint(2**31))
        check_whole("random_state", seed, least=0, most=MAX_SEED)
        settings = KernelMeanSettings(
            **{each.name: getattr(self, each.name) for each in fields(KernelMeanSettings)}
        )
        check_segments(self.n_segments, n_frames)
        check_whole("levels", self.levels, least=0, most=n_frames)
        return int(seed), settings
