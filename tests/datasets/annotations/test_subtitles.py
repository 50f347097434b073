"""Subtitles as labels."""

import pytest
from label_texts import read, refused

from dkva.datasets.annotations.subtitles import are_subtitles

pytestmark = pytest.mark.fast

WEB = """WEBVTT - made by hand
Kind: captions

STYLE
::cue { color: red }

NOTE
a comment --> with an arrow

first
00:00.000 --> 00:02.000 align:start position:0%
<v Ann><b>pour</b>
<00:00:01.000>the &amp; <c.red>milk</c>

00:00:02.000 --> 01:00:03.500
a &lt;b&gt; {\\an8}
"""

SUB = "1\n00:00:00,000 --> 00:00:02,000\n<i>pour</i> {\\an8}milk\n\n2\n00:00:02,000 --> 00:00:04,000\nstir\n"


def test_cues_are_segments(tmp_path):
    found, notes = read(tmp_path, WEB, 36035, fps=10)
    assert found == [("pour the & milk", 20), ("a <b> {\\an8}", 36015)]
    assert notes["labels_read_as"][0] == "the labels are a file of subtitles in seconds, 10 frames a second"
    assert read(tmp_path, SUB, 8, fps=2)[0] == [("pour milk", 4), ("stir", 4)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("text", [WEB, SUB])
def test_ends_of_lines_and_a_mark_at_the_start_do_not_matter(tmp_path, text, end):
    n_frames = 36035 if text is WEB else 40
    plain = read(tmp_path, text, n_frames, fps=10)
    assert read(tmp_path, "\ufeff" + text.replace("\n", end), n_frames, fps=10) == plain


def test_frames_between_cues_have_no_label(tmp_path):
    gap = SUB.replace("2\n00:00:02,000", "2\n00:00:03,000")
    assert read(tmp_path, gap, 8, fps=2)[0] == [("pour milk", 4), ("", 2), ("stir", 2)]


def test_what_cannot_be_used_is_one_line(tmp_path):
    assert refused(tmp_path, SUB, 8)[0] == 2
    assert "say how many frames a second" in refused(tmp_path, SUB, 8)[1]
    empty = SUB.replace("stir", " ")
    assert refused(tmp_path, empty, 8, fps=2) == (
        6,
        "v.txt, line 6: is a segment without a label; label it, or remove it",
    )
    assert "is a file of subtitles without any" in refused(tmp_path, "WEBVTT\n\nNOTE x\n", 8, fps=2)[1]
    assert "overlaps" in refused(tmp_path, SUB.replace("00:00:02,000\n", "00:00:03,800\n"), 8, fps=2)[1]
    assert "no tiers" in refused(tmp_path, SUB, 8, fps=2, tier="a")[1]


@pytest.mark.parametrize("text", ["WEBVTTpour\n", "1\n2\n3\n", "0:01-0:05 pour\n", "pour --> stir\n"])
def test_other_texts_are_none(text):
    assert not are_subtitles(text)
