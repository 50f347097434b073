"""Phase progression: how well a linear regression tells the time since, or until, the end of each phase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dkva.base.checks import check_choice
from dkva.metrics.phases import first_videos, labelled_frames
from dkva.metrics.pooling import Pooled, pooled, unknown

__all__ = ["MISSING", "phase_progression", "progression_targets"]

#: What is done about a phase that a video lacks; see `progression_targets`.
MISSING = ("start", "previous", "error")


def phase_progression(
    train: Sequence,
    train_truths: Sequence,
    test: Sequence,
    test_truths: Sequence,
    *,
    phases: Sequence[int] | None = None,
    fraction: float = 1.0,
    missing: str = "start",
) -> Pooled:
    """R² of the progression on the test frames, the mean over phases but the last; it can be negative.

    One least-squares regression a phase, with an intercept, is fitted to the frames of the training videos.

    Args:
        train: of each training video, its embedded frames [n_i, e].
        train_truths: of each, the phase of each frame [n_i]; frames below 0 are dropped.
        test: of each test video, its embedded frames.
        test_truths: of each, the phase of each frame.
        phases: labels of the phases in their order; None means all labels found, sorted. The programs of
            LAV and VAOT have (0, 5, 13, 18, 21, 23) whatever the labels are.
        fraction: of the training videos, the first ones in their order.
        missing: see `progression_targets`.

    Returns:
        The progression; NaN if there are fewer than two phases, or a target that does not vary.

    Raises:
        ValueError: see `dkva.metrics.phases.labelled_frames`, `first_videos` and `progression_targets`; or no
            training video.
    """
    from sklearn.linear_model import LinearRegression

    train, train_truths = labelled_frames(train, train_truths)
    test, test_truths = labelled_frames(test, test_truths)
    if not train:
        raise ValueError("train has no video: give at least one")
    if phases is None:
        phases = np.unique(np.concatenate([*train_truths, *test_truths])).tolist()
    if len(phases) < 2:
        return unknown(len(test))
    n = first_videos(len(train), fraction)
    wanted = np.concatenate([progression_targets(each, phases, missing) for each in train_truths[:n]])
    fitted = LinearRegression().fit(np.concatenate(train[:n]), wanted)
    targets = [progression_targets(each, phases, missing) for each in test_truths]
    mean = np.concatenate(targets).mean(axis=0)
    spread = np.array([((each - mean) ** 2).sum(axis=0) for each in targets])
    if not np.all(spread.sum(axis=0) > 0):
        return unknown(len(test))
    missed = np.array(
        [((y - fitted.predict(x)) ** 2).sum(axis=0) for x, y in zip(test, targets, strict=True)]
    )
    of_phases = [pooled(of_phase - lost, of_phase) for of_phase, lost in zip(spread.T, missed.T, strict=True)]
    figures, parts = zip(*of_phases, strict=True)
    return Pooled(float(np.mean(figures)), np.mean(parts, axis=0))


def progression_targets(
    labels: np.ndarray, phases: Sequence[int], missing: str = "start"
) -> Float[np.ndarray, "n c"]:
    """(t - e_c) / n of each frame t and each phase c but the last; e_c is the last frame of phase c.

    Args:
        labels: the phase of each frame [n].
        phases: labels of the phases in their order.
        missing: what e_c is if no frame is of phase c. "start": -1, as in LAV and VAOT. "previous": that of
            the phase before, and n for the last phase that has a target, as in CASA, which needs the first
            phase. "error": refused, as CARL ends there.

    Raises:
        ValueError: a phase that is missing and may not be, or an unknown `missing`.
    """
    check_choice("missing", missing, MISSING)
    labels = np.asarray(labels)
    ends: list[int] = []
    for c, phase in enumerate(phases[:-1]):
        found = np.flatnonzero(labels == phase)
        if len(found):
            ends.append(int(found[-1]))
        elif missing == "start":
            ends.append(-1)
        elif missing == "error" or c == 0:
            raise ValueError(f'a video has no frame of phase {phase}: leave it out, or give missing="start"')
        else:
            ends.append(len(labels) if c == len(phases) - 2 else ends[-1])
    return (np.arange(len(labels))[:, None] - np.array(ends)) / len(labels)
