from dataclasses import fields

import pytest

from dkva.experiments.method_settings import checked, settings_of
from dkva.experiments.registry import find
from dkva.kernel_means.settings import KernelMeanSettings

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"whitening": 1.5}, "whitening is 1.5: give a number >= 0, at most 1"),
        ({"bandwidth": 0}, "bandwidth is 0: give a positive number"),
        ({"landmarks": 0}, "landmarks is 0: give a whole number of at least 1"),
        ({"pieces": 2.5}, "pieces is 2.5: give a whole number of at least 1"),
        ({"components": -1}, "components is -1"),
        ({"averaging": 2}, "averaging is 2: give a number >= 0, at most 1"),
        ({"switch_price": float("inf")}, "switch_price is inf"),
        ({"pick_price": -0.1}, "pick_price is -0.1"),
        ({"restarts": -1}, "restarts is -1"),
    ],
)
def test_a_setting_out_of_range_is_named(setting, message, unchecked):
    with pytest.raises(ValueError, match=message):
        KernelMeanSettings(**setting)


def test_every_setting_can_be_given_to_the_registrys_method():
    method = find("kms")
    assert [each.name for each in settings_of(method)] == [each.name for each in fields(KernelMeanSettings)]
    assert all(each.about for each in settings_of(method))
    assert checked(method, {"pieces": 600})["pieces"] == 600
    with pytest.raises(ValueError, match="kms has no setting 'epochs'; its settings are whitening, band"):
        checked(method, {"epochs": 3})
