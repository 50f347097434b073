import subprocess

import jax
import pytest

from dkva.base.provenance import commit, device, versions

pytestmark = pytest.mark.fast


def test_versions_name_what_decides_the_numbers():
    assert {"python", "dkva", "jax", "numpy", "optax"} <= versions().keys()


def test_device_is_the_one_that_jax_computes_on():
    computed = jax.numpy.zeros(1).devices().pop()
    assert device() == f"{computed.platform}: {computed.device_kind}"
    assert "\n" not in device()


def test_commit_says_where_files_differ(tmp_path):
    def git(*words):
        subprocess.run(["git", "-C", tmp_path, "-c", "user.name=n", "-c", "user.email=e", *words], check=True)

    assert commit(tmp_path) is None
    (tmp_path / "part").mkdir()
    (tmp_path / "part/a").write_text("1")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    clean = commit(tmp_path, "part")
    assert len(clean) == 12
    (tmp_path / "part/a").write_text("2")
    assert commit(tmp_path, "part") == f"{clean}+changes"
    assert commit(tmp_path, "other") == clean
