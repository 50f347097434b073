"""Settings of CLOT: ASOT's and its own, checked when made."""

import pytest

from dkva.experiments.method_settings import settings_of
from dkva.experiments.registry import find
from dkva.transport.asot_settings import PUBLISHED, AsotSettings
from dkva.transport.clot_settings import ClotSettings

pytestmark = pytest.mark.fast


def test_settings_of_asot_are_the_same():
    settings = ClotSettings(**PUBLISHED["50salads_mid"])
    assert settings.training == AsotSettings(**PUBLISHED["50salads_mid"]).training
    assert (settings.slices, settings.slice_radius, settings.dropout) == (150, 2.0, 0.1)


def test_every_setting_is_told_to_the_command_line():
    found = {each.name: each for each in settings_of(find("clot"))}
    assert found["radius"].about == "how near near frames are, as a share of the frames."
    assert all(each.about for each in found.values())
    assert (found["dispatching"].type, found["queries"].type, found["slice_weight"].type) == (
        bool,
        int,
        float,
    )


@pytest.mark.parametrize(
    "given",
    [
        {"queries": -1},
        {"slices": 0},
        {"decoder_layers": 0},
        {"decoder_heads": 0},
        {"decoder_hidden": 0},
        {"slice_weight": -1},
        {"slice_radius": 0},
        {"refinement_temperature": 0},
        {"dropout": 1},
        {"alpha": 1.1},
        {"decoder_heads": 3},
    ],
)
def test_refuses_settings_out_of_range(given):
    (name,) = given
    with pytest.raises(ValueError, match=f"{name} is"):
        ClotSettings(**given)


def test_heads_need_not_fit_without_a_decoder():
    assert not ClotSettings(decoder=False, decoder_heads=3).decoder
