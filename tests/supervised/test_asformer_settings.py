import pytest

from dkva.supervised.asformer_settings import PUBLISHED, AsformerSettings

pytestmark = pytest.mark.fast


def test_the_defaults_are_the_published_ones():
    settings = AsformerSettings()
    assert (settings.epochs, settings.learning_rate, settings.weight_decay) == (120, 5e-4, 1e-5)
    assert (settings.maps, settings.layers, settings.decoders) == (64, 10, 3)
    assert (settings.channel_dropout, settings.dropout, settings.sample_rate) == (0.3, 0.5, 1)
    assert (settings.smoothing, settings.truncation) == (0.15, 16)
    assert (settings.factor, settings.patience) == (0.5, 3)


@pytest.mark.parametrize(("name", "changed"), PUBLISHED.items())
def test_published_settings_are_settings(name, changed):
    settings = AsformerSettings(**changed)
    assert settings != AsformerSettings()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"decoders": -1}, "decoders is -1"),
        ({"decoder_layers": -1}, "decoder_layers is -1"),
        ({"dropout": 1}, "dropout is 1: give a number below 1"),
        ({"channel_dropout": 1.0}, "channel_dropout is 1.0: give a number below 1"),
        ({"maps": 1}, "maps is 1: give a whole number of at least 2"),
        ({"action_threshold": 1.5}, "action_threshold is 1.5"),
        ({"boundary_threshold": -0.5}, "boundary_threshold is -0.5"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        AsformerSettings(**given)
