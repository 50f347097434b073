"""The table of baselines."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dkva import baselines

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("name", baselines.BASELINES)
def test_a_name_is_a_functions_and_labels_come_out(name):
    function = baselines.BASELINES[name]
    assert function is getattr(baselines, name)
    assert name in function.__module__ or function.__doc__
    features = np.random.default_rng(0).standard_normal((60, 3)).cumsum(axis=0)
    labels = function(features, 3)
    np.testing.assert_array_equal(np.unique(labels), [0, 1, 2])
    np.testing.assert_array_equal(function(features[:1], 1), [0])


def test_no_public_name_is_a_module_too():
    folder = Path(baselines.__file__).parent
    assert not {path.stem for path in folder.glob("*.py")} & set(baselines.__all__)


def test_importing_is_cheap():
    heavy = (
        "import sys, dkva.baselines; sys.exit(any(m in sys.modules for m in ('jax', 'sklearn', 'ruptures')))"
    )
    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0
