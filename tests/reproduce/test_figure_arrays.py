import numpy as np
import pytest

from dkva import approximate
from reproduce.base.paths import RESULTS
from reproduce.collections import moving5
from reproduce.figure_arrays import _directions, _plane, _standard
from reproduce.pictures.base import ARRAYS, arrays
from reproduce.tables.moving5 import chosen_settings


def test_the_stored_way_comes_out_again():
    stored = arrays(ARRAYS, "35", RESULTS)
    task = moving5.tasks(seeds=(0,))[34]
    features, truth = task.load()
    np.testing.assert_array_equal(stored["truth"], truth)
    frames = _standard(features)
    components, shares = _plane(_directions(frames))
    assert stored["shares"] == pytest.approx(shares, abs=1e-3)
    centre = _directions(frames).mean(axis=0)
    last = approximate(frames, 5, **chosen_settings()._asdict(), name=task.video)
    projected = (_directions(last.synthetic) - centre) @ components
    np.testing.assert_allclose(stored["path"][-1], projected, atol=2e-2)


def test_the_plane_holds_the_most_variance():
    points = np.random.default_rng(0).normal(size=(200, 4)) * [1, 5, 2, 0.1]
    components, shares = _plane(points)
    assert np.abs(components).argmax(axis=0).tolist() == [1, 2]
    assert shares[0] > shares[1] > 0.1
    assert components.max(axis=0) == pytest.approx(np.abs(components).max(axis=0))
