"""Encoders, methods and smoothing on joined recordings: what is run, shown and stored."""

import dataclasses

import numpy as np
import pytest
from rendered import numbered, render

from dkva.experiments.experiment import Method
from reproduce import table_recordings as table
from reproduce.base.labels import KERNEL_MEANS, UNIFORM
from reproduce.base.store import read_facts, read_rows
from reproduce.collections import joined_recordings
from reproduce.tables import in_seconds
from synthetic.joined_clips import Clip, Settings

pytestmark = pytest.mark.fast


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A data root of three short clips, one set of recordings of them; what is published is listed."""
    folder = tmp_path / "recordings" / "sign_clips"
    folder.mkdir(parents=True)
    for index in range(3):
        render(folder / f"c{index}.mkv", numbered(30, 32, 32, first=1000 * (index + 1)))
    monkeypatch.setattr(joined_recordings, "GENERATED", tmp_path / "made")
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    clips = (tuple(Clip(f"c{index}.mkv") for index in range(3)),)
    settings = Settings(least_actions=3, most_actions=3)
    signs = dataclasses.replace(
        joined_recordings.SETS["signs"], groups=clips, size=(32, 32), settings=settings
    )
    monkeypatch.setattr(table, "SETS", {"signs": signs})
    monkeypatch.setattr(table, "TEST", range(2))
    monkeypatch.setattr(table, "DEVELOPMENT", range(100, 101))
    monkeypatch.setattr(table, "ENCODERS", ("pixels", "colour"))
    for place in ("reproduce.base.options.ROWS", "reproduce.table_recordings.ROWS"):
        monkeypatch.setattr(place, tmp_path / "rows.sqlite")
    quick = (KERNEL_MEANS, UNIFORM)

    def lines(rate, epochs=1):
        return [line for line in in_seconds.method_lines(rate, epochs) if line.label in quick]

    monkeypatch.setattr(table, "method_lines", lines)
    monkeypatch.setattr(table, "_SEEDS", 2)
    published = []
    monkeypatch.setattr(table, "publish", lambda *given: published.append(given))
    return tmp_path, published


def run(root, *arguments):
    return table.main(["--data-root", str(root), "--workers", "1", *arguments])


def test_every_encoder_and_smoothing_has_rows_that_are_stored(small, monkeypatch, capsys):
    root, published = small
    monkeypatch.setattr(table, "_lacks", lambda *_: True)
    assert run(root) == 0
    ((which, outcome, settings),) = published
    assert which.name == "table_recordings_signs"
    assert settings["encoders"] == ["pixels", "colour"]
    # two encoders × two recordings × (uniform, and two seeds at four smoothings)
    assert len(outcome.rows) == 2 * 2 * (1 + 2 * 4)
    assert all(tuple(row) == table.COLUMNS for row in outcome.rows)
    told = {(row["method"], row["shortest"], row["fps"]) for row in outcome.rows}
    assert told == {
        (UNIFORM, "own", 5.0),
        (KERNEL_MEANS, "own", 5.0),
        (KERNEL_MEANS, "2 s", 10.0),
        (KERNEL_MEANS, "3 s", 5.0),
        (KERNEL_MEANS, "5 s", 5.0),
    }
    assert all(0 <= row["boundary_error"] < 5 for row in outcome.rows)
    text = capsys.readouterr().out
    assert "pose: left out" in text
    assert "boundary error, s" in text


def test_a_part_is_not_stored(small, capsys):
    root, published = small
    assert run(root, "--encoders", "pixels", "--methods", UNIFORM) == 0
    assert run(root, "--encoders", "pixels", "--methods", UNIFORM, "--development") == 0
    assert "signs" not in capsys.readouterr().err
    assert published == []


def test_rows_of_poses_are_found_without_their_package(small, monkeypatch):
    root, published = small
    monkeypatch.setattr(table.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(table, "count_missing", lambda *_: 0)
    computed = []

    def compute(lines, given, options):
        computed.append(given[0].columns["encoder"])
        return table.Outcome([], {}, 0)

    monkeypatch.setattr(table, "compute", compute)
    monkeypatch.setattr(table, "show", lambda *_: None)
    assert run(root) == 0
    assert published[0][2]["encoders"] == ["pixels", "colour", "pose"]
    assert set(computed) == {"pixels", "colour", "pose"}


def test_absent_clips_and_unknown_encoders_are_said(small, tmp_path, capsys):
    root, published = small
    assert run(tmp_path / "none") == 0
    assert "left out" in capsys.readouterr().out
    assert run(tmp_path / "none", "--sets", "signs") == 2
    with pytest.raises(SystemExit, match="unknown encoder"):
        run(root, "--encoders", "pictures")
    assert published == []


def test_an_extra_to_install_is_printed_as_it_is(small, tmp_path, monkeypatch, capsys):
    films = dataclasses.replace(joined_recordings.SETS["scenes"], package="surely_absent")
    monkeypatch.setattr(table, "SETS", {"scenes": films})
    assert run(tmp_path) == 0
    assert "pip install 'dkva[clips]'" in " ".join(capsys.readouterr().out.split())


def test_stored_rows_are_of_all_encoders_methods_and_recordings():
    for key in joined_recordings.SETS:
        rows, facts = read_rows(f"table_recordings_{key}"), read_facts(f"table_recordings_{key}")
        encoders = facts["settings"]["encoders"]
        assert set(table.ENCODERS) <= set(encoders)
        lines: list[Method] = [line for rate in in_seconds.RATES for line in in_seconds.method_lines(rate)]
        expected = {(line.label, line.columns["shortest"]) for line in lines}
        for encoder in encoders:
            mine = [row for row in rows if row["encoder"] == encoder]
            assert {(row["method"], row["shortest"]) for row in mine} == expected
            assert len({row["video"] for row in mine}) == 10
        assert all(np.isfinite(row["mof"]) for row in rows)
