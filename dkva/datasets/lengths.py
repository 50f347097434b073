"""Labels of one length with the frames: what is done if there are more or fewer of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dkva.base.checks import check_choice
from dkva.datasets.annotations.forms import Truth, plural
from dkva.datasets.errors import DataError
from dkva.datasets.reading import LENGTH_POLICIES, NO_LABEL, Note

__all__ = ["FEW_FRAMES", "SMALL_SHARE", "fit_labels", "is_small", "rate_of", "resampled"]

#: A difference is small, so that the policies "trim", "pad" and "center" act on it, up to this share of the
#: frames; or up to `FEW_FRAMES`, if these are no more than a third of the frames.
SMALL_SHARE = 0.1

#: See `SMALL_SHARE`.
FEW_FRAMES = 5

# Rates that videos and features are made at: pairs of them explain ratios that are not whole.
_RATES = (5, 6, 10, 12, 12.5, 15, 20, 24, 25, 30, 50, 60)


def is_small(difference: int, n_frames: int) -> bool:
    """Whether so many labels more or fewer than frames are a small difference."""
    return abs(difference) <= max(SMALL_SHARE * n_frames, min(FEW_FRAMES, n_frames // 3))


def rate_of(n_labels: int, n_frames: int) -> str | None:
    """The rates that explain the numbers of labels and frames, such as "1 for 3"; None if none do."""
    if not n_labels or not n_frames:
        return None
    few, many = sorted((n_labels, n_frames))
    whole = round(many / few)
    ratio = None
    if whole >= 2 and abs(few - many / whole) <= max(1, 0.01 * few) and (whole <= 10 or few >= 20):
        ratio = (1, whole)
    else:
        pairs = sorted({(a, b) for a in _RATES for b in _RATES if a < b}, key=lambda pair: pair[1])
        near = [(a, b) for a, b in pairs if abs(few - many * a / b) <= max(1, 0.003 * few)]
        if near and few >= 20:
            a, b = near[0]
            scale = np.gcd(int(2 * a), int(2 * b))
            ratio = (int(2 * a // scale), int(2 * b // scale))
    if ratio is None:
        return None
    labels, frames = ratio if n_labels < n_frames else ratio[::-1]
    return f"{labels} for {frames}"


def resampled(labels: np.ndarray, n_frames: int) -> np.ndarray:
    """The label of each frame's time [n_frames]: the one at floor((i + 1/2) m / n) of [m] labels."""
    return labels[(2 * np.arange(n_frames) + 1) * len(labels) // (2 * n_frames)]


def fit_labels(
    labels: np.ndarray,
    n_frames: int,
    policy: str = "error",
    *,
    path: str | Path = "labels",
    force: bool = False,
    n_features: int | None = None,
) -> Truth:
    """Labels [m] as labels [n_frames], with a note of what was done to them.

    Args:
        labels: [m] of str.
        n_frames: rows of the features, which are not changed.
        policy: one of `LENGTH_POLICIES`. "trim", "pad" and "center" act on small differences, see
            `SMALL_SHARE`; "resample" and "authors" on any.
        path: the label file, for the errors.
        force: let every policy act on any difference.
        n_features: columns of the features, to tell features that are transposed.

    Raises:
        DataError: unequal lengths under the policy "error", or a difference that is too large for the policy.
        ValueError: an unknown policy; the choices are listed.
    """
    check_choice("length policy", policy, LENGTH_POLICIES)
    m, n = len(labels), n_frames
    if m == n:
        return Truth(labels)
    if m == 0:
        raise DataError(path, "holds no labels", "give the labels of this video")
    small = is_small(m - n, n)
    if policy == "error" or not (small or force or policy in ("resample", "authors")):
        raise _refusal(Path(path), labels, n, policy, n_features, small)
    many = plural(m, "label")
    if policy == "resample":
        fitted, text = resampled(labels, n), f"{many} were resampled to {plural(n, 'frame')}"
    elif policy == "center":
        fitted, text = _centered(labels, n)
    elif m > n:
        fitted, text = labels[:n], f"{plural(m - n, 'label')} at the end {_were(m - n)} cut"
    elif policy == "trim":
        fitted = _around(labels, 0, n)
        text = f"{plural(n - m, 'frame')} at the end {_have(n - m)} no label"
    else:
        fitted = np.concatenate([labels, np.repeat(labels[-1:], n - m)])
        text = f"the last label was repeated for {plural(n - m, 'frame')} at the end"
    value = {
        "policy": policy,
        "labels": m,
        "frames": n,
        "forced": not small and policy not in ("resample", "authors"),
    }
    return Truth(fitted, (Note("labels_fitted", f"{text} (--lengths {policy})", value),))


def _around(labels: np.ndarray, before: int, n: int) -> np.ndarray:
    """Labels with frames without one around them."""
    none = np.full(n, NO_LABEL, dtype=labels.dtype)
    none[before : before + len(labels)] = labels
    return none


def _centered(labels: np.ndarray, n: int) -> tuple[np.ndarray, str]:
    m = len(labels)
    if m > n:
        before = (m - n) // 2
        text = f"{before} of {m} labels at the start and {m - n - before} at the end were cut"
        return labels[before : before + n], text
    before = (n - m) // 2
    return _around(labels, before, n), f"{m} labels were put in the middle of {plural(n, 'frame')}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _refusal(
    path: Path, labels: np.ndarray, n: int, policy: str, n_features: int | None, small: bool
) -> DataError:
    m = len(labels)
    problem = f"has {plural(m, 'label')} for {plural(n, 'frame')}"
    if m == n_features:
        return DataError(path, problem, "the features look transposed: say so (--transposed)")
    if small:
        return DataError(path, problem, "choose how to fit them: --lengths trim, pad, center or authors")
    if m <= n / 2 and m > 1 and (labels[1:] != labels[:-1]).all():
        problem += ": is it a list of actions without times?"
        return DataError(path, problem, "give one label a frame, or the start and end of each action")
    rate = rate_of(m, n)
    if rate is not None:
        return DataError(path, f"{problem}: {rate}?", "resample them with --lengths resample")
    told = "" if policy == "error" else f', too large a difference for "{policy}"'
    insist = "" if policy == "error" else ", or insist with --force-lengths"
    return DataError(path, problem + told, f"give the labels of these features{insist}")
