import sys

import click
import pytest

from dkva.cli.clone import find_clone, run_script

pytestmark = pytest.mark.fast


def test_the_folder_given_the_current_one_or_the_one_installed_from(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "results").mkdir()
    assert find_clone(tmp_path / "a", ("results",)) == tmp_path / "a"
    monkeypatch.chdir(tmp_path / "a")
    assert find_clone(None, ("results",)) == tmp_path / "a"
    monkeypatch.chdir(tmp_path)
    assert (find_clone(None, ("reproduce", "results")) / "dkva").is_dir()
    with pytest.raises(click.ClickException, match="holds no results and reproduce"):
        find_clone(tmp_path, ("results", "reproduce"))


def test_a_script_is_run_with_its_arguments(tmp_path, monkeypatch):
    (tmp_path / "script_of_a_clone.py").write_text("def main(arguments):\n    return len(arguments)\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert run_script(tmp_path, "script_of_a_clone", ["a", "b"]) == 2
