import shutil
from pathlib import Path

import pytest

from dkva.cli.segment import main

ROOT = Path(__file__).resolve().parents[2]


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["report", *map(str, arguments)])
    return stop.value.code


def test_the_page_of_the_clone_it_was_installed_from(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call() == 0
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert "report.html" in capsys.readouterr().out


def test_a_clone_whose_rows_were_changed_is_shown_with_its_problem(capsys, tmp_path):
    for folder in ("reproduce", "results", "figures"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / "results" / "basic_motions.csv"
    path.write_text(path.read_text().replace(",0.", ",1.", 1))
    assert call("--root", tmp_path, "--out", tmp_path / "page.html") == 1
    assert "basic_motions.csv, line 2" in capsys.readouterr().err
    assert "basic_motions.csv, line 2" in (tmp_path / "page.html").read_text()


def test_a_folder_that_is_no_clone_and_a_place_that_cannot_be_written(capsys, tmp_path):
    assert call("--root", tmp_path) == 2
    assert "give a clone of the project" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert call("--out", tmp_path / "file" / "page.html") == 2
    assert "--out" in capsys.readouterr().err
