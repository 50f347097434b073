import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timed_documents import HOSTILE, document, documents

from dkva.base.segment_names import cues, one_line, seconds, segment_name, wrong_times

pytestmark = pytest.mark.fast


def test_a_name_is_one_line_or_the_number_of_the_label():
    name = lambda of: segment_name({"label": 3, "name": of})  # noqa: E731
    assert name(" pour \n and\tstir ") == "pour and stir"
    assert (name(None), name(""), name(" \n"), segment_name({"label": 3})) == ("Action 3",) * 4
    assert (name(0), name(12)) == ("0", "12")  # true labels may be numbers
    assert one_line(" a\nb\x1b ") == "a b\ufffd"
    assert name("a\x00b\udcff\ufffe") == "a\ufffdb\ufffd\ufffd"


@given(st.sampled_from(HOSTILE) | st.text(st.characters()))
def test_a_name_is_text_that_every_file_holds(text):
    name = segment_name({"label": 0, "name": text})
    assert name
    assert len(name.splitlines()) == 1
    assert name.encode().decode() == name == " ".join(name.split())
    assert not any(ord(sign) < 32 for sign in name)


@given(documents(), st.sampled_from([1000, 1_000_000]))
def test_cues_are_the_times_in_whole_steps(doc, per_second):
    found = list(cues(doc, per_second))
    for cue, (start, end) in zip(found, seconds(doc), strict=True):
        # Half a step of rounding, and one for each segment before it that was shorter than one.
        assert abs(cue.start - start * per_second) <= 0.501 + (per_second == 1000) * len(found)
        assert abs(cue.end - end * per_second) <= 0.501 + (per_second == 1000) * len(found)
        assert cue.start < cue.end
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


def test_times_are_whole_microseconds_again():
    doc = document([1, 7, 150_000], 29.97003)
    for cue, (start, end) in zip(cues(doc, 1_000_000), seconds(doc), strict=True):
        assert (cue.start / 1_000_000, cue.end / 1_000_000) == (start, end)


def test_a_document_without_times_is_one_line():
    with pytest.raises(ValueError, match=r"^v: has no times, which .*: give --fps$"):
        seconds(document([4]))
    half = document([2, 4], 1.0)
    half["segments"][1]["end_time"] = None
    with pytest.raises(ValueError, match="has no times"):
        list(cues(half))


def timed(*times):
    return [{"start_time": start, "end_time": end} for start, end in times]


@given(documents())
def test_times_of_documents_are_not_wrong(doc):
    assert wrong_times(doc["segments"]) is None


def test_times_may_be_missing_equal_or_below_zero():
    assert wrong_times([{}, {"start_time": None}]) is None
    assert wrong_times(timed((-0.5, 0), (0.0, 0.0), (0.0, 1), (1.5, 2.0))) is None


@pytest.mark.parametrize("wrong", ["abc", float("nan"), float("inf"), float("-inf"), 10**400, True, [1], 0.5])
def test_times_that_are_no_numbers_or_go_backwards_are_told(wrong):
    said = "segment 2 has times that are no numbers or go backwards"
    assert wrong_times(timed((0, 1), (1, wrong))) == said
    assert wrong_times(timed((0, 1), (wrong, 2), (2, "x"))) == said
