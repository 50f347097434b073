import os
import subprocess
import sys

import pytest

from dkva.cli import compiled


@pytest.fixture
def unset(monkeypatch, tmp_path):
    """An environment in which nobody has said where programs are kept."""
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path))
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    for name in compiled._ALL:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.fast
def test_programs_are_kept_in_the_users_cache_unless_told_otherwise(unset, monkeypatch):
    compiled.keep_compiled_programs()
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == str(compiled.programs_folder())
    assert compiled.programs_folder().is_dir()
    assert compiled.programs_folder().is_relative_to(unset)
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "elsewhere")
    compiled.keep_compiled_programs()
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == "elsewhere"


@pytest.mark.fast
def test_processors_flags_and_versions_have_folders_of_their_own(unset, monkeypatch):
    folders = {compiled.programs_folder()}
    monkeypatch.setattr(compiled, "_processor", lambda: "another")
    folders.add(compiled.programs_folder())
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=AVX")
    folders.add(compiled.programs_folder())
    monkeypatch.setattr(compiled.metadata, "version", lambda name: "0.0.1")
    folders.add(compiled.programs_folder())
    assert len(folders) == 4


@pytest.mark.fast
def test_a_folder_that_cannot_be_made_stops_nothing(unset, monkeypatch):
    (unset / "file").touch()
    monkeypatch.setenv("DKVA_CACHE", str(unset / "file"))
    compiled.keep_compiled_programs()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


def test_a_second_process_compiles_nothing(unset):
    code = (
        "from dkva.cli.compiled import keep_compiled_programs; keep_compiled_programs(); import jax; "
        "jax.jit(lambda x: x * 3 + 1)(2.0).block_until_ready()"
    )
    kept = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True)
        kept.append({path.name: path.stat().st_mtime_ns for path in compiled.programs_folder().iterdir()})
    assert kept[0]
    assert kept[0] == kept[1]
