"""Labels of one video for another one: what is measured, and by which methods."""

import numpy as np
import pytest

from dkva.experiments.registry import find
from reproduce.base.labels import RAW_FEATURES
from reproduce.tables.label_transfer import (
    MEASURES,
    STANDARDISED,
    STRETCHED,
    TRAINED,
    measure,
    methods,
    with_stretched,
)

pytestmark = pytest.mark.fast


def test_shares_are_of_the_frames_of_the_other_video():
    embedded = np.array([[0.0], [0], [4], [9]])
    other = np.array([[0.0], [4], [4], [9], [0]])
    found = measure(embedded, other, np.array(["a", "a", "b", "c"]), np.array(["a", "b", "d", "c", "a"]))
    # Stretched labels are a, a, b, b, c; along the path the last frame is c's; d is nowhere.
    assert found == {"path": 0.6, "nearest": 0.8, "stretched": 0.2, "most": 0.8}


def test_methods_are_features_and_trained_ones():
    plain, standardised, *trained = methods()
    assert (plain.label, standardised.label) == (RAW_FEATURES, STANDARDISED)
    assert [each.id for each in trained] == list(TRAINED)
    assert [each.label for each in methods(["vaot"])[2:]] == [find("vaot").label]
    assert all(each.settings["epochs"] == 1 for each in methods(smoke=True)[2:])


def test_standardised_features_have_mean_0_and_variance_1():
    features = np.random.default_rng(0).normal(5, 2, size=(40, 3))
    (_, standardised, *_) = methods([])
    model = standardised.restore(standardised.train([]).arrays())
    found = model.embed(features)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(found.std(0), 1, atol=1e-6)


def test_stretched_labels_are_one_line_of_their_own():
    shares = {"path": 0.5, "nearest": 0.25, "stretched": 0.75, "most": 1.0}
    rows = [
        {
            "activity": "tea",
            "video": "v",
            "other": other,
            "method": method,
            "seed": None,
            "k": "all",
            **shares,
        }
        for method in ("first", "second")
        for other in ("w", "u")
    ]
    found = with_stretched(rows)
    assert [row["method"] for row in found] == [STRETCHED] * 2 + ["first"] * 2 + ["second"] * 2
    assert [row["path"] for row in found] == [0.75, 0.75, 0.5, 0.5, 0.5, 0.5]
    assert [row["nearest"] for row in found][:3] == [0.75, 0.75, 0.25]
    assert set(found[0]) == {"activity", "video", "other", "method", "seed", *MEASURES}
