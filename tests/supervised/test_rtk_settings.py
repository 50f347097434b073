"""What RTK's settings refuse, and what they leave out together."""

import pytest

from dkva.supervised.rtk_settings import RtkSettings

pytestmark = pytest.mark.fast


def test_defaults_are_the_papers():
    made = RtkSettings()
    assert (made.epochs, made.matching_epochs, made.joint_epochs, made.matching_videos) == (80, 20, 20, 16)
    assert (made.action_weight, made.class_weight, made.boundary_weight) == (100, 1, 100)
    assert (made.focus, made.nearness, made.action_balance, made.boundary_balance) == (2, 4, 0.75, 0.8)
    assert (made.boundary_region, made.action_region, made.action_positive) == (33, 0.8, 0.32)
    assert (made.action_threshold, made.boundary_threshold, made.candidates) == (0.4, 0.2, 0.1)
    assert (made.temperature, made.sweeps, made.learning_rate, made.weight_decay) == (0.005, 20, 5e-4, 1e-5)
    assert made.with_graph
    assert made.with_matching


@pytest.mark.parametrize(
    ("given", "graph", "matching"),
    [
        ({"refinement": False}, False, False),
        ({"graph": False}, False, False),
        ({"matching": False}, True, False),
    ],
)
def test_parts_need_those_that_they_are_parts_of(given, graph, matching):
    made = RtkSettings(**given)
    assert (made.with_graph, made.with_matching) == (graph, matching)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"candidates": 0}, "candidates is 0"),
        ({"candidates": 1.5}, "candidates is 1.5"),
        ({"action_region": 1.1}, "action_region is 1.1"),
        ({"boundary_region": 0}, "boundary_region is 0"),
        ({"action_balance": 2}, "action_balance is 2"),
        ({"focus": -1}, "focus is -1"),
        ({"matching_videos": 0}, "matching_videos is 0"),
        ({"joint_epochs": -1}, "joint_epochs is -1"),
        ({"refiner_kernel": 2}, "refiner_kernel is 2: give an odd number"),
        ({"dropout": 1.0}, "dropout is 1"),
        ({"positives": "all"}, "positives"),
        ({"crossed": True, "graph_layers": 1}, "graph_layers is 1: give 2 at least"),
        ({"maps": 0}, "maps is 0"),
    ],
)
def test_settings_out_of_range(given, says):
    with pytest.raises(ValueError, match=says):
        RtkSettings(**given)
