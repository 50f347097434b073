"""The folder's public names; that each is a listed method is held by tests/experiments/test_registry.py."""

import subprocess
import sys
from pathlib import Path

import pytest

from dkva import baselines

pytestmark = pytest.mark.fast


def test_no_public_name_is_a_module_too():
    folder = Path(baselines.__file__).parent
    assert not {path.stem for path in folder.glob("*.py")} & set(baselines.__all__)


def test_importing_is_cheap():
    heavy = (
        "import sys, dkva.baselines; sys.exit(any(m in sys.modules for m in ('jax', 'sklearn', 'ruptures')))"
    )
    assert subprocess.run([sys.executable, "-c", heavy], check=False).returncode == 0
