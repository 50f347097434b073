"""Phase progression against published programs, scikit-learn's R², and rules for a missing phase."""

import json

import numpy as np
import pytest
from alignment_cases import ACTIONS, FRACTIONS, alignment_case, drawn, first
from sklearn.metrics import r2_score

from dkva.metrics.phase_progression import phase_progression, progression_targets

pytestmark = pytest.mark.fast

#: Labels of LAV's and VAOT's programs, in the order of the phases.
IDS = (0, 5, 13, 18, 21, 23)


def test_golden_targets():
    targets = progression_targets(np.array([0, 0, 0, 1, 1, 2, 2, 2]), (0, 1, 2))
    np.testing.assert_array_equal(targets[:, 0], np.arange(-2, 6) / 8)
    np.testing.assert_array_equal(targets[:, 1], np.arange(-4, 4) / 8)


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("action", ACTIONS)
def test_published_programs_give_the_same(reference_root, action, fraction):
    case = alignment_case(reference_root, action)
    train, test = case[:2], case[2:4]
    n_phases = 1 + max(truth.max() for truth in case.train_truths)
    index = FRACTIONS.index(fraction)

    def progression(fitted, scored, phases):
        found = phase_progression(*fitted, *scored, fraction=fraction, phases=phases)
        assert found.parts.mean() == pytest.approx(found.figure, abs=1e-13)
        # The programs fit in float32: of targets of size 1 and 40 frames a number or more.
        return pytest.approx(found.figure, abs=1e-6)

    stored = case.figures["carl_progression"]
    own = first(case, fraction)
    assert stored[f"val_{action}_{fraction}_score"] == progression(train, test, range(n_phases))
    assert stored[f"train_{action}_{fraction}_score"] == progression(train, own, range(n_phases))
    for labels, phases in (("mapped", range(n_phases)), ("raw", IDS[:n_phases])):
        fitted_first = case.figures[f"vaot_progression_train_then_val_{labels}_labels"]
        assert fitted_first["val"][index] == progression(train, test, phases)
        assert fitted_first["train"][index] == progression(train, own, phases)
        released = case.figures[f"vaot_progression_release_val_is_train_{labels}_labels"]
        n = len(own[0])
        assert released["val"][index] == progression(test, test, phases)
        assert released["train"][index] == progression(test, [of[:n] for of in test], phases)


def test_the_end_of_a_missing_phase():
    labels = np.array([0, 0, 3, 3])
    ends = {rule: 4 * -progression_targets(labels, (0, 1, 2, 3), rule)[0] for rule in ("start", "previous")}
    assert ends["start"].tolist() == [1, -1, -1]
    assert ends["previous"].tolist() == [1, 1, 4]


def test_rules_for_a_missing_phase(reference_root):
    stored = json.loads((reference_root / "alignment_metrics_cases.json").read_text())["missing_phase"]
    labels, phases = np.array(stored["labels"]), range(5)
    np.testing.assert_array_equal(progression_targets(labels, phases, "previous").T, stored["casa"])
    np.testing.assert_array_equal(progression_targets(labels, phases, "start").T, stored["vaot_mapped"])
    without_last = np.array([0, 0, 1, 1, 2, 2, 4, 4])
    np.testing.assert_array_equal(
        progression_targets(without_last, phases, "previous").T, stored["casa_last_missing"]
    )
    for missing, of in (("error", labels), ("previous", labels + 1)):
        with pytest.raises(ValueError, match=r'no frame of phase \d: leave it out, or give missing="start"'):
            progression_targets(of, phases, missing)
    with pytest.raises(ValueError, match="unknown missing 'skip': choose one of start, previous, error"):
        progression_targets(labels, phases, "skip")


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_mean_r2_of_regressions_by_their_normal_equations(seed):
    train, test = drawn(seed), drawn(seed + 10)
    ones = [np.hstack([frames, np.ones((len(frames), 1))]) for frames in (*train[0], *test[0])]
    targets = [progression_targets(truth, range(3)) for truth in (*train[1], *test[1])]
    n = len(train[0])
    x, y = np.concatenate(ones[:n]), np.concatenate(targets[:n])
    fitted = np.concatenate(ones[n:]) @ np.linalg.solve(x.T @ x, x.T @ y)
    found = phase_progression(*train, *test)
    # Normal equations of about 40 frames in float64.
    assert found.figure == pytest.approx(r2_score(np.concatenate(targets[n:]), fitted), abs=1e-9)


def test_a_part_is_the_videos_share_of_what_is_missed():
    """Time itself is embedded: a line fits the target of two phases, but not if it is played backwards."""
    time = np.arange(8.0)[:, None] / 8
    truth = np.repeat([0, 1], 4)
    found = phase_progression([time], [truth], [time, time[::-1]], [truth] * 2)
    # Targets (t - 3) / 8. The second video misses the sum of ((7 - 2t) / 8)² = 168 / 64, of 2 · 42 / 64.
    np.testing.assert_allclose(found.parts, [1, 1 - 2 * 168 / 84], atol=1e-12)
    assert found.figure == pytest.approx(-1, abs=1e-12)


def test_only_the_first_videos_are_learnt_from():
    train, test = drawn(0), drawn(1)
    half = phase_progression(train[0][:2], train[1][:2], *test)
    assert phase_progression(*train, *test, fraction=0.5).figure == half.figure
    assert phase_progression(*train, *test).figure != half.figure


def test_a_phase_that_test_videos_alone_have_counts():
    train, test = drawn(0), drawn(1, n_phases=4)
    found = phase_progression(*train, *test).figure
    assert found == phase_progression(*train, *test, phases=range(4)).figure
    assert found != phase_progression(*train, *test, phases=range(3)).figure


def test_phases_are_the_labels_found_in_their_order():
    train, test = drawn(0), drawn(1)
    found = phase_progression(*train, *test)
    far = [[7 * truth + 2 for truth in truths] for truths in (train[1], test[1])]
    assert phase_progression(train[0], far[0], test[0], far[1]).figure == found.figure


def test_one_phase_or_frame_has_no_progression():
    embedded, truths = drawn(0)
    single = [0 * truth for truth in truths]
    assert np.isnan(phase_progression(embedded, single, embedded, single).figure)
    alone = [frames[:1] for frames in embedded[:1]], [truth[:1] for truth in truths[:1]]
    assert np.isnan(phase_progression(embedded, truths, *alone).figure)
    with pytest.raises(ValueError, match="train has no video"):
        phase_progression([], [], embedded, truths)
