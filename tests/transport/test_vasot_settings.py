"""Settings of VASOT: which are refused, and the published ones."""

import pytest

from dkva.transport.vasot_settings import PUBLISHED_JOINT, VasotSettings


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"beta": -1}, "beta is -1"),
        ({"beta": 0, "segmentation_weight": 0}, "give one of them a weight"),
        ({"initial_actions": "zeros"}, "initial_actions"),
        ({"released_shift": True, "virtual_frames": False}, "leave it out"),
        ({"alpha": 2}, "alpha is 2"),
    ],
)
def test_refuses_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        VasotSettings(**given)


def test_a_model_is_applied_by_the_weights_of_the_training_as_published():
    for given in PUBLISHED_JOINT.values():
        settings = VasotSettings(**given)
        assert settings.applied == settings.training


def test_both_transports_share_their_weights():
    found = VasotSettings(eps=0.1, rho=0.3, lambda_actions=0.2, relax_y=True, released_shift=True)
    assert found.aligning == (0.1, 0.5, 0.04, 0.3, 0.5, True, 0.2, 25, True)


def test_a_trained_model_may_match_frames_of_unequal_masses_and_has_no_fault():
    found = VasotSettings(released_shift=True).aligning_applied
    assert (found.relax_y, found.lambda_y, found.last_column) == (True, 0.01, False)
