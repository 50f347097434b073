import numpy as np
import pytest

from dkva.alignment.tcn_settings import TcnSettings
from dkva.alignment.views import anchors_and_positives

pytestmark = pytest.mark.fast


def test_views_are_anchors_and_positives():
    found = TcnSettings(frames=8, window=3).drawn(30, np.random.default_rng(0))
    wanted = anchors_and_positives(30, 8, np.random.default_rng(0), window=3)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"window": 0}, "window is 0"),
        ({"norm_weight": -1}, "norm_weight is -1"),
        ({"frames": 0}, "frames is 0"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        TcnSettings(**given)
