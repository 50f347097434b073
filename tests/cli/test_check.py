import shutil
from pathlib import Path

import pytest

from dkva.cli.segment import main

ROOT = Path(__file__).resolve().parents[2]


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["check", *map(str, arguments)])
    return stop.value.code


def test_the_clone_it_was_installed_from_is_checked(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call() == 0
    assert "follow from their rows" in capsys.readouterr().out


def test_the_page_of_a_clone_is_written(tmp_path):
    for folder in ("reproduce", "results"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    page = tmp_path / "results" / "README.md"
    page.unlink()
    assert call("--root", tmp_path, "--markdown") == 0
    assert page.read_text() == (ROOT / "results" / "README.md").read_text()


def test_a_clone_whose_rows_were_changed_fails(capsys, tmp_path):
    for folder in ("reproduce", "results"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "results" / "basic_motions.csv"
    path.write_text(path.read_text().replace(",0.", ",1.", 1))
    assert call("--root", tmp_path) == 1
    assert "basic_motions.csv, line 2" in capsys.readouterr().err


def test_a_folder_that_is_no_clone_and_two_forms_are_refused(capsys, tmp_path):
    assert call("--root", tmp_path) == 2
    assert "give a clone of the project" in capsys.readouterr().err
    assert call("--json", "--markdown") == 2
    assert "give one" in capsys.readouterr().err
