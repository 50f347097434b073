"""Phase classification against published programs and hand-sized cases."""

import numpy as np
import pytest
from alignment_cases import ACTIONS, FRACTIONS, alignment_case, drawn, first

from dkva.metrics import phase_classification as module
from dkva.metrics.phase_classification import CLASSIFIERS, phase_accuracy

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("action", ACTIONS)
def test_published_programs_give_the_same(reference_root, action, fraction):
    case = alignment_case(reference_root, action)
    train, test = case[:2], case[2:4]

    def accuracy(fitted, scored, classifier="svm"):
        found = phase_accuracy(*fitted, *scored, fraction=fraction, classifier=classifier)
        assert found.parts.mean() == pytest.approx(found.figure, abs=1e-14)
        return pytest.approx(found.figure, abs=1e-14)

    figures, logistic = case.figures, case.figures["carl_classification_logreg"]
    assert logistic[f"val_{action}_{fraction}_accuracy"] == accuracy(train, test, "logistic")
    own = first(case, fraction)
    assert logistic[f"train_{action}_{fraction}_accuracy"] == accuracy(train, own, "logistic")
    svm = figures["carl_svc"][str(fraction)]
    assert (svm["val"], svm["train"]) == (accuracy(train, test), accuracy(train, own))
    assert figures["vaot_svc_train_then_val"][f"PC ({fraction})"] == accuracy(train, test)
    # The released scripts fit and score on the same videos.
    assert figures["vaot_svc_release_val_is_train"][f"PC ({fraction})"] == accuracy(test, test)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_a_part_says_how_the_video_moves_the_accuracy(classifier):
    """Phases lie at 0 and 10, and the first test video has frames on the wrong side."""
    train = [[[-1.0], [0], [1], [9], [10], [11]]]
    truth = [[0, 0, 0, 1, 1, 1]]
    found = phase_accuracy(
        train, truth, [[[0.0], [10], [0]], [[10.0]]], [[0, 0, 1], [1]], classifier=classifier
    )
    assert found.figure == 2 / 4
    np.testing.assert_array_equal(found.parts, [1 / 2 + 2 * (1 - 3 / 2) / 4, 1 / 2 + 2 * (1 - 1 / 2) / 4])


def test_classifiers_differ():
    """A ring around a disc: no line parts them."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    videos = [np.concatenate([0.2 * ring, 2 * ring])], [np.repeat([0, 1], 24)]
    found = {name: phase_accuracy(*videos, *videos, classifier=name).figure for name in CLASSIFIERS}
    assert found["svm"] == 1
    assert max(found["linear_svm"], found["logistic"]) < 0.8


def test_two_phases_are_regressed_with_a_vector_of_weights_each():
    """CARL's loss is summed cross-entropy and half the squares of both vectors, here w / 2 and -w / 2."""
    embedded, truths = drawn(0, n_phases=2)
    x, y = np.concatenate(embedded), np.concatenate(truths)
    fitted = module._classifier("logistic", 2).fit(x, y)
    gradient = (fitted.predict_proba(x)[:, 1] - y) @ x + fitted.coef_[0] / 2
    # lbfgs stops at a gradient of the mean loss below 1e-4; C = 1 leaves 0.5 of the sum's.
    np.testing.assert_allclose(gradient, 0, rtol=0, atol=1e-4 * len(x))


def test_only_the_first_videos_are_learnt_from():
    train, truths = drawn(0)
    test = drawn(1)
    spoilt = [*truths[:2], truths[2][::-1], truths[3][::-1]]
    half, whole = (phase_accuracy(train, of, *test, fraction=0.5) for of in (truths, spoilt))
    assert half.figure == whole.figure
    assert phase_accuracy(train, spoilt, *test).figure < phase_accuracy(train, truths, *test).figure


def test_one_phase_teaches_nothing():
    train, truths = drawn(0)
    found = phase_accuracy([train[0][:1], train[1]], [truths[0][:1], truths[1]], *drawn(1), fraction=0.5)
    assert np.isnan(found.figure)
    assert np.isnan(found.parts).all()


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="train has no video"):
        phase_accuracy([], [], *drawn(1))
    with pytest.raises(
        ValueError, match="unknown classifier 'tree': choose one of svm, linear_svm, logistic"
    ):
        phase_accuracy(*drawn(0), *drawn(1), classifier="tree")
