import csv
import gzip
import itertools

import numpy as np
import pytest

from synthetic.breakfast_labels import (
    GRAMMAR,
    LABEL_FILE,
    REAL,
    find_label_file,
    from_grammar,
    load_label_set,
    read_label_set,
)

pytestmark = pytest.mark.fast

HEAD = "video,start,end,action\n"
LINES = "P16_cam01_P16_tea,0,4,SIL\nP16_cam01_P16_tea,4,9,pour_water\n"


def test_a_small_file(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(HEAD + LINES)
    labels = read_label_set(path)
    (video,) = labels.videos
    assert (video.subject, video.activity, len(video)) == ("P16", "tea", 9)
    assert video.labels.tolist() == ["SIL"] * 4 + ["pour_water"] * 5
    assert labels.actions == ("SIL", "pour_water")
    assert labels.source == REAL
    packed = tmp_path / "labels.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_label_set(packed) == labels
    path.write_text(HEAD + LINES.replace("4,9", "4,8"))
    assert read_label_set(path).sha256 != labels.sha256


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the first line is nothing: give the columns video,start,end,action"),
        ("video,begin,end,action\n" + LINES, "give the columns"),
        (HEAD, "holds no segments"),
        (HEAD + "P16_cam01_P16_tea,0,4\n", "line 2: has 3 cells"),
        (HEAD + LINES + "P16_cam01_P16_tea,10,12,SIL\n", "line 4: .* starts at 10 where 9 is due"),
        (HEAD + "P16_cam01_P16_tea,4,9,SIL\n", "line 2: .* starts at 4 where 0 is due"),
        (HEAD + "P16_cam01_P16_tea,0,0,SIL\n", "line 2: '0' to '0' is no range"),
        (HEAD + "P16_cam01_P16_tea,0,-3,SIL\n", "line 2: '0' to '-3' is no range"),
        (HEAD + "P16_cam01_P16_tea,0,9,pour water\n", "line 2: 'pour water' is no action"),
        (HEAD + "../P16_cam01_P16_tea,0,9,SIL\n", "line 2: '../P16_cam01_P16_tea' is no name"),
    ],
)
def test_a_wrong_file_is_one_error(tmp_path, text, message):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_label_set(path)


def test_missing_and_damaged_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="not found; give a label file"):
        load_label_set(tmp_path / "labels.csv.gz")
    whole = gzip.compress((HEAD + LINES).encode())
    for body in (b"no gzip", whole[:-9], whole[:12] + b"\xff\xff" + whole[14:]):
        (tmp_path / "labels.csv.gz").write_bytes(body)
        with pytest.raises(ValueError, match="cannot be read"):
            read_label_set(tmp_path / "labels.csv.gz")


def test_the_grammar_where_no_file_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("DKVA_DATA", raising=False)
    assert load_label_set().source == GRAMMAR
    monkeypatch.setenv("DKVA_DATA", str(tmp_path))
    assert find_label_file() is None
    assert load_label_set().source == GRAMMAR
    (tmp_path / LABEL_FILE).write_bytes(gzip.compress((HEAD + LINES).encode()))
    assert load_label_set().source == REAL


def test_the_grammar_is_like_the_data_set():
    labels = from_grammar()
    assert labels == from_grammar()
    assert len(labels.videos) == len({video.name for video in labels.videos}) == 1560
    assert len({video.activity for video in labels.videos}) == 10
    # The paper's Table 1: 2099 frames and 6 segments on average.
    assert 1600 < np.mean([len(video) for video in labels.videos]) < 2400
    assert 5.5 < np.mean([len(video.segments) for video in labels.videos]) < 7.5
    for video in labels.videos:
        actions = [segment.action for segment in video.segments]
        assert all(a != b for a, b in itertools.pairwise(actions))


@pytest.mark.data
def test_the_real_file(data_root):
    labels = load_label_set(data_root / LABEL_FILE)
    assert (len(labels.videos), len(labels.actions)) == (1460, 48)
    with gzip.open(data_root / LABEL_FILE, "rt") as file:
        rows = list(csv.DictReader(file))
    assert sum(len(video.segments) for video in labels.videos) == len(rows)
    for video in labels.videos[::100]:
        expected = [
            row["action"]
            for row in rows
            if row["video"] == video.name
            for _ in range(int(row["start"]), int(row["end"]))
        ]
        assert video.labels.tolist() == expected
    used = {segment.action for video in from_grammar().videos for segment in video.segments}
    assert used <= set(labels.actions)
