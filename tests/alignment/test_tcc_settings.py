import numpy as np
import pytest

from dkva.alignment.tcc_settings import PUBLISHED, TccSettings
from dkva.alignment.views import random_frames

pytestmark = pytest.mark.fast


def test_the_defaults_are_the_published_ones_for_pouring():
    assert TccSettings() == TccSettings(**PUBLISHED["Pouring"])
    assert not TccSettings().positions


def test_a_view_has_any_frames():
    (found,) = TccSettings(frames=8).drawn(30, np.random.default_rng(0))
    np.testing.assert_array_equal(found, random_frames(30, 8, np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"batch": 1}, "batch is 1"),
        ({"temperature": 0}, "temperature is 0"),
        ({"smoothing": 2}, "smoothing is 2"),
        ({"variance_weight": -1}, "variance_weight is -1"),
        ({"frames": 0}, "frames is 0"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        TccSettings(**given)
