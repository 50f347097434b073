"""The shortest action of interest, in seconds, as settings of a method: how much it smooths over time.

The rule of thumb is this project's own (its design note on recordings): frames are averaged by a Gaussian
whose standard deviation is a fifth of the shortest action. What is shorter is blurred away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dkva.base.checks import check_number, check_whole

__all__ = ["SMOOTHING_SETTINGS", "deviation_for", "settings_for_shortest"]

#: Standard deviation of the smoothing in shares of the shortest action (our choice).
_SHARE = 1 / 5

# The most that these settings take, as their own code checks it: in mean segments, and for the paper's a.
_MOST_SEGMENTS = 1.0
_MOST_PAPERS = 100.0


def _in_segments(deviation: float, n_samples: int, n_segments: int) -> float:
    """A standard deviation in samples, in mean segments."""
    return min(_MOST_SEGMENTS, deviation * n_segments / n_samples)


def _papers(deviation: float, n_samples: int, n_segments: int) -> float:
    """The paper's a, whose window of ceil(a·N / M) samples has this standard deviation, (window - 1) / 6."""
    window = round(6 * deviation) + 1
    # Half a sample below the window, so that no rounding takes it past the next whole number.
    return min(_MOST_PAPERS, (window - 0.5) * n_segments / n_samples) if window > 1 else 0.0


_SMOOTHED: Mapping[str, tuple[str, Callable[[float, int, int], float]]] = {
    "kms": ("averaging", _in_segments),
    "smoothed_kmeans": ("smoothing", _in_segments),
    "dkva": ("smoothing", _papers),
    "sinkhorn": ("smoothing", _papers),
}

#: The setting of each method, by its id, that the shortest action decides.
SMOOTHING_SETTINGS: Mapping[str, str] = {name: setting for name, (setting, _) in _SMOOTHED.items()}


def deviation_for(seconds: float, rate: float) -> float:
    """Standard deviation of the smoothing in samples: a fifth of the shortest action.

    Args:
        seconds: of the shortest action of interest, above 0.
        rate: samples (rows of features) a second, above 0.

    Raises:
        ValueError: a number out of range.
    """
    check_number("shortest", seconds, positive=True)
    check_number("rate", rate, positive=True)
    return _SHARE * seconds * rate


def settings_for_shortest(
    method_id: str, seconds: float, rate: float, n_samples: int, n_segments: int
) -> dict[str, float]:
    """The setting of a method that smooths for actions of so many seconds and more, by its name.

    It is the most that the method takes if that is less: a mean segment of N / K samples for kms and
    smoothed k-means, the largest `smoothing` for the paper's method.

    Args:
        method_id: of the registry.
        seconds: of the shortest action of interest, above 0.
        rate: samples (rows of features) a second, above 0.
        n_samples: N, rows of the features.
        n_segments: K, that the video is cut into.

    Raises:
        ValueError: a number out of range, or a method without smoothing.
    """
    deviation = deviation_for(seconds, rate)
    check_whole("n_samples", n_samples, least=1)
    check_whole("n_segments", n_segments, least=1)
    if method_id not in _SMOOTHED:
        raise ValueError(
            f"{method_id} has no Gaussian smoothing for a shortest action to set: choose of "
            f"{', '.join(_SMOOTHED)}"
        )
    setting, of = _SMOOTHED[method_id]
    return {setting: of(deviation, n_samples, n_segments)}
