import pytest

from dkva.supervised.frame_settings import FrameSettings

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"maps": 0}, "maps is 0: give a whole number of at least 1"),
        ({"layers": 0}, "layers is 0"),
        ({"sample_rate": 0}, "sample_rate is 0"),
        ({"epochs": -1}, "epochs is -1"),
        ({"patience": -1}, "patience is -1"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"truncation": 0}, "truncation is 0"),
        ({"factor": 0}, "factor is 0"),
        ({"factor": 1.5}, "factor is 1.5: give a positive number, at most 1"),
        ({"weight_decay": -1}, "weight_decay is -1"),
        ({"smoothing": float("nan")}, "smoothing is nan"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        FrameSettings(**given)


def test_some_values_must_be_left():
    settings = FrameSettings()
    with pytest.raises(ValueError, match=r"factor is 1\.0: give a number below 1"):
        settings.check_shares("factor")
    FrameSettings(factor=0.5).check_shares("factor")
