"""Segments that are written in each format are read back to the same labels."""

import contextlib
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_texts import write

from dkva.datasets import NO_LABEL, DataError, LabelReading, load_labels
from dkva.datasets.annotations.forms import FrameLabels, SegmentList
from dkva.datasets.annotations.recognise import read_annotation

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("pour\nstir\n", FrameLabels),
        ("pour, then stir\nwait\n", FrameLabels),
        ("label\nwalk\n", FrameLabels),
        ("walk 1\nwalk 2\n", FrameLabels),
        ("2024-01-02\n2024-01-03\n", FrameLabels),
        ("0 75 pour\n75 80 stir\n", SegmentList),
        ("1-75 pour\n", SegmentList),
        ("pour: 1-75\n", SegmentList),
        ("1-75:pour\n", SegmentList),
        ("from;to;label\n0;75;pour\n", SegmentList),
    ],
)
def test_what_a_file_holds(tmp_path, content, kind):
    assert isinstance(read_annotation(write(tmp_path, "v.txt", content), LabelReading()), kind)


@st.composite
def cuttings(draw):
    """Frames, and segments (start, end, label) of them, half-open from 0, with gaps or without."""
    gaps = draw(st.booleans())
    spans, at = [], draw(st.sampled_from([0, 0, 3])) if gaps else 0
    for _ in range(draw(st.integers(2, 8))):
        length = draw(st.integers(2, 40))
        spans.append((at, at + length, draw(st.sampled_from(["pour milk", "stir", "take"]))))
        at += length + (draw(st.sampled_from([0, 0, 4, 9])) if gaps else 0)
    n = max(end for _, end, _ in spans)
    return n, spans


def frames_of(n, spans):
    labels = np.full(n, NO_LABEL, dtype="<U9")
    for start, end, label in spans:
        labels[start:end] = label
    return labels.tolist()


def clock(seconds):
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60)}:{int(minutes % 60):02}:{rest:06.3f}"


def as_events(spans, fps):
    rows = [(time, f"{label},{kind},{time:.3f}") for start, end, label in spans for kind, time in
            (("START", start / fps), ("STOP", end / fps))]  # fmt: skip
    return "Behavior,Behavior type,Time\n" + "\n".join(row for _, row in rows)


def as_elan(spans, fps):
    slots = sorted({frame for start, end, _ in spans for frame in (start, end)})
    times = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{s}" TIME_VALUE="{round(1000 * s / fps)}"/>' for s in slots)
    annotations = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t{start}" TIME_SLOT_REF2="t{end}">'
        f"<ANNOTATION_VALUE>{label}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
        for start, end, label in spans
    )
    return (
        f"<ANNOTATION_DOCUMENT><TIME_ORDER>{times}</TIME_ORDER>"
        f'<TIER TIER_ID="a">{annotations}</TIER></ANNOTATION_DOCUMENT>'
    )


def as_one_hot(n, spans):
    names = ["stir", "take", "pour milk"]
    rows = (",".join([str(i), *(str(int(label == name)) for name in names)]) for i, label in
            enumerate(frames_of(n, spans)))  # fmt: skip
    return "\n".join([",".join(["frame", *names]), *rows])


#: Segments in each format that has times.
TIMED = {
    "seconds": lambda spans, fps: (
        "start_time,end_time,label\n"
        + "\n".join(f"{start / fps:.3f},{end / fps:.3f},{label}" for start, end, label in spans)
    ),
    "Audacity": lambda spans, fps: "\n".join(
        f"{start / fps:.6f}\t{end / fps:.6f}\t{label}" for start, end, label in spans
    ),
    "clock": lambda spans, fps: "\n".join(
        f"{clock(start / fps)}-{clock(end / fps)} {label}" for start, end, label in spans
    ),
    "events": as_events,
    "ELAN's tabs": lambda spans, fps: "\n".join(
        f"a\t\t{clock(start / fps)}\t{clock(end / fps)}\t{label}" for start, end, label in spans
    ),
    "ELAN": as_elan,
}


@pytest.mark.parametrize("form", TIMED)
@given(cut=cuttings(), fps=st.sampled_from([5, 10, 12.5, 25, 29.97, 30, 60]))
def test_segments_with_times_are_read_back(tmp_path_factory, form, cut, fps):
    n, spans = cut
    folder = tmp_path_factory.mktemp("labels")
    path = write(folder, "v.txt", TIMED[form](spans, fps))
    assert load_labels(path, n, LabelReading(fps=fps)).labels.tolist() == frames_of(n, spans)


@given(
    cut=cuttings(),
    first=st.sampled_from([0, 1]),
    inclusive=st.booleans(),
    shuffled=st.booleans(),
    tail=st.sampled_from([0, 2]),
    form=st.sampled_from(["{0}-{1} {2}", "{0} {1} {2}", "{2} {0} {1}", "{0},{1},{2}", "{2}\t{0}\t{1}"]),
)
def test_segments_in_frames_are_read_back_or_refused(
    tmp_path_factory, cut, first, inclusive, shuffled, tail, form
):
    """Refused only if the numbers alone do not say how they were counted."""
    n, spans = cut
    lines = [form.format(start + first, end + first - inclusive, label) for start, end, label in spans]
    touch = any(before[1] == after[0] for before, after in itertools.pairwise(spans))
    path = write(tmp_path_factory.mktemp("labels"), "v.txt", "\n".join(lines[::-1] if shuffled else lines))
    n += tail if n > 20 else 0
    sure = touch and spans[0][0] == 0 and (inclusive or first == 0 or n == spans[-1][1])
    expected = frames_of(n, spans)
    if not sure and form[3] == "-" and not inclusive and not touch:
        return  # "1-75" is taken to include 75 if nothing speaks against it
    if not sure:
        with contextlib.suppress(DataError):
            assert load_labels(path, n).labels.tolist() == expected
        return
    truth = load_labels(path, n)
    assert truth.labels.tolist() == expected
    value = truth.notes[0].value
    assert (value["first"], value["ends"]) == (first, "inclusive" if inclusive else "exclusive")


@given(cut=cuttings())
def test_one_hot_tables_are_read_back(tmp_path_factory, cut):
    n, spans = cut
    path = write(tmp_path_factory.mktemp("labels"), "v.csv", as_one_hot(n, spans))
    assert load_labels(path, n).labels.tolist() == frames_of(n, spans)
