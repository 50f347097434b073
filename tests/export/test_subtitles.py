import itertools
import re
from html import unescape

import av
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dkva.export.documents import timed
from dkva.export.subtitles import srt, webvtt

pytestmark = pytest.mark.fast

WRITERS = {"vtt": webvtt, "srt": srt}


def document(*runs):
    """Of segments (end time in seconds, label, name or none), one after the other."""
    starts = [0.0, *(end for end, _, _ in runs)]
    segments = [
        {"start_time": start, "end_time": end, "label": label} | ({} if name is None else {"name": name})
        for start, (end, label, name) in zip(starts, runs, strict=False)
    ]
    return {"video": "v", "segments": segments}


def read(path):
    """Cues (start, end, text) of a file, in milliseconds, as FFmpeg reads them."""
    with av.open(str(path)) as container:
        return [
            (packet.pts, packet.pts + packet.duration, bytes(packet).decode())
            for packet in container.demux(subtitles=0)
            if packet.size
        ]


def test_what_the_files_look_like():
    doc = document((1.5, 0, "pour & stir"), (3723.0005, 1, None), (360000.25, 0, "pour & stir"))
    assert webvtt(doc) == (
        "WEBVTT\n\n"
        "1\n00:00:00.000 --> 00:00:01.500\npour &amp; stir\n\n"
        "2\n00:00:01.500 --> 01:02:03.000\nAction 1\n\n"
        "3\n01:02:03.000 --> 100:00:00.250\npour &amp; stir\n"
    )
    assert srt(doc) == (
        "1\n00:00:00,000 --> 00:00:01,500\npour & stir\n\n"
        "2\n00:00:01,500 --> 01:02:03,000\nAction 1\n\n"
        "3\n01:02:03,000 --> 100:00:00,250\npour & stir\n"
    )


NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"]), min_size=1, max_size=12)
RUNS = st.lists(
    st.tuples(st.floats(0, 400_000), st.integers(0, 9), st.none() | NAMES | st.integers(0, 3)),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("suffix", WRITERS)
@given(runs=RUNS)
@example(runs=[(1.0, 0, "a --> b"), (2.0, 1, "<i>x</i> & <00:01.000>"), (3.0, 2, "1\n\n00:00:00.000")])
def test_every_segment_is_a_cue_that_ffmpeg_reads(tmp_path_factory, suffix, runs):
    ends = sorted(end for end, _, _ in runs)
    doc = document(*((end, label, name) for end, (_, label, name) in zip(ends, runs, strict=True)))
    path = tmp_path_factory.mktemp("subtitles") / f"cues.{suffix}"
    path.write_text(WRITERS[suffix](doc), encoding="utf-8")
    cues = read(path)
    assert len(cues) == len(runs)
    for (start, end, text), run in zip(cues, doc["segments"], strict=True):
        assert start < end
        # Half a millisecond of rounding, and one for each segment before it that was shorter than one.
        assert abs(end - run["end_time"] * 1000) <= len(runs) + 0.5
        name = " ".join(str(run.get("name", "")).split()) or f"Action {run['label']}"
        if suffix == "vtt":
            assert "<" not in text
            assert unescape(text) == name
        else:
            assert len(text) in range(len(name) - 2 * name.count("-->"), len(name) + 1)
            assert not re.search(r"<[a-zA-Z/]|-->", text)
    assert all(end <= start for (_, end, _), (start, _, _) in itertools.pairwise(cues))


def test_segments_shorter_than_a_millisecond_are_cues_all_the_same():
    doc = document(*((1 + i / 10_000, i, None) for i in range(5)), (2.0, 9, "rest"))
    times = re.findall(r"00:00:0(\S+) --> 00:00:0(\S+)", webvtt(doc))
    assert times == [
        ("0.000", "1.000"), ("1.000", "1.001"), ("1.001", "1.002"),
        ("1.002", "1.003"), ("1.003", "1.004"), ("1.004", "2.000"),
    ]  # fmt: skip


def test_players_take_no_name_for_a_tag():
    doc = document((1.0, 0, r"<b>a</b> {\an8} 3 < 4 --> 5"))
    assert srt(doc).splitlines()[2] == r"‹b>a‹/b> (\an8} 3 < 4 → 5"
    assert webvtt(doc).splitlines()[4] == r"&lt;b&gt;a&lt;/b&gt; {\an8} 3 &lt; 4 --&gt; 5"


@pytest.mark.parametrize("write", WRITERS.values())
def test_a_document_without_times_is_refused(write):
    doc = {"video": "v", "segments": [{"start": 0, "end": 4, "label": 0}]}
    with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
        write(doc)
    assert "00:00:02" in write(timed(doc, 2.0))
