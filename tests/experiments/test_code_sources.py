"""Where modules lie, whose they are, and their sources."""

import importlib
import sys
import types

import pytest

from dkva.experiments import code_sources
from dkva.experiments import code_version as module
from dkva.experiments.code_sources import is_own, is_package, read_source, spec_of, tree_of
from dkva.experiments.code_version import forget

pytestmark = pytest.mark.fast


def test_a_module_is_read_and_not_imported(write):
    write("raise SystemExit('imported')\ndef f():\n    return 1")
    assert "SystemExit" in read_source("own.start")
    assert len(tree_of("own.start").body) == 2
    assert "own.start" not in sys.modules


def test_what_is_not_there_has_no_source():
    assert read_source("no_such_module") is None
    assert tree_of("dkva.no_such_module") is None
    assert spec_of("dkva.base.segments.segments") is None  # a function in a module that is no package
    assert read_source("math") is None  # compiled


def test_packages_are_told_from_modules():
    assert is_package("dkva")
    assert not is_package("dkva.base.segments")
    assert not is_package("no_such_module")


def test_installed_packages_and_pythons_own_are_not_ours(write):
    write("def f():\n    return 1")
    assert is_own("own")
    for other in ("numpy", "json", "math", "no_such_module"):
        assert not is_own(other)


def test_a_script_and_what_lies_beside_it_are_followed(tmp_path, monkeypatch):
    (tmp_path / "beside_it.py").write_text("SHARE = 1\n")
    (tmp_path / "script.py").write_text("import beside_it\ndef f():\n    return beside_it.SHARE\n")
    monkeypatch.syspath_prepend(tmp_path)
    script = types.ModuleType("__main__")
    script.__file__, script.__spec__ = str(tmp_path / "script.py"), None
    monkeypatch.setitem(sys.modules, "__main__", script)
    forget()
    before = module._version(code_sources.canonical("__main__"), "f")
    assert before == module._version("script", "f")
    script.__spec__ = importlib.util.find_spec("script")
    assert code_sources.canonical("__main__") == "script"
    (tmp_path / "beside_it.py").write_text("SHARE = 2\n")
    forget()
    assert module._version("script", "f") != before
    forget()
