import os

import numpy as np
import pytest

from dkva.cli.segmenting import pictures
from dkva.datasets.reading import NO_LABEL
from dkva.metrics.segmentation import evaluate

pytestmark = pytest.mark.fast

LABELS = np.repeat([0, 1], 5)
RUNS = [{"start": 0, "end": 5, "label": 0}, {"start": 5, "end": 10, "label": 1}]
LEVELS = [
    {"n_segments": 2, "cost": 0.5, "switches": 1, "nesting": 1.0, "segments": RUNS},
    {"n_segments": 3, "cost": 0.4, "switches": 1, "nesting": 1.0, "segments": RUNS},
]
CURVE = [{"n_segments": k, "cost": 1 / k, "scatter": 1 / k, "switches": 1} for k in (2, 3)]
SUGGESTION = {"k": 2, "rules": {"penalty": 3, "eigengap": 2, "tw_finch": None}, "curve": CURVE}


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ({}, {"png"}),
        ({"levels": LEVELS}, {"png", "levels.png"}),
        ({"levels": LEVELS, "suggestion": SUGGESTION}, {"png", "levels.png", "suggestion.png"}),
    ],
)
def test_each_part_of_the_document_has_its_picture(tmp_path, more, kinds):
    doc = {"video": "v", "method": "kms", "settings": {"n_segments": 2}, **more}
    truth = np.repeat(["a", NO_LABEL], 5)
    pictures.draw(tmp_path, doc, LABELS, truth, scores=evaluate(truth, LABELS, ignore=NO_LABEL))
    assert {path.name for path in tmp_path.iterdir()} == {f"v.{kind}" for kind in kinds}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())


def test_the_name_of_a_video_need_not_be_utf8(tmp_path):
    doc = {"video": os.fsdecode(b"bad\xff"), "method": "kms", "settings": {"n_segments": 2}}
    pictures.draw(tmp_path, doc | {"levels": LEVELS, "suggestion": SUGGESTION}, LABELS, None)
    assert len([*tmp_path.iterdir()]) == 3


def test_names_are_drawn_as_labels_with_what_is_said(tmp_path, monkeypatch):
    drawn = {}
    from dkva.export import timeline

    plain = timeline.timeline
    monkeypatch.setattr(
        timeline,
        "timeline",
        lambda rows, **how: plain(drawn.setdefault("rows", rows), **drawn.setdefault("how", how)),
    )
    doc = {"video": "v", "method": "rtk", "settings": {"n_segments": 2}}
    names = np.repeat(["a", "b"], 5)
    pictures.draw(tmp_path, doc, names, names[::-1], said="accuracy 0.0 %", order=("b", "a"))
    assert list(drawn["rows"]) == ["truth", "rtk"]
    assert drawn["how"] == {"matching": None, "title": "v: accuracy 0.0 %", "order": ("b", "a")}
    assert (tmp_path / "v.png").exists()
