import pytest

from dkva.alignment.carl_settings import PUBLISHED, CarlSettings

pytestmark = pytest.mark.fast


def test_the_defaults_are_the_published_ones_for_pouring():
    assert CarlSettings() == CarlSettings(**PUBLISHED["Pouring"])
    assert CarlSettings(**PUBLISHED["PennAction"]).layers == 3


@pytest.mark.parametrize(
    ("given", "says"), [({"masked_weight": -1}, "masked_weight"), ({"views": "x"}, "views")]
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        CarlSettings(**given)
