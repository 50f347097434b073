import numpy as np
import pytest

from dkva.cli.segmenting.further_files import (
    EXPORTS,
    FRAME_LABELS,
    export_files,
    write_exports,
    write_frame_labels,
)
from dkva.export.boris import boris
from dkva.export.elan import eaf
from dkva.export.ffmetadata import ffmetadata
from dkva.export.losslesscut import losslesscut
from dkva.export.otio import otio
from dkva.export.subtitles import srt, webvtt

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


def test_only_files_that_are_asked_for_are_written(tmp_path):
    doc = document("stir", "pour", frames=3)
    write_exports(tmp_path, doc, ())
    assert list(tmp_path.iterdir()) == []
    write_exports(tmp_path, doc, ["eaf"])
    assert [path.name for path in (tmp_path / "tea").glob("[!.]*")] == ["v.eaf"]


def test_each_kind_has_a_file_of_its_own(tmp_path):
    doc = document("stir", "pour", frames=3)
    write_exports(tmp_path, doc, EXPORTS, ["../v.mp4"])
    assert {kind: (tmp_path / file).read_text() for kind, file in export_files("tea/v").items()} == {
        "vtt": webvtt(doc),
        "srt": srt(doc),
        "ffmetadata": ffmetadata(doc),
        "eaf": eaf(doc, ["../v.mp4"]),
        "boris": boris(doc, ["../v.mp4"]),
        "otio": otio(doc, ["../v.mp4"]),
        "losslesscut": losslesscut(doc),
    }
    assert export_files("v") == {
        "vtt": "v.vtt",
        "srt": "v.srt",
        "ffmetadata": "v.ffmetadata.txt",
        "eaf": "v.eaf",
        "boris": "v.boris",
        "otio": "v.otio",
        "losslesscut": "v.losslesscut.csv",
    }


def test_a_document_without_times_leaves_no_file(tmp_path):
    doc = {"video": "v", "frames": 2, "segments": [{"start": 0, "end": 2, "label": 0}]}
    for kind in EXPORTS:
        with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
            write_exports(tmp_path, doc, [kind])
    assert list(tmp_path.iterdir()) == []
