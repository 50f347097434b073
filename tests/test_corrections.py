"""Corrections go round: a recording's page, what a person makes of it there, and its labels again."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from pages import NodeModel
from rendered import render

from dkva.cli.segment import segment
from dkva.export.documents import labels_in

CUT = ("-k", 3, "--encoder", "colour", "--shortest", "1s")


@pytest.fixture
def film(tmp_path, monkeypatch):
    """Four scenes of three colours; each frame is shown longer than the one before it."""
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path / "cache"))
    colours = np.array([[200, 30, 30], [30, 200, 30], [200, 30, 30], [30, 30, 200]], np.uint8)
    frames = np.broadcast_to(colours.repeat(20, axis=0)[:, None, None], (80, 48, 64, 3))
    times = np.cumsum(np.arange(60, 140)).tolist()
    return render(tmp_path / "film.mp4", frames, rate=1000, pts=times)


def run(*arguments):
    done = CliRunner().invoke(segment, [str(each) for each in arguments], standalone_mode=False)
    assert done.return_value == 0, done.output
    return done.output


def test_what_is_corrected_in_the_page_is_read_back_without_loss(film, tmp_path):
    run(film, *CUT, "--html", "--out", tmp_path / "cut")
    found = json.loads((tmp_path / "cut/film.json").read_text())
    assert [(run["start"], run["end"]) for run in found["segments"]] == [
        (0, 20),
        (20, 40),
        (40, 60),
        (60, 80),
    ]
    node = NodeModel()
    try:
        answer = node(
            (tmp_path / "cut/film.html").read_text(),
            *(["rename", 0, "pour & stir"], ["setEnd", 0, 23], ["split", 50], ["assign", 3, None]),
        )
    finally:
        node.close()
    truth = np.repeat(
        ["pour & stir", "Action 1", "pour & stir", "Action 3", "Action 2"], [23, 17, 10, 10, 20]
    )
    matches = {}
    for name, text in (
        ("film.corrected.json", answer["json"]),
        ("film.eaf", answer["eaf"]),
        ("film.vtt", answer["vtt"]),
    ):
        place = tmp_path / name.replace(".", "_")
        place.mkdir()
        (place / name).write_text(text if isinstance(text, str) else json.dumps(text))
        run(film, *CUT, "--labels", place / name, "--out", place)
        scored = json.loads((place / "film.json").read_text())
        matches[name] = scored["scores"]["matching"]
        named = np.array([matches[name].get(str(label), "") for label in labels_in(scored)])
        assert scored["scores"]["mof"] == round(float(np.mean(named == truth)), 6)
    assert len({json.dumps(each) for each in matches.values()}) == 1
    document = json.loads((tmp_path / "film_corrected_json/film.corrected.json").read_text())
    names = [(run["start"], run["end"], run["name"]) for run in document["segments"]]
    assert names == [
        (0, 23, "pour & stir"),
        (23, 40, None),
        (40, 50, "pour & stir"),
        (50, 60, None),
        (60, 80, None),
    ]
