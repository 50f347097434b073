import numpy as np
import pytest

from dkva.base.segmentation import Segmentation
from dkva.cli.segmenting.collect import Results
from dkva.cli.segmenting.output import Output
from dkva.cli.segmenting.report import report
from dkva.cli.segmenting.together import shared
from dkva.cli.segmenting.work import Worked
from dkva.datasets import VideoFile

pytestmark = pytest.mark.fast


def collected(tmp_path, truths, **output):
    """A collection of videos of 20 frames in two segments, with labels where there are some."""
    names = [f"v{i}" for i in range(len(truths))]
    made = Results(Output(tmp_path, "csv", **output), names)
    for name, truth in zip(names, truths, strict=True):
        segmentation = Segmentation(np.repeat([0, 1], 10), 3, "uniform", {"n_segments": 2})
        video = VideoFile(name, tmp_path / name, tmp_path / f"{name}.txt")
        made.add(video, Worked(segmentation, truth, {}, "k", notes=("odd",)))
    return made


def test_segments_where_there_are_no_labels(tmp_path, capsys):
    report(collected(tmp_path, [None]), failed=0, problems=[])
    out = capsys.readouterr()
    rows = [line.split() for line in out.out.splitlines()]
    assert rows[1] == ["video", "frames", "features", "k", "segments", "labels", "used"]
    assert ["v0", "20", "3", "2", "2", "2"] in rows  # one cell a column
    assert out.out.splitlines()[-1] == f"segmented 1; results in {tmp_path}"
    assert out.err == "note: v0: odd\n"


def test_a_kept_row_of_a_table_has_a_dash_for_what_the_table_does_not_hold(tmp_path, capsys):
    made = collected(tmp_path, [None])
    made.docs["v0"] = {name: value for name, value in made.docs["v0"].items() if name != "features"}
    report(made, failed=0, problems=[])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["v0", "20", "–", "2", "2", "2"] in rows


def test_scores_of_each_video_and_their_mean_with_its_interval(tmp_path, capsys):
    made = collected(tmp_path, [np.repeat(["a", "b"], 10), np.repeat(["a", "b"], [5, 15])])
    report(made, failed=0, problems=[])
    begun = [line.split() for line in capsys.readouterr().out.splitlines()]
    for row in (
        ["v0", "100.0"],
        ["v1", "75.0"],
        ["mean", "of", "2", "87.5"],
        ["95", "%", "interval", "75–100"],
    ):
        assert row in [each[: len(row)] for each in begun]


def test_a_score_that_no_video_has_is_a_dash(tmp_path, capsys):
    report(collected(tmp_path, [np.repeat("a", 20), np.repeat("a", 20)]), failed=0, problems=[])
    (mean,) = [line for line in capsys.readouterr().out.splitlines() if "mean of 2" in line]
    assert "–" in mean


def test_what_was_done_and_what_went_wrong(tmp_path, capsys):
    made = collected(tmp_path, [np.repeat(["a", "b"], 10)], ignore=("typo",))
    made.kept = 2
    report(made, failed=3, problems=["x: is broken", "y: is\nempty"])
    out = capsys.readouterr()
    kept = "kept 2 done before with the same settings (--force segments again)"
    assert out.out.splitlines()[-1] == f"segmented 1; {kept}; failed 3; results in {tmp_path}"
    assert out.err.splitlines() == [
        "error: x: is broken",
        "error: y: is empty",
        "note: v0: odd",
        "note: no video has the label to ignore: typo",
    ]


def test_where_results_are_is_said_if_there_are_some(tmp_path, capsys):
    report(Results(Output(tmp_path), ["x"]), failed=1, problems=["x: is broken"])
    assert capsys.readouterr().out == "segmented 0; failed 1\n"


def test_scores_by_one_matching_stand_before_those_by_many(tmp_path, capsys):
    made = collected(tmp_path, [np.repeat(["a", "b"], 10), np.repeat(["b", "a"], 10)])
    labels = {name: np.repeat([0, 1], 10) for name in made.scores}
    truths = {"v0": np.repeat(["a", "b"], 10), "v1": np.repeat(["b", "a"], [12, 8])}
    made.shared = shared(labels, truths, 2)
    report(made, failed=0, problems=[])
    text = capsys.readouterr().out
    first, second = text.split("Scores in %, ")[1:]
    assert first.startswith("one matching for all videos")
    assert second.startswith("each video matched by itself")
    scores = [
        [line.split()[1] for line in part.splitlines() if line[:4].strip() in ("v0", "v1")]
        for part in (first, second)
    ]
    assert scores == [["100.0", "10.0"], ["100.0", "100.0"]]


def test_numbers_of_segments_that_differ_or_were_suggested_are_shown(tmp_path, capsys):
    made = collected(tmp_path, [np.repeat(["a", "b"], 10)] * 2)
    for doc, k in zip(made.docs.values(), (2, 3), strict=True):
        doc["settings"] = {"n_segments": k}
    report(made, failed=0, problems=[])
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    head = next(row for row in rows if row[0] == "video")
    assert head[:3] == ["video", "k", "MoF"]
    assert [row[:3] for row in rows if row[0] in ("v0", "v1")] == [["v0", "2", "100.0"], ["v1", "3", "100.0"]]
    assert [row[3:5] for row in rows if row[0] == "mean"] == [["100.0", "100.0"]]


def test_scores_of_classes_are_pooled_over_videos(tmp_path, capsys):
    names = ["v0", "v1"]
    made = Results(Output(tmp_path, "csv"), names)
    for name, size in zip(names, (10, 15), strict=True):
        found = Segmentation(np.repeat([0, 1], 10), 3, "rtk", {"n_segments": 2}, names=("a", "b"))
        truth = np.repeat(["a", "b"], [size, 20 - size])
        video = VideoFile(name, tmp_path / name, tmp_path / f"{name}.txt")
        made.add(video, Worked(found, truth, {}, "k"))
    report(made, failed=0, problems=[])
    text = capsys.readouterr().out
    rows = [line.split() for line in text.splitlines()]
    assert ["v0", *["100.0"] * 8] in rows
    assert ["v1", "75.0", "100.0", "100.0", "100.0", "100.0"] in [row[:6] for row in rows]
    assert ["all", "2", "87.5", "100.0"] in [row[:4] for row in rows]
    assert ["95", "%", "interval", "75–100", "100–100"] in [row[:5] for row in rows]
    assert 'protocol "ms-tcn"' in text
