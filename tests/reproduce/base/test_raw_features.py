"""Features as they are."""

import numpy as np
import pytest

from dkva.experiments.learners import Learner
from dkva.experiments.models import Checkpoint
from reproduce.base.raw_features import RawFeatures, train_nothing

pytestmark = pytest.mark.fast


def test_features_stay_as_they_are(tmp_path):
    learner = Learner("raw_features", train_nothing, RawFeatures.restore)
    assert not learner.uses_seed
    assert not learner.uses_segments
    model = learner.trained([], None, None, Checkpoint(tmp_path / "state.npz"))
    features = np.arange(6.0).reshape(3, 2)
    for each in (model, RawFeatures.restore(model.arrays())):
        np.testing.assert_array_equal(each.embed(features), features)
