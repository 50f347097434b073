import json

import numpy as np
import pytest

from dkva.base.errors import NewerFormatError
from dkva.export.alignment import (
    FORMAT,
    alignment_document,
    is_foreign_alignment,
    is_foreign_matches,
    matched,
    read_alignment,
    side,
    write_matches,
)
from dkva.export.documents import write_json

pytestmark = pytest.mark.fast

# Frames of A go to frame 1, nowhere, to frame 0, and the last has no mass at all.
ASSIGNMENT = np.array([[0.25, 0.5, 0], [0.125, 0.125, 0], [0.5, 0.5, 0], [0, 0, 0]])
MATCHES = matched(ASSIGNMENT, np.array([0.25, 0.75, 0, 0]), np.array([0.25, 0.5, 1]))
SIDE = {"frames": 8, "features": 2, "source": {"file": "v.npy"}, "reading": {}, "labels": None}


def document(rate=None, every=1):
    a, b = (side(name, **SIDE) for name in "vw")
    return alignment_document(a, b, MATCHES, every=every, rate=rate, method="means", key="k")


def test_a_frame_is_unmatched_if_more_of_it_is_left_than_any_frame_has():
    assert MATCHES.partner.tolist() == [1, -1, 0, -1]
    assert MATCHES.share.tolist() == [0.5, 0.75, 0.5, 1]
    assert MATCHES.unmatched_b.tolist() == [False, False, True]


def test_the_unit_of_the_masses_does_not_count():
    other = matched(8 * ASSIGNMENT, 8 * np.array([0.25, 0.75, 0, 0]), 8 * np.array([0.25, 0.5, 1]))
    for found, expected in zip(other, MATCHES, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_is_left_over_of_b_is_compared_with_its_column():
    left = matched(ASSIGNMENT, np.zeros(4), np.array([0.5, 0.5625, 0])).unmatched_b
    assert left.tolist() == [False, True, True]


def test_a_document_has_what_made_it_and_every_frame_of_a():
    doc = document()
    assert (doc["format"], doc["method"], doc["key"], doc["every"]) == (FORMAT, "means", "k", 1)
    assert [doc[which]["video"] for which in "ab"] == ["v", "w"]
    assert doc["matches"] == [
        {"frame_a": 0, "frame_b": 1, "share": 0.5},
        {"frame_a": 1, "frame_b": None, "share": 0.75},
        {"frame_a": 2, "frame_b": 0, "share": 0.5},
        {"frame_a": 3, "frame_b": None, "share": 1.0},
    ]
    assert doc["unmatched_b"] == [2]
    json.dumps(doc, allow_nan=False)


def test_frames_that_were_left_out_count_in_numbers_and_times():
    doc = document(rate=2.0, every=3)
    assert doc["matches"][2] == {"frame_a": 6, "frame_b": 0, "share": 0.5, "time_a": 3.0, "time_b": 0.0}
    assert doc["matches"][1]["time_b"] is None
    assert (doc["unmatched_b"], doc["frames_per_second"]) == ([6], 2.0)


def test_a_video_with_labels_has_segments():
    found = side("v", **SIDE | {"labels": np.array([2, 2, 0])})
    assert found["segments"] == [
        {"start": 0, "end": 2, "label": 2},
        {"start": 2, "end": 3, "label": 0},
    ]
    assert "segments" not in side("v", **SIDE)


@pytest.mark.parametrize(
    ("rate", "lines"),
    [
        (None, ["frame_a,frame_b,share", "0,1,0.5", "1,,0.75", "2,0,0.5", "3,,1.0"]),
        (
            4.0,
            [
                "frame_a,frame_b,share,time_a,time_b",
                *("0,1,0.5,0.0,0.25", "1,,0.75,0.25,", "2,0,0.5,0.5,0.0", "3,,1.0,0.75,"),
            ],
        ),
    ],
)
def test_the_table_has_a_row_a_frame_and_nothing_for_what_is_unmatched(tmp_path, rate, lines):
    path = tmp_path / "t.csv"
    write_matches(path, document(rate))
    assert path.read_text().splitlines() == lines
    assert not is_foreign_matches(path)


def test_what_is_not_dkvas_is_told(tmp_path):
    path = tmp_path / "f"
    assert not is_foreign_alignment(path)
    assert not is_foreign_matches(path)
    assert read_alignment(path) is None
    for text in ("{", "[]", '{"segments": []}', '{"format": "1", "matches": []}'):
        path.write_text(text)
        assert is_foreign_alignment(path)
        assert is_foreign_matches(path)
        assert read_alignment(path) is None
    write_json(path, document())
    assert not is_foreign_alignment(path)
    assert read_alignment(path) == document()
    path.write_text("frame_a,frame_b\n")
    assert is_foreign_matches(path)


def test_a_newer_format_is_neither_read_nor_written_over(tmp_path):
    path = tmp_path / "f.json"
    write_json(path, document() | {"format": FORMAT + 1})
    with pytest.raises(
        NewerFormatError, match=r"f\.json: is of format 2, and this dkva knows formats up to 1"
    ):
        read_alignment(path)
