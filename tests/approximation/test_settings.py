"""Each setting's name, default and check, in one place."""

import inspect
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dkva import KERNELS, Kernel, VideoSegmenter
from dkva.approximation.settings import (
    ACTIVATIONS,
    ASSIGNMENTS,
    ESTIMATORS,
    INITS,
    LENGTH_SCALES,
    KernelSettings,
    LearningSettings,
    Rule,
    Settings,
)

pytestmark = pytest.mark.fast


def test_the_estimators_constructor_has_every_setting_with_its_default():
    given = inspect.signature(VideoSegmenter.__init__).parameters
    defaults = {each.name: each.default for each in fields(Settings)}
    assert {name: given[name].default for name in defaults} == defaults
    assert given.keys() - defaults.keys() == {"self", "n_segments", "random_state"}


def test_settings_of_the_kernel_have_one_default_and_one_rule():
    of_kernel = {each.name: each for each in fields(KernelSettings)}
    for each in fields(LearningSettings):
        other = of_kernel.get("name" if each.name == "kernel" else each.name)
        if other is not None:
            assert each.default == other.default
            assert each.metadata["rule"] is other.metadata["rule"]
    assert Kernel.of(LearningSettings().of_kernel) == Kernel()


def test_every_setting_reaches_the_kernel():
    chosen = LearningSettings(kernel="sntk", depth=3, activation="erf", weight_std=1.5, bias_std=0.2)
    assert chosen.of_kernel == KernelSettings("sntk", 3, "erf", 1.5, 0.2)
    assert Kernel.of(chosen.of_kernel) == Kernel("sntk", 3, "erf", 1.5, 0.2)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("kernel", tuple(KERNELS)),
        ("activation", ACTIVATIONS),
        ("estimator", ESTIMATORS),
        ("init", INITS),
        ("length_scale", LENGTH_SCALES),
        ("assignment", ASSIGNMENTS),
        ("batch_size", ("video",)),
    ],
)
def test_names_are_taken_and_others_listed(name, choices, unchecked):
    for choice in choices:
        assert getattr(Settings(**{name: choice}), name) == choice
    with pytest.raises(ValueError, match=f"unknown {name} 'other': choose one of {', '.join(choices)}"):
        Settings(**{name: "other"})


WRONG = [
    ({"epochs": -1}, "epochs is -1: give a whole number of at least 0"),
    ({"epochs": 1.5}, "epochs is 1.5: give a whole number"),
    ({"epochs": "10"}, "epochs is '10': give a whole number"),
    ({"depth": 0}, "depth is 0: give a whole number of at least 1"),
    ({"weight_std": 0}, "weight_std is 0: give a positive number"),
    ({"bias_std": -0.1}, "bias_std is -0.1: give a number >= 0"),
    ({"learning_rate": 0.0}, "learning_rate is 0.0: give a positive number"),
    ({"weight_decay": float("inf")}, "weight_decay is inf"),
    ({"tolerance": float("nan")}, "tolerance is nan"),
    ({"smoothing": 100.5}, "smoothing is 100.5: give a number >= 0, at most 100"),
    ({"length_scale": -1.0}, "length_scale is -1.0: give a positive number"),
    ({"length_scale": "a number"}, "unknown length_scale 'a number'"),
    ({"batch_size": 0}, "batch_size is 0: give a whole number of at least 1"),
    ({"batch_size": "whole"}, "unknown batch_size 'whole': choose one of video, a number"),
    ({"estimator": 3}, "unknown estimator 3: choose one of video, batch"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG)
def test_wrong_values_are_refused_when_settings_are_made_or_changed(changed, message, unchecked):
    for make in (lambda: Settings(**changed), lambda: replace(Settings(), **changed)):
        with pytest.raises(ValueError, match=message):
            make()


def test_numbers_of_numpy_and_no_batch_size_are_taken(unchecked):
    chosen = Settings(epochs=np.int64(3), smoothing=np.float32(1.5), batch_size=None, length_scale=2)
    assert (chosen.epochs, chosen.batch_size, chosen.length_scale) == (3, None, 2)


@given(st.integers(0, 10_000), st.floats(0, 1e6), st.sampled_from(INITS))
def test_what_is_in_range_is_kept_as_it_is(epochs, weight_decay, init):
    chosen = LearningSettings(epochs=epochs, weight_decay=weight_decay, init=init)
    assert (chosen.epochs, chosen.weight_decay, chosen.init) == (epochs, weight_decay, init)
    assert LearningSettings.of(chosen) == chosen
    assert LearningSettings.of(chosen, epochs=7) == replace(chosen, epochs=7)


def test_settings_are_frozen_equal_by_value_and_hashable():
    assert Settings() == Settings(kernel="gauss_ntk")
    assert len({Settings(), Settings(), Settings(epochs=1)}) == 2
    with pytest.raises(FrozenInstanceError):
        Settings().epochs = 3


def test_an_unknown_name_is_refused_and_the_known_ones_listed():
    with pytest.raises(ValueError, match="unknown setting 'smoothing': choose of kernel, epochs, "):
        LearningSettings.of(smoothing=1.0)


def test_a_rule_without_numbers_refuses_them():
    with pytest.raises(ValueError, match="unknown kind 3: choose one of a, b"):
        Rule(("a", "b")).check("kind", 3)


def test_settings_are_read_without_jax():
    program = "import sys, dkva.approximation.settings; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
