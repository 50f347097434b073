"""A stranger adds a method as docs/which_method.md says: one file and one line."""

import re
from pathlib import Path

import numpy as np
import pytest

from dkva.cli.main import main
from dkva.export.documents import labels_in, read_json
from reproduce import table4_benchmarks

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "which_method.md").read_text()


def block(language, begins):
    """The page's block of code that begins so."""
    (found,) = (
        text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if text.startswith(begins)
    )
    return found


@pytest.fixture
def stranger(package):
    group, line = block("toml", "[project.entry-points").strip().splitlines()
    name, target = line.replace('"', "").split(" = ")
    package("a-stranger", {group.split('"')[1]: {name: target}}, tenths=block("python", "# tenths.py"))


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([*map(str, arguments)])
    return stop.value.code


def test_it_is_listed_and_segments(stranger, capsys, tmp_path):
    assert call("methods") == 0
    assert "begins a segment at every tenth frame (from a-stranger)" in capsys.readouterr().out
    np.save(tmp_path / "video.npy", np.random.default_rng(0).standard_normal((30, 3)))
    command = ("segment", tmp_path / "video.npy", "-k", 4, "--out", tmp_path / "cuts")
    assert call(*command, "--method", "every_tenth", "--step", 5) == 0
    labels = labels_in(read_json(tmp_path / "cuts" / "video.json"))
    np.testing.assert_array_equal(labels, np.minimum(np.arange(30) // 5, 3))
    assert call(*command, "--method", "every_tenth", "--epochs", 5) == 2
    assert "every_tenth has no setting 'epochs'; its settings are step" in capsys.readouterr().err


def test_it_is_a_line_of_table_4(stranger, capsys):
    arguments = ["--datasets", "basic_motions", "--methods", "every_tenth", "tw_finch", "--smoke"]
    assert table4_benchmarks.main(arguments) == 0
    text = capsys.readouterr().out
    assert "every tenth frame" in text
    assert "TW-FINCH" in text


def test_the_learner_of_the_page_gives_rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("page_learner.py").write_text(block("python", "from functools"))
    monkeypatch.syspath_prepend(tmp_path)
    import page_learner

    rows = page_learner.outcome.rows
    assert len(rows) == 6 * 2
    assert {row["method"] for row in rows} == {"means"}
    assert all(0 < row["mof"] <= 1 for row in rows)
    assert len(list(Path("models").glob("*.npz"))) == 2
