import pytest

from dkva.alignment.frame_settings import FrameSettings

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hidden": 0}, "hidden is 0"),
        ({"layers": 0}, "layers is 0"),
        ({"batch": 0}, "batch is 0"),
        ({"epochs": -1}, "epochs is -1"),
        ({"width": 20}, "heads is 8, and width 20: give a divisor"),
        ({"dropout": 1}, "dropout is 1: give a number below 1"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"clip": 0}, "clip is 0"),
        ({"weight_decay": -1}, "weight_decay is -1"),
        ({"decay": "linear"}, "unknown decay 'linear': choose one of cosine, none"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        FrameSettings(**given)
