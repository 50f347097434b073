import csv
import json
from dataclasses import replace

import click
import numpy as np
import pytest

from dkva.base.segmentation import Segmentation
from dkva.cli.segmenting import collect
from dkva.cli.segmenting.collect import Results
from dkva.cli.segmenting.exported import Exported
from dkva.cli.segmenting.output import Output
from dkva.cli.segmenting.work import Worked
from dkva.datasets import VideoFile
from dkva.datasets.reading import NO_LABEL
from dkva.export.documents import FORMAT

pytestmark = pytest.mark.fast

TRUTH = np.repeat(["a", "b"], 10)


@pytest.fixture
def videos(tmp_path):
    return [VideoFile(name, tmp_path / f"{name}.npy", tmp_path / f"{name}.txt") for name in ("v", "w")]


def worked(key="k", truth=None, **changed):
    made = Segmentation(np.repeat([0, 1], 10), 3, "uniform", {"n_segments": 2}, np.full(20, 0.5))
    return Worked(**{"segmentation": made, "source": {"file": "v"}, "key": key, "truth": truth} | changed)


def collection(output, *names):
    return Results(output, names or ("v", "w"))


def table(folder):
    return list(csv.DictReader((folder / "segments.csv").open()))


def test_a_document_is_written_once_with_its_scores(tmp_path, videos, monkeypatch):
    written = []
    monkeypatch.setattr("dkva.export.documents.write_json", lambda path, doc: written.append((path, doc)))
    made = collection(Output(tmp_path, "json"))
    made.add(videos[0], worked(truth=TRUTH))
    ((path, doc),) = written
    assert path == tmp_path / "v.json"
    assert doc == made.docs["v"]
    assert doc["scores"]["mof"] == made.scores["v"].mof == 1
    assert (made.computed, made.kept, made.problems) == (1, 0, [])
    made.write_table()
    assert not (tmp_path / "segments.csv").exists()


@pytest.mark.parametrize("form", ["json", "csv", "both"])
def test_what_an_earlier_run_left_is_kept_and_scored(tmp_path, videos, form):
    first = collection(Output(tmp_path, form))
    first.add(videos[0], worked("k1"))
    first.write_table()
    again = collection(Output(tmp_path, form))
    assert (again.done("v"), again.done("w")) == ("k1", None)
    before = (tmp_path / "v.json").stat().st_mtime_ns if form != "csv" else None
    again.add(videos[0], worked(segmentation=None))
    assert (again.computed, again.kept) == (0, 1)
    if before:
        assert (tmp_path / "v.json").stat().st_mtime_ns == before
    again.add(videos[0], worked(segmentation=None, truth=TRUTH))
    assert "scores" in again.docs["v"]
    if before:
        assert "scores" in json.loads((tmp_path / "v.json").read_text())


def test_problems_and_notes_come_in_the_order_of_the_videos(tmp_path, videos):
    made = collection(Output(tmp_path, "csv"))
    made.add(videos[1], worked(notes=("odd",), truth=TRUTH))
    made.add(videos[0], Worked(problem="v: is broken"))
    made.add(videos[1], worked(notes=("odd",), truth=TRUTH[:3]))
    made.sort(["v", "w"])
    assert made.problems[0] == "v: is broken"
    assert made.problems[1].startswith(f"{videos[1].labels_path}: ")
    assert len(made.problems) == 2
    assert made.notes == ["w: odd"]
    assert list(made.docs) == ["w"]


def test_labels_that_are_ignored_and_missed(tmp_path, videos):
    made = collection(Output(tmp_path, ignore=("a", "typo")))
    made.add(videos[0], worked(truth=TRUTH))
    assert made.unseen == {"typo"}
    assert made.docs["v"]["scores"]["ignored"] == ["a", "typo"]
    assert made.docs["v"]["scores"]["lengths"] == "error"


def test_pictures_are_drawn_and_old_ones_go(tmp_path, videos):
    collection(Output(tmp_path, plot=True)).add(videos[0], worked(truth=TRUTH))
    assert (tmp_path / "v.png").read_bytes().startswith(b"\x89PNG")
    collection(Output(tmp_path)).add(videos[0], worked())
    assert not (tmp_path / "v.png").exists()


def test_the_table_keeps_what_it_held_and_is_written_again_when_due(tmp_path, videos, monkeypatch):
    first = collection(Output(tmp_path))
    first.add(videos[0], worked())
    first.write_table(if_due=True)
    assert not (tmp_path / "segments.csv").exists()
    monkeypatch.setattr(collect, "_CSV_SECONDS", 0)
    first.write_table(if_due=True)
    second = collection(Output(tmp_path), "w")
    second.add(videos[1], worked())
    second.write_table()
    assert [(row["video"], row["method"]) for row in table(tmp_path)] == [
        (name, "uniform") for name in ("v", "v", "w", "w")
    ]


def test_a_table_that_cannot_be_written_is_one_line(tmp_path, videos, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    made = collection(Output(tmp_path))
    made.add(videos[0], worked())
    path = tmp_path / "segments.csv"
    monkeypatch.setattr("dkva.export.documents.write_csv", full)
    made.write_table()
    made.write_table()
    assert made.problems == [f"{path}: cannot be written (No space left on device); free it"]
    path.mkdir()
    made.write_table()
    (problem,) = made.problems
    assert problem.startswith(f"{path}: cannot be read (Is a directory); mend it, move it away")


def test_a_table_that_became_a_newer_one_is_left_alone(tmp_path, videos):
    made = collection(Output(tmp_path))
    (tmp_path / "segments.csv").write_text("video,format\nv,99\n")
    made.write_table()
    assert "is of format 99" in made.problems[0]
    assert (tmp_path / "segments.csv").read_text() == "video,format\nv,99\n"


@pytest.mark.parametrize(("form", "name"), [("json", "v.json"), ("both", "v.json"), ("csv", "segments.csv")])
def test_results_of_a_newer_format_stop_the_run(tmp_path, form, name):
    text = '{"format": 99}' if name == "v.json" else "video,format\nv,99\n"
    (tmp_path / name).write_text(text)
    with pytest.raises(click.ClickException, match="is of format 99"):
        collection(Output(tmp_path, form))
    other = "csv" if name == "v.json" else "json"
    assert collection(Output(tmp_path, other)).done("v") is None


def test_a_damaged_table_stops_the_run_and_stays(tmp_path):
    text = "video,start\nv,0\n"
    (tmp_path / "segments.csv").write_text(text)
    for form in ("csv", "both"):
        with pytest.raises(click.ClickException, match=r"segments.csv: line 2 is no segment .* move it away"):
            collection(Output(tmp_path, form))
    assert (tmp_path / "segments.csv").read_text() == text


def test_scores_that_cannot_be_computed_again_do_not_cost_earlier_ones(tmp_path, videos):
    first = collection(Output(tmp_path, "json"))
    first.add(videos[0], worked("k", truth=TRUTH))
    again = collection(Output(tmp_path, "json", ignore=("a", "b")))
    again.add(videos[0], worked(segmentation=None, truth=TRUTH))
    assert "no frame is left to score" in again.problems[0]
    assert json.loads((tmp_path / "v.json").read_text())["scores"]["mof"] == 1


def test_results_of_an_older_format_do_not_count(tmp_path, videos):
    collection(Output(tmp_path, "json")).add(videos[0], worked("k1"))
    path = tmp_path / "v.json"
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'))
    assert collection(Output(tmp_path, "json")).done("v") is None


TOGETHER = {"videos": 2, "digest": "d"}


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("form", ["json", "csv"])
def test_videos_that_were_cut_together_are_matched_at_once(tmp_path, videos, form):
    """Of w by itself label 1 would be a."""
    truth = np.repeat(["b", "a"], [2, 18])
    cut = [worked("k", TRUTH, together=TOGETHER), worked("l", truth, together=TOGETHER)]
    first = collection(Output(tmp_path, form, plot=True))
    first.add_together(list(zip(videos, cut, strict=True)), 2)
    first.write_table()
    again = collection(Output(tmp_path, form, plot=True))
    kept = [worked(each.key, each.truth, segmentation=None, together=TOGETHER) for each in cut]
    again.add_together(list(zip(videos, kept, strict=True)), 2)
    for made in (first, again):
        assert made.shared.matching == {0: "a", 1: "b"}
        assert made.docs["w"]["scores_together"]["matching"] == {"0": "a", "1": "b"}
        assert (made.docs["v"]["scores_together"]["mof"], made.docs["v"]["scores"]["mof"]) == (1, 1)
        assert made.docs["w"]["scores_together"]["mof"] == 8 / 20
        assert made.docs["w"]["scores"]["mof"] == 12 / 20
        assert [run["name"] for run in made.docs["w"]["segments"]] == ["a", "b"]
        assert made.docs["w"]["together"] == TOGETHER
    assert (again.computed, again.kept) == (0, 2)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_draft_stands_until_all_are_judged(tmp_path, videos, form):
    model = {"file": "m.npz", "digest": "x"}
    cut = [worked("k", TRUTH, model=model), worked("l", TRUTH[::-1].copy(), model=model)]
    killed = collection(Output(tmp_path, form))
    killed.draft(videos[0], cut[0])
    killed.write_table()
    again = collection(Output(tmp_path, form))
    assert (again.done("v"), again.done("w")) == ("k", None)
    found = [worked("k", TRUTH, model=model, segmentation=None), cut[1]]
    for video, each in zip(videos, found, strict=True):
        again.draft(video, each)
    assert (again.computed, again.kept) == (0, 0)
    again.add_together(list(zip(videos, found, strict=True)), 2)
    again.write_table()
    assert (again.computed, again.kept) == (1, 1)
    mofs = {name: doc["scores_together"]["mof"] for name, doc in again.docs.items()}
    assert sorted(mofs.values()) == [0, 1]
    last = collection(Output(tmp_path, form))
    assert (last.done("v"), last.done("w")) == ("k", "l")
    assert all(doc["model"] == model for doc in last._old.values())


def test_labels_that_cannot_be_used_cost_the_scores_alone(tmp_path, videos):
    first = collection(Output(tmp_path))
    first.add(videos[0], worked("k", truth=TRUTH))
    assert first.docs["v"]["segments"][0]["name"] == "a"
    again = collection(Output(tmp_path))
    again.add(videos[0], worked(segmentation=None, truth_problem="v.txt: is a page"))
    assert again.problems == ["v.txt: is a page"]
    assert (again.kept, again.docs["v"]) == (1, first.docs["v"])  # what an earlier run found stands
    new = collection(Output(tmp_path))
    new.add(videos[0], worked("other", truth_problem="v.txt: is a page"))
    assert "scores" not in new.docs["v"]
    assert "name" not in new.docs["v"]["segments"][0]


@pytest.mark.parametrize(
    ("name", "text", "options"),
    [
        ("v.json", '{"my": "notes"}', {}),
        ("v.json", "notes", {"form": "json"}),
        ("summary.csv", "mine\n", {"form": "csv"}),
        ("transitions.csv", "a,b\n1,2\n", {}),
        ("segments.csv", "my,precious\n", {}),
        ("v.labels.txt", "a\n", {"frame_labels": "txt"}),
        ("w.png", "a", {"plot": True}),
    ],
)
def test_files_of_others_are_not_overwritten(tmp_path, name, text, options):
    (tmp_path / name).write_text(text)
    with pytest.raises(click.ClickException, match=rf"{name}: .*move it away"):
        collection(Output(tmp_path, **options))
    assert (tmp_path / name).read_text() == text


def test_what_would_show_earlier_labels_goes(tmp_path, videos):
    everything = {"plot": True, "frame_labels": "txt"}
    collection(Output(tmp_path, **everything)).add(videos[0], worked("k1"))
    collection(Output(tmp_path)).add(videos[0], worked("k2"))
    assert not (tmp_path / "v.png").exists()
    assert not (tmp_path / "v.labels.txt").exists()
    (tmp_path / "w.png").touch()  # nobody's
    collection(Output(tmp_path)).add(videos[1], worked("k1"))
    assert (tmp_path / "w.png").exists()
    made = collection(Output(tmp_path, "csv"))
    made.add(videos[0], worked("k2"))
    assert (tmp_path / "v.json").exists()
    made.add(videos[0], worked("k3"))
    assert not (tmp_path / "v.json").exists()


def test_without_results_no_table_is_written(tmp_path):
    collection(Output(tmp_path)).write_table()
    assert list(tmp_path.iterdir()) == []


def test_frames_without_a_label_are_not_scored(tmp_path, videos):
    made = collection(Output(tmp_path))
    made.add(videos[0], worked(truth=np.repeat(["a", NO_LABEL, "b"], [10, 4, 6])))
    scores = made.docs["v"]["scores"]
    assert (scores["n_frames"], scores["mof"], scores["ignored"]) == (16, 1, [])


def test_a_frame_without_a_name_has_no_number_that_may_be_a_name(tmp_path, videos):
    collection(Output(tmp_path, frame_labels="txt")).add(videos[0], worked(truth=np.repeat(["1"], 20)))
    assert (tmp_path / "v.labels.txt").read_text().splitlines() == ["1"] * 10 + ["label 1"] * 10


def test_times_frame_labels_and_summaries(tmp_path, videos):
    for kind in ("txt", "npy"):
        made = collection(Output(tmp_path, rate=2.0, frame_labels=kind))
        made.add(videos[0], worked(truth=TRUTH))
        made.write_table()
        if kind == "txt":
            assert (tmp_path / "v.labels.txt").read_text().split() == list(TRUTH)
    np.testing.assert_array_equal(np.load(tmp_path / "v.labels.npy"), np.repeat([0, 1], 10))
    assert [row["end_time"] for row in table(tmp_path)] == ["5.0", "10.0"]
    assert (tmp_path / "summary.csv").exists()
    assert (tmp_path / "transitions.csv").exists()


def test_boundaries_have_the_tolerance_that_was_given(tmp_path, videos):
    moved = np.repeat(["a", "b"], [12, 8])
    for tolerance, recall in ((None, 0), (1, 0), (2, 1)):
        made = collection(Output(tmp_path, tolerance=tolerance))
        made.add(videos[0], worked(truth=moved))
        found = made.docs["v"]["scores"]["boundaries"]
        assert (found["tolerance"], found["recall"]) == (tolerance or 1, recall)


def test_notes_that_differ_in_numbers_alone_are_one_line(tmp_path, videos):
    made = collection(Output(tmp_path), "v", "w")
    made.add(videos[0], worked(notes=("read 3 columns", "odd")))
    made.add(videos[1], worked(notes=("read 4 columns",)))
    assert made.notes == ["v: read 3 columns (and 1 more video alike)", "v: odd"]


TIMES = np.linspace(0.5, 10.5, 21)


def recorded(**changed):
    return worked(recording={"samples": 5}, rate=2.0, times=TIMES, shortest=3.0, **changed)


def test_a_recording_has_its_own_times_whatever_the_rate_of_features(tmp_path, videos):
    made = collection(Output(tmp_path, "json", rate=5.0))
    made.add(videos[0], recorded())
    made.add(videos[1], worked())
    film, features = made.docs["v"], made.docs["w"]
    assert [(run["start_time"], run["end_time"]) for run in film["segments"]] == [(0.5, 5.5), (5.5, 10.5)]
    assert (film["frames_per_second"], film["recording"], film["shortest"]) == (2, {"samples": 5}, 3)
    assert [run["end_time"] for run in features["segments"]] == [2, 4]
    assert not {"recording", "shortest"} & features.keys()
    images = collection(Output(tmp_path, "json", rate=None))
    images.add(videos[0], worked(recording={"samples": 5}))
    assert "start_time" not in images.docs["v"]["segments"][0]


def test_a_document_that_was_corrected_is_not_replaced(tmp_path, videos):
    Results(Output(tmp_path), ("v",)).add(videos[0], recorded(key="k1"))
    doc = json.loads((tmp_path / "v.json").read_text())
    (tmp_path / "v.json").write_text(json.dumps(doc | {"corrected": {"of": "k1"}}))
    for form in ("both", "json", "csv"):
        with pytest.raises(click.ClickException, match=r"v\.json: was corrected.* v\.corrected\.json"):
            collection(Output(tmp_path, form))


def test_subtitles_are_written_of_kept_results_too_and_go_with_those_they_are_of(tmp_path, videos):
    Results(Output(tmp_path), ("v",)).add(videos[0], recorded(key="k1"))
    assert not (tmp_path / "v.vtt").exists()
    again = collection(Output(tmp_path, exported=Exported(("vtt",))))
    kept = recorded(key="k1")
    again.add(videos[0], replace(kept, segmentation=None))
    assert "00:00:05.500 --> 00:00:10.500" in (tmp_path / "v.vtt").read_text()
    other = collection(Output(tmp_path, exported=Exported(("srt",))))
    other.add(videos[0], recorded(key="k2"))
    assert not (tmp_path / "v.vtt").exists()
    assert (tmp_path / "v.srt").exists()
    (tmp_path / "v.srt").write_text("edited")
    with pytest.raises(click.ClickException, match=r"v\.srt: was edited, or is not dkva's"):
        collection(Output(tmp_path, exported=Exported(("srt",))))
    again = collection(Output(tmp_path))
    again.add(videos[0], recorded(key="k3"))
    assert (tmp_path / "v.srt").read_text() == "edited"
    (tmp_path / "v.srt").unlink()
    (tmp_path / "w.srt").write_text("somebody's own")
    with pytest.raises(click.ClickException, match=r"w\.srt: is there and is no result of dkva"):
        collection(Output(tmp_path, exported=Exported(("srt",))))
