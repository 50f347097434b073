import numpy as np
import pytest

from dkva.cli.segmenting.further_files import EXPORTS, FRAME_LABELS, write_exports, write_frame_labels

pytestmark = pytest.mark.fast

RUNS = [
    {"start": 0, "end": 2, "label": 0, "start_time": 0.0, "end_time": 1.0},
    {"start": 2, "end": 3, "label": 1, "start_time": 1.0, "end_time": 1.5},
]
LABELS = np.array([0, 0, 1])


def document(*names, **more):
    runs = [run | {"name": name} for run, name in zip(RUNS, names, strict=True)] if names else RUNS
    return {"video": "tea/v", "segments": runs, **more}


def test_one_label_a_frame(tmp_path):
    (tmp_path / "tea").mkdir()
    for kind in FRAME_LABELS:
        write_frame_labels(tmp_path, document(), LABELS, kind)
    assert (tmp_path / "tea/v.labels.txt").read_text() == "0\n0\n1\n"
    np.testing.assert_array_equal(np.load(tmp_path / "tea/v.labels.npy"), LABELS)
    write_frame_labels(tmp_path, document("stir", None), LABELS, "txt")
    assert (tmp_path / "tea/v.labels.txt").read_text().splitlines()[:2] == ["stir", "stir"]


def test_labels_that_are_classes_have_their_names_in_an_array(tmp_path):
    doc = document("a", "b", frames=3, classes=["a", "b"]) | {"video": "v"}
    write_frame_labels(tmp_path, doc, LABELS, "npy")
    assert np.load(tmp_path / "v.labels.npy").tolist() == ["a", "a", "b"]


def test_only_subtitles_that_are_asked_for_are_written(tmp_path):
    (tmp_path / "tea").mkdir()
    write_exports(tmp_path, document("stir", "pour"), ())
    assert list((tmp_path / "tea").iterdir()) == []
    write_exports(tmp_path, document("stir", "pour"), EXPORTS)
    web, sub = ((tmp_path / f"tea/v.{kind}").read_text() for kind in EXPORTS)
    assert web.startswith("WEBVTT\n")
    assert "00:00:01.000 --> 00:00:01.500\npour" in web
    assert "00:00:01,000 --> 00:00:01,500\npour" in sub
