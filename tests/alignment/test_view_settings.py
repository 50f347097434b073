import numpy as np
import pytest

from dkva.alignment.view_settings import ViewSettings
from dkva.alignment.views import cropped_views, stretched_views

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"temperature": 0}, "temperature is 0"),
        ({"variance": -1}, "variance is -1"),
        ({"views": "two"}, "unknown views 'two': choose one of crops, released"),
        ({"stretch": 0.5}, "stretch is 0.5: give a number >= 1"),
        ({"overlap": 2}, "overlap is 2"),
        ({"frames": 0}, "frames is 0"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        ViewSettings(**given)


def test_views_are_drawn_as_asked():
    crops = ViewSettings(frames=8, stretch=2.0, overlap=0.5).drawn(40, np.random.default_rng(0))
    wanted = cropped_views(40, 8, np.random.default_rng(0), stretch=2.0, overlap=0.5)
    np.testing.assert_array_equal(crops, wanted)
    released = ViewSettings(frames=8, views="released", stretch=2.0).drawn(40, np.random.default_rng(0))
    wanted = stretched_views(40, 8, np.random.default_rng(0), stretch=2.0)
    np.testing.assert_array_equal(released, wanted)
