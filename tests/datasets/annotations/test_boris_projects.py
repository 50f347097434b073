"""Projects of BORIS as labels."""

import json

import pytest
from label_texts import read, refused

from dkva.datasets.annotations.boris_projects import is_project

pytestmark = pytest.mark.fast

BEHAVIOURS = {
    "0": {"code": "pour", "type": "State event"},
    "1": {"code": "stir", "type": "State event with coding map"},
    "2": {"code": "drop", "type": "Point event"},
}


def observation(*events, media="videos/cup.mp4"):
    return {"type": "MEDIA", "file": {"1": [media], "2": []}, "events": [list(event) for event in events]}


def project(**observations):
    return json.dumps(
        {"project_format_version": "7.0", "behaviors_conf": BEHAVIOURS, "observations": observations}
    )


POURED = (
    (0.0, "", "pour", "", ""),
    (2.0, "", "pour", "", "", 20),
    (2.0, "", "stir", "x", "y"),
    (4, "", "stir", ""),
)


def test_states_are_segments_in_whatever_order_their_events_are(tmp_path):
    for events in (POURED, POURED[::-1]):
        found, notes = read(tmp_path, project(one=observation(*events)), 40, fps=10, video="cup")
        assert found == [("pour", 20), ("stir", 20)]
        assert notes["labels_read_as"][0].startswith("the labels are a BORIS project of 'one' in seconds")
    again = (*POURED, (4.0, "", "pour", "", ""), (5.0, "", "pour", "", ""))
    assert read(tmp_path, project(one=observation(*again)), 50, fps=10)[0][-1] == ("pour", 10)


def test_point_events_are_left_out(tmp_path):
    text = project(one=observation(*POURED, (1.0, "", "drop", "", "")))
    found, notes = read(tmp_path, text, 40, fps=10)
    assert found == [("pour", 20), ("stir", 20)]
    assert notes["labels_left_out"][1] == {"point_events": 1, "behaviors": ["drop"]}


def test_the_observation_of_the_video_is_taken(tmp_path):
    cup, pot = observation(*POURED[:2]), observation(*POURED[2:], media="C:\\videos\\pot.mp4")
    text = project(one=cup, two=pot)
    assert read(tmp_path, text, 40, fps=10, video="tea/pot")[0] == [("", 20), ("stir", 20)]
    assert read(tmp_path, text, 20, fps=10, video="one")[0] == [("pour", 20)]
    assert refused(tmp_path, text, 20, fps=10, video="pan")[1] == (
        "v.txt: has several observations (one, two), and not one of 'pan'; name an observation as the video, "
        "or export its events as a table"
    )


def test_subjects_are_tiers(tmp_path):
    events = [(time, who, what, "", "") for time, _, what, *_ in POURED for who in ("Ann", "Bob")]
    text = project(one=observation(*events))
    assert read(tmp_path, text, 40, fps=10, tier="Bob")[0] == [("pour", 20), ("stir", 20)]
    assert "choose one: --tier 'Ann'" in refused(tmp_path, text, 40, fps=10)[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (project(), "is a BORIS project without observations"),
        (project(one=observation()), "has no events in observation 'one'"),
        (project(one=observation(*POURED[:3])), "START of 'stir' at 2 s has no STOP; complete the event"),
        (project(one=observation((1.0, "", "drop", ""))), "holds point events alone"),
        (project(one=observation((1.0, "", "fly", ""))), "is a damaged BORIS project: an event of 'one'"),
        (project(one=observation(("x", "", "pour", ""))), "is a damaged BORIS project"),
        (project(one=observation((1.0,))), "is a damaged BORIS project"),
        (project(one=3), "is a damaged BORIS project"),
        (project(one=observation(*POURED)), "say how many frames a second"),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path, text, said):
    fps = None if "frames a second" in said else 10
    assert said in refused(tmp_path, text, 40, fps=fps)[1]


def test_other_json_is_none(tmp_path):
    assert not is_project([])
    assert not is_project({"segments": []})
    assert "is a JSON file" in refused(tmp_path, '{"a": 1}')[1]
