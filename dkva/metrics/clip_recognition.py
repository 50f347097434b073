"""Clip recognition: how well a linear classifier tells from its embedded frames what a whole clip shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dkva.base.checks import check_choice, check_whole
from dkva.metrics.phases import checked_embedded
from dkva.metrics.pooling import Pooled, pooled, unknown

__all__ = ["POOLINGS", "clip_accuracy", "clip_vector"]

#: How the frames of a clip become one vector: their mean, or one after another.
POOLINGS = ("mean", "concatenation")


def clip_accuracy(
    train: Sequence,
    train_labels: Sequence | np.ndarray,
    test: Sequence,
    test_labels: Sequence | np.ndarray,
    *,
    frames: int = 16,
    pooling: str = "mean",
) -> Pooled:
    """Share of the test clips whose label a logistic regression finds that was fitted to the training clips.

    As in MASA (Kwon et al., Multi activity sequence alignment via implicit clustering): frames at equal
    distances and a linear classifier. The paper does not say how the frames become one vector.

    Args:
        train: of each training clip, its embedded frames [n_i, e].
        train_labels: of each, what it shows.
        test: of each test clip, its embedded frames.
        test_labels: of each, what it shows.
        frames: frames taken of each clip; a shorter clip gives some of them several times.
        pooling: one of `POOLINGS`.

    Returns:
        The accuracy, whose parts are 1 and 0; NaN if the training clips show one thing alone, or there is no
        test clip.

    Raises:
        ValueError: not as many labels as clips, no training clip, embedded frames that are no finite numbers
            or differ in e, an unknown pooling, or `frames` below 1.
    """
    check_choice("pooling", pooling, POOLINGS)
    check_whole("frames", frames, least=1)
    for name, clips, labels in (("train", train, train_labels), ("test", test, test_labels)):
        if len(clips) != len(labels):
            raise ValueError(f"{name} has {len(clips)} clips and {len(labels)} labels: give one label a clip")
    if not len(train):
        raise ValueError("train has no clip: give at least one")
    embedded = checked_embedded([*train, *test])
    names = np.asarray(train_labels)
    if len(test) == 0 or len(np.unique(names)) < 2:
        return unknown(len(test))
    from sklearn.linear_model import LogisticRegression

    vectors = np.stack([clip_vector(each, frames=frames, pooling=pooling) for each in embedded])
    # C as in phase classification: for two classes it is that of a regression with two vectors of weights.
    of_two = len(np.unique(names)) == 2
    fitted = LogisticRegression(C=2.0 if of_two else 1.0, max_iter=100_000).fit(vectors[: len(train)], names)
    right = fitted.predict(vectors[len(train) :]) == np.asarray(test_labels)
    return pooled(right, np.ones(len(test)))


def clip_vector(
    embedded: Float[np.ndarray, "n e"], *, frames: int = 16, pooling: str = "mean"
) -> Float[np.ndarray, " v"]:
    """One vector of a clip, of e numbers or of frames·e.

    Args:
        embedded: its embedded frames, in order of time.
        frames: taken at equal distances, the first and the last among them; of one the middle.
        pooling: one of `POOLINGS`.
    """
    last = len(embedded) - 1
    places = np.linspace(0, last, frames) if frames > 1 else np.array([last / 2])
    chosen = embedded[np.round(places).astype(int)]
    return chosen.mean(0) if pooling == "mean" else chosen.reshape(-1)
