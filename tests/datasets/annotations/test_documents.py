"""Documents as labels; and all that dkva writes of one for other programs has the same labels."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_texts import read, refused, runs, truth_of
from timed_documents import document as timed_document

from dkva.datasets import LabelReading, load_labels
from dkva.datasets.annotations.documents import is_document
from dkva.export.boris import boris
from dkva.export.elan import eaf
from dkva.export.subtitles import srt, webvtt

pytestmark = pytest.mark.fast

#: Names that every format can hold.
NAMES = st.none() | st.sampled_from(
    ["pour", "stir the milk", "a, b; c", "1", "0-75", "Ä & <b>", "日本", "x: y"]
)


def text_of(doc, **more):
    return json.dumps({"format": 2, "method": "kms", "settings": {}, "key": "k"} | doc | more)


def cut(*ends, **more):
    return timed_document(list(ends), **more)


def test_labels_are_names_or_actions_by_their_numbers(tmp_path):
    doc = cut(2, 5, 9, labels=[3, 0, 3], names=["  pour \n milk ", None, ""])
    found, notes = read(tmp_path, text_of(doc), 9, video="v")
    assert found == [("pour milk", 2), ("Action 0", 3), ("Action 3", 4)]
    assert notes["labels_read_as"] == (
        "the labels are a document of dkva",
        {"form": "a document of dkva", "corrected": False},
    )
    corrected = text_of(doc, corrected={"of": "k", "level": 3}, key="")
    found, notes = read(tmp_path, corrected, 9, video="w")
    assert notes["labels_read_as"][0] == "the labels are a corrected document of dkva of 'v'"
    assert read(tmp_path, corrected, 9, video="tea/v")[1]["labels_read_as"][1]["corrected"]


def test_a_video_of_other_frames_is_labelled_by_time_or_refused(tmp_path):
    text = text_of(cut(50, 300, rate=30.0, names=["a", "b"]))
    found, notes = read(tmp_path, text, 100, fps=10)
    assert found == [("a", 17), ("b", 83)]  # 1.67 s: the middle of frame 16 lies before it
    assert notes["labels_by_time"] == (
        "the labels are of 300 frames, and there are 100: they were taken by their times",
        {"labels": 300, "frames": 100},
    )
    assert read(tmp_path, text, 97, fps=10)[0] == [("a", 17), ("b", 80)]
    assert read(tmp_path, text, 300, fps=7)[0] == [("a", 50), ("b", 250)]  # frames need no times
    assert read(tmp_path, text, 100, lengths="resample", fps=10)[1].keys() == {
        "labels_read_as",
        "labels_fitted",
    }
    for options in ({"n_frames": 60, "fps": 10}, {"n_frames": 100}):
        assert "has 300 labels for" in refused(tmp_path, text, **options)[1]
    untimed = text_of(cut(50, 300))
    _, said = refused(tmp_path, untimed, 100, fps=10)
    assert said == "v.txt: has 300 labels for 100 frames: 3 for 1?; resample them with --lengths resample"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"segments": []}, "holds no segments"),
        ({"segments": 3}, "holds no segments"),
        ({"frames": 8}, "its segments reach to frame 9 of 8"),
        ({"segments": [{"start": 0, "end": 9.0, "label": 1}]}, "segment 1 lacks a whole number"),
        ({"segments": [{"start": 0, "end": 9, "label": "a"}]}, "segment 1 lacks a whole number"),
        ({"segments": [{"start": 1, "end": 9, "label": 1}]}, "segment 1 is of frames 1 to 9, after frame 0"),
        ({"segments": [{"start": 0, "end": 0, "label": 1}]}, "segment 1 is of frames 0 to 0"),
        (
            {"segments": [{"start": 0, "end": 9, "label": 1, "start_time": 1, "end_time": 0.5}]},
            "segment 1 has times that are no numbers or go backwards",
        ),
    ],
)
def test_damaged_documents_are_refused(tmp_path, wrong, said):
    line, text = refused(tmp_path, text_of(cut(2, 9), **wrong), 9)
    assert line is None
    assert text.startswith(f"v.txt: is a damaged document: {said}")


def test_what_does_not_go_with_a_document(tmp_path):
    assert refused(tmp_path, text_of(cut(2, 9)), 9, tier="a")[1].startswith("v.txt: has no tiers")
    wrong = refused(tmp_path, text_of(cut(2, 9, names=["a", "b"])), 9, mapping={"a": 0})[1]
    assert wrong == "v.txt: label 'b' is not in the mapping (as on 6 more lines); correct one of the two"
    assert not is_document({"video": "v"})
    assert not is_document([1])


@st.composite
def cuts(draw):
    """Ends of segments, their labels, the name of each label, and the rate and times of frames."""
    lengths = draw(st.lists(st.integers(1, 200), min_size=1, max_size=8))
    ends = np.cumsum(lengths).tolist()
    labels = draw(st.lists(st.integers(0, 4), min_size=len(ends), max_size=len(ends)))
    names = draw(st.lists(NAMES, min_size=5, max_size=5))
    if draw(st.booleans()):
        return ends, labels, names, draw(st.floats(5, 240) | st.sampled_from([24000 / 1001, 29.97003])), None
    # Frames of 1.1 ms and more: half of one is more than the rounding of a time to milliseconds.
    steps = 1_100 + np.arange(1, ends[-1] + 1) * 7919 * draw(st.integers(0, 999)) % 398_900
    times = draw(st.sampled_from((0.0, 0.0335, 1.4))) + np.concatenate([[0], np.cumsum(steps)]) / 1e6
    return ends, labels, names, ends[-1] / (times[-1] - times[0]), times


@given(cuts(), st.sampled_from(["json", "vtt", "srt", "eaf", "boris", "live"]))
def test_what_is_written_for_other_programs_has_the_same_labels(tmp_path_factory, cut, form):
    ends, labels, names, rate, times = cut
    doc = timed_document(ends, rate, times, labels=labels, names=[names[label] for label in labels])
    reading = LabelReading(fps=rate, times=times)
    frames = [run.get("name") or f"Action {run['label']}" for run in doc["segments"]]
    expected = np.repeat(frames, [run["end"] - run["start"] for run in doc["segments"]]).tolist()
    written = {
        "json": text_of,
        "vtt": webvtt,
        "srt": srt,
        "eaf": lambda doc: eaf(doc, ["v.mp4"]),
        "boris": lambda doc: boris(doc, ["v.mp4"]),
        "live": boris,
    }
    path = tmp_path_factory.mktemp("cut") / f"v.{form}"
    path.write_text(written[form](doc), encoding="utf-8", newline="")
    found = load_labels(path, doc["frames"], reading, video="v").labels.tolist()
    if form == "srt":  # which has no escapes
        found = [name.replace("‹", "<") for name in found]
    assert found == expected


def test_a_document_without_times_is_read_by_frames_alone(tmp_path):
    text = text_of(timed_document([2, 9], names=["a", "b"]))
    assert runs(truth_of(tmp_path, text, 9, fps=25).labels) == [("a", 2), ("b", 7)]
