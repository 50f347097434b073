import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva.datasets import LENGTH_POLICIES, DataError, fit_labels
from dkva.datasets.lengths import is_small, rate_of, resampled

pytestmark = pytest.mark.fast


def numbered(m):
    return np.arange(m).astype(str)


@pytest.mark.parametrize(
    ("policy", "m", "n", "expected", "text"),
    [
        ("trim", 32, 30, [*range(30)], "2 labels at the end were cut (--lengths trim)"),
        ("trim", 31, 30, [*range(30)], "1 label at the end was cut (--lengths trim)"),
        ("trim", 28, 30, [*range(28), "", ""], "2 frames at the end have no label (--lengths trim)"),
        (
            "pad",
            28,
            30,
            [*range(28), 27, 27],
            "the last label was repeated for 2 frames at the end (--lengths pad)",
        ),
        ("pad", 32, 30, [*range(30)], "2 labels at the end were cut (--lengths pad)"),
        (
            "center",
            33,
            30,
            [*range(1, 31)],
            "1 of 33 labels at the start and 2 at the end were cut (--lengths center)",
        ),
        (
            "center",
            28,
            30,
            ["", *range(28), ""],
            "28 labels were put in the middle of 30 frames (--lengths center)",
        ),
        ("resample", 2, 6, [0, 0, 0, 1, 1, 1], "2 labels were resampled to 6 frames (--lengths resample)"),
        ("resample", 6, 2, [1, 4], "6 labels were resampled to 2 frames (--lengths resample)"),
        (
            "authors",
            2,
            6,
            [0, 1, 1, 1, 1, 1],
            "the last label was repeated for 4 frames at the end (--lengths authors)",
        ),
        ("authors", 60, 2, [0, 1], "58 labels at the end were cut (--lengths authors)"),
    ],
)
def test_policies(policy, m, n, expected, text):
    truth = fit_labels(numbered(m), n, policy, path="v")
    assert truth.labels.tolist() == [str(label) for label in expected]
    (note,) = truth.notes
    value = {"policy": policy, "labels": m, "frames": n, "forced": False}
    assert (note.name, note.text, note.value) == ("labels_fitted", text, value)


def test_labels_that_fit_are_left_alone():
    labels = numbered(5)
    truth = fit_labels(labels, 5, "trim", path="v")
    assert truth.labels is labels
    assert truth.notes == ()


@pytest.mark.parametrize(
    ("policy", "m", "n", "text"),
    [
        ("error", 298, 300, "v: has 298 labels for 300 frames; choose how to fit them: --lengths trim"),
        ("error", 100, 300, "v: has 100 labels for 300 frames: 1 for 3?; resample them with"),
        ("trim", 100, 300, "v: has 100 labels for 300 frames: 1 for 3?; resample them with"),
        ("error", 900, 300, "v: has 900 labels for 300 frames: 3 for 1?; resample them"),
        ("error", 250, 300, "v: has 250 labels for 300 frames: 5 for 6?; resample them"),
        ("error", 220, 300, "v: has 220 labels for 300 frames; give the labels of these features"),
        (
            "pad",
            220,
            300,
            'v: has 220 labels for 300 frames, too large a difference for "pad"; '
            "give the labels of these features, or insist with --force-lengths",
        ),
        ("center", 900, 300, "3 for 1?"),
        ("error", 1, 1000, "v: has 1 label for 1000 frames; give"),
    ],
)
def test_differences_that_are_refused(policy, m, n, text):
    labels = np.repeat(numbered(-(-m // 5)), 5)[:m]
    with pytest.raises(DataError) as caught:
        fit_labels(labels, n, policy, path="v")
    assert text in str(caught.value)
    if policy in ("trim", "pad"):
        forced = fit_labels(labels, n, policy, path="v", force=True)
        assert len(forced.labels) == n
        assert forced.notes[0].value["forced"] is True


def test_lists_of_actions_and_transposed_features_are_named():
    with pytest.raises(DataError, match=r"4 labels for 300 frames: is it a list of actions without times\?"):
        fit_labels(numbered(4), 300, "trim", path="v")
    with pytest.raises(DataError, match="8 labels for 300 frames; the features look transposed"):
        fit_labels(numbered(8), 300, path="v", n_features=8)
    with pytest.raises(DataError, match="holds no labels"):
        fit_labels(numbered(0), 3, "pad", path="v")


@pytest.mark.parametrize(
    ("difference", "n", "small"),
    [
        (30, 300, True),
        (31, 300, False),
        (-30, 300, True),
        (5, 15, True),
        (6, 15, False),
        (2, 6, True),
        (3, 6, False),
    ],
)
def test_small_differences(difference, n, small):
    assert is_small(difference, n) == small


@pytest.mark.parametrize(
    ("m", "n", "rate"),
    [
        (100, 300, "1 for 3"),
        (101, 300, "1 for 3"),
        (300, 100, "3 for 1"),
        (334, 1000, "1 for 3"),
        (40, 3000, "1 for 75"),
        (500, 600, "5 for 6"),
        (750, 300, "5 for 2"),
        (240, 300, "4 for 5"),
        (220, 300, None),
        (4, 300, None),
        (0, 300, None),
    ],
)
def test_rates(m, n, rate):
    assert rate_of(m, n) == rate


def test_unknown_policy_lists_the_choices():
    with pytest.raises(ValueError, match="error, trim, pad, center, resample, authors"):
        fit_labels(numbered(2), 2, "stretch", path="v")


@given(st.integers(1, 99), st.integers(1, 99))
def test_resampling_takes_the_label_of_the_frames_time(m, n):
    exact = [
        int((i + 0.5) * m / n) if (2 * i + 1) * m % (2 * n) else (2 * i + 1) * m // (2 * n) for i in range(n)
    ]
    np.testing.assert_array_equal(resampled(np.arange(m), n), exact)


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(LENGTH_POLICIES[1:]))
def test_policies_give_a_label_for_each_frame_in_order(m, n, policy):
    fitted = fit_labels(numbered(m), n, policy, path="v", force=True).labels
    assert len(fitted) == n
    given_labels = [int(label) for label in fitted if label]
    assert given_labels == sorted(given_labels)
    assert policy in ("trim", "center") or len(given_labels) == n
