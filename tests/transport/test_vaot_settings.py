"""Settings of VAOT: which are refused, and what the transport is given."""

import pytest

from dkva.transport.vaot_settings import VaotSettings


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"pairs": 0}, "pairs is 0"),
        ({"epochs": -1}, "epochs is -1"),
        ({"eps": 0}, "eps is 0"),
        ({"alpha": 2}, "alpha is 2"),
        ({"radius": 0}, "radius is 0"),
        ({"zeta": -1}, "zeta is -1"),
        ({"lambda_y": float("nan")}, "lambda_y is nan"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        VaotSettings(**given)


def test_the_transport_is_given_its_settings():
    found = VaotSettings(eps=0.1, alpha=0.2, radius=0.3, rho=0.4, zeta=0.6, relax_y=True, lambda_y=0.7)
    assert found.aligning == (0.1, 0.2, 0.3, 0.4, 0.6, True, 0.7, 25, False)
    assert VaotSettings(virtual_frames=False).aligning.zeta is None


def test_a_trained_model_may_match_frames_of_unequal_masses():
    found = VaotSettings(lambda_y_applied=0.2)
    assert found.aligning_applied == found.aligning._replace(relax_y=True, lambda_y=0.2)
    assert VaotSettings(relax_y_applied=False).aligning_applied.relax_y is False
