"""Settings of ASOT: checked when made; published ones are known names."""

import pytest

from dkva.transport.asot_settings import PUBLISHED, AsotSettings, Decoding

pytestmark = pytest.mark.fast


def test_defaults_are_those_published_for_breakfast():
    settings = AsotSettings()
    assert settings.training == Decoding(0.07, 0.4, 0.1, 0.04, 0.2, 25)
    assert settings.applied == Decoding(0.04, 0.7, 0.01, 0.04, 0.2, 25)
    assert AsotSettings(**PUBLISHED["breakfast"]) == settings


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_settings_can_be_made(name):
    settings = AsotSettings(**PUBLISHED[name])
    assert settings.standardise == (name == "breakfast")


@pytest.mark.parametrize(
    "given",
    [
        {"hidden": 0},
        {"epochs": -1},
        {"frames": 0},
        {"learning_rate": 0},
        {"temperature": float("nan")},
        {"rho": -0.1},
        {"alpha": 1.1},
        {"radius": 0},
        {"lambda_applied": -1},
    ],
)
def test_refuses_settings_out_of_range(given):
    (name,) = given
    with pytest.raises(ValueError, match=f"{name} is"):
        AsotSettings(**given)
