import json
import math
import re

import numpy as np
import pytest

from dkva import evaluate
from dkva.base.errors import DamagedError, NewerFormatError
from dkva.base.segmentation import Segmentation
from dkva.export.documents import (
    FORMAT,
    document,
    labels_in,
    named,
    read_csv,
    read_json,
    run_key,
    scores_for_json,
    source_of,
    timed,
    write_csv,
    write_json,
)

pytestmark = pytest.mark.fast

SETTINGS = {"n_segments": 2, "n_init": 1, "seed": 0}
LABELS = np.repeat([0, 1, 0], [20, 10, 10])


def described(**changed):
    facts = {"labels": LABELS, "n_features": 3, "method": "kmeans", "settings": SETTINGS} | changed
    return document("v", Segmentation(**facts), source={"file": "v.npy", "blake2b": "0"}, reading={}, key="k")


@pytest.fixture
def doc():
    return described(margins=np.linspace(0, 1, 40))


def test_a_document_holds_the_labels_and_what_gave_them(doc):
    np.testing.assert_array_equal(labels_in(doc), LABELS)
    assert [(run["start"], run["end"], run["label"]) for run in doc["segments"]] == [
        (0, 20, 0), (20, 30, 1), (30, 40, 0),
    ]  # fmt: skip
    assert doc["segments"][0]["margin"] == pytest.approx(np.linspace(0, 1, 40)[:20].mean(), abs=1e-6)
    assert (doc["format"], doc["method"], doc["settings"]) == (FORMAT, "kmeans", SETTINGS)
    assert (doc["frames"], doc["features"]) == (40, 3)
    assert {"dkva", "numpy"} <= doc["versions"].keys()


@pytest.mark.parametrize("margins", [None, np.full(40, np.nan)])
def test_without_a_second_label_to_compare_with_margins_are_null(margins):
    assert [run["margin"] for run in described(margins=margins)["segments"]] == [None, None, None]


def test_json_and_csv_come_back(tmp_path, doc):
    write_json(tmp_path / "v.json", doc)
    assert read_json(tmp_path / "v.json") == json.loads(json.dumps(doc))
    write_csv(tmp_path / "s.csv", [doc])
    (back,) = read_csv(tmp_path / "s.csv").values()
    assert back == {
        name: doc[name] for name in ("format", "video", "method", "frames", "features", "key", "segments")
    } | {"settings": {"n_segments": 2}}


def test_times_may_be_those_of_each_frame(doc):
    """As of a recording whose frames are not at equal distances: each is shown from its own time on."""
    times = 0.5 + np.arange(41) ** 2 / 100
    made = timed(doc | {"levels": [{"segments": doc["segments"]}]}, 2.5, times)
    for runs in (made["segments"], made["levels"][0]["segments"]):
        shown = [(run["start_time"], run["end_time"]) for run in runs]
        assert shown == [(0.5, 4.5), (4.5, 9.5), (9.5, 16.5)]
    assert made["frames_per_second"] == 2.5
    assert "frames_per_second" not in timed(doc, None, times)


def test_times_and_names_come_and_go(tmp_path, doc):
    made = named(timed(doc, 4.0), {0: "stir"})
    shown = [(run["start_time"], run["end_time"], run["label"], run["name"]) for run in made["segments"]]
    assert shown == [(0.0, 5.0, 0, "stir"), (5.0, 7.5, 1, None), (7.5, 10.0, 0, "stir")]
    assert made["frames_per_second"] == 4
    assert timed(doc, None) == doc
    assert named(made, None)["segments"] == timed(doc, 4.0)["segments"]
    write_csv(tmp_path / "s.csv", [made])
    head, first, second, _ = (tmp_path / "s.csv").read_text().splitlines()
    assert head == "video,start,end,start_time,end_time,label,name,margin,frames,n_segments,method"
    assert first.startswith("v,0,20,0.0,5.0,0,stir,")
    assert second.startswith("v,20,30,5.0,7.5,1,,")
    back = read_csv(tmp_path / "s.csv")["v"]
    assert [run.get("name") for run in back["segments"]] == ["stir", None, "stir"]
    assert back["segments"][1]["end_time"] == 7.5


def test_rows_that_were_changed_have_no_key(tmp_path, doc):
    write_csv(tmp_path / "s.csv", [doc, doc | {"video": "w"}])
    path = tmp_path / "s.csv"
    path.write_text(path.read_text().replace("v,0,20,,,0", "v,0,20,,,7"))
    assert {name: each["key"] for name, each in read_csv(path).items()} == {"v": "", "w": "k"}
    for text in ("{", "[]", '{"format": 2}', '{"format": 2, "videos": {"w": {}}}'):
        (tmp_path / ".segments.state").write_text(text)
        assert read_csv(path)["w"]["key"] == ""


def test_nan_scores_are_null():
    scores = evaluate(["a"] * 5, [0] * 5)
    assert math.isnan(scores.boundary_accuracy)
    plain = scores_for_json(scores)
    assert plain["boundary_accuracy"] is None
    assert plain["matching"] == {"0": "a"}
    json.dumps(plain, allow_nan=False)


def test_documents_that_do_not_cover_their_frames_are_none(tmp_path, doc):
    damages = [{"segments": doc["segments"][1:]}, {"frames": 41}, {"segments": []}, {"key": None}]
    for damage in [*damages, {"format": "1"}, {"format": True}, {"method": None}]:
        write_json(tmp_path / "v.json", doc | damage)
        assert read_json(tmp_path / "v.json") is None
    write_csv(tmp_path / "s.csv", [doc, doc | {"video": "w"}])
    lines = (tmp_path / "s.csv").read_text().splitlines()
    (tmp_path / "s.csv").write_text("\n".join([*lines[:1], *lines[2:]]))
    with pytest.raises(DamagedError, match=r"s\.csv: the segments of v do not cover its frames; mend it"):
        read_csv(tmp_path / "s.csv")


def test_documents_whose_times_are_wrong_are_none(tmp_path, doc):
    made = timed(doc, 4.0)
    write_json(tmp_path / "v.json", made)
    assert read_json(tmp_path / "v.json") is not None
    for time in ("abc", math.nan, 5.0):
        changed = [made["segments"][0], made["segments"][1] | {"end_time": time, "start_time": 5.1}]
        text = json.dumps(made | {"segments": [*changed, made["segments"][2]]})
        (tmp_path / "v.json").write_text(text)
        assert read_json(tmp_path / "v.json") is None
    write_csv(tmp_path / "s.csv", [made])
    text = (tmp_path / "s.csv").read_text()
    (tmp_path / "s.csv").write_text(text.replace("7.5,10.0", "7.5,7.0"))
    with pytest.raises(DamagedError, match=r"s\.csv: v: segment 3 has times that are no .* backwards; mend"):
        read_csv(tmp_path / "s.csv")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}'])
def test_damaged_json_is_no_document(tmp_path, text):
    (tmp_path / "v.json").write_text(text)
    assert read_json(tmp_path / "v.json") is None
    assert read_json(tmp_path / "none.json") is None


HEAD = "video,start,end,label,margin,frames,n_segments,key\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("video,start\nv,1\n", "line 2 is no segment"),
        (f"{HEAD}v,0,1,0,,1,1,k\nv,x,,,,,,\n", "line 3 is no segment"),
        (f"{HEAD}{'x' * 200_000},0,1,0,,1,1,k\n", "line 1 is no segment"),
        (f"{HEAD}v,0,1,0,,1,1,\udcff\n", "line 1 is no segment"),
        (HEAD.replace(",", ";") + "v;0;1;0;;1;1;k\n", "line 2 is no segment"),
    ],
)
def test_a_table_that_was_changed_is_refused_and_names_the_line(tmp_path, text, problem):
    (tmp_path / "s.csv").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DamagedError, match=f"^{re.escape(str(tmp_path))}.*: {problem}.*move it away"):
        read_csv(tmp_path / "s.csv")


def test_without_a_table_or_with_an_empty_one_there_are_no_documents(tmp_path):
    assert read_csv(tmp_path / "s.csv") == {}
    (tmp_path / "s.csv").touch()
    assert read_csv(tmp_path / "s.csv") == {}


def test_key_follows_what_decides_the_labels(tmp_path):
    (tmp_path / "v").write_bytes(b"1")
    source = source_of(tmp_path / "v")
    base = run_key("v", [{"epochs": 1}], source, 10)
    assert base == run_key("v", [{"epochs": 1}], source | {"file": "renamed"}, 10)
    (tmp_path / "v").write_bytes(b"2")
    others = [
        run_key("w", [{"epochs": 1}], source, 10),
        run_key("v", [{"epochs": 2}], source, 10),
        run_key("v", [{"epochs": 1}], source_of(tmp_path / "v"), 10),
        run_key("v", [{"epochs": 1}], source, 11),
    ]
    assert len({base, *others}) == 5


def test_a_document_without_a_format_is_of_the_first(tmp_path, doc):
    first = {name: value for name, value in doc.items() if name not in ("format", "method")}
    write_json(tmp_path / "v.json", first)
    assert read_json(tmp_path / "v.json") == json.loads(json.dumps(doc)) | {"format": 1, "method": "dkva"}
    (tmp_path / "s.csv").write_text(f"{HEAD}v,0,20,1,0.9,30,2,k\nv,20,30,0,1.1,30,2,k\n")
    (back,) = read_csv(tmp_path / "s.csv").values()
    assert (back["format"], back["method"], back["key"]) == (1, "dkva", "k")
    assert [run["margin"] for run in back["segments"]] == [0.9, 1.1]
    write_csv(tmp_path / "s.csv", [back])  # its margins were others
    (again,) = read_csv(tmp_path / "s.csv").values()
    assert (again["key"], [run["margin"] for run in again["segments"]]) == ("", [None, None])


def test_a_newer_format_is_refused_even_where_it_cannot_be_read(tmp_path, doc):
    message = f"is of format {FORMAT + 1}, and this dkva knows formats up to {FORMAT}; update dkva, or give"
    for newer in (doc | {"format": FORMAT + 1}, {"format": FORMAT + 1, "cuts": [3, 4]}):
        write_json(tmp_path / "v.json", newer)
        with pytest.raises(NewerFormatError, match=message) as caught:
            read_json(tmp_path / "v.json")
        assert str(caught.value).startswith(f"{tmp_path / 'v.json'}: ")
    write_csv(tmp_path / "s.csv", [doc])
    state = (tmp_path / ".segments.state").read_text()
    (tmp_path / ".segments.state").write_text(state.replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'))
    with pytest.raises(NewerFormatError, match=message):
        read_csv(tmp_path / "s.csv")
    (tmp_path / ".segments.state").unlink()
    (tmp_path / "s.csv").write_text(f"video,cuts,format\nv,3 4,{FORMAT + 1}\n")
    with pytest.raises(NewerFormatError, match=message):
        read_csv(tmp_path / "s.csv")


def test_classes_and_confidences_come_back_and_cost_others_no_column(tmp_path, doc):
    sure = described(names=("pour", "stir"), confidence=np.repeat([0.25, 0.5, 1], [20, 10, 10]))
    assert sure["classes"] == ["pour", "stir"]
    assert [run["name"] for run in sure["segments"]] == ["pour", "stir", "pour"]
    assert [run["confidence"] for run in sure["segments"]] == [0.25, 0.5, 1]
    write_json(tmp_path / "v.json", sure)
    assert read_json(tmp_path / "v.json") == json.loads(json.dumps(sure))
    plain = doc | {"video": "w"}
    write_csv(tmp_path / "s.csv", [plain])
    alone = (tmp_path / "s.csv").read_text()
    assert "confidence" not in alone
    write_csv(tmp_path / "s.csv", [sure, plain])
    rows = (tmp_path / "s.csv").read_text().splitlines()
    assert (
        rows[0] == "video,start,end,start_time,end_time,label,name,margin,frames,n_segments,method,confidence"
    )
    assert rows[1].endswith(",pour,,40,2,kmeans,0.25")
    assert [f"{row}," for row in alone.splitlines()[1:]] == rows[4:]
    back = read_csv(tmp_path / "s.csv")
    assert back["v"]["segments"] == sure["segments"]
    assert (back["v"]["classes"], back["v"]["key"], back["w"]["key"]) == (["pour", "stir"], "k", "k")
    # A table that was written before there was the column is as good, beside the state of that time.
    state = (tmp_path / ".segments.state").read_text()
    write_csv(tmp_path / "s.csv", [plain])
    assert (
        json.loads(state)["videos"]["w"]
        == json.loads((tmp_path / ".segments.state").read_text())["videos"]["w"]
    )


def test_an_edited_confidence_is_not_kept(tmp_path):
    write_csv(tmp_path / "s.csv", [described(names=("a", "b"), confidence=np.full(40, 0.5))])
    (tmp_path / "s.csv").write_text((tmp_path / "s.csv").read_text().replace(",0.5", ",0.6"))
    assert read_csv(tmp_path / "s.csv")["v"]["key"] == ""
