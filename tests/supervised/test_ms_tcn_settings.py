import pytest

from dkva.supervised.ms_tcn_settings import PUBLISHED, MsTcnSettings

pytestmark = pytest.mark.fast


def test_the_defaults_are_the_published_ones():
    settings = MsTcnSettings()
    assert (settings.epochs, settings.learning_rate, settings.weight_decay) == (50, 5e-4, 0)
    assert (settings.maps, settings.layers, settings.stages, settings.dropout) == (64, 10, 4, 0.5)
    assert (settings.smoothing, settings.truncation, settings.factor) == (0.15, 16, 1)
    assert MsTcnSettings(**PUBLISHED["50 Salads"]).sample_rate == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [({"stages": 0}, "stages is 0"), ({"dropout": 1}, "dropout is 1"), ({"maps": 0}, "maps")],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        MsTcnSettings(**given)
