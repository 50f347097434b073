"""Videos of collections: what is read, and what is not to be seen."""

import numpy as np
import pytest

from dkva.base.video import Video

pytestmark = pytest.mark.fast


def load(labels):
    return [[1, 2], [3, 4]], labels


def test_features_and_truth_are_read_when_they_are_asked_for():
    read = []

    def noted():
        read.append(1)
        return load(["a", "b"])

    video = Video("v", noted, "sum", "coffee")
    assert not read
    np.testing.assert_array_equal(video.features(), [[1, 2], [3, 4]])
    assert video.truth().tolist() == ["a", "b"]
    assert len(read) == 2


def test_hidden_truth_is_refused_and_missing_truth_named():
    video = Video("v7", lambda: load(["a", "b"]), "sum")
    hidden = video.without_truth()
    np.testing.assert_array_equal(hidden.features(), video.features())
    with pytest.raises(ValueError, match="v7: its truth is not shown to a learner that is not supervised"):
        hidden.truth()
    with pytest.raises(ValueError, match="v7: has no true labels"):
        Video("v7", lambda: load(None), "sum").truth()
