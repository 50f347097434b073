import itertools
import json

import numpy as np
import pytest
from hypothesis import example, given
from timed_documents import HOSTILE, bounds, document, documents, many

from dkva.base.segment_names import cues, segment_name
from dkva.export.otio import otio

pytestmark = pytest.mark.fast

otio_library = pytest.importorskip("opentimelineio", reason="OpenTimelineIO is not installed")


def read(doc, media=()):
    """The clips of the only track of a time line, as OpenTimelineIO reads it."""
    timeline = otio_library.adapters.read_from_string(otio(doc, media), "otio_json")
    (track,) = timeline.video_tracks()
    clips = list(track)
    assert list(timeline.find_clips()) == clips
    assert len(clips) == len(doc["segments"])
    places = [track.range_of_child_at_index(i) for i in range(len(clips))] if len(clips) < 99 else []
    assert all(place.end_time_exclusive() == after.start_time for place, after in itertools.pairwise(places))
    return clips


@given(doc=documents(spacing=["even"]))
@example(doc=document([3 * i + 3 for i in range(len(HOSTILE))], 25.0, names=list(HOSTILE)))
@example(doc=document([1], 25.0))
def test_clips_of_evenly_spaced_frames_are_counted_in_frames(doc):
    for clip, run in zip(read(doc), doc["segments"], strict=True):
        assert clip.name == segment_name(run)
        span = clip.source_range
        assert span.start_time == otio_library.opentime.RationalTime(run["start"], doc["frames_per_second"])
        assert span.end_time_exclusive().value == run["end"]


@given(doc=documents(spacing=["uneven"]))
def test_clips_of_other_frames_are_counted_in_milliseconds(doc):
    for clip, cue in zip(read(doc), cues(doc), strict=True):
        span = clip.source_range
        assert (span.start_time.value, span.end_time_exclusive().value) == (cue.start, cue.end)
        assert span.start_time.rate == 1000
        assert clip.name == cue.text


def test_a_frame_that_is_missing_makes_them_uneven():
    times = np.arange(101) / 25
    even = document([40, 100], 25.0, times)
    assert read(even)[0].source_range.duration.rate == 25
    late = document([40, 100], 25.0, times + 3.2)  # the recording starts later, and editors count from there
    assert read(late)[1].source_range.start_time.value == 40
    times[30:] += 0.04
    uneven = read(document([40, 100], 25.0, times))
    assert [clip.source_range.start_time.to_seconds() for clip in uneven] == [0, 1.64]
    jitter = np.round(np.arange(101) / 30, 3)  # as Matroska rounds times
    assert read(document([40, 100], 30.0, jitter))[1].source_range.start_time.value == 40


def test_the_recording():
    doc = document([2, 5], 2.0)
    for clip in read(doc, ["../a%20b.mp4", "a%20b.mp4"]):
        medium = clip.media_reference
        assert isinstance(medium, otio_library.schema.ExternalReference)
        assert medium.target_url == "../a%20b.mp4"
        assert medium.available_range.duration.value == 5
    assert all(clip.media_reference.is_missing_reference for clip in read(doc))


def test_of_very_many_segments():
    doc = many()
    assert [
        (span.start_time.to_seconds(), span.end_time_exclusive().to_seconds())
        for span in (clip.source_range for clip in read(doc))
    ] == bounds(doc)


def test_a_video_whose_name_is_no_text():
    assert len(read(document([2], 2.0) | {"video": "a\udcff"})) == 1


def test_the_file_is_text_of_ascii_with_the_schemas_of_its_parts():
    text = otio(document([2], 2.0, names=["é日"]))
    assert text.isascii()
    plain = json.loads(text)
    assert (plain["OTIO_SCHEMA"], plain["name"]) == ("Timeline.1", "v")
    assert plain["tracks"]["children"][0]["children"][0]["OTIO_SCHEMA"] == "Clip.2"


def test_a_document_without_times_is_refused():
    with pytest.raises(ValueError, match=r"^v: has no times, .* give --fps$"):
        otio(document([4]))
