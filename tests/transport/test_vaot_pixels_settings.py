import json
from dataclasses import asdict

import pytest

from dkva.nn.resnet import RESNET50_IN_CONV4
from dkva.transport.vaot_pixels_settings import VaotPixelsSettings

pytestmark = pytest.mark.fast


def test_a_clip_of_the_default_size_has_a_structure():
    settings = VaotPixelsSettings()
    assert int((settings.frames + 1) * settings.radius) == 1
    assert int((settings.frames + 1) * 0.02) == 0  # the published radius leaves it out


def test_settings_come_back_from_json():
    settings = VaotPixelsSettings(width=4, flip=0)
    assert VaotPixelsSettings(**json.loads(json.dumps(asdict(settings)))) == settings
    assert settings.blocks == RESNET50_IN_CONV4
    assert hash(settings) == hash(VaotPixelsSettings(width=4, flip=0))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image_size": 0}, "image_size is 0"),
        ({"context": 0}, "context is 0"),
        ({"width": 0}, "width is 0"),
        ({"dropout": -0.1}, "dropout is -0.1"),
        ({"brightness": -1}, "brightness is -1"),
        ({"contrast": float("nan")}, "contrast is nan"),
        ({"flip": 2}, "flip is 2: give a number >= 0, at most 1"),
        ({"standardise": True}, "standardise is True: leave it out"),
        ({"frames": 0}, "frames is 0"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(ValueError, match=message):
        VaotPixelsSettings(**settings)
