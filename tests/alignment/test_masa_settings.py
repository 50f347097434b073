"""Settings of MASA: which are refused, and what is read from text."""

import pytest

from dkva.alignment.masa_settings import MasaSettings
from dkva.alignment.poses import Changes
from dkva.experiments.method_settings import checked, settings_of
from dkva.experiments.registry import find

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"layers": 0}, "layers is 0"),
        ({"heads": -1}, "heads is -1"),
        ({"batch": 0}, "batch is 0"),
        ({"positions": "clock"}, "unknown positions 'clock': choose one of view, video"),
        ({"temperature": 0}, "temperature is 0"),
        ({"flip": 1.5}, "flip is 1.5"),
        ({"flip_axis": 3}, "flip_axis is 3: give a whole number from 0 to 2"),
        ({"latent_window": 0}, "latent_window is 0"),
        ({"angle_sigma": -1}, "angle_sigma is -1"),
        ({"trim_least": 0}, "trim_least is 0"),
        ({"left_out": 1}, "left_out is 1: give a number below 1"),
        ({"parents": "-1,0"}, "parents is '-1,0', and joints is 0: say how many there are"),
        ({"joints": 2, "parents": "none"}, "parents is 'none': give numbers of joints, such as '-1,0,1'"),
        ({"joints": 3, "parents": "-1,0"}, "there are 2 parents and 3 joints"),
        ({"joints": 2, "parents": "1,0"}, r"parents \(1, 0\) go in a circle"),
        ({"joints": 2, "parents": "-1,5"}, r"parents \(-1, 5\) go in a circle or name no joint"),
        ({"joints": 2, "mirrored": "0-1"}, "mirrored is '0-1': give pairs of joints"),
        ({"joints": 2, "mirrored": "0:2"}, "mirrored is '0:2': name each joint once at most, from 0 to 1"),
        ({"joints": 3, "mirrored": "0:1,1:2"}, "name each joint once at most, from 0 to 2"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        MasaSettings(**given)


def test_a_skeleton_is_read_from_text():
    found = MasaSettings(joints=5, parents="2,0,-1,2,3", mirrored="0:3,1:4")
    assert found.body == ((2, 0, -1, 2, 3), ((0, 3), (1, 4)))
    assert MasaSettings(joints=5).body == ((), ())
    assert MasaSettings().changes == Changes()
    given = {"flip": 0.1, "translation": 0.2, "translation_sigma": 0.3, "angles": 0.4, "angle_sigma": 5.0}
    given |= {"latent": 0.6, "latent_sigma": 0.7, "latent_window": 8}
    assert MasaSettings(flip_axis=2, **given).changes == Changes(axis=2, **given)


def test_parts_that_are_left_out_have_no_layers():
    assert MasaSettings().sizes[4:7] == (4, 4, 2)
    assert MasaSettings(self_attention=False).sizes[4:7] == (0, 4, 2)
    assert MasaSettings(cross_attention=False).sizes[4:7] == (4, 0, 2)
    assert MasaSettings(cluster_predictor=False).sizes[4:7] == (4, 4, 0)
    assert MasaSettings(clustering=False).sizes[4:7] == (4, 4, 0)


def test_all_settings_can_be_given_by_name_and_are_described():
    masa = find("masa")
    assert masa.mixes
    assert all(each.about for each in settings_of(masa))
    given = checked(masa, {"joints": 2, "parents": "-1,0"})
    assert given["parents"] == "-1,0"
    with pytest.raises(ValueError, match="stop_gradient is 3: give true or false"):
        checked(masa, {"stop_gradient": 3})
