"""The hidden Markov model whose states like to stay."""

import logging
import sys
import warnings

import numpy as np
import pytest
from rival_corners import RETURNING, check_corner, check_refusals, check_units, corners, planted
from sklearn.metrics import adjusted_rand_score

from dkva.baselines import sticky_hmm
from dkva.baselines.hidden_markov import _components

pytestmark = pytest.mark.fast

rng = np.random.default_rng(3)


def test_a_planted_video_is_cut_right_and_labels_return():
    np.testing.assert_array_equal(sticky_hmm(planted(RETURNING), 3), RETURNING)


def switches(labels):
    return np.count_nonzero(np.diff(labels))


def test_stickiness_keeps_states():
    # Two states that overlap and follow each other at random: a plain model switches with the noise.
    features = rng.integers(0, 2, (300, 1)) * 2 + rng.standard_normal((300, 1))
    plain, usual, very = (sticky_hmm(features, 2, stickiness=s) for s in (0, 10.0, 1e4))
    assert switches(plain) > switches(usual) >= switches(very)


def test_many_features_are_reduced():
    truth = np.repeat([0, 1, 2], 40)
    mixed = 4 * np.eye(3)[truth] @ rng.standard_normal((3, 60)) + rng.standard_normal((120, 60))
    np.testing.assert_array_equal(sticky_hmm(mixed, 3), truth)
    components = _components(mixed - mixed.mean(axis=0), 16)
    assert components.shape == (120, 16)
    values = np.linalg.svd(mixed - mixed.mean(axis=0), compute_uv=False)
    np.testing.assert_allclose(np.square(components).sum(axis=0), values[:16] ** 2, rtol=1e-9)


def test_few_features_stay_as_they_are_but_for_constant_ones():
    rows = np.column_stack([rng.standard_normal((9, 2)), np.zeros(9)])
    np.testing.assert_array_equal(_components(rows, 2), rows[:, :2])


def test_the_seed_is_the_only_chance():
    features = rng.standard_normal((80, 3))
    first, again, *others = (sticky_hmm(features, 5, seed=seed, stickiness=0) for seed in (0, 0, 1, 2, 3))
    np.testing.assert_array_equal(first, again)
    assert min(adjusted_rand_score(first, other) for other in others) < 1


def test_states_that_no_frame_is_in_are_left_out():
    labels = sticky_hmm(np.repeat([[0.0], [9.0]], 30, axis=0), 5)
    assert len(np.unique(labels)) < 5
    assert labels[29] != labels[30]


@corners
def test_corners_in_silence(corner, caplog):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_corner(sticky_hmm, corner)
    assert not caplog.records


def test_logging_is_put_back():
    logger = logging.getLogger("hmmlearn")
    level = logger.level
    sticky_hmm(planted(RETURNING), 3)
    assert logger.level == level


def test_units_do_not_count():
    check_units(sticky_hmm, planted(RETURNING), 3)


def test_hmmlearn_is_asked_for_by_name(monkeypatch):
    for name in ("hmmlearn", "hmmlearn.hmm"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="sticky_hmm needs hmmlearn: pip install hmmlearn"):
        sticky_hmm(planted(RETURNING), 3)


@pytest.mark.usefixtures("unchecked")
def test_bad_arguments():
    check_refusals(
        sticky_hmm,
        ({"seed": -1}, "seed is -1"),
        ({"stickiness": -1}, "stickiness is -1"),
        ({"components": 0}, "components is 0"),
        ({"max_iterations": 0}, "max_iterations is 0"),
    )
