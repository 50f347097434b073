"""Commands of entry points; `dkva check` and `dkva report` are two of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dkva.cli.main import main
from dkva.cli.plugged import PluggedGroup

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def group():
    made = PluggedGroup("made")
    made.add_command(click.Command("own", callback=lambda: click.echo("own")))
    return made


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, which is not on the module path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "nowhere")  # keeps the path as it is, to be put back
    sys.path[:] = [place for place in sys.path if place not in ("", ".", str(ROOT))]
    for name in [name for name in sys.modules if name.split(".")[0] in ("reproduce", "studies")]:
        monkeypatch.delitem(sys.modules, name)
    yield tmp_path
    sys.modules.pop("studies", None)


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return stop.value.code


STUDY = """
def main(arguments):
    print(arguments)
    return len(arguments)
"""


@pytest.mark.fast
def test_a_command_is_found_in_the_current_folder_and_given_its_arguments_as_they_are(group, package, here):
    package("studies-of-it", {"dkva.commands": {"study": "studies:main", "own": "studies:main"}})
    (here / "studies.py").write_text(STUDY)
    run = CliRunner().invoke(group, ["study", "--help", "-k", "3", "--", "a"], standalone_mode=False)
    assert run.output == "['--help', '-k', '3', '--', 'a']\n"
    assert run.return_value == 5
    assert CliRunner().invoke(group, ["own"]).output == "own\n"


@pytest.mark.fast
def test_commands_are_listed_and_none_is_imported(group, package, here):
    package("studies-of-it", {"dkva.commands": {"study": "studies:main"}})
    text = CliRunner().invoke(group, ["--help"]).output
    assert "study" in text
    assert "Run studies, in a clone of the project." in text
    assert "studies" not in sys.modules
    assert CliRunner().invoke(group, ["nothing"]).exit_code == 2


@pytest.mark.fast
@pytest.mark.parametrize("command", ["check", "report"])
def test_outside_of_a_clone_one_line_says_what_to_do(command, here, capsys):
    assert call(command, "--help") == 2
    problem = f"dkva {command}: reproduce.{command} is not found from here; run it in a clone of the project"
    assert capsys.readouterr().err == f"error: {problem}\n"


@pytest.mark.fast
def test_a_package_that_a_command_needs_is_named(here, capsys):
    (here / "reproduce").mkdir()
    (here / "reproduce/__init__.py").touch()
    (here / "reproduce/check.py").write_text("import absent_package")
    assert call("check") == 2
    assert capsys.readouterr().err == "error: dkva check: No module named 'absent_package'; install it\n"


def test_a_clone_is_checked_and_reported(tmp_path):
    for folder in ("reproduce", "results", "figures", "synthetic"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*arguments):
        command = [sys.executable, "-c", "from dkva.cli.main import main; main()", *arguments]
        command[1:1] = ["-P"]  # as the installed command: the current folder is not on the path
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=clean)

    assert "--results" in run("check", "--help").stdout
    page = tmp_path / "results" / "README.md"
    page.unlink()
    done = run("check", "--markdown")
    assert (done.returncode, done.stderr) == (0, "")
    assert page.read_text() == (ROOT / "results" / "README.md").read_text()
    path = tmp_path / "results" / "basic_motions.csv"
    for other in path.parent.glob("*.csv"):  # a report of one table takes a tenth of the time
        if other != path:
            other.unlink()
    path.write_text(path.read_text().replace(",0.", ",1.", 1))
    done = run("report", "--out", "page.html")
    assert done.returncode == 1
    assert "basic_motions.csv, line 2" in done.stderr
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
