import pytest

from dkva.alignment.lrprop_settings import PUBLISHED, LrpropSettings

pytestmark = pytest.mark.fast


def test_the_defaults_are_the_published_ones_for_pouring():
    assert LrpropSettings() == LrpropSettings(**PUBLISHED["pouring"])
    assert (LrpropSettings().layers, LrpropSettings().epochs, LrpropSettings().batch) == (7, 300, 2)


def test_the_table_has_pouring_and_the_13_activities_of_penn_action():
    assert len(PUBLISHED) == 14
    shrinking = [PUBLISHED[name]["soft_dtw_weight"] for name in ("jumping_jacks", "tennis_serve", "bowl")]
    assert shrinking == [0.01, 0.003, 0.001]
    assert {each["other_weight"] for each in PUBLISHED.values()} == {0.4, 0.8, 1.6}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"batch": 1}, "batch is 1"),
        ({"same_weight": -1}, "same_weight is -1"),
        ({"same_weight": 0, "other_weight": 0, "soft_dtw_weight": 0}, "are all 0: give one above 0"),
        ({"gamma": 0}, "gamma is 0"),
        ({"view_pairs": "six"}, "unknown view_pairs 'six': choose one of all, three"),
        ({"reduction": "max"}, "unknown reduction 'max'"),
        ({"temperature": 0}, "temperature is 0"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        LrpropSettings(**given)
