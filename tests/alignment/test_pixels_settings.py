import json
from dataclasses import asdict

import pytest

from dkva.alignment.carl_settings import CarlSettings
from dkva.alignment.lrprop_settings import LrpropSettings
from dkva.alignment.pixels_settings import CarlPixelsSettings, LrpropPixelsSettings
from dkva.nn.image_views import ImageViewSettings
from dkva.nn.resnet import RESNET50

pytestmark = pytest.mark.fast

EACH = [(CarlPixelsSettings, CarlSettings), (LrpropPixelsSettings, LrpropSettings)]


@pytest.mark.parametrize(("kind", "method"), EACH)
def test_defaults_are_those_of_the_method_and_of_views(kind, method):
    found, published = asdict(kind()), asdict(method()) | asdict(ImageViewSettings())
    assert {name for name, value in published.items() if found[name] != value} == {"standardise"}
    assert {name: found[name] for name in found.keys() - published.keys()} == {
        "image_size": 224,
        "blocks": RESNET50,
        "channels": 64,
        "at_once": 40,
    }


def test_no_setting_of_the_method_is_one_of_views():
    for _, method in EACH:
        assert not asdict(method()).keys() & asdict(ImageViewSettings()).keys()


@pytest.mark.parametrize("kind", [CarlPixelsSettings, LrpropPixelsSettings])
def test_settings_come_back_from_json(kind):
    settings = kind(blocks=(1, 2), flip=0, temperature=0.2)
    again = kind(**json.loads(json.dumps(asdict(settings))))
    assert again == settings
    assert hash(again) == hash(settings)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("kind", [CarlPixelsSettings, LrpropPixelsSettings])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"blocks": (3,)}, r"blocks is \(3,\): give the number of blocks of each of two stages or more"),
        ({"blocks": 4}, "blocks is 4: give"),
        ({"blocks": (1, 0)}, r"blocks\[1\] is 0"),
        ({"image_size": 0}, "image_size is 0"),
        ({"channels": 0}, "channels is 0"),
        ({"at_once": 0}, "at_once is 0"),
        ({"standardise": True}, "standardise is True: leave it out"),
        ({"hue": 1}, "hue is 1"),
        ({"temperature": 0}, "temperature is 0"),
        ({"heads": 3}, "heads is 3"),
    ],
)
def test_settings_out_of_range(kind, settings, message):
    with pytest.raises(ValueError, match=message):
        kind(**settings)
