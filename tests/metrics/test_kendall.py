"""Kendall's tau against published programs, pairs counted one by one, and the definitions' golden values."""

import itertools
import json

import numpy as np
import pytest
from alignment_cases import ACTIONS, alignment_case
from hypothesis import given
from hypothesis import strategies as st

from dkva.metrics import kendall
from dkva.metrics.kendall import TAUS, kendall_tau, kendall_taus, nearest_frames

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(("variant", "tau"), [("b", 0.851064), ("a", 0.809524), ("lrprop", 0.714286)])
def test_golden_values(variant, tau):
    assert kendall_tau(np.array([0, 0, 2, 1, 3, 3, 5]), variant) == pytest.approx(tau, abs=5e-7)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=9))
def test_pairs_counted_one_by_one(nearest):
    signs = [np.sign(later - earlier) for earlier, later in itertools.combinations(nearest, 2)]
    p, q, t = (signs.count(sign) for sign in (1, -1, 0))
    assert kendall_tau(np.array(nearest), "a") == (p - q) / (p + q + t)
    assert kendall_tau(np.array(nearest), "lrprop") == (p - q - t) / (p + q + t)
    expected = (p - q) / np.sqrt((p + q) * (p + q + t)) if p + q else np.nan
    # Two square roots and a quotient.
    assert kendall_tau(np.array(nearest)) == pytest.approx(expected, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize("action", ACTIONS)
def test_published_programs_give_the_same(reference_root, action):
    case = alignment_case(reference_root, action)
    stride = case.figures["carl_stride"]
    found = kendall_taus(case.test, stride=stride)
    off_diagonal = found.pairs[~np.eye(5, dtype=bool)]
    # Sums of numbers of size 1 in another order.
    np.testing.assert_allclose(off_diagonal, case.figures["carl_kendall_tau_val_pairs"], rtol=0, atol=1e-14)
    for tau, name in [
        (found.tau, "carl_kendall_tau_val"),
        (kendall_taus(case.train, stride=stride).tau, "carl_kendall_tau_train"),
        (kendall_taus(case.test, stride=4).tau, "vaot_kendall_tau_stride4"),
    ]:
        assert tau.figure == pytest.approx(case.figures[name], abs=1e-14)
        assert tau.parts.mean() == pytest.approx(tau.figure, abs=1e-14)
    first, second = (np.float64(each[::stride]) for each in case.test[:2])
    np.testing.assert_array_equal(nearest_frames(first, second), case.arrays["nn_0_1"])


def test_pairs_of_a_collapsed_video_are_dropped_and_counted(reference_root):
    """All of its frames are its first frame, so that nearest neighbours in it, or of it, are one frame."""
    case = alignment_case(reference_root, "pouring")
    collapsed = [*case.test[:4], np.repeat(case.test[4][:1], len(case.test[4]), axis=0)]
    found = kendall_taus(collapsed, stride=4)
    expected = json.loads((reference_root / "alignment_metrics_cases.json").read_text())["collapsed_video4"]
    assert found.tau.figure == pytest.approx(expected["kendall_tau_stride4"], abs=1e-14)
    assert found.dropped.tolist() == [1, 1, 1, 1, 4]
    assert found.dropped.sum() == expected["n_nan"]
    assert found.tau.parts[4] == pytest.approx(found.tau.figure)  # it tells nothing
    assert found.tau.parts.mean() == pytest.approx(found.tau.figure, abs=1e-14)
    assert not kendall_taus(collapsed, stride=4, variant="lrprop").dropped.any()  # ties count -1 there


def test_time_itself_has_tau_1_and_time_reversed_has_minus_1():
    time = np.arange(6.0)[:, None]
    assert kendall_taus([time, time + 0.1]).tau.figure == pytest.approx(1)
    assert kendall_taus([time, time[::-1]]).tau.figure == pytest.approx(-1)


@pytest.mark.parametrize("variant", TAUS)
def test_a_single_video_or_frame_has_no_tau(variant):
    assert np.isnan(kendall_taus([np.eye(3)], variant=variant).tau.figure)
    found = kendall_taus([np.eye(3)[:1], np.eye(3)], variant=variant)
    assert np.isnan(found.pairs[0, 1])
    assert found.dropped[0] == 1


def test_blocks_do_not_show(monkeypatch):
    x, y = np.random.default_rng(0).normal(size=(2, 11, 3))
    whole = nearest_frames(x, y)
    monkeypatch.setattr(kendall, "_CELLS", 30)
    np.testing.assert_array_equal(nearest_frames(x, y), whole)
    np.testing.assert_array_equal(whole, ((x[:, None] - y) ** 2).sum(axis=-1).argmin(axis=1))


def test_the_first_of_equally_near_frames_is_taken():
    assert nearest_frames(np.array([[1.0], [2.0]]), np.array([[0.0], [2.0], [2.0]])).tolist() == [0, 1]


def test_unknown_definitions_are_refused():
    with pytest.raises(ValueError, match="unknown variant 'c': choose one of b, a, lrprop"):
        kendall_taus([np.eye(2)] * 2, variant="c")
