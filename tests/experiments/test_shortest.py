"""The shortest action in seconds: the smoothing that methods make of it is a fifth of it long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.approximation.preprocessing import smoothing_window
from dkva.approximation.settings import MAX_SMOOTHING
from dkva.experiments.method_settings import checked, settings_of
from dkva.experiments.registry import SEGMENTER, find, listed
from dkva.experiments.shortest import SMOOTHING_SETTINGS, deviation_for, settings_for_shortest
from dkva.kernel_means.settings import MAX_AVERAGING

pytestmark = pytest.mark.fast

SECONDS = st.floats(0.05, 3600)
RATES = st.floats(0.1, 60)
NUMBERS = st.integers(1, 10**5)


def test_rule_of_the_design_note():
    assert deviation_for(2.5, 10) == 5
    # 100 segments of 50 samples: a deviation of 5 samples is a tenth of one.
    assert settings_for_shortest("kms", 2.5, 10, 5000, 100) == {"averaging": pytest.approx(0.1)}
    assert settings_for_shortest("smoothed_kmeans", 2.5, 10, 5000, 100) == {"smoothing": pytest.approx(0.1)}
    # The window of the paper is 6 deviations and 1 sample.
    (a,) = settings_for_shortest("dkva", 2.5, 10, 5000, 100).values()
    assert smoothing_window(5000, 100, a) == 31


@given(SECONDS, RATES, NUMBERS, NUMBERS)
def test_samples_are_averaged_over_a_fifth_of_the_shortest_or_the_most(seconds, rate, n_samples, n_segments):
    for method in ("kms", "smoothed_kmeans"):
        (share,) = settings_for_shortest(method, seconds, rate, n_samples, n_segments).values()
        asked = seconds * rate / 5
        most = MAX_AVERAGING * n_samples / n_segments
        assert share * n_samples / n_segments == pytest.approx(min(asked, most))
    (a,) = settings_for_shortest("dkva", seconds, rate, n_samples, n_segments).values()
    window = smoothing_window(n_samples, n_segments, a)
    if a == 0:
        assert seconds * rate / 5 <= 1 / 12
    elif a < MAX_SMOOTHING:  # rounded to whole samples
        assert abs((window - 1) / 6 - seconds * rate / 5) <= 1 / 12 * (1 + 1e-6)


@given(st.sampled_from(sorted(SMOOTHING_SETTINGS)), st.tuples(SECONDS, RATES, NUMBERS, NUMBERS))
def test_names_are_settings_of_the_methods_and_values_within_their_range(method, numbers):
    found = settings_for_shortest(method, *numbers)
    assert [*found] == [SMOOTHING_SETTINGS[method]]
    assert set(found) <= {each.name for each in settings_of(find(method))}
    if method != "smoothed_kmeans":  # checked by cutting
        assert checked(find(method), found).items() >= found.items()
    else:
        assert 0 <= found["smoothing"] <= 1


def test_methods_without_smoothing_say_so():
    for method in set(listed(SEGMENTER)[0]) - set(SMOOTHING_SETTINGS):
        with pytest.raises(ValueError, match=f"^{method} has no Gaussian smoothing .*: choose of kms, "):
            settings_for_shortest(method, 2, 5, 100, 4)


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ((0, 5, 9, 2), "shortest"),
        ((2, 0, 9, 2), "rate"),
        ((2, 5, 0, 2), "n_samples"),
        ((2, 5, 9, 0), "n_seg"),
    ],
)
def test_numbers_out_of_range_are_named(numbers, named):
    with pytest.raises(ValueError, match=named):
        settings_for_shortest("kms", *numbers)
