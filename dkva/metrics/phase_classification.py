"""Phase classification: how well a simple classifier tells phases apart, from a fraction of the labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dkva.base.checks import check_choice
from dkva.metrics.phases import first_videos, labelled_frames
from dkva.metrics.pooling import Pooled, pooled, unknown

__all__ = ["CLASSIFIERS", "phase_accuracy"]

#: Classifiers in use; see `phase_accuracy`.
CLASSIFIERS = ("svm", "linear_svm", "logistic")


def phase_accuracy(
    train: Sequence,
    train_truths: Sequence,
    test: Sequence,
    test_truths: Sequence,
    *,
    fraction: float = 1.0,
    classifier: str = "svm",
) -> Pooled:
    """Share of the test frames whose phase a classifier finds that was fitted to frames of training videos.

    The released scripts of LAV and VAOT fit and score on the same videos, the test videos; for their figures
    give these as `train`, too, and compare them with no other.

    Args:
        train: of each training video, its embedded frames [n_i, e].
        train_truths: of each, the phase of each frame [n_i]; frames below 0 are dropped.
        test: of each test video, its embedded frames.
        test_truths: of each, the phase of each frame.
        fraction: of the training videos, the first ones in their order.
        classifier: "svm" is scikit-learn's support vector machine by its defaults (radial basis functions,
            C = 1, gamma "scale"), as in LAV, VAOT and LRProp; "linear_svm" the same with a linear kernel;
            "logistic" the multinomial regression of CARL and CASA (C = 1).

    Returns:
        The accuracy; NaN if the training frames are of one phase.

    Raises:
        ValueError: see `dkva.metrics.phases.labelled_frames` and `first_videos`; no training video; or an
            unknown classifier.
    """
    check_choice("classifier", classifier, CLASSIFIERS)
    train, train_truths = labelled_frames(train, train_truths)
    test, test_truths = labelled_frames(test, test_truths)
    if not train:
        raise ValueError("train has no video: give at least one")
    n = first_videos(len(train), fraction)
    labels = np.concatenate(train_truths[:n])
    if len(np.unique(labels)) < 2:
        return unknown(len(test))
    fitted = _classifier(classifier, len(np.unique(labels))).fit(np.concatenate(train[:n]), labels)
    right = [np.sum(fitted.predict(frames) == truth) for frames, truth in zip(test, test_truths, strict=True)]
    return pooled(right, [len(truth) for truth in test_truths])


def _classifier(name: str, n_classes: int):
    """The classifier, not fitted yet."""
    if name == "logistic":
        from sklearn.linear_model import LogisticRegression

        # For two classes scikit-learn has one vector of weights instead of CARL's two opposite ones, whose
        # penalty is twice that at half the length: the same regression at C = 2.
        return LogisticRegression(C=2.0 if n_classes == 2 else 1.0, max_iter=100_000)
    from sklearn.svm import SVC

    return SVC(kernel="rbf" if name == "svm" else "linear")
