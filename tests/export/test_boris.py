import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from timed_documents import HOSTILE, bounds, document, documents, many

from dkva.base.segment_names import segment_name
from dkva.export.boris import boris

pytestmark = pytest.mark.fast


def project(doc, media=()):
    text = boris(doc, media)
    assert text.isascii()  # BORIS reads in the encoding of the system
    return json.loads(text)


def states(found):
    """(start, end, code) of each state of the only observation, paired as BORIS pairs them.

    Every second event of a behaviour stops what the one before it started.
    """
    (observation,) = found["observations"].values()
    known = [each["code"] for each in found["behaviors_conf"].values()]
    assert len(set(known)) == len(known)
    started, paired = {}, []
    for time, subject, code, modifier, comment, *frame in observation["events"]:
        assert (subject, modifier, comment) == ("", "", "")
        assert len(frame) == (observation["type"] == "MEDIA")
        assert code in known
        if code in started:
            paired.append((started.pop(code), time, code))
        else:
            started[code] = time
    assert not started
    return paired


@given(doc=documents())
@example(doc=document([3 * i + 3 for i in range(len(HOSTILE))], 25.0, names=list(HOSTILE)))
@example(doc=document([1], 25.0))
@example(doc=many())
def test_every_segment_is_a_state(doc):
    found = states(project(doc))
    assert [code for *_, code in found] == [segment_name(run).replace("|", "¦") for run in doc["segments"]]
    # Half a millisecond of rounding, and one for each segment before it that was shorter than one.
    short = sum(end - start < 0.001 for start, end in bounds(doc))
    for (start, end, _), (begins, ends) in zip(found, bounds(doc), strict=True):
        assert abs(start - begins) <= 0.000501 + short / 1000
        assert abs(end - ends) <= 0.000501 + short / 1000
    times = [time for time, *_ in next(iter(project(doc)["observations"].values()))["events"]]
    assert times == sorted(times)


def test_what_a_project_has():
    found = project(document([2], 2.0) | {"video": "tea\nv"})
    assert found["project_format_version"] == "7.0"
    assert {name: type(found[name]) for name in found} == {
        "time_format": str,
        "project_date": str,
        "project_name": str,
        "project_description": str,
        "project_format_version": str,
        "subjects_conf": dict,
        "behaviors_conf": dict,
        "observations": dict,
        "behavioral_categories": list,
        "independent_variables": dict,
        "coding_map": dict,
        "behaviors_coding_map": list,
        "converters": dict,
    }
    assert list(found["observations"]) == ["tea v"]


def test_behaviours():
    names = ["a|b", *(f"step {i}" for i in range(39)), "a|b"]
    found = list(project(document(list(range(1, 42)), 2.0, names=names))["behaviors_conf"].values())
    assert [each["code"] for each in found] == ["a¦b", *names[1:-1]]  # BORIS takes no | in a code
    assert {each["type"] for each in found} == {"State event"}
    keys = [each["key"] for each in found]
    assert keys[:2] + keys[35:] == ["a", "b", "9", "", "", "", ""]
    assert len(set(keys[:36])) == 36
    assert [each["color"] for each in found[:2]] == ["#0072B2", "#E69F00"]


def test_the_recording():
    doc = document([2, 5], 2.0)
    (observation,) = project(doc | {"recording": {"width": 8}}, ["../a%20b.mp4"])["observations"].values()
    file = "../a b.mp4"  # a path, no URL
    assert observation["type"] == "MEDIA"
    assert observation["file"]["1"] == [file]
    assert not any(files for player, files in observation["file"].items() if player != "1")
    assert observation["media_info"]["length"] == {file: 2.501}
    assert observation["media_info"]["fps"] == {file: 2.0}
    assert [frame for *_, frame in observation["events"]] == [0, 2, 2, 5]
    # Rows of features are no frames of the recording.
    (observation,) = project(doc, ["../a%20b.mp4"])["observations"].values()
    assert {frame for *_, frame in observation["events"]} == {"NA"}
    (observation,) = project(doc)["observations"].values()
    assert (observation["type"], observation["file"]) == ("LIVE", {})


@pytest.mark.parametrize("frames", [12, 115, 290])  # 0.12 is less than 12 / 100 in floating point
def test_no_event_lies_beyond_the_length(frames):
    # BORIS compares times of events, rounded to the millisecond, with the length as it is.
    (observation,) = project(document([5, frames], 100.0), ["v.mp4"])["observations"].values()
    last = Decimal(observation["events"][-1][0]).quantize(Decimal("0.001"))
    assert 0 <= Decimal(observation["media_info"]["length"]["v.mp4"]) - last < Decimal("0.002")


def test_frames_a_second_that_are_not_said_are_the_average():
    doc = {name: value for name, value in document([2, 5], 2.0).items() if name != "frames_per_second"}
    (observation,) = project(doc, ["v.mp4"])["observations"].values()
    assert observation["media_info"]["fps"] == {"v.mp4": 2.0}


def test_a_document_without_times_is_refused():
    with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
        boris(document([4]))
