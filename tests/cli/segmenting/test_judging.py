import json

import numpy as np
import pytest

from dkva.cli.segmenting.judging import class_row, judged, unknown_classes
from dkva.cli.segmenting.work import Worked
from dkva.datasets import VideoFile
from dkva.datasets.reading import NO_LABEL
from dkva.metrics.ms_tcn_protocol import ms_tcn_pooled, ms_tcn_row

pytestmark = pytest.mark.fast

TRUTH = np.repeat(["a", "b", "a"], [6, 4, 10])
RUNS = [
    {"start": 0, "end": 8, "label": 0, "name": "a"},
    {"start": 8, "end": 10, "label": 1, "name": "b"},
    {"start": 10, "end": 20, "label": 0, "name": "a"},
]
DOC = {"method": "m", "frames": 20, "segments": RUNS, "settings": {"n_segments": 2}}


@pytest.fixture
def video(tmp_path):
    return VideoFile("v", tmp_path / "v.npy", tmp_path / "v.txt")


def test_classes_are_scored_as_they_are_and_clusters_matched(video):
    found = judged(video, Worked(truth=TRUTH), DOC | {"classes": ["a", "b"]}, (), None)
    expected = ms_tcn_row(TRUTH, np.repeat(["a", "b", "a"], [8, 2, 10]))
    assert found.scores is None
    assert found.class_row["right"] == 18
    assert found.plain["protocol"] == "ms-tcn"
    for name in ("accuracy", "edit", "f1_10", "f1_25", "f1_50", "miou"):
        assert found.plain[name] == pytest.approx(expected[name], abs=1e-6)
    assert (found.plain["n_frames"], found.plain["labels"], found.plain["ignored"]) == (20, "v.txt", [])
    # The other way round no class is right; as clusters they would be.
    turned = np.where(TRUTH == "a", "b", "a")
    swapped = judged(video, Worked(truth=turned), DOC | {"classes": ["a", "b"]}, (), None)
    assert swapped.plain["accuracy"] == pytest.approx(0.1)
    clusters = judged(video, Worked(truth=turned), DOC, (), None)
    assert clusters.class_row == {}
    assert clusters.scores.mof == pytest.approx(0.9)
    assert clusters.boundaries == swapped.boundaries


def test_what_no_video_has_is_null(video):
    never = [{"start": 0, "end": 20, "label": 0, "name": "c"}]
    doc = DOC | {"segments": never, "classes": ["c"]}
    found = judged(video, Worked(truth=np.repeat("a", 20)), doc, (), 0)
    assert found.plain["miou"] is None
    assert found.plain["boundaries"]["recall"] is None
    json.dumps(found.plain, allow_nan=False)


def test_frames_without_a_label_or_ignored_are_left_out():
    truth = np.array(["a", "a", NO_LABEL, "x", "b", "b"])
    labels = np.array(["a", "a", "b", "b", "b", "a"])
    row = class_row(truth, labels, ("x",))
    assert (row["n_frames"], row["right"]) == (4, 3)
    joined = ms_tcn_row(np.array(["a", "a", "b", "b"]), np.array(["a", "a", "b", "a"]))
    assert ms_tcn_pooled([row]) == ms_tcn_pooled([joined])


@pytest.mark.parametrize(
    ("truth", "ignore", "problem"),
    [
        (["a", "a"], (), "has 2 labels for 3 frames"),
        (["a", "a", NO_LABEL], ("a",), "no frame is left"),
        (["background"] * 3, (), r"^its truth is background only"),
    ],
)
def test_what_cannot_be_scored_is_one_line(truth, ignore, problem):
    with pytest.raises(ValueError, match=problem):
        class_row(np.array(truth), np.array(["a", "a", "b"]), ignore)


def test_true_labels_that_the_model_does_not_know():
    truth = np.array(["a", "c", NO_LABEL, "x", "d"])
    assert unknown_classes(truth, ["a", "b"], ("x",)) == ["c", "d"]
