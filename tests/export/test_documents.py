import json
import math

import numpy as np
import pytest

from dkva import VideoSegmenter, evaluate
from dkva.export.documents import (
    document,
    labels_in,
    read_csv,
    read_json,
    run_key,
    scores_for_json,
    source_of,
    write_csv,
    write_json,
)


@pytest.fixture(scope="module")
def fitted():
    frames = np.random.default_rng(0).normal(size=(40, 3)) + np.repeat([[0.0], [9.0]], 20, axis=0)
    return VideoSegmenter(2, smoothing=0, epochs=2).fit(frames)


@pytest.fixture
def doc(fitted):
    return document("v", fitted, source={"file": "v.npy", "blake2b": "0"}, reading={}, key="k")


def test_a_document_holds_the_labels_and_can_be_run_again(doc, fitted):
    np.testing.assert_array_equal(labels_in(doc), fitted.labels_)
    assert VideoSegmenter(**doc["settings"]).get_params() == fitted.get_params()
    assert doc["segments"][0]["start"] == 0
    assert doc["segments"][-1]["end"] == doc["frames"] == 40


def test_json_and_csv_come_back(tmp_path, doc):
    write_json(tmp_path / "v.json", doc)
    assert read_json(tmp_path / "v.json") == json.loads(json.dumps(doc))
    write_csv(tmp_path / "s.csv", [doc])
    (back,) = read_csv(tmp_path / "s.csv").values()
    assert back == {name: doc[name] for name in ("video", "frames", "key", "segments")} | {
        "settings": {"n_segments": 2}
    }


def test_margin_of_a_single_synthetic_frame_is_null():
    one = VideoSegmenter(1, epochs=1).fit(np.random.default_rng(0).normal(size=(9, 3)))
    assert document("v", one, source={}, reading={}, key="")["segments"] == [
        {"start": 0, "end": 9, "label": 0, "margin": None}
    ]


def test_nan_scores_are_null():
    scores = evaluate(["a"] * 5, [0] * 5)
    assert math.isnan(scores.boundary_accuracy)
    plain = scores_for_json(scores)
    assert plain["boundary_accuracy"] is None
    assert plain["matching"] == {"0": "a"}
    json.dumps(plain, allow_nan=False)


def test_documents_that_do_not_cover_their_frames_are_none(tmp_path, doc):
    for damage in ({"segments": doc["segments"][1:]}, {"frames": 41}, {"segments": []}, {"key": None}):
        write_json(tmp_path / "v.json", doc | damage)
        assert read_json(tmp_path / "v.json") is None
    write_csv(tmp_path / "s.csv", [doc, doc | {"video": "w"}])
    lines = (tmp_path / "s.csv").read_text().splitlines()
    (tmp_path / "s.csv").write_text("\n".join([*lines[:1], *lines[2:]]))
    assert list(read_csv(tmp_path / "s.csv")) == ["w"]
    (tmp_path / "s.csv").write_text(f"{lines[0]}\n{'x' * 200_000},0,1,0,,1,1,k\n")
    assert read_csv(tmp_path / "s.csv") == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": 1}'])
def test_damaged_json_is_no_document(tmp_path, text):
    (tmp_path / "v.json").write_text(text)
    assert read_json(tmp_path / "v.json") is None
    assert read_json(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    "text", ["", "video,start\nv,1\n", "video,start,end,label,margin,frames,key\nv,x,,,,,\n"]
)
def test_damaged_csv_holds_no_documents(tmp_path, text):
    (tmp_path / "s.csv").write_text(text)
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
