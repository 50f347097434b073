import pickle

import numpy as np
import pytest

from dkva.base.segmentation import Segmentation

pytestmark = pytest.mark.fast


def test_it_goes_between_processes_and_has_no_margins_unless_they_are_given():
    made = Segmentation(np.array([0, 1]), 3, "kmeans", {"n_segments": 2})
    back = pickle.loads(pickle.dumps(made))
    np.testing.assert_array_equal(back.labels, [0, 1])
    assert (back.margins, back.origin, back.settings) == (None, "dkva", {"n_segments": 2})
    assert (back.names, back.confidence) == (None, None)
