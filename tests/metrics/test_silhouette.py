import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances

from dkva.metrics import silhouette
from dkva.metrics.silhouette import simplified_silhouette

pytestmark = pytest.mark.fast


def by_hand(features, labels):
    names = sorted(set(labels))
    means = np.array([features[labels == name].mean(axis=0) for name in names])
    out = []
    for row, label in zip(pairwise_distances(features, means), labels, strict=True):
        a = row[names.index(label)]
        b = min(value for name, value in zip(names, row, strict=True) if name != label)
        out.append((b - a) / max(a, b))
    return out


@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(1, 3))
def test_it_is_the_formula_frame_by_frame(seed, k, d):
    draw = np.random.default_rng(seed)
    labels = draw.permutation(np.arange(20) % k)
    features = draw.normal(size=(20, d)) + labels[:, None]
    # Sums of 20 terms and a quotient in float64.
    np.testing.assert_allclose(simplified_silhouette(features, labels), by_hand(features, labels), atol=1e-9)


def test_blocks_do_not_show(monkeypatch):
    draw = np.random.default_rng(0)
    features, labels = draw.normal(size=(50, 3)).astype(np.float32), np.repeat(["a", "b"], 25)
    whole = simplified_silhouette(features, labels)
    monkeypatch.setattr(silhouette, "_BLOCK", 7)
    np.testing.assert_allclose(simplified_silhouette(features, labels), whole, rtol=0, atol=1e-12)


def test_corners():
    assert np.isnan(simplified_silhouette(np.ones((3, 2)), np.zeros(3))).all()
    assert (simplified_silhouette(np.ones((4, 2)), np.array([0, 0, 1, 1])) == 0).all()
    points = np.array([[0.0], [0.0], [1.0], [1.0]])
    assert (simplified_silhouette(points, np.array([0, 0, 1, 1])) == 1).all()
    with pytest.raises(ValueError, match="3 frames and 2 labels"):
        simplified_silhouette(np.ones((3, 2)), np.zeros(2))
