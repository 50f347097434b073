"""The estimator: the method with scikit-learn's conventions."""

from __future__ import annotations

import warnings
from dataclasses import fields
from pathlib import PurePath

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from dkva.approximation.approximate import Approximation, approximation_of
from dkva.approximation.assigning import labels_of, similarity_by
from dkva.approximation.learning import run_alone
from dkva.approximation.losses import Loss
from dkva.approximation.prepare import Job, check_video
from dkva.approximation.preprocessing import smooth_and_standardise
from dkva.approximation.segmenting import checked_similarity, prepare_video
from dkva.approximation.settings import MAX_SEED, Settings
from dkva.base.checks import check_unmasked, check_whole
from dkva.base.orientation import TurnedWarning, looks_turned

__all__ = ["VideoSegmenter"]

_DEFAULT = Settings()


class VideoSegmenter(ClusterMixin, BaseEstimator):
    """Segments one video into actions with deep kernel video approximation (Pintea & Dijkstra 2026).

    Learns `n_segments` synthetic frames whose distribution is close to the video's under the maximum mean
    discrepancy, and gives each frame to its most similar one. A synthetic frame may get no frame, so fewer
    labels may come out, and a label may return later in the video. Rows of X are frames in order of time.

    Args:
        n_segments: M, number of synthetic frames.
        kernel: "gauss_ntk" (paper) or another of `dkva.KERNELS`.
        smoothing: a, strength of the Gaussian filter over time: its window is ceil(a·N / M) frames. Paper:
            2.5 for long videos, less for short ones; 0 leaves the frames as they are.
        epochs: passes over the video. Paper: 100 on the benchmarks, 10 on Moving5.
        estimator: "video" (default) or "batch", the paper's to the letter and many times slower.
        random_state: seed of the batches: a number, a numpy RandomState, or None for a fresh one.
        learning_rate: Adam's.
        weight_decay: weight of the norm of the synthetic frames.
        init: "uniform" (mean frames of uniform segments; paper), "kmeans" or "random" (frames).
        length_scale: of the Gaussian: "median_squared" (paper), "median" or a number.
        depth: hidden layers of the infinitely wide network.
        activation: "relu" or "erf".
        weight_std: standard deviation of the network's weights.
        bias_std: standard deviation of the network's biases.
        batch_size: frames a step; None means the paper's min(512, N // M), "video" every frame once.
        assignment: "kernel" (paper Eq. 6); "l2", the nearest synthetic frame, which the paper compares in
            its Table 2; "asot", by similarities steadied in time by the decoder of ASOT (Xu & Gould 2024);
            or "asot_cosine", likewise by ASOT's cost with the cosine of the kernel's feature space.
        tolerance: stop learning if the loss falls by no more than this share in five epochs; 0 takes all
            epochs, as the paper does.

    All but `n_segments` and `random_state` are the fields of `dkva.Settings`, which holds their defaults and
    checks them.

    Attributes:
        labels_: index of each frame's synthetic frame [n].
        approximation_: synthetic frames in the features' own units [m, d].
        similarity_: kernel of each frame and each synthetic frame [n, m]; with assignment "l2" minus their
            distance, with "asot" and "asot_cosine" the share of the frame that it gets.
        loss_curve_: mean loss of each epoch taken [epochs].
        length_scale_: l used, in standard units.
        window_: window of the Gaussian filter in frames.
        n_features_in_: d.

    Examples:
        >>> import numpy as np
        >>> from dkva import VideoSegmenter, segments
        >>> frames = np.repeat([[0.0, 1.0], [1.0, 0.0]], 30, axis=0)
        >>> labels = VideoSegmenter(2, smoothing=0).fit_predict(frames)
        >>> [(run.start, run.end) for run in segments(labels)]
        [(0, 30), (30, 60)]
    """

    def __init__(
        self,
        n_segments,
        kernel=_DEFAULT.kernel,
        smoothing=_DEFAULT.smoothing,
        epochs=_DEFAULT.epochs,
        estimator=_DEFAULT.estimator,
        random_state=0,
        *,
        learning_rate=_DEFAULT.learning_rate,
        weight_decay=_DEFAULT.weight_decay,
        init=_DEFAULT.init,
        length_scale=_DEFAULT.length_scale,
        depth=_DEFAULT.depth,
        activation=_DEFAULT.activation,
        weight_std=_DEFAULT.weight_std,
        bias_std=_DEFAULT.bias_std,
        batch_size=_DEFAULT.batch_size,
        assignment=_DEFAULT.assignment,
        tolerance=_DEFAULT.tolerance,
    ):
        self.n_segments = n_segments
        self.kernel = kernel
        self.smoothing = smoothing
        self.epochs = epochs
        self.estimator = estimator
        self.random_state = random_state
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.init = init
        self.length_scale = length_scale
        self.depth = depth
        self.activation = activation
        self.weight_std = weight_std
        self.bias_std = bias_std
        self.batch_size = batch_size
        self.assignment = assignment
        self.tolerance = tolerance

    def fit(self, X, y=None, name=""):  # noqa: N803 -- scikit-learn's name
        """Learn the approximation of one video and label its frames.

        Args:
            X: frames in order of time [n, d].
            y: ignored.
            name: the video's name; the batches depend on it and on `random_state`, so that a run over many
                videos gives each the same labels alone. Of a path its last part counts, without suffix.

        Returns:
            The fitted estimator.

        Raises:
            ValueError: a setting that is unknown or out of range, more segments than frames, or features
                that are not finite numbers, or masked.

        Warns:
            TurnedWarning: features that look transposed.
        """
        del y
        frames, job = self.prepare(X, name.stem if isinstance(name, PurePath) else name)
        if looks_turned(len(X), self.n_features_in_):
            shape = f"{len(X)} frames of {self.n_features_in_} features"
            warnings.warn(f"X is read as {shape}: give X.T if each column is a frame", TurnedWarning, 2)
        return self.finish(frames, approximation_of(job, run_alone(job.arguments, program=job.program)))

    def prepare(
        self,
        X,  # noqa: N803 -- scikit-learn's name
        name: str = "",
        loss: Loss | None = None,
    ) -> tuple[np.ndarray, Job]:
        """The first part of `fit`: standardised frames [n, d], and the video ready to be learned.

        Args:
            X: frames in order of time [n, d].
            name: the video's name.
            loss: to minimise; None means the MMD by the estimator.
        """
        check_unmasked("X", X)
        X = validate_data(self, X, dtype=[np.float64, np.float32])  # noqa: N806
        seed, settings = self.check_settings(len(X))
        video = prepare_video(X, self.n_segments, settings, seed=seed, name=name, loss=loss)
        self.window_, self._standardiser = video.window, video.standardiser
        return video.frames, video.job

    def finish(self, frames: np.ndarray, learned: Approximation) -> VideoSegmenter:
        """The last part of `fit`: labels of standardised frames [n, d] under what was learned."""
        self._learned = learned
        self.length_scale_ = learned.length_scale
        self.loss_curve_ = learned.loss_curve
        self.approximation_ = self._standardiser.invert(learned.synthetic)
        self.similarity_ = checked_similarity(frames, learned, self._settings())
        self.labels_ = labels_of(self.similarity_)
        return self

    def fit_predict(self, X, y=None, name=""):  # noqa: N803 -- scikit-learn's name
        """Labels of one video's frames [n]; see `fit`."""
        return self.fit(X, y, name=name).labels_

    def predict(self, X):  # noqa: N803 -- scikit-learn's name
        """Labels [n] of the frames of a video [n, d] under the learned approximation.

        The frames are smoothed with the fitted window and standardised with the fitted mean and scale; the
        video the estimator was fitted to gets `labels_`.

        Raises:
            ValueError: another number of features than in `fit`, or values that are not finite.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)  # noqa: N806
        dtype = self._learned.synthetic.dtype
        _, frames = smooth_and_standardise(X, self.window_, dtype, self._standardiser)
        return labels_of(similarity_by(self.assignment, frames, self._learned))

    def _settings(self) -> Settings:
        return Settings(**{each.name: getattr(self, each.name) for each in fields(Settings)})

    def check_settings(self, n_frames: int) -> tuple[int, Settings]:
        """Seed and settings for a video of N frames, all of them checked.

        Raises:
            ValueError: a setting that is unknown or out of range, or more segments than frames.
        """
        seed = self.random_state
        if seed is None or isinstance(seed, np.random.RandomState):
            seed = int(check_random_state(seed).randint(2**31))
        check_whole("random_state", seed, least=0, most=MAX_SEED)
        settings = self._settings()
        check_video(settings, self.n_segments, n_frames, seed)
        return int(seed), settings
