"""The table of kernels: complete, and no name stands for two."""

import subprocess
import sys

import pytest

from dkva.approximation.views import VIEWS
from dkva.base.kernel_parts import KERNELS

pytestmark = pytest.mark.fast


def test_the_papers_seven_kernels_and_two_of_its_program():
    papers = [name for name, parts in KERNELS.items() if not parts.authors]
    assert papers == ["gauss_ntk", "gauss_ntk_sphere", "gaussian", "nngp", "ntk", "ntk_sphere", "sntk"]
    assert KERNELS.keys() - set(papers) == {"ntk_sphere_authors", "sntk_authors"}


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_made_of_known_parts(name):
    parts = KERNELS[name]
    assert parts.gaussian or parts.neural
    assert parts.neural in (None, "nngp", "ntk")
    assert parts.view in VIEWS
    assert [other for other in KERNELS if KERNELS[other] == parts] == [name]


def test_the_table_is_read_without_jax():
    program = "import sys, dkva.base.kernel_parts; sys.exit('jax' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
